"""Who acts, as a request states it: a person, a position, or whoever has some attributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from remit_dsl.suggest import nearest
from remit_engine.people.directory import Directory, single
from remit_engine.people.party import Holding, Party
from remit_engine.reading.exact import Unreadable, shown, text_of
from remit_engine.reading.facts_reader import FactsReader, Path

_FORMS = 'write a name, {"person": …} or {"position": …}'


class PartyReader:
    """Reads parties on one day.

    A bare word is a person's id or a position; where it is both, the request has to say which.
    People the directory knows have the positions and attributes it says, and no others; where no
    directory is loaded, people, positions and attributes are taken as stated.
    """

    def __init__(self, facts: FactsReader, directory: Directory, as_of: date | None) -> None:
        self.facts = facts
        self.names = facts.names
        self.directory = directory
        self.as_of = as_of

    def read(self, value: Any, path: Path) -> Party | None:
        """The party, or None with its problem noted."""
        try:
            return self._read(value, path, self.as_of)
        except Unreadable as error:
            self.facts.problem(path, str(error))
            return None

    def by(self, person: str | None, position: str | None, path: Path, day: date | None) -> Party:
        """The person, the position, or the person in that position, on a day of the past."""
        if person is not None:
            return self._person(person, position, None, {}, path, day)
        return self._stated(None, position, None, {}, path)

    def _read(self, value: Any, path: Path, day: date | None) -> Party:
        match value:
            case Party():
                return value
            case str():
                return self._word(text_of(value), path, day)
            case Mapping() if value:
                return self._object(value, path, day)
        raise Unreadable(f"`{shown(value)}` names nobody: {_FORMS}")

    def _word(self, word: str, path: Path, day: date | None) -> Party:
        positions = self.names.positions
        if word in self.directory.people:
            if word in positions.exact:
                raise Unreadable(
                    f"`{word}` is both a person and a position: "
                    f'write {{"person": "{word}"}} or {{"position": "{word}"}}'
                )
            return self._person(word, None, None, {}, path, day)
        if positions.find(word):
            return self._stated(None, word, None, {}, path)
        cure = self._called(word)
        if not cure:
            guess = nearest(word, self.directory.people) or positions.nearest(word)
            cure = f", did you mean `{guess}`?" if guess else ""
        raise Unreadable(f"there is no person or position `{word[:80]}`{cure}")

    def _called(self, name: str) -> str:
        """The ids of those whose name is given in the place of an id, as a cure."""
        people = self.directory.people.values()
        ids = [f"`{p.id}`" for p in people if p.name and p.name.casefold() == name.casefold()]
        return f", did you mean {' or '.join(ids[:5])}?" if ids else ""

    def _object(self, value: Mapping[str, Any], path: Path, day: date | None) -> Party:
        person = self._text(value, "person", path) or self._text(value, "id", path)
        position = self._text(value, "position", path)
        if person is None and position is None:
            raise Unreadable(f"`{shown(value)}` names nobody: {_FORMS}")
        unit = self._text(value, "unit", path)
        given = self._attributes(value, path)
        if person is not None:
            return self._person(person, position, unit, given, path, day)
        return self._stated(None, position, unit, given, path)

    def _text(self, value: Mapping[str, Any], member: str, path: Path) -> str | None:
        if value.get(member) is None:
            return None
        try:
            return text_of(value[member])
        except Unreadable as error:
            self.facts.problem((*path, member), str(error))
            return None

    def _attributes(self, value: Mapping[str, Any], path: Path) -> dict[str, Any]:
        """Exact attributes, from `attributes` or beside `position`."""
        declared = self.names.person
        stated = value.get("attributes")
        attributes: dict[str, Any] = {}
        if isinstance(stated, Mapping):
            attributes |= self.facts.fields(stated, declared, (*path, "attributes"))
        elif stated is not None:
            message = f"`{shown(stated)}` holds no attributes: write an object"
            self.facts.problem((*path, "attributes"), message)
        known = {"person", "id", "position", "unit", "attributes", "name"}
        beside = {k: v for k, v in value.items() if k not in known}
        attributes |= self.facts.fields(beside, declared, path)
        name = self._text(value, "name", path)
        return attributes if name is None else {**attributes, "name": name}

    def _person(
        self,
        person: str,
        position: str | None,
        unit: str | None,
        given: Mapping[str, Any],
        path: Path,
        day: date | None,
    ) -> Party:
        party = self.directory.party(person, day or date.max)
        if party is None:
            if not self.directory.people:
                return self._stated(person, position, unit, given, path)
            guess = nearest(person, self.directory.people)
            near = f", did you mean `{guess}`?" if guess else ""
            cure = self._called(person) or near
            raise Unreadable(f"the directory knows no person `{person[:80]}`{cure}")
        if given:
            which = ", ".join(f"`{name}`" for name in given)
            raise Unreadable(f"{which} of `{person}` cannot be stated: it is in the directory")
        return self._narrowed(party, position, unit, day)

    def _narrowed(
        self, party: Party, position: str | None, unit: str | None, day: date | None
    ) -> Party:
        """The person in one of his positions only, where one is named."""
        held = party.holdings
        if position is not None:
            wanted = self.facts.position(position)
            held = tuple(h for h in held if h.position == wanted)
        if unit is not None:
            held = tuple(h for h in held if h.unit == unit)
        if held == party.holdings:
            return party
        if not held and day is not None:
            what = f"`{position}`" if position else "a position"
            where = f" in `{unit[:80]}`" if unit else ""
            raise Unreadable(f"`{party.person}` does not hold {what}{where} on {day}")
        kept = {k: v for k, v in party.attributes.items() if k not in ("position", "unit")}
        beside = tuple(h for h in party.holdings if h not in held)
        return replace(party, holdings=held, beside=beside, attributes=kept | single(held))

    def _stated(
        self,
        person: str | None,
        position: str | None,
        unit: str | None,
        given: Mapping[str, Any],
        path: Path,
    ) -> Party:
        if unit is not None and self.directory.units and unit not in self.directory.units:
            guess = nearest(unit, self.directory.units)
            cure = f", did you mean `{guess}`?" if guess else ""
            raise Unreadable(f"there is no unit `{unit[:80]}`{cure}")
        attributes = dict(given)
        if person is not None:
            attributes["id"] = person
        if unit is not None:
            attributes["unit"] = unit
        held: tuple[Holding, ...] = ()
        if position is not None:
            attributes["position"] = self.facts.position(position)
            held = (Holding(attributes["position"], unit),)
        return Party(person, held, attributes, attributes.get("name"))
