"""From a request's JSON straight to slots, for the plain requests that make up most traffic."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from remit_dsl.expressions import Fact
from remit_engine.compile.python_facts import ReadFacts, facts_reader
from remit_engine.compile.python_reader import Irregular, Read, day, reader
from remit_engine.compile.python_slots import MISSING
from remit_engine.compile.to_python import Compiled
from remit_engine.fast import MOST_PERSONS, Answer, Check, Checked, Fast
from remit_engine.people.directory import Directory
from remit_engine.people.party import Party
from remit_engine.reading.request_document import DEFAULT_VERB
from remit_engine.reading.request_reader import read_request
from remit_engine.request import InvalidRequest, Request
from remit_engine.restraining import Holds
from remit_engine.rules.ir import Model
from remit_engine.rules.totals import kept_totals

_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_MEMBERS = frozenset({"actor", "action", "verb", "facts", "as_of"})


@dataclass(frozen=True, slots=True)
class Way:
    """How requests on one verb of an action are read, checked and answered. width: so many slots
    the rules have; facts that only holds compare come behind them. held: the places of what holds
    compare, each with the keys that are held. counted: what was used so far counts too, and a
    plain request does not say it."""

    read: Read
    check: Check
    answer: Answer | None
    width: int
    held: tuple[tuple[int, frozenset[Any]], ...]
    counted: bool

    def free(self, slots: tuple[Any, ...]) -> tuple[Any, ...]:
        """The slots of the rules; raises Irregular where a hold touches the request, or may."""
        for place, keys in self.held:
            value = slots[place]
            if value is MISSING or value in keys:
                raise Irregular
        return slots[: self.width]


class _Usual(dict[str, Way]):
    """The ways of actions, by what they are called, for requests that name no verb."""

    def __init__(self, door: JsonDoor) -> None:
        super().__init__()
        self._door = door

    def __missing__(self, action: str) -> Way:
        found = self[action] = self._door.way(action, DEFAULT_VERB)
        return found


class _Allowed(dict[str, str]):
    """Actors who may be asked about, as the checker knows them; raises Irregular for others."""

    def __init__(self, door: JsonDoor, may: Callable[[str], bool]) -> None:
        super().__init__()
        self._door = door
        self._may = may

    def __missing__(self, actor: Any) -> str:
        if type(actor) is not str or not self._may(actor):
            raise Irregular
        found = self[actor] = self._door.actor(actor)
        return found


decode: Callable[[bytes], Any] = _DECODER.decode
"""JSON with exact decimals; raises msgspec.DecodeError, UnicodeDecodeError, RecursionError."""


class JsonDoor:
    """Reads requests given as JSON bytes.

    `read` raises Irregular for a request that is not of the plain form (or is wrong), and for one
    that a hold touches: the full reader and `Engine.decide` take those.
    """

    def __init__(self, model: Model, directory: Directory, compiled: Compiled, fast: Fast) -> None:
        self._model = model
        self._directory = directory
        self._compiled = compiled
        self._fast = fast
        self._holds: Holds | None = None
        self._ways: dict[tuple[Any, Any], Way] = {}
        self._actors: dict[str, str] = {}
        self._readers: dict[tuple[Any, ...], Read] = {}
        self._verbs = model.verbs
        self._names: dict[str, str] = {}
        self._facts: dict[str, ReadFacts] = {}
        self._parties: dict[tuple[str, date], Party] = {}

    def under(self, holds: Holds) -> JsonDoor:
        """The door with these holds instead; what is generated is shared."""
        found = copy(self)
        found._holds, found._ways = holds, {}
        return found

    def read(self, data: bytes) -> tuple[Check, str, date, tuple[Any, ...]]:
        """The checker to ask, with actor, day and slots; raises Irregular, see the class."""
        try:
            document = _DECODER.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise Irregular from None
        way, who, as_of, slots = self._plain(document, data.count(b":"))
        return way.check, who, as_of, slots

    def answer(self, document: dict[str, Any], colons: int) -> bytes:
        """The JSON of the explained decision on a request that is decoded already, by `decode`.

        colons: how many the request's JSON has. Raises Irregular, see the class.
        """
        way, who, as_of, slots = self._plain(document, colons)
        if way.answer is None:
            raise Irregular
        try:
            return way.answer(who, as_of, slots)
        except TypeError:  # a number is missing
            raise Irregular from None

    def check(self, document: dict[str, Any], colons: int) -> Checked:
        """The bare outcome of such a request; as `answer`. Irregular also where totals count."""
        way, who, as_of, slots = self._plain(document, colons)
        if way.counted:
            raise Irregular
        return way.check(who, as_of, slots)

    def checks(
        self, documents: Iterable[Any], actor: str | None, today: str, may: Callable[[str], bool]
    ) -> tuple[list[Checked], int]:
        """The bare outcomes of many requests of one day, and how many members they have together;
        the caller counts the colons. actor: who acts where none is named. may: whether somebody may
        be asked about. Raises Irregular where any of them is not plain, of another day or not to be
        asked; see `check`."""
        found: list[Checked] = []
        members = 0
        usual, allowed = _Usual(self), _Allowed(self, may)
        try:
            as_of = day(today)
            for document in documents:
                if len(document) == 3 and "actor" in document:  # besides action and facts
                    way = usual[document["action"]]
                    who = allowed[document["actor"]]
                else:
                    way = self.way(document["action"], document.get("verb", DEFAULT_VERB))
                    who = allowed[document.get("actor", actor)]
                    if document.get("as_of", today) != today or not document.keys() <= _MEMBERS:
                        raise Irregular
                if way.counted:
                    raise Irregular
                taken, slots = way.read(document["facts"])
                if way.held:
                    slots = way.free(slots)
                members += taken + len(document)
                found.append(way.check(who, as_of, slots))
        except (KeyError, TypeError, AttributeError):
            raise Irregular from None
        return found, members

    def request(self, document: dict[str, Any], colons: int) -> Request:
        """Such a request as the full reader reads it; as `answer`. Whether it is held, and what was
        used so far, is for who answers it."""
        try:
            name = self._names.get(document["action"]) or self._name(document["action"])
            verb = document.get("verb", DEFAULT_VERB)
            read = self._facts.get(name) or self._facts_of(name)
            taken, facts = read(document["facts"])
            as_of = day(document["as_of"])
            actor = document["actor"]
            party = self._parties.get((actor, as_of)) or self._party(actor, name, as_of)
            known = verb in self._verbs
        except (KeyError, TypeError, AttributeError):
            raise Irregular from None
        if not known or colons != taken + len(document) or not document.keys() <= _MEMBERS:
            raise Irregular
        return Request(name, party, as_of, verb, facts)

    def _facts_of(self, name: str) -> ReadFacts:
        program = self._model.program
        found = self._facts[name] = facts_reader(program.actions[name].fields, program)
        return found

    def _party(self, actor: str, action: str, as_of: date) -> Party:
        """Who acts, as the full reader finds him."""
        self._actors.get(actor) or self.actor(actor)
        document = {"actor": actor, "action": action, "as_of": as_of}
        try:
            found = read_request(document, self._model, self._directory).actor
        except InvalidRequest:
            raise Irregular from None
        if len(self._parties) >= MOST_PERSONS:
            self._parties.clear()
        self._parties[actor, as_of] = found
        return found

    def _name(self, action: str) -> str:
        program = self._model.program
        found = [n for n in self._model.names.get(action, ()) if n in program.actions]
        if len(found) != 1:
            raise Irregular
        self._names[action] = found[0]
        return found[0]

    def _plain(self, document: Any, colons: int) -> tuple[Way, str, date, tuple[Any, ...]]:
        try:
            facts = document["facts"]
            key = (document["action"], document.get("verb", "approve"))
            way = self.way(*key)
            taken, slots = way.read(facts)
            if way.held:
                slots = way.free(slots)
            actor = document["actor"]
            who = self._actors.get(actor) or self.actor(actor)
            as_of = day(document["as_of"])
        except (KeyError, TypeError, AttributeError):
            raise Irregular from None
        # each member has one colon: more colons than known members may be a member given twice, and
        # members that are not known, which an answer names
        if colons != taken + len(document) or not document.keys() <= _MEMBERS:
            raise Irregular
        return way, who, as_of, slots

    def way(self, action: str, verb: str) -> Way:
        """How requests are read that name an action and a verb so; raises Irregular."""
        return self._ways.get((action, verb)) or self._way(action, verb)

    def _way(self, action: str, verb: str) -> Way:
        name = self._name(action)
        if verb not in self._verbs:
            raise Irregular
        held = () if self._holds is None else self._holds.of(name)
        if any(one.bare for one in held):
            raise Irregular
        known = [fact.path for fact in self._compiled.slots(name)]
        more = tuple(one.fact for one in held if one.fact.path not in known)
        places = {path: n for n, path in enumerate((*known, *(fact.path for fact in more)))}
        way = self._ways[action, verb] = Way(
            read=self._reader(name, more),
            check=self._fast.checker(name, verb),
            answer=self._fast.writer(name, verb),
            width=len(known),
            held=tuple((places[one.fact.path], one.keys) for one in held),
            counted=bool(kept_totals(self._model, name)),
        )
        return way

    def _reader(self, name: str, more: tuple[Fact, ...]) -> Read:
        """The reader of an action's slots, with more facts behind them."""
        key = (name, *(fact.path for fact in more))
        found = self._readers.get(key)
        if found is None:
            program = self._model.program
            slots = (*self._compiled.slots(name), *more)
            found = self._readers[key] = reader(program.actions[name].fields, slots, program)[0]
        return found

    def actor(self, actor: str) -> str:
        """How the checker knows an actor: a person's id, or a position's qualified name. Raises
        Irregular where it is neither, or both."""
        positions = [
            p for p in self._model.names.get(actor, ()) if p in self._model.program.positions
        ]
        if actor in self._directory.people:
            if positions:
                raise Irregular
            found = actor
        elif len(positions) == 1:
            found = positions[0]
        else:
            raise Irregular
        self._actors[actor] = found
        return found
