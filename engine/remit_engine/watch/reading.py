"""Entries of the log as they are told: typed exactly, or refused with every reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from remit_dsl.pay import Event
from remit_dsl.program import Field, Program, Record
from remit_dsl.suggest import nearest
from remit_dsl.types import TEXT
from remit_engine.directory import Directory
from remit_engine.exact import Unreadable, day_of, shown
from remit_engine.facts_reader import FactsReader, dotted
from remit_engine.ir import Model
from remit_engine.names import is_person, names_of
from remit_engine.request import Problem
from remit_engine.watch.entry import Entry, Refused, as_date

LONGEST_ID = 200
LONGEST_TEXT = 10_000
_OWN = ("kind", "id", "on", "entry", "facts")
_AS = 'write {"kind": "NAME", "id": "…", "on": "2026-03-01", …}'


class _Unread(Exception):
    def __init__(self, *problems: Problem) -> None:
        self.problems = problems


class EntryReader:
    """Reads entries by the declarations of a program.

    People have to be in the directory, unless it is empty.
    """

    def __init__(self, model: Model, directory: Directory) -> None:
        self._model = model
        self._directory = directory
        self._kinds = _kinds(model.program)

    def read(self, document: Any, today: int) -> Entry | Refused:
        """The entry, or why not: `unreadable` with all that is wrong, or `future`."""
        try:
            entry = self._read(document)
        except _Unread as refused:
            return Refused("unreadable", refused.problems, *_called(document))
        if entry.day > today:
            message = f"{as_date(entry.day)} is after today ({as_date(today)}): "
            problem = Problem("on", message + "tell it when its day has come")
            return Refused("future", (problem,), *_called(document))
        return entry

    def _read(self, document: Any) -> Entry:
        if not isinstance(document, Mapping):
            raise _Unread(Problem("", f"`{shown(document)}` is not an entry: {_AS}"))
        kind = self._kind(document.get("kind"))
        too_long = list(_too_long(document, ""))
        if too_long:
            raise _Unread(*too_long)
        if isinstance(kind, Event):
            return self._event(document, kind)
        return self._observation(document, kind)

    def _kind(self, name: Any) -> Event | Record:
        if not isinstance(name, str) or not name:
            given = "it is missing" if name is None else f"`{shown(name)}` is not a name"
            raise _Unread(Problem("kind", f"{given}: {_AS}"))
        found = self._kinds.get(name, ())
        if len(found) == 1:
            return found[0]
        if found:
            names = " or ".join(f"`{kind.name}`" for kind in found)
            raise _Unread(Problem("kind", f"`{name}` may mean {names}: write its full name"))
        guess = nearest(name[:80], self._kinds)
        cure = f", did you mean `{guess}`?" if guess else ""
        raise _Unread(
            Problem("kind", f"there is no event and no record `{name[:80]}` to be told of{cure}")
        )

    # --- events ------------------------------------------------------------------------------

    def _event(self, document: Mapping[str, Any], event: Event) -> Entry:
        reader = FactsReader(names_of(self._model), self._model)
        given, path = _given(document, event.fields)
        facts = reader.fields(given, event.fields, path)
        problems = list(reader.problems)
        problems += [_no_field(p, event.fields, event.short) for p in reader.unasked]
        told = {problem.path for problem in problems}
        for problem in self._missing(facts, event.fields, path):
            if problem.path not in told:
                problems.append(problem)
        problems += self._strangers(facts, event.fields, path)
        id = facts.get("id")
        if isinstance(id, str):
            problems += _id(id, (*path, "id"))
        day = self._day(document, facts, event, problems)
        if problems or day is None or not isinstance(id, str):
            raise _Unread(*problems)
        return Entry(event.name, id, None, day, facts)

    def _day(
        self,
        document: Mapping[str, Any],
        facts: Mapping[str, Any],
        event: Event,
        problems: list[Problem],
    ) -> int | None:
        if document.get("on") is not None:
            return _on(document["on"], problems)
        name = first_date(event)
        if name is not None:
            day = facts.get(name)
            return day.toordinal() if isinstance(day, date) else None
        message = f"it is missing, and `{event.short}` has no date that must be there"
        problems.append(Problem("on", f'{message}: write "on": "2026-03-01"'))
        return None

    # --- observations ------------------------------------------------------------------------

    def _observation(self, document: Mapping[str, Any], record: Record) -> Entry:
        short = record.name.rsplit(".", 1)[-1]
        problems: list[Problem] = []
        for name in document:
            if name not in _OWN:
                cure = "write what was observed in `facts`"
                problems.append(
                    Problem(dotted((str(name),)), f"an observation has no such: {cure}")
                )
        names = {"id": f"which `{short}` was observed", "entry": "what tells this observation"}
        ids = {name: self._own_id(document, name, what, problems) for name, what in names.items()}
        if document.get("on") is None:
            problems.append(Problem("on", 'it is missing: write the day, "on": "2026-03-01"'))
        day = None if document.get("on") is None else _on(document["on"], problems)
        facts = self._observed(document.get("facts"), record, problems)
        given = facts.pop("id", ids["id"])
        if given != ids["id"] and ids["id"]:
            message = f"`{shown(given)}` is not the `id` of the entry: leave it out"
            problems.append(Problem("facts.id", message))
        if problems or day is None:
            raise _Unread(*problems)
        return Entry(record.name, ids["id"], ids["entry"], day, facts)

    def _own_id(
        self, document: Mapping[str, Any], name: str, what: str, problems: list[Problem]
    ) -> str:
        value = document.get(name)
        if isinstance(value, str):
            problems += _id(value, (name,))
            return value
        given = "it is missing" if value is None else f"`{shown(value)}` is not text"
        cure = f"write {what}" + (" from all others" if name == "entry" else "")
        problems.append(Problem(name, f"{given}: {cure}, in quotes"))
        return ""

    def _observed(self, given: Any, record: Record, problems: list[Problem]) -> dict[str, Any]:
        if not isinstance(given, Mapping):
            what = "it is missing" if given is None else f"`{shown(given)}` is not an object"
            problems.append(Problem("facts", f"{what}: write what was observed as an object"))
            return {}
        reader = FactsReader(names_of(self._model), self._model)
        facts = reader.fields(given, record.fields, ("facts",))
        short = record.name.rsplit(".", 1)[-1]
        problems += reader.problems
        problems += [_no_field(p, record.fields, short) for p in reader.unasked]
        for name, value in given.items():
            field = record.fields.get(name) if isinstance(name, str) else None
            if value is None and field is not None and not field.optional:
                message = "it is not optional, so it cannot be absent: leave it out, or write it"
                problems.append(Problem(dotted(("facts", name)), message))
        problems += self._strangers(facts, record.fields, ("facts",))
        return facts

    # --- what both share ---------------------------------------------------------------------

    def _missing(
        self,
        facts: Mapping[str, Any],
        declared: Mapping[str, Field],
        path: tuple[str, ...],
    ) -> Iterator[Problem]:
        """Fields that must be there and are not; of a record inside its `id` alone."""
        for name, field in declared.items():
            value, here = facts.get(name), (*path, name)
            if value is None and not field.optional:
                yield Problem(dotted(here), "it is missing, and it is not optional")
            elif isinstance(value, Mapping):
                inner = self._model.program.records[field.type.name or ""].fields
                key = inner.get("id")
                if key is not None and key.type == TEXT and not key.optional:
                    if not value.get("id"):
                        yield Problem(dotted((*here, "id")), "it is missing: write which one it is")
                    else:
                        yield from _id(value["id"], (*here, "id"))

    def _strangers(
        self, facts: Mapping[str, Any], declared: Mapping[str, Field], path: tuple[str, ...]
    ) -> Iterator[Problem]:
        if not self._directory.people:
            return
        for where, id in people_in(facts, declared, self._model.program, path):
            if id not in self._directory.people:
                yield Problem(dotted(where), f"nobody is called `{shown(id)}` in the directory")


def first_date(event: Event) -> str | None:
    """The field an event's day is read from where the entry does not state it."""
    dates = (f.name for f in event.fields.values() if f.type.kind == "date" and not f.optional)
    return next(dates, None)


