"""Expressions that only a watch knows: what is counted, what follows what, what has a name."""

from __future__ import annotations

from fractions import Fraction

from remit_dsl import syntax
from remit_dsl.diagnostics import Related
from remit_dsl.elaboration.elaboration import Elaborator
from remit_dsl.elaboration.names import reference
from remit_dsl.elaboration.watch_places import Path, WatchFacts, WatchPlaces
from remit_dsl.expressions import Compare, Constant, Expression, Fact
from remit_dsl.pay import Event
from remit_dsl.source import Span
from remit_dsl.typecheck import describe
from remit_dsl.types import BOOLEAN, INTEGER, Type
from remit_dsl.watch import Count, Sequence, Window


def watch_places(el: Elaborator) -> WatchPlaces:
    """The places of the watch an expression stands in."""
    return WatchPlaces(el.world, el.scope.policy, el.handlers)


def _subject(el: Elaborator, span: Span) -> WatchFacts | None:
    """The facts of the subject that is counted for; elsewhere there is none, and it is said."""
    if isinstance(el.facts, WatchFacts):
        return el.facts
    message = "what is counted here belongs to no subject"
    help = "give it a name in the watch, and compare that"
    el.findings.add(span, "E1005", message, help)
    return None


def name(el: Elaborator, node: syntax.Ref, expected: Type | None) -> Expression | None:
    """A name of a watch: what the watch gives a name to, else what it means elsewhere."""
    facts = el.facts
    if not isinstance(facts, WatchFacts) or len(node.parts) > 1 or node.text not in facts.named:
        return reference(el, node, expected)
    bare = node.text
    if bare in facts.opened:
        around = " through ".join(f"`{n}`" for n in facts.opened[facts.opened.index(bare) :])
        el.findings.add(node.span, "E1006", f"{around} is made of itself", "break the circle")
        return None
    if bare not in facts.known:
        facts.opened.append(bare)
        try:
            made = el(facts.named[bare].value)
            facts.known[bare] = made  # its type is settled where it is read, as if it stood there
        finally:
            facts.opened.pop()
    return facts.known[bare]


def count_of(el: Elaborator, node: syntax.CountOf, expected: Type | None) -> Expression | None:
    """`count of Return by customer within 30 days`."""
    event = watch_places(el).event(node.event)
    return None if event is None else _count(el, node.span, event, None, INTEGER, node.counted)


def sum_of(el: Elaborator, node: syntax.SumOf, expected: Type | None) -> Expression | None:
    """`sum of Return.amount by customer within month`."""
    found = _summed(el, node.field)
    if found is None:
        return None
    event, path = found
    known = watch_places(el).field(event, syntax.Ref(node.field.span, path))
    if known is None:
        return None
    if not known.type.numeric:
        message = f"`{node.field.text}` is {describe(known.type)}, and a sum is of numbers"
        place = [Related(known.span, "declared here")]
        el.findings.add(node.field.span, "E0301", message, "count instead: `count of …`", place)
        return None
    return _count(el, node.span, event, path, known.type, node.counted)


def at_least_of(el: Elaborator, node: syntax.AtLeastOf, expected: Type | None) -> Expression | None:
    """`3 Return by customer within 30 days`."""
    value = node.number.value
    if not isinstance(value, Fraction) or node.number.kind != "number" or value.denominator != 1:
        message = f"{el.findings.quote(node.number.span)} is not how many"
        el.findings.add(node.number.span, "E1004", message, "write a whole number")
        return None
    counted = count_of(el, syntax.CountOf(node.span, node.event, node.counted), None)
    if counted is None:
        return None
    constant = Constant(node.number.span, INTEGER, value, node.number.written)
    return Compare(node.span, BOOLEAN, ">=", counted, constant)


