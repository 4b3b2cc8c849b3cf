"""From a request's JSON straight to slots, for the plain requests that make up most traffic."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from remit_engine.compile.python_reader import Irregular, Read, day, reader
from remit_engine.compile.to_python import Compiled
from remit_engine.directory import Directory
from remit_engine.fast import Check, Fast
from remit_engine.ir import Model

_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_MEMBERS = frozenset({"actor", "action", "verb", "facts", "as_of"})


class JsonDoor:
    """Reads requests given as JSON bytes.

    `read` raises Irregular for a request that is not of the plain form (or is wrong): the full
    reader and `Engine.decide` take those.
    """

    def __init__(self, model: Model, directory: Directory, compiled: Compiled, fast: Fast) -> None:
        self._model = model
        self._directory = directory
        self._compiled = compiled
        self._fast = fast
        self._ways: dict[tuple[Any, Any], tuple[Read, Check]] = {}
        self._actors: dict[str, str] = {}

    def read(self, data: bytes) -> tuple[Check, str, date, tuple[Any, ...]]:
        """The checker to ask, with actor, day and slots; raises Irregular, see the class."""
        try:
            document = _DECODER.decode(data)
            facts = document["facts"]
            key = (document["action"], document.get("verb", "approve"))
            way = self._ways.get(key) or self._way(*key)
            taken, slots = way[0](facts)
            actor = document["actor"]
            who = self._actors.get(actor) or self._actor(actor)
            as_of = day(document["as_of"])
        except (
            msgspec.DecodeError, KeyError, TypeError, AttributeError, RecursionError
        ):  # fmt: skip
            raise Irregular from None
        # each member has one colon: more colons than members may be a member given twice
        if data.count(b":") != taken + len(document) or not document.keys() <= _MEMBERS:
            raise Irregular
        return way[1], who, as_of, slots

    def _way(self, action: str, verb: str) -> tuple[Read, Check]:
        program = self._model.program
        found = [n for n in self._model.names.get(action, ()) if n in program.actions]
        if len(found) != 1 or verb not in self._model.verbs:
            raise Irregular
        name = found[0]
        read, _ = reader(program.actions[name].fields, self._compiled.slots(name), program)
        way = self._ways[action, verb] = (read, self._fast.checker(name, verb))
        return way

    def _actor(self, actor: str) -> str:
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
