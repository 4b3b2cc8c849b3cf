"""Events: rows of data, with the links between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from remit_dsl import syntax
from remit_dsl.declaring.declarations import RESERVED, fields_of, label, symbols
from remit_dsl.pay import Event
from remit_dsl.program import Field
from remit_dsl.scope.resolve import Scope, Symbol
from remit_dsl.scope.world import World
from remit_dsl.typecheck import UNKNOWN, describe
from remit_dsl.types import TEXT

_OWN_NAMES = (*RESERVED, "payee")


def declare_events(world: World) -> None:
    """Enter all events into the world."""
    for symbol in symbols(world, syntax.Event):
        world.events[symbol.name] = _event(world, symbol)


def _event(world: World, symbol: Symbol) -> Event:
    node = symbol.node
    assert isinstance(node, syntax.Event)
    scope = world.scopes[symbol.policy]
    links = dict(_links(world, scope, node))
    plain = tuple(_as_text(field) if field.name.text in links else field for field in node.fields)
    fields = fields_of(world, scope, plain)
    _own_names(world, fields)
    if _ids(world, symbol, fields):
        _dated(world, symbol, fields)
    for field in fields.values():
        _one_value(world, field)
    return Event(symbol.name, label(node.label), fields, links, symbol.policy, symbol.span)


def _links(world: World, scope: Scope, node: syntax.Event) -> Iterator[tuple[str, str]]:
    """The fields whose type is an event."""
    for field in node.fields:
        name = field.type.name
        if field.type.kind != "named" or name is None:
            continue
        hit = scope.lookup("event", name.parts)
        if hit is None or hit.rest or scope.lookup("type", name.parts) is not None:
            continue
        if not scope.ambiguous(hit, name.span, world.findings):
            yield field.name.text, hit.symbol.name


def _as_text(field: syntax.Field) -> syntax.Field:
    type_ = syntax.TypeExpr(field.type.span, "text", optional=field.type.optional)
    return replace(field, type=type_)


def _own_names(world: World, fields: dict[str, Field]) -> None:
    for name in _OWN_NAMES:
        if name in fields:
            message = f"`{name}` has a meaning of its own and cannot be a field of an event"
            world.findings.add(fields[name].span, "E0217", message, "take another name")


def _ids(world: World, symbol: Symbol, fields: dict[str, Field]) -> bool:
    known = fields.get("id")
    if known is not None and known.type == TEXT and not known.optional:
        return True
    if known is None:
        message = f"event `{symbol.short}` has no field `id`"
        world.findings.add(symbol.span, "E0907", message, "add `id: text`: it tells rows apart")
    elif known.type != UNKNOWN:
        what = "may be absent" if known.type == TEXT else f"is {describe(known.type)}"
        message = f"the `id` of event `{symbol.short}` {what}"
        world.findings.add(known.span, "E0907", message, "write `id: text`")
    return False


def _dated(world: World, symbol: Symbol, fields: dict[str, Field]) -> None:
    if not any(f.type.kind in ("date", "unknown") for f in fields.values()):
        message = f"event `{symbol.short}` has no date"
        help = "add a field such as `date: date`: plans count events by a date"
        world.findings.add(symbol.span, "E0907", message, help)


def _one_value(world: World, field: Field) -> None:
    """A row of data holds one value in a column; records are columns with dots."""
    if field.type.element is None:
        return
    message = f"`{field.name}` holds {describe(field.type)}, and a column of data holds one value"
    world.findings.add(field.span, "E0907", message, "give each of them a row of its own")