def people_in(
    facts: Mapping[str, Any],
    declared: Mapping[str, Field],
    program: Program,
    path: tuple[str, ...] = (),
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Where people are named, and who."""
    for name, value in facts.items():
        field = declared[name]
        if isinstance(value, Mapping):
            inner = program.records[field.type.name or ""].fields
            yield from people_in(value, inner, program, (*path, name))
        elif isinstance(value, str) and is_person(field.type):
            yield (*path, name), value


def _kinds(program: Program) -> dict[str, tuple[Event | Record, ...]]:
    found: dict[str, tuple[Event | Record, ...]] = {}
    told: list[Event | Record] = [*program.events.values()]
    for record in program.records.values():
        id = record.fields.get("id")
        if id is not None and id.type == TEXT and not id.optional:
            told.append(record)
    for kind in told:
        for name in dict.fromkeys((kind.name, kind.name.rsplit(".", 1)[-1])):
            found[name] = (*found.get(name, ()), kind)
    return found


def _given(
    document: Mapping[str, Any], declared: Mapping[str, Field]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The fields of an event: beside `kind`, or in `facts`."""
    facts = document.get("facts")
    if not isinstance(facts, Mapping):
        own = {"kind", "on"} | ({"facts"} if facts is None else set())
        return {name: value for name, value in document.items() if name not in own}, ()
    for name in document:
        if name not in _OWN:
            message = "write it in `facts` with the other fields"
            raise _Unread(Problem(dotted((str(name),)), message))
    if "id" in document and facts.get("id", document["id"]) != document["id"]:
        raise _Unread(Problem("facts.id", "it is not the `id` of the entry: leave it out"))
    return {**facts, **({"id": document["id"]} if "id" in document else {})}, ("facts",)


def _no_field(path: tuple[str | int, ...], declared: Mapping[str, Field], short: str) -> Problem:
    guess = nearest(str(path[-1]), declared) if len(path) <= 2 else None
    cure = f", did you mean `{guess}`?" if guess else ": leave it out"
    return Problem(dotted(path), f"`{short}` has no such field{cure}")


def _id(value: str, path: tuple[str, ...]) -> Iterator[Problem]:
    if not value.strip():
        yield Problem(dotted(path), "it is empty: write what tells it from all others")
    elif len(value) > LONGEST_ID:
        message = f"it has more than {LONGEST_ID} characters: an id is short"
        yield Problem(dotted(path), message)


def _on(value: Any, problems: list[Problem]) -> int | None:
    try:
        return day_of(value).toordinal()
    except Unreadable as error:
        problems.append(Problem("on", str(error)))
        return None


def _too_long(value: Any, path: str, depth: int = 0) -> Iterator[Problem]:
    """Texts that no fact is: they would be kept for ever."""
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        message = f"the text has more than {LONGEST_TEXT:_} characters: shorten it"
        yield Problem(path, message)
    elif isinstance(value, Mapping) and depth < 10:
        for name, inner in value.items():
            shorter = str(name)[:80]
            yield from _too_long(inner, f"{path}.{shorter}" if path else shorter, depth + 1)


def _called(document: Any) -> tuple[str | None, str | None]:
    if not isinstance(document, Mapping):
        return None, None
    kind, id = document.get("kind"), document.get("id")
    return (
        kind[:80] if isinstance(kind, str) else None,
        id[:LONGEST_ID] if isinstance(id, str) else None,
    )
