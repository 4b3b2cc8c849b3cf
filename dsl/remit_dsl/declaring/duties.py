"""Duties: who reports to whom, how often, and what shows it."""

from __future__ import annotations

from fractions import Fraction

from remit_dsl import syntax
from remit_dsl.declaring.declarations import label
from remit_dsl.declaring.watch_parts import Parts
from remit_dsl.diagnostics import Related, errors
from remit_dsl.elaboration.elaborate import HANDLERS
from remit_dsl.elaboration.watch_places import Path, WatchPlaces
from remit_dsl.expressions import Expression
from remit_dsl.scope.findings import did_you_mean
from remit_dsl.scope.resolve import Scope
from remit_dsl.scope.world import World
from remit_dsl.typecheck import describe
from remit_dsl.types import PERSON
from remit_dsl.watch import WEEKDAYS, Duty

_LAST = {"monthly": 28, "quarterly": 90, "yearly": 365}


def duties(world: World) -> tuple[Duty, ...]:
    """All duties without a fault."""
    found = []
    for scope in world.scopes.values():
        written = [n for n in scope.own.file.declarations if isinstance(n, syntax.Duty)]
        names: dict[str, syntax.Duty] = {}
        for node in written:
            duty = _duty(world, scope, node, names)
            if duty is not None:
                found.append(duty)
    return tuple(found)


def _duty(
    world: World, scope: Scope, node: syntax.Duty, names: dict[str, syntax.Duty]
) -> Duty | None:
    before = len(world.findings.found)
    places = WatchPlaces(world, scope.policy, HANDLERS)
    name = _name(world, node, names)
    parts = Parts(places, None, node.parts, node)
    position, to = parts.position(node.position), parts.position(node.to)
    after, after_by = _after(places, node.frequency)
    event, by, where = _evidence(places, parts.one(syntax.Evidenced))
    day = _day(world, node.frequency)
    duty = Duty(
        name=f"{scope.policy}.{name}",
        label=label(node.label),
        position=position or "",
        to=to or "",
        frequency=node.frequency.kind,
        day=day,
        after=after,
        after_by=after_by,
        event=event,
        by=by,
        where=where,
        notify=parts.notify() or ((to,) if to else ()),
        severity=parts.severity(),
        owner=parts.owner() or to,
        because=parts.because(),
        source=parts.source(),
        policy=scope.policy,
        span=node.span,
    )
    return None if errors(world.findings.found[before:]) else duty


def _name(world: World, node: syntax.Duty, names: dict[str, syntax.Duty]) -> str:
    bare = node.name.text if node.name else f"{node.position.parts[-1]}.{node.frequency.kind}"
    bare = bare.replace(" ", "_")
    if bare in names:
        place = [Related(names[bare].span, "first written here")]
        message = f"two duties are called `{bare}`"
        world.findings.add(node.span, "E1006", message, "give it a name: `duty NAME: …`", place)
    names.setdefault(bare, node)
    return bare


def _day(world: World, node: syntax.Frequency) -> int | None:
    if isinstance(node.day, syntax.Name):
        if node.day.text in WEEKDAYS:
            return WEEKDAYS.index(node.day.text)
        help = did_you_mean(node.day.text, WEEKDAYS) or "write `friday`"
        world.findings.add(node.day.span, "E1010", f"there is no weekday `{node.day.text}`", help)
        return None
    if node.day is None:
        return None
    value, last = node.day.value, _LAST[node.kind]
    whole = isinstance(value, Fraction) and value.denominator == 1 and node.day.kind == "number"
    if whole and 1 <= value <= last:  # type: ignore[operator]
        return int(value)  # type: ignore[arg-type]
    written = world.findings.quote(node.day.span)
    message = f"{written} is no day that every such period has"
    world.findings.add(node.day.span, "E1010", message, f"write a whole number from 1 to {last}")
    return None


def _after(places: WatchPlaces, node: syntax.Frequency) -> tuple[str | None, Path | None]:
    if node.after is None or node.by is None:
        return None, None
    event = places.event(node.after)
    return (None, None) if event is None else (event.name, _person(places, event.name, node.by))


def _evidence(
    places: WatchPlaces, node: syntax.Evidenced | None
) -> tuple[str | None, Path | None, Expression | None]:
    if node is None:
        return None, None, None
    event = places.event(node.event)
    if event is None:
        return None, None, None
    where = None if node.where is None else places.row(event).condition(node.where)
    return event.name, _person(places, event.name, node.by), where


def _person(places: WatchPlaces, event: str, by: syntax.Ref) -> Path | None:
    known = places.field(places.world.events[event], by)
    if known is None or known.type == PERSON:
        return by.parts if known else None
    message = f"`{by.text}` is {describe(known.type)}, and a duty is of a person"
    place = [Related(known.span, "declared here")]
    places.findings.add(by.span, "E1011", message, "name a field of type `Person`", place)
    return None
