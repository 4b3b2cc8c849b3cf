"""Credit: the amount of a line, and whose it is."""

from __future__ import annotations

from remit_dsl import syntax
from remit_dsl.declaring.follow import date_field, find
from remit_dsl.declaring.places import PlanPlaces
from remit_dsl.elaboration.elaboration import Elaborator
from remit_dsl.pay import Crediting
from remit_dsl.typecheck import describe
from remit_dsl.types import PERSON

_TO = "write `credit … to FIELD`, `to owner of FIELD on DATE` or `split by credits total 100%`"
_OWNED = frozenset({"text", "enum", "integer", "position"})


def credit(places: PlanPlaces) -> Crediting | None:
    """The credit of a plan, or None when it has none or a fault in it has been reported."""
    node = places.items.one(syntax.Credit)
    if node is None:
        if places.kind != "override":
            places.items.missing("credit", "write `credit AMOUNT to FIELD`")
        return None
    if (node.to == "pool") != (places.kind == "pool"):
        if places.kind == "lines" and not places.items.broken:
            places.items.fault(node, "E0925", "this credit does not say whose it is", _TO)
        elif places.kind == "pool":
            help = "write `credit …` alone"
            places.items.fault(node, "E0925", "the credit of a pool is nobody's own", help)
        return None
    if places.event is None:
        return None
    el = places.line()
    value = places.priced(el, node.value)
    path = _credited(places, el, node)
    on = date_field(el, places.event, node.on) if node.on else None
    if node.total is not None and node.total.value != 1:
        message = f"shares that make {el.findings.quote(node.total.span)} are no whole"
        help = "write `total 100%`, or `may overlap`"
        el.findings.add(node.total.span, "E0925", message, help)
    if value is None:
        return None
    return Crediting(
        value, node.to, path, on, node.to == "splits" and node.total is None, node.span
    )


def _credited(places: PlanPlaces, el: Elaborator, node: syntax.Credit) -> tuple[str, ...] | None:
    """The path to the person credited, or to what somebody owns."""
    if node.field is None or places.event is None:
        return None
    if find(el, places.event, node.field, node.field.parts[0]) is None:
        return None
    e = el(node.field)
    if e is None:
        return None
    fields = places.world.fields(e.type)
    if node.to == "field" and e.type == PERSON:
        return node.field.parts
    if node.to == "owner" and e.type.kind in _OWNED:
        return node.field.parts
    if node.to == "owner" and fields is not None and "id" in fields and e.type != PERSON:
        return (*node.field.parts, "id")
    wanted = "a person" if node.to == "field" else "a text, or a record with an `id`"
    message = f"{el.quote(e)} is {describe(e.type)} where {wanted} is needed"
    help = None
    if node.to == "field":
        help = f"name a field of type `Person`, or write `to owner of {node.field.text} on DATE`"
    el.findings.add(e.span, "E0912", message, help, [el.origin(e)])
    return None
