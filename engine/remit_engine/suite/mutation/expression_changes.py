"""Every expression with one thing changed in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import date
from fractions import Fraction
from typing import Any

from remit_dsl import expressions as x
from remit_dsl.source import Span
from remit_engine.suite.mutation.amounts import days_around, neighbours, respelt
from remit_engine.suite.mutation.change import Change, Edit, Texts, rebuilt

Changes = Iterator[Change[x.Expression]]

OTHER_SIDE = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "=": "!=", "!=": "="}
_WORDS = {"<": "under", "<=": "up to", ">": "over", ">=": "at least"}
_PAIRS = (
    (" not in ", " in "),
    (" in ", " not in "),
    (" is absent", " is given"),
    (" is given", " is absent"),
)
_EXPLICIT = re.compile(r"\s*not\b|.*\b(?:not\s+in|is\s+absent)\b", re.DOTALL)


def changes(e: x.Expression, texts: Texts) -> Changes:
    """The expression itself changed, then each part of it."""
    own = _OWN.get(type(e))
    if own is not None:
        yield from own(e, texts)
    for change in _below(e, texts):
        phrase = e.span if isinstance(e, x.Compare | x.Contains) else None
        yield change.of(change.node, phrase)


def _below(e: x.Expression, texts: Texts) -> Changes:
    """The expression with one of its parts changed."""
    for field in fields(e):
        value = getattr(e, field.name)
        if isinstance(value, tuple):
            yield from _in_tuple(e, field.name, value, texts)
        elif isinstance(value, x.Expression):
            for change in changes(value, texts):
                if not _repeats(e, value, change):
                    yield change.of(rebuilt(e, **{field.name: change.node}))


def _repeats(e: x.Expression, part: x.Expression, change: Change[x.Expression]) -> bool:
    """True where turning a part round says nothing, or says again what the whole says already."""
    whole = change.span == part.span and change.kind in ("condition", "value")
    match e:
        case x.IsGiven() | x.Compare() | x.Fallback():
            return whole and part.type.kind == "boolean"
        case x.Not(operand=x.Compare(operator="=" | "!=")):
            return change.kind == "comparison"
        case x.Not():
            return whole
    return False


def _in_tuple(e: x.Expression, name: str, parts: tuple[Any, ...], texts: Texts) -> Changes:
    for i, part in enumerate(parts):
        found: Iterator[Change[Any]] = iter(())
        if isinstance(part, x.BandRow):
            found = _band(part, texts)
        elif isinstance(part, x.Expression):
            found = changes(part, texts)
        for change in found:
            yield change.of(rebuilt(e, **{name: (*parts[:i], change.node, *parts[i + 1 :])}))


# --- values ------------------------------------------------------------------------------


def _constant(e: x.Constant, texts: Texts) -> Changes:
    match e.value:
        case bool():
            word = "false" if e.value else "true"
            if texts.at(e.span) != "any":
                yield _spelt(e, replace(e, value=not e.value, written=word), word, "value", texts)
        case Fraction():
            for value in neighbours(e):
                word = respelt(e, value)
                yield _spelt(e, replace(e, value=value, written=word), word, "amount", texts)
        case date():
            for day in days_around(e.value):
                word = day.isoformat()
                yield _spelt(e, replace(e, value=day, written=word), word, "date", texts)
        case frozenset() if len(e.value) > 1:
            for member in sorted(e.value):
                yield _without(e, member, texts)


def _spelt(
    e: x.Constant, node: x.Constant, word: str, kind: str, texts: Texts
) -> Change[x.Expression]:
    """A constant written another way; in a table, only its part of the cell."""
    text, written = texts.at(e.span), e.written or ""
    at = text.find(written) if written else -1
    span = e.span if at < 0 else texts.part(e.span, at, at + len(written))
    return Change(kind, node, span, e.span, Edit(span, word))


def _without(e: x.Constant, member: str, texts: Texts) -> Change[x.Expression]:
    """A list without one of its members."""
    assert isinstance(e.value, frozenset)
    node = replace(e, value=e.value - {member})
    text, short = texts.at(e.span), member.rsplit(".", 1)[-1]
    mark = "," if "," in text else " or "
    items = [item.strip() for item in text.strip("()").split(mark)]
    kept = [i for i in items if i.strip('"').rsplit(".", 1)[-1] != short]
    if len(kept) + 1 != len(items):
        return Change("member", node, e.span, e.span, None, f"`{short}` is left out of the list")
    whole = (", " if mark == "," else mark).join(kept)
    edit = Edit(e.span, f"({whole})" if text.startswith("(") else whole)
    return Change("member", node, e.span, e.span, edit)


def _extremum(e: x.Extremum, texts: Texts) -> Changes:
    other = "max" if e.function == "min" else "min"
    yield _word(e, replace(e, function=other), e.function, other, "function", texts)


def _band(row: x.BandRow, texts: Texts) -> Iterator[Change[x.BandRow]]:
    """A row of bands: its side, its bound, its value."""
    if row.bound is not None and row.side is not None:
        side = "up to" if row.side == "under" else "under"
        quote, text = row.bound.span, texts.at(row.bound.span)
        note = f"`{row.side} {text}` becomes `{side} {text}`"
        yield Change("side", replace(row, side=side), quote, quote, None, note)
        for change in changes(row.bound, texts):
            yield change.of(replace(row, bound=change.node))
    for change in changes(row.value, texts):
        yield change.of(replace(row, value=change.node)).named("value")


# --- conditions --------------------------------------------------------------------------


def _compare(e: x.Compare, texts: Texts) -> Changes:
    other = OTHER_SIDE[e.operator]
    node = replace(e, operator=other)
    gap = texts.between(e.left.span, e.right.span)
    at = texts.at(gap).find(e.operator) if e.left.span.end <= e.right.span.start else -1
    if at >= 0:
        span = texts.part(gap, at, at + len(e.operator))
        yield Change("comparison", node, span, e.span, Edit(span, other))
    elif texts.at(e.span).startswith(_WORDS.get(e.operator, "\0")):  # a cell: `up to 5_000`
        yield _word(e, node, _WORDS[e.operator], _WORDS[other], "comparison", texts)
    else:  # one end of a `between`
        end = "lower" if e.left.span.start > e.right.span.start else "upper"
        note = f"`{' '.join(texts.at(e.span).split())}` leaves out its {end} end"
        yield Change("comparison", node, e.span, e.span, None, note)


def _logical(e: x.AllOf | x.AnyOf, texts: Texts) -> Changes:
    """Each part left out, and `and` for `or`."""
    word, other = ("and", "or") if isinstance(e, x.AllOf) else ("or", "and")
    written = [_operand(o, texts) for o in e.operands]
    whole = texts.balanced(e.span)
    between = len({o.span for o in e.operands}) == 1
    for i, operand in enumerate(e.operands):
        rest = (*e.operands[:i], *e.operands[i + 1 :])
        node = rest[0] if len(rest) == 1 else replace(e, operands=rest)
        edit = Edit(whole, f" {word} ".join(w for j, w in enumerate(written) if j != i))
        end = ("lower", "upper")[i > 0]
        quote = " ".join(texts.at(whole).split())
        note = f"`{quote}` has no {end} end any more" if between else None
        yield Change("part", node, operand.span, whole, None if between else edit, note)
    if not between:
        kind = x.AnyOf if isinstance(e, x.AllOf) else x.AllOf
        edit = Edit(whole, f" {other} ".join(written))
        yield Change("and or", kind(e.span, e.type, e.operands), whole, whole, edit)


def _operand(e: x.Expression, texts: Texts) -> str:
    """A part of a condition as it has to be written beside others."""
    text = texts.at(texts.balanced(e.span))
    if isinstance(e, x.Not) and e.operand.span == e.span and not _said(e, text):
        return f"not ({text})"
    return f"({text})" if isinstance(e, x.AllOf | x.AnyOf) else text


def _said(e: x.Not, text: str) -> bool:
    """True where the text itself says the `not`; `unless` and cells leave it outside."""
    return isinstance(e.operand, x.Contains | x.IsGiven) and bool(_EXPLICIT.match(text))


def _not(e: x.Not, texts: Texts) -> Changes:
    whole = texts.balanced(e.span)
    text = texts.at(whole)
    if _is_cell(e.operand):
        yield _turned_cell(e, e.operand, texts)
    elif e.operand.span == e.span and not _said(e, text):
        yield Change("condition", e.operand, e.span, whole, Edit(whole, f"not ({text})"))
    elif e.operand.span != e.span:
        word = texts.at(texts.balanced(e.operand.span))
        yield Change("condition", e.operand, e.span, whole, Edit(whole, f"({word})"))
    else:
        yield _turned(e, e.operand, texts)


def _atom(e: x.Expression, texts: Texts) -> Changes:
    """A test that is true or false, turned round."""
    if e.type.kind == "boolean":
        turned = _turned_cell if _is_cell(e) else _turned
        yield turned(e, x.Not(e.span, e.type, e), texts)


def _is_cell(e: x.Expression) -> bool:
    """True for the cell of a table, whose column stands elsewhere."""
    return isinstance(e, x.Contains) and e.item.span.start < e.span.start


def _turned_cell(e: x.Expression, node: x.Expression, texts: Texts) -> Change[x.Expression]:
    text = texts.at(e.span)
    if " or " in text:
        note = f"the cell `{text}` is turned round"
        return Change("condition", node, e.span, e.span, None, note)
    other = text.removeprefix("not ") if text.startswith("not ") else f"not {text}"
    return Change("condition", node, e.span, e.span, Edit(e.span, other))


def _turned(e: x.Expression, node: x.Expression, texts: Texts) -> Change[x.Expression]:
    whole = texts.balanced(e.span)
    text = texts.at(whole)
    other = f"not ({text})"
    test = e.operand if isinstance(e, x.Not) else e
    for old, new in _PAIRS if isinstance(test, x.Contains | x.IsGiven) else ():
        if text.count(old) == 1:
            other = text.replace(old, new)
            break
    return Change("condition", node, e.span, whole, Edit(whole, other))


def _reports(e: x.ReportsTo, texts: Texts) -> Changes:
    yield from _atom(e, texts)
    one, other = "reports to", "reports directly to"
    old, new = (other, one) if e.direct else (one, other)
    yield _word(e, replace(e, direct=not e.direct), old, new, "function", texts)


def _aggregate(e: x.Aggregate, texts: Texts) -> Changes:
    if e.function in ("any", "all"):
        other = "all" if e.function == "any" else "any"
        yield _word(e, replace(e, function=other), e.function, other, "function", texts)
    elif e.where is not None:
        quote = " ".join(texts.at(e.where.span).split())
        note = f"`where {quote}` is left out"
        yield Change("part", replace(e, where=None), e.where.span, e.span, None, note)


def _word(
    e: x.Expression, node: x.Expression, old: str, new: str, kind: str, texts: Texts
) -> Change[x.Expression]:
    """One word of an expression changed."""
    found = re.search(rf"\b{re.escape(old)}\b", texts.at(e.span))
    if found is None:
        note = f"`{old}` becomes `{new}` in `{' '.join(texts.at(e.span).split())}`"
        return Change(kind, node, e.span, e.span, None, note)
    span: Span = texts.part(e.span, *found.span())
    return Change(kind, node, span, e.span, Edit(span, new))


_OWN: dict[type[x.Expression], Callable[[Any, Texts], Changes]] = {
    x.Constant: _constant,
    x.Extremum: _extremum,
    x.Compare: _compare,
    x.AllOf: _logical,
    x.AnyOf: _logical,
    x.Not: _not,
    x.Contains: _atom,
    x.IsGiven: _atom,
    x.HoldsPosition: _atom,
    x.Fact: _atom,
    x.Variable: _atom,
    x.DefinitionValue: _atom,
    x.ParameterValue: _atom,
    x.ReportsTo: _reports,
    x.Aggregate: _aggregate,
}
