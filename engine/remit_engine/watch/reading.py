"""Entries of the log as they are told: typed exactly, or refused with every reason."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from remit_dsl.program import Field
from remit_dsl.suggest import nearest
from remit_engine.people.directory import Directory
from remit_engine.reading.exact import Unreadable, day_of, shown
from remit_engine.reading.facts_reader import FactsReader, dotted
from remit_engine.request import Problem
from remit_engine.rules.ir import Model
from remit_engine.rules.names import names_of
from remit_engine.watch.entry import Entry, Refused, as_date, start_of
from remit_engine.watch.plain_facts import plain_readers, read_plain
from remit_engine.watch.pooling import Pool
from remit_engine.watch.shapes import Shape, people_in, shapes

LONGEST_ID = 200
LONGEST_TEXT = 10_000
_OWN = ("kind", "id", "on", "entry", "facts")
_AS = 'write {"kind": "NAME", "id": "…", "on": "2026-03-01", …}'
Path = tuple[str, ...]


class _Unread(Exception):
    def __init__(self, *problems: Problem) -> None:
        self.problems = problems


class EntryReader:
    """Reads entries by the declarations of a program.

    People have to be in the directory, unless it is empty.
    """

    def __init__(self, model: Model, directory: Directory) -> None:
        self._model = model
        self._names = names_of(model)
        self._people = directory.people
        known = shapes(model.program)
        self._kinds = _by_name(known)
        records = {name: record.fields for name, record in model.program.records.items()}
        self._plain = {s.name: plain_readers(s.fields, records, self._names) for s in known}
        self._pool = Pool()

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
        if not isinstance(document, dict):
            raise _Unread(Problem("", f"`{shown(document)}` is not an entry: {_AS}"))
        shape = self._shape(document.get("kind"))
        if too_long := list(_too_long(document, ())):
            raise _Unread(*too_long)
        return self._event(document, shape) if shape.event else self._observed(document, shape)

    def _shape(self, name: Any) -> Shape:
        if not isinstance(name, str) or not name:
            given = "it is missing" if name is None else f"`{shown(name)}` is not a name"
            raise _Unread(Problem("kind", f"{given}: {_AS}"))
        found = self._kinds.get(name, ())
        if len(found) == 1:
            return found[0]
        if found:
            names = " or ".join(f"`{shape.name}`" for shape in found)
            raise _Unread(Problem("kind", f"`{name}` may mean {names}: write its full name"))
        guess = nearest(name[:80], self._kinds)
        cure = f", did you mean `{guess}`?" if guess else ""
        message = f"there is no event and no record `{name[:80]}` to be told of{cure}"
        raise _Unread(Problem("kind", message))

    # --- events ------------------------------------------------------------------------------

    def _event(self, document: Mapping[str, Any], shape: Shape) -> Entry:
        given, path = _given(document)
        facts, problems = self._facts(given, shape, path)
        problems += _missing(facts, shape, path, problems)
        for name in ("id", *shape.links):
            if isinstance(called := facts.get(name), str):
                problems += _id(called, (*path, name))
        id = facts.get("id")
        day = self._day(document, facts, shape, problems)
        if problems or day is None or not isinstance(id, str):
            raise _Unread(*problems)
        layout, values = self._pool.values(shape.name, facts)
        return Entry(layout, id, None, values, start_of(day))

    def _day(
        self,
        document: Mapping[str, Any],
        facts: Mapping[str, Any],
        shape: Shape,
        problems: list[Problem],
    ) -> int | None:
        if document.get("on") is not None:
            return _on(document["on"], problems)
        if shape.date is not None:
            day = facts.get(shape.date)
            return day.toordinal() if isinstance(day, date) else None
        message = f"it is missing, and `{shape.short}` has no date that must be there"
        problems.append(Problem("on", f'{message}: write "on": "2026-03-01"'))
        return None

    # --- observations ------------------------------------------------------------------------

    def _observed(self, document: Mapping[str, Any], shape: Shape) -> Entry:
        cure = "an observation has no such: write what was observed in `facts`"
        problems = [Problem(dotted((str(n),)), cure) for n in document if n not in _OWN]
        id = _own_id(document, "id", f"which `{shape.short}` was observed", problems)
        what = "what tells this observation from all others"
        entry = _own_id(document, "entry", what, problems)
        if document.get("on") is None:
            problems.append(Problem("on", 'it is missing: write the day, "on": "2026-03-01"'))
        day = None if document.get("on") is None else _on(document["on"], problems)
        given = document.get("facts")
        if not isinstance(given, dict):
            how = "it is missing" if given is None else f"`{shown(given)}` is not an object"
            problem = Problem("facts", f"{how}: write what was observed as an object")
            raise _Unread(*problems, problem)
        facts, found = self._facts(given, shape, ("facts",))
        problems += [*found, *_absent(given, shape)]
        named = facts.pop("id", id)
        if named != id and id:
            message = f"`{shown(named)}` is not the `id` of the entry: leave it out"
            problems.append(Problem("facts.id", message))
        if problems or day is None:
            raise _Unread(*problems)
        layout, values = self._pool.values(shape.name, facts)
        return Entry(layout, id, entry, values, start_of(day))

    # --- what both share ---------------------------------------------------------------------

    def _facts(
        self, given: Mapping[str, Any], shape: Shape, path: Path
    ) -> tuple[dict[str, Any], list[Problem]]:
        """Exact facts, and what is wrong with them but that something is missing."""
        problems: list[Problem] = []
        facts = read_plain(given, self._plain[shape.name])
        if facts is None:
            reader = FactsReader(self._names, self._model)
            facts = reader.fields(given, shape.fields, path)
            problems += reader.problems
            problems += [_no_field(p, shape.fields, shape.short) for p in reader.unasked]
        for name in shape.keyed:
            if isinstance(facts.get(name), dict):
                problems += _record_id(facts[name], (*path, name))
        if shape.peopled and self._people:
            for where, id in people_in(facts, shape.fields, self._model.program, path):
                if id not in self._people:
                    message = f"nobody is called `{shown(id)}` in the directory"
                    problems.append(Problem(dotted(where), message))
        return facts, problems


def _by_name(known: tuple[Shape, ...]) -> dict[str, tuple[Shape, ...]]:
    found: dict[str, tuple[Shape, ...]] = {}
    for shape in known:
        for name in dict.fromkeys((shape.name, shape.short)):
            found[name] = (*found.get(name, ()), shape)
    return found


def _given(document: Mapping[str, Any]) -> tuple[dict[str, Any], Path]:
    """The fields of an event: beside `kind`, or in `facts`."""
    facts = document.get("facts")
    if not isinstance(facts, dict):
        own = ("kind", "on", "facts") if facts is None else ("kind", "on")
        return {name: value for name, value in document.items() if name not in own}, ()
    for name in document:
        if name not in _OWN:
            message = "write it in `facts` with the other fields"
            raise _Unread(Problem(dotted((str(name),)), message))
    if "id" in document and facts.get("id", document["id"]) != document["id"]:
        raise _Unread(Problem("facts.id", "it is not the `id` of the entry: leave it out"))
    return {**facts, **({"id": document["id"]} if "id" in document else {})}, ("facts",)


def _missing(
    facts: Mapping[str, Any], shape: Shape, path: Path, told: list[Problem]
) -> list[Problem]:
    """Fields that must be there and are not."""
    gone = [name for name in shape.required if facts.get(name) is None]
    if not gone:
        return []
    known = {problem.path for problem in told}
    paths = (dotted((*path, name)) for name in gone)
    message = "it is missing, and it is not optional"
    return [Problem(p, message) for p in paths if p not in known]


def _absent(given: Mapping[str, Any], shape: Shape) -> Iterator[Problem]:
    """Facts observed as absent that cannot be."""
    for name, value in given.items():
        field = shape.fields.get(name)
        if value is None and field is not None and not field.optional:
            message = "it is not optional, so it cannot be absent: leave it out, or write it"
            yield Problem(dotted(("facts", name)), message)


def _record_id(record: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    """The id of a record inside an entry."""
    id = record.get("id")
    if not isinstance(id, str) or not id:
        yield Problem(dotted((*path, "id")), "it is missing: write which one it is")
    else:
        yield from _id(id, (*path, "id"))


def _no_field(path: tuple[str | int, ...], declared: Mapping[str, Field], short: str) -> Problem:
    guess = nearest(str(path[-1]), declared) if len(path) <= 2 else None
    cure = f", did you mean `{guess}`?" if guess else ": leave it out"
    return Problem(dotted(path), f"`{short}` has no such field{cure}")


def _own_id(document: Mapping[str, Any], name: str, what: str, problems: list[Problem]) -> str:
    value = document.get(name)
    if isinstance(value, str):
        problems += _id(value, (name,))
        return value
    given = "it is missing" if value is None else f"`{shown(value)}` is not text"
    problems.append(Problem(name, f"{given}: write {what}, in quotes"))
    return ""


def _id(value: str, path: Path) -> Iterator[Problem]:
    if not value.strip():
        yield Problem(dotted(path), "it is empty: write what tells it from all others")
    elif len(value) > LONGEST_ID:
        message = f"it has more than {LONGEST_ID} characters: an id is short"
        yield Problem(dotted(path), message)
    elif (wrong := _look_alike(value)) is not None:
        yield Problem(dotted(path), wrong)


def _look_alike(id: str) -> str | None:
    """Why an id looks like another, or like more than an id: rows of two ids that nobody can tell
    apart would be counted apart, and a line break would write lines of its own into a report."""
    unseen = next((c for c in id if unicodedata.category(c)[0] == "C" or c in "\u2028\u2029"), None)
    if unseen is not None:
        return f"it holds a character that is not seen (U+{ord(unseen):04X}): leave it out"
    if id != id.strip():
        return "it begins or ends with a space: leave it out"
    if not unicodedata.is_normalized("NFC", id):
        return "it is not in the normal form of Unicode (NFC), so it looks like another: write that"
    return None


def _on(value: Any, problems: list[Problem]) -> int | None:
    try:
        return day_of(value).toordinal()
    except Unreadable as error:
        problems.append(Problem("on", str(error)))
        return None


def _too_long(values: Mapping[Any, Any], path: Path) -> Iterator[Problem]:
    """Texts that no fact is: they would be kept for ever."""
    for name, value in values.items():
        if type(value) is str:
            if len(value) > LONGEST_TEXT:
                message = f"the text has more than {LONGEST_TEXT:_} characters: shorten it"
                yield Problem(dotted((*path, str(name))), message)
        elif type(value) is dict and len(path) < 10:
            yield from _too_long(value, (*path, str(name)))


def _called(document: Any) -> tuple[str | None, str | None]:
    if not isinstance(document, dict):
        return None, None
    kind, id = document.get("kind"), document.get("id")
    return (
        kind[:80] if isinstance(kind, str) else None,
        id[:LONGEST_ID] if isinstance(id, str) else None,
    )