def followed_by(
    el: Elaborator, node: syntax.FollowedBy, expected: Type | None
) -> Expression | None:
    """`Complaint followed by Return by customer within 14 days`."""
    places, facts = watch_places(el), _subject(el, node.span)
    if facts is None:
        return None
    first, second = places.event(node.first), places.event(node.second)
    window = window_of(el, node.counted.window)
    if first is None or second is None or window is None:
        return None
    if window.unit not in ("days", "months"):
        message = "what follows what is asked of the last days or months"
        el.findings.add(node.span, "E1004", message, "end it with `within 14 days`")
        return None
    keys = tuple(places.key(facts, e, node.counted.by, node.span) for e in (first, second))
    where = _where(places, second, node.counted)
    if keys[0] is None or keys[1] is None or (node.counted.where and where is None):
        return None
    id = f"s{len(facts.sequences) + 1}"
    facts.sequences.append(
        Sequence(
            id=id,
            first=first.name,
            second=second.name,
            keys=(keys[0], keys[1]),
            where=where,
            window=window,
            span=node.span,
        )
    )
    return Fact(node.span, BOOLEAN, ("sequence", id))


def stays(el: Elaborator, node: syntax.Stays, expected: Type | None) -> Expression | None:
    """Only as a whole condition, or one side of its `and`: see `declarations_watch`."""
    message = "`stays` is a whole condition, or one side of its `and`"
    help = "give it a rule of its own"
    el.findings.add(node.span, "E1005", message, help)
    return None


def window_of(el: Elaborator, node: syntax.Window | None) -> Window | None:
    """The window written, `ever` where none is; a wrong one is reported."""
    if node is None:
        return Window("ever")
    if node.length is None:
        return Window(str(node.unit))
    length = whole_span(el, node.length)
    return None if length is None else Window(node.length.kind, length)


def whole_span(el: Elaborator, node: syntax.Literal) -> int | None:
    """A whole number of days or months above zero; anything else is reported."""
    value = node.value
    whole = isinstance(value, Fraction) and value.denominator == 1 and 0 < value <= 36_500
    if whole and node.kind in ("days", "months"):
        return int(value)  # type: ignore[arg-type]
    message = f"{el.findings.quote(node.span)} is not a whole number of days or months"
    el.findings.add(node.span, "E1004", message, "write `30 days`")
    return None


def _summed(el: Elaborator, node: syntax.Ref) -> tuple[Event, Path] | None:
    """The event and the path of `Return.amount`, `sales.Return.order.total`."""
    parts = node.parts
    for cut in range(len(parts) - 1, 0, -1):
        hit = el.scope.lookup("event", parts[:cut])
        if hit is not None and not hit.rest:
            symbol = el.scope.require("event", syntax.QName(node.span, parts[:cut]), el.findings)
            event = el.world.events.get(symbol.name) if symbol else None
            return None if event is None else (event, parts[cut:])
    if len(parts) == 1:
        message = f"`{node.text}` does not say which event it is a field of"
        el.findings.add(node.span, "E0901", message, f"write `EVENT.{node.text}`")
        return None
    el.scope.require("event", syntax.QName(node.span, parts[:-1]), el.findings)
    return None


def _count(
    el: Elaborator,
    span: Span,
    event: Event,
    field: Path | None,
    type_: Type,
    counted: syntax.Counted,
) -> Expression | None:
    places, facts = watch_places(el), _subject(el, span)
    if facts is None:
        return None
    key = places.key(facts, event, counted.by, span)
    where, window = _where(places, event, counted), window_of(el, counted.window)
    if key is None or window is None or (counted.where is not None and where is None):
        return None
    id = f"c{len(facts.counts) + 1}"
    facts.counts.append(
        Count(
            id=id,
            event=event.name,
            field=field,
            key=key,
            where=where,
            window=window,
            type=type_,
            span=span,
        )
    )
    return Fact(span, type_, ("count", id))


def _where(places: WatchPlaces, event: Event, counted: syntax.Counted) -> Expression | None:
    return None if counted.where is None else places.row(event).condition(counted.where)
