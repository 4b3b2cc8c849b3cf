"""Declarations laid out: which text, in which block, in which order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from remit_dsl.printing import print_pay, print_statements, print_watch
from remit_dsl.printing.layout import INDENT, WIDTH, Block, Leaf, broken, indented
from remit_dsl.printing.print_expressions import (
    SUM,
    VALUE,
    band_rows,
    bands_head,
    bound,
    expression,
    label,
    literal,
    quoted,
)
from remit_dsl.printing.print_types import type_text
from remit_dsl.render import width
from remit_dsl.syntax import (
    Action,
    Allocation,
    Authority,
    Bands,
    Cell,
    Commission,
    DatedValue,
    Declaration,
    Define,
    Delegation,
    Duty,
    Enum,
    EnumMember,
    Event,
    Exchange,
    Expr,
    Field,
    Measure,
    Name,
    Node,
    Parameter,
    Policy,
    Position,
    QName,
    QuotedName,
    Record,
    Requirement,
    Right,
    Scorecard,
    Statement,
    Table,
    TableRow,
    Use,
    Waiver,
    Watch,
)

# Where the word of a block item stands in the source: the node, the word, which occurrence.
Place = Callable[[Node, str], int]
Item = Leaf | Block


def lay_out(node: Node, place: Place) -> Item:
    """One header, `use` or declaration."""
    item = _FORMS[type(node)](node, place)
    item.start, item.end, item.kind = node.span.start, node.span.end, type(node).__name__
    return item


def _leaf(node: Node, *lines: str) -> Leaf:
    return Leaf(list(lines), node.span.start, node.span.end)


def _named(names: tuple[QName, ...]) -> str:
    return ", ".join(name.text for name in names)


def _texts(texts: tuple[str, ...]) -> str:
    return ", ".join(quoted(text) for text in texts)


def _worded(node: Node, place: Place, said: list[tuple[str, str]]) -> list[Item]:
    """Block items as (word that opens it, text), in the order of the source."""
    items: list[Item] = []
    for word, text in said:
        at = place(node, word)
        items.append(Leaf([text], at, at))
    return sorted(items, key=lambda item: item.start)


# --- header --------------------------------------------------------------------------------


def _policy(node: Policy, place: Place) -> Item:
    said: list[tuple[str, str]] = []
    for word in ("document", "version", "revision", "summary"):
        text = getattr(node, word)
        if text is not None:
            said.append((word, f"{word} {quoted(text)}"))
    said += _effective(node)
    for word, day in (("approved", node.approved_on), ("published", node.published_on)):
        if day is not None:
            said.append((word, f"{word} on {day.isoformat()}"))
    if node.owner is not None:
        said.append(("owner", f"owner {node.owner.text}"))
    if node.currency is not None:
        said.append(("currency", f"currency {node.currency}"))
    head = f"policy {node.name.text}{label(node.label)}"
    return Block([head], _worded(node, place, said), join="  ")


def _effective(node: Policy) -> list[tuple[str, str]]:
    dates = [
        f"{word} {day.isoformat()}"
        for word, day in (("from", node.effective_from), ("until", node.effective_until))
        if day is not None
    ]
    return [("effective", f"effective {' '.join(dates)}")] if dates else []


def _use(node: Use, place: Place) -> Item:
    text = f"use {_named(node.names)}"
    if width(text) <= WIDTH:
        return _leaf(node, text)
    names = [name.text for name in node.names]
    return _leaf(node, "use", *(f"{INDENT}{name}," for name in names[:-1]), INDENT + names[-1])


# --- declarations --------------------------------------------------------------------------


def _enum(node: Enum, place: Place) -> Item:
    members = [_member(member) for member in node.members]
    return Block([f"enum {node.name.text}{label(node.label)}"], members, join=" ", most=99)


def _member(node: EnumMember) -> Item:
    text = f"{node.name.text}{label(node.label)}"
    if not node.children:
        return _leaf(node, text)
    children = [_member(child) for child in node.children]
    return Block([text], children, node.span.start, node.span.end, join=" ", most=99)


def _position(node: Position, place: Place) -> Item:
    said: list[tuple[str, str]] = []
    if node.reports_to is not None:
        said.append(("reports", f"reports to {node.reports_to.text}"))
    if node.dotted_line_to:
        said.append(("dotted", f"dotted line to {_named(node.dotted_line_to)}"))
    if node.also_called:
        said.append(("also", f"also called {_texts(node.also_called)}"))
    if node.answers_for:
        said.append(("answers", f"answers for {_texts(node.answers_for)}"))
    if node.headcount is not None:
        said.append(("headcount", f"headcount {node.headcount}"))
    if node.external:
        said.append(("external", "external"))
    if node.source is not None:
        said.append(("source", f"source {quoted(node.source)}"))
    head = f"position {node.name.text}{label(node.label)}"
    if not said:
        return _leaf(node, head)
    return Block([head], _worded(node, place, said), join="  ", most=2)


def _field(node: Field, colon: str = ":") -> Leaf:
    return _leaf(node, f"{node.name.text}{colon} {type_text(node.type)}{label(node.label)}")


def _record(node: Record, place: Place) -> Item:
    fields: list[Item] = [_field(field) for field in node.fields]
    return Block([f"record {node.name.text}{label(node.label)}"], fields, join="  ")


def _parameter(node: Parameter, place: Place) -> Item:
    head = f"parameter {node.name.text}{label(node.label)}: {type_text(node.type)}"
    first = node.values[0]
    if len(node.values) == 1 and first.start is None and first.until is None:
        return _assigned(node, head, first.value, first.source)
    return Block([head], [_dated(value) for value in node.values], join="  ")


def _dated(node: DatedValue) -> Item:
    dates = [
        f"{word} {day.isoformat()}"
        for word, day in (("from", node.start), ("until", node.until))
        if day is not None
    ]
    value = "unset" if node.value is None else expression(node.value)
    return _leaf(node, f"{' '.join(dates)} -> {value}{_source(node.source)}")


def _source(text: str | None) -> str:
    return "" if text is None else f" source {quoted(text)}"


def _exchange(node: Exchange, place: Place) -> Item:
    values = [_dated(value) for value in node.values]
    return Block([f"exchange {node.base} to {node.quote}"], values, join="  ")


def _define(node: Define, place: Place) -> Item:
    head = f"define {node.name.text}{label(node.label)}: {type_text(node.type)}"
    if isinstance(node.value, Bands):
        texts = zip(node.value.rows, band_rows(node.value), strict=True)
        rows: list[Item] = [_leaf(row, text) for row, text in texts]
        return Block([f"{head} = {bands_head(node.value)}"], rows, tail=_source(node.source))
    return _assigned(node, head, node.value, node.source)


def _assigned(node: Node, head: str, value: Expr | None, source: str | None) -> Leaf:
    written = "unset" if value is None else expression(value)
    text = f"{head} = {written}{_source(source)}"
    if width(text) <= WIDTH or value is None:
        return _leaf(node, text)
    lines = [f"{head} =", *indented(broken(value, WIDTH - 2))]
    if source is not None:
        lines.append(f"{INDENT}source {quoted(source)}")
    return _leaf(node, *lines)


def _table(node: Table, place: Place) -> Item:
    columns = [f"{c.name.text}: {type_text(c.type)}{label(c.label)}" for c in node.columns]
    hit = f"{node.hit} {node.aggregation}" if node.aggregation else node.hit
    opening = f"table {node.name.text}{label(node.label)} ("
    closing = f") gives {type_text(node.gives)} {hit}"
    if node.csv is not None:
        closing += f" from {quoted(node.csv)}"
    head = [f"{opening}{', '.join(columns)}{closing}"]
    if width(head[0]) > WIDTH - 2:
        head = [opening, *(f"{INDENT}{column}," for column in columns[:-1])]
        head += [INDENT + columns[-1], closing]
    if node.csv is not None:
        return _leaf(node, *head)
    return Block(head, [_row(row) for row in node.rows])


def _row(node: TableRow) -> Leaf:
    cells = ", ".join(cell_text(cell) for cell in node.cells)
    return _leaf(node, f"{cells} -> {expression(node.value, VALUE)}{_source(node.source)}")


def cell_text(node: Cell) -> str:
    """`any`, `under 5%`, `not east or west`."""
    if node.bound is not None:
        return bound(node.bound)
    if not node.values:
        return "any"
    text = " or ".join(expression(value, SUM) for value in node.values)
    return f"not {text}" if node.negated else text


def _right(node: Right, place: Place) -> Item:
    implied = ", ".join(name.text for name in node.implies)
    text = f"right {node.name.text}{label(node.label)}"
    return _leaf(node, f"{text} implies {implied}" if implied else text)


def _action(node: Action, place: Place) -> Item:
    items: list[Item] = [_field(field, "") for field in node.fields]
    if node.measure is not None:
        items.append(_measure(node.measure))
    if node.source is not None:
        items += _worded(node, place, [("source", f"source {quoted(node.source)}")])
    items.sort(key=lambda item: item.start)
    return Block([f"action {node.name.text}{label(node.label)}"], items, join="  ")


def _measure(node: Measure) -> Leaf:
    text = f"limit on {expression(node.value, SUM)}"
    if node.summed_by is not None:
        text += f" summed by {node.summed_by.text}"
    if node.window is not None:
        text += f" over {literal(node.window)}"
    return _leaf(node, text)


def _delegation(node: Delegation, place: Place) -> Item:
    said: list[tuple[str, str]] = []
    if node.levels is not None:
        said.append(("one", "to one level below"))
    if node.any_level:
        said.append(("any", "to any level below"))
    if node.to:
        said.append(("to", f"to {_named(node.to)}"))
    if node.own_limit:
        said.append(("own", "at most own limit"))
    if node.approval_by is not None:
        said.append(("needs", f"needs approval by {node.approval_by.text}"))
    if node.onward:
        said.append(("onward", "onward"))
    elif place(node, "never") != node.span.end:
        said.append(("never", "never onward"))
    items = _worded(node, place, said)
    for value in (node.longest, node.cap):
        if value is not None:
            items.append(_leaf(value, f"at most {expression(value, SUM)}"))
    items.sort(key=lambda item: item.start)
    return Block([f"delegation of {node.action.text}"], items, join="  ", most=2)


def _waiver(node: Waiver, place: Place) -> Item:
    reach = [
        f"{word} {', '.join(map(_in_waiver, names))}"
        for word, names in (
            ("of", node.verbs),
            ("on", node.actions),
            ("for", node.positions),
            ("at", node.rules),
        )
        if names
    ]
    head = f"waive {node.question.text}"
    conditions = print_statements.conditions(node)
    before = [head, *reach, *(text for text, _ in conditions)]
    reason = [] if node.because is None else [f"because{label(node.because)}"]
    whole = " ".join([*before, *reason])
    if width(whole) <= WIDTH:
        return _leaf(node, whole)
    if width(first := " ".join(before)) <= WIDTH:
        return _leaf(node, first, *indented(reason))
    lines = [line for text, e in conditions for line in _clause(text, e)]
    return _leaf(node, head, *indented([*reach, *lines, *reason]))


def _in_waiver(name: Name | QName) -> str:
    return quoted(name.text) if isinstance(name, QuotedName) else name.text


def _authority(node: Authority, place: Place) -> Item:
    statements: list[Item] = [_statement(statement) for statement in node.statements]
    return Block([f"authority {node.action.text}{label(node.label)}"], statements)


def _statement(node: Statement) -> Leaf:
    head, clauses = print_statements.parts(node)
    whole = " ".join([head, *(text for text, _ in clauses)])
    if width(whole) <= WIDTH - len(INDENT):
        return _leaf(node, whole)
    lines = _head(node, head)
    for text, condition in clauses:
        lines += indented(_clause(text, condition), INDENT * 2)
    return _leaf(node, *lines)


def _head(node: Statement, head: str) -> list[str]:
    """The head of a long statement; a requirement too long for a line breaks into its steps."""
    if width(head) <= WIDTH - len(INDENT) or not isinstance(node, Requirement):
        return [head]
    steps = print_statements.steps(node.steps)
    first = f"{head.removesuffix(steps).rstrip()}"
    return [first, *indented(print_statements.step_lines(node.steps), INDENT * 2)]


def _clause(text: str, condition: Expr | None) -> list[str]:
    room = WIDTH - 3 * len(INDENT)
    if condition is None or width(text) <= room:
        return [text]
    word = text.split(" ", 1)[0]
    first, *rest = broken(condition, room - len(word) - 1)
    return [f"{word} {first}", *indented(rest)]


_FORMS: dict[type[Node], Callable[[Any, Place], Item]] = {
    Policy: _policy,
    Use: _use,
    Enum: _enum,
    Position: _position,
    Record: _record,
    Parameter: _parameter,
    Exchange: _exchange,
    Define: _define,
    Table: _table,
    Right: _right,
    Action: _action,
    Delegation: _delegation,
    Waiver: _waiver,
    Authority: _authority,
    Event: lambda node, place: print_pay.event(node),
    Commission: lambda node, place: print_pay.commission(node),
    Scorecard: lambda node, place: print_pay.scorecard(node),
    Allocation: lambda node, place: print_pay.allocation(node),
    Watch: lambda node, place: print_watch.watch(node),
    Duty: lambda node, place: print_watch.duty(node),
}


def forms() -> frozenset[type[Declaration]]:
    """The declarations that can be laid out."""
    return frozenset(form for form in _FORMS if issubclass(form, Declaration))
