"""What a request for approval is asked against: the rules, the people, and the engine's answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from remit_engine.decision import Decision
from remit_engine.people.directory import Directory
from remit_engine.people.party import Party
from remit_engine.reading.approval_reader import is_within, lendings
from remit_engine.reading.request_reader import read_request
from remit_engine.request import Request
from remit_engine.rules.ir import Model

Ask = Callable[[Request], Decision]
"""The engine, with the totals of the ledger where a store is behind it."""


@dataclass(frozen=True, slots=True)
class Bench:
    """The policy and the directory of the day. `ask` alone says what is permitted. mark: the
    fingerprint of a question's facts: equal facts are equal, however they were written."""

    model: Model
    directory: Directory
    ask: Ask
    mark: Callable[[Request], str]

    def read(self, document: Mapping[str, Any], day: date) -> Request:
        """The typed question of a day; raises InvalidRequest."""
        return read_request({**document, "as_of": day.isoformat()}, self.model, self.directory)

    def party(self, person: str, day: date) -> Party | None:
        """A person with what he holds on the day."""
        return self.directory.party(person, day)


@dataclass(frozen=True, slots=True)
class Standing:
    """A quality in which a person can do a step: in his own positions, or in those of who
    delegated it to him."""

    positions: frozenset[str]
    on_behalf_of: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """Asks in which qualities people stand, for one action and its facts."""

    bench: Bench
    action: str
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def standings(self, person: str, verb: str, day: date) -> tuple[Standing, ...]:
        """Own positions first, then one for each delegation that covers these facts."""
        party = self.bench.party(person, day)
        if party is None:
            return ()
        own = (Standing(party.positions),) if party.positions else ()
        model = self.bench.model
        lent = tuple(
            Standing(c.positions, c.on_behalf_of, c.until)
            for c in lendings(party, None, self.action, verb, day, model, self.bench.directory)
            if is_within(c.cap, self.action, self.facts, day, model)
        )
        return own + lent
