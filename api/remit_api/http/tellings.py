"""Events and observations as they are told: read by the declarations of the policy, strictly."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from remit_api.http.desk import Desk
from remit_api.http.people_views import plain
from remit_api.http.refusals import FaultyData
from remit_api.pay_data.told_rows import row_faults
from remit_dsl.pay import Event
from remit_dsl.program import Field
from remit_dsl.suggest import nearest
from remit_engine.reading.exact import Unreadable, day_of, shown
from remit_engine.reading.facts_reader import FactsReader
from remit_engine.request import InvalidRequest, Problem
from remit_engine.rules.ir import Model
from remit_engine.rules.names import is_person, names_of
from remit_engine.storage.canonical import canonical
from remit_engine.storage.events import KeptEvent
from remit_engine.watch.shapes import has_id

DAY = "date"
"""The field that says when an event happened, where the request does not say it (`on`); else it is
the first date that has to be there, else the day it was told."""


def read_event(
    document: Mapping[str, Any], desk: Desk, by: str, today: date, moment: str
) -> KeptEvent:
    """The event of `{"event": NAME, "facts": {…}, "on": DAY, "corrects": ID}`; raises
    InvalidRequest with all that is wrong: a field that is missing, unknown or of another type, a
    person nobody knows. Raises FaultyData for what pay could not read of it as a row."""
    declared = _declared(document.get("event"), desk.model)
    given = document.get("facts")
    if not isinstance(given, Mapping):
        raise InvalidRequest([Problem("facts", "write the facts as an object")])
    reader = FactsReader(names_of(desk.model), desk.model)
    facts = reader.fields(given, declared.fields, ("facts",))
    problems = list(reader.problems)
    problems += [Problem(path, f"`{declared.short}` has no such field") for path in reader.ignored]
    told = {problem.path for problem in problems}
    problems += [
        p for p in _missing(facts, declared.fields, desk.model, "facts") if p.path not in told
    ]
    people = list(_people(facts, declared.fields, desk.model, "facts"))
    strangers = [(path, id) for path, id in people if id not in desk.directory.people]
    problems += [Problem(path, f"nobody is called `{shown(id)}`") for path, id in strangers]
    if not problems and not facts["id"].strip():
        problems.append(Problem("facts.id", "an event is named by its sender: the id is empty"))
    stated = None if document.get("on") is None else _day(document["on"], problems)
    if problems:
        raise InvalidRequest(problems)
    written = plain(facts)
    _readable(declared, written, given, desk.model)
    content = {"facts": written, "people": sorted({id for _, id in people})}
    if document.get("corrects") is not None:
        content["corrects"] = _name(document["corrects"])
    body = canonical(content)
    of_field = facts.get(_field_of_day(facts, declared) or "")
    day = stated or (of_field if isinstance(of_field, date) else today)
    return KeptEvent(declared.name, facts["id"], day.isoformat(), moment, by, body)


def _readable(
    declared: Event, kept: Mapping[str, Any], given: Mapping[str, Any], model: Model
) -> None:
    """Raises FaultyData where a row of pay could not be read so."""
    wrong = row_faults(declared, kept, given, model)
    if wrong:
        problems = [Problem(f"facts.{column}", message) for column, message in wrong]
        said = "; ".join(f"{p.path}: {p.message}" for p in problems)
        raise FaultyData(said, f"no run of pay could count such a `{declared.short}`", problems)


def _name(given: Any) -> str:
    if isinstance(given, str) and given.strip():
        return given
    raise InvalidRequest([Problem("corrects", "write the id of the event that it corrects")])


def entry_of(document: Mapping[str, Any], read: KeptEvent) -> dict[str, Any]:
    """An event as the watcher reads it."""
    return {"kind": read.kind, "on": read.happened, "facts": document["facts"]}


def placed(fault: InvalidRequest, document: Mapping[str, Any], desk: Desk) -> InvalidRequest:
    """What the watcher says of an event, with the places of the request: the day stands in one of
    its fields, where the request does not state it."""
    declared = _declared(document["event"], desk.model)
    field = _field_of_day(document["facts"], declared)
    if document.get("on") is not None or field is None:
        return fault
    return InvalidRequest(
        [Problem(f"facts.{field}" if p.path == "on" else p.path, p.message) for p in fault.problems]
    )


def _field_of_day(facts: Mapping[str, Any], declared: Event) -> str | None:
    dates = [field for field in declared.fields.values() if field.type.kind == "date"]
    if facts.get(DAY) is not None and any(field.name == DAY for field in dates):
        return DAY
    return next((field.name for field in dates if not field.optional), None)


def _day(given: Any, problems: list[Problem]) -> date | None:
    try:
        return day_of(given)
    except Unreadable as fault:
        problems.append(Problem("on", str(fault)))
        return None


def people_of(kept: KeptEvent) -> frozenset[str]:
    """Whom an event names."""
    return frozenset(json.loads(kept.body)["people"])


def _declared(name: Any, model: Model) -> Event:
    known = model.program.events
    fits = [e for e in known.values() if name in (e.name, e.short)]
    if len(fits) == 1:
        return fits[0]
    if fits:
        names = ", ".join(f"`{e.name}`" for e in fits)
        raise InvalidRequest([Problem("event", f"several events are called so: {names}")])
    guess = nearest(name, [*known, *(e.short for e in known.values())]) if _is_text(name) else None
    cure = f", did you mean `{guess}`?" if guess else ""
    raise InvalidRequest(
        [
            Problem(
                "event",
                f"the policy has no event `{name if _is_text(name) else shown(name)}`{cure}",
            )
        ]
    )


def _is_text(name: Any) -> bool:
    return isinstance(name, str)


def _missing(
    facts: Mapping[str, Any], declared: Mapping[str, Field], model: Model, path: str
) -> Iterator[Problem]:
    """Fields that have to be there and are not; of a record with an id, the id alone."""
    for name, field in declared.items():
        here, value = f"{path}.{name}", facts.get(name)
        if value is None and not field.optional:
            yield Problem(here, "it is missing, and it is not optional")
        elif isinstance(value, Mapping):
            inner = _fields(field, model)
            needed = {"id": inner["id"]} if has_id(inner) else inner
            yield from _missing(value, needed, model, here)


def _people(
    facts: Mapping[str, Any], declared: Mapping[str, Field], model: Model, path: str
) -> Iterator[tuple[str, str]]:
    """Where people are named, and who."""
    for name, value in facts.items():
        field, here = declared[name], f"{path}.{name}"
        if isinstance(value, Mapping):
            yield from _people(value, _fields(field, model), model, here)
        elif isinstance(value, str) and is_person(field.type):
            yield here, value
        elif isinstance(value, frozenset | tuple) and _of_people(field):
            yield from ((here, id) for id in value)


def _of_people(field: Field) -> bool:
    return field.type.element is not None and is_person(field.type.element)


def _fields(field: Field, model: Model) -> Mapping[str, Field]:
    return model.program.records[field.type.name or ""].fields
