"""A small house in which requests for approval are made and walked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from engine.asking import House
from remit_engine.approvals import doing, moving, opening
from remit_engine.approvals.bench import Bench
from remit_engine.approvals.life import ApprovalRequest, Change, Event, Step, Terms
from remit_engine.request import Request

DAY = date(2026, 3, 2)
POLICY = """
policy house { currency CNY  owner director }
position clerk { reports to supervisor }
position supervisor { reports to manager }
position manager { reports to director }
position director
position auditor { reports to treasurer }
position treasurer
position intern { reports to auditor }
action pay "Pay" { amount money  limit on amount }
authority pay {
  clerk may approve up to 100
  supervisor may approve up to 200
  manager, director may approve any
  approve over 300 needs review by auditor
  approve over 5_000 needs 2 of (manager, director, treasurer)
  approve over 9_000 needs evidence offer "Written offer"
  requester may not approve
  separate review and approve
  escalate through every level
}
delegation of pay { to any level below  at most 800 }
"""
STAFF = """
people:
  - {id: ann, positions: [{position: clerk}]}
  - {id: bob, positions: [{position: clerk}]}
  - {id: su,  positions: [{position: supervisor}]}
  - {id: mo,  positions: [{position: manager, until: 2026-06-01}]}
  - {id: mia, positions: [{position: manager, from: 2026-03-05, until: 2026-03-10, acting: true}]}
  - {id: di,  positions: [{position: director}]}
  - {id: kim, positions: [{position: auditor}]}
  - {id: ned, positions: [{position: auditor}, {position: manager}]}
  - {id: tea, positions: [{position: treasurer}]}
  - {id: dag, positions: [{position: intern}]}
delegations:
  - {from: kim, to: dag, action: pay, verbs: [review], starts: 2026-03-01, ends: 2026-03-10, reason: leave}
"""  # noqa: E501


def mark(request: Request) -> str:
    """The fingerprint of typed facts, as plainly as can be."""
    return repr(sorted(request.facts.items()))


@dataclass
class Walk:
    """A request on its way: each call does something and keeps what came of it."""

    house: House
    request: ApprovalRequest
    events: list[Event] = field(default_factory=list)
    terms: Terms = field(default_factory=Terms)
    day: date = DAY
    approved: Request | None = None

    @property
    def bench(self) -> Bench:
        return Bench(self.house.model, self.house.directory, self.house.answer, mark)

    @property
    def waiting(self) -> list[str]:
        return [s.text for s in self.request.waiting]

    @property
    def kinds(self) -> list[str]:
        return [e.kind for e in self.events]

    def take(self, change: Change, approved: Request | None = None) -> Walk:
        self.request = change.request
        self.events += change.events
        self.approved = approved or self.approved
        return self

    def does(self, person: str, verb: str, **more: Any) -> Walk:
        return self.take(
            *doing.done(self.request, person, verb, self.day, self.bench, self.terms, **more)
        )

    def hands_in(self, person: str, name: str) -> Walk:
        return self.take(
            *doing.handed_in(self.request, person, name, self.day, self.bench, self.terms)
        )

    def rejects(self, person: str, because: str = "too much") -> Walk:
        return self.take(doing.rejected(self.request, person, because, self.day, self.bench))

    def withdraws(self, person: str) -> Walk:
        return self.take(doing.withdrawn(self.request, person, None, self.day))

    def edits(self, person: str, facts: Mapping[str, Any]) -> Walk:
        return self.take(
            moving.edited(self.request, facts, person, self.day, self.bench, self.terms)
        )

    def gives(self, step: str, to: str, by: str, because: str = "on leave", **more: Any) -> Walk:
        return self.take(
            moving.reassigned(self.request, step, to, because, by, self.day, self.bench, **more)
        )

    def waits(self, days: int) -> Walk:
        self.day += timedelta(days=days)
        return self.take(moving.moved_on(self.request, self.day, self.bench, self.terms))

    def inbox(self, person: str) -> list[str]:
        return [w.step.text for w in doing.ways(self.request, person, self.day, self.bench)]

    def step(self, text: str) -> Step:
        (found,) = [s for s in self.request.waiting if s.text == text]
        return found


def walk(actor: str, amount: int, *, policy: str = POLICY, staff: str = STAFF, **more: Any) -> Walk:
    """A request just made."""
    house = House(policy, staff)
    id = more.pop("id", "apr_1")
    opener = more.pop("opener", actor)
    document = {"actor": actor, "action": "pay", "facts": {"amount": amount}, **more}
    bench = Bench(house.model, house.directory, house.answer, mark)
    change = opening.opened(id, document, opener, DAY, bench)
    return Walk(house, change.request, list(change.events))
