"""People from a directory: superiors follow from positions and units, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

from remit_engine.commission.basis.dataset import Stretch
from remit_engine.commission.reading.circles import circles
from remit_engine.commission.reading.findings import Findings
from remit_engine.commission.reading.people import by_person
from remit_engine.people.directory import DatedHolding, Directory, Person, PersonReference
from remit_engine.people.organisation import reports_to
from remit_engine.people.party import Party
from remit_engine.rules.ir import Model

Held = tuple[Person, DatedHolding]


def from_directory(
    directory: Directory, model: Model, findings: Findings
) -> dict[str, tuple[Stretch, ...]]:
    """Stretches by person, cut at every day on which one of his superiors changes.

    A manager is who holds the position right above, in a unit that fits (`reports_to`). Where
    nobody holds that on a day there is none, and a notice says so.
    """
    holders: dict[str, list[Held]] = {}
    for person in directory.people.values():
        for held in person.holdings:
            holders.setdefault(held.position, []).append((person, held))
    found: list[Stretch] = []
    for person in directory.people.values():
        for held in person.holdings:
            above = model.superiors.get(held.position, ())[:1]
            superiors = [h for position in above for h in holders.get(position, ())]
            found += _stretches(person, held, superiors, directory, model)
    place = f"{directory.name}.yaml"
    _tell(found, place, model, findings)
    for _, day, circle in circles([(s, m) for s in found for m in s.managers]):
        since = f" on {day}" if day is not None else ""
        findings.fault(place, None, f"{' under '.join(circle)}{since}: people above themselves")
    return by_person(found)


def _stretches(
    person: Person,
    held: DatedHolding,
    superiors: list[Held],
    directory: Directory,
    model: Model,
) -> Iterator[Stretch]:
    mine = Party(person.id, (held.on_the_day(),))
    fitting = [
        (other, h)
        for other, h in superiors
        if reports_to(mine, Party(other.id, (h.on_the_day(),)), True, model, directory.within)
    ]
    attributes = _attributes(person, held)
    last: Stretch | None = None
    for start, until in pairwise(_days(held, fitting)):
        managers = tuple(sorted({o.id for o, h in fitting if _covers(h, start, until)}))
        if last is not None and last.managers == managers:
            start = last.start  # noqa: PLW2901 - nothing changed
        elif last is not None:
            yield last
        last = Stretch(person.id, held.position, held.unit, start, until, managers, attributes)
    if last is not None:
        yield last


def _days(held: DatedHolding, superiors: list[Held]) -> list[date | None]:
    first, end = held.start or date.min, held.until or date.max
    days = {
        d for _, h in superiors for d in (h.start, h.until) if d is not None and first < d < end
    }
    return [held.start, *sorted(days), held.until]


def _covers(held: DatedHolding, start: date | None, until: date | None) -> bool:
    first, end = start or date.min, until or date.max
    return (held.start or date.min) <= first and end <= (held.until or date.max)


def _attributes(person: Person, held: DatedHolding) -> dict[str, Any]:
    found: dict[str, Any] = {"id": person.id}
    if person.name is not None:
        found["name"] = person.name
    for name, value in person.attributes.items():
        found[name] = value.id if isinstance(value, PersonReference) else value
    found["position"] = held.position
    if held.unit is not None:
        found["unit"] = held.unit
    return found


def _tell(found: list[Stretch], place: str, model: Model, findings: Findings) -> None:
    """Notices of days on which the position right above is held by nobody."""
    for s in found:
        above = model.superiors.get(s.position, ())[:1]
        if above and not s.managers:
            short = above[0].rsplit(".", 1)[-1]
            days = (f" from {s.start}" if s.start else "") + (
                f" until {s.until}" if s.until else ""
            )
            message = f"`{s.person}` reports to nobody{days}: no `{short}` is above him"
            findings.notice(place, None, message)
