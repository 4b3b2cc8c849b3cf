"""A request for approval with its steps and what was done on it, frozen at one moment."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any


class State(enum.StrEnum):
    """Where a request stands (docs/service.md). Only `open` ever changes, but for `approved`, which
    becomes `void` when its recorded decision is taken back."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    VOID = "void"


class Kind(enum.StrEnum):
    """What a step is: a level that endorses on the way up, the decision itself, an approval that a
    rule requires, or a paper to hand in."""

    ENDORSE = "endorse"
    DECIDE = "decide"
    APPROVAL = "approval"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Terms:
    """How long things may take, in calendar days: a step, and the whole request."""

    step_days: int = 3
    life_days: int = 30


@dataclass(frozen=True, slots=True)
class Step:
    """Something that is waited for, as the engine's last answer has it.

    verb: None for a paper, whose name is `evidence`. positions: qualified names; any `count` of
    them. people: who hold them on the day of the answer. after: ids of steps to be done before.
    assigned: who was asked by name, instead of all people. raised: positions it went up to when it
    was overdue. state: `waiting`, `done`, `passed` (overdue: the next level's act covers it),
    `dropped` (no longer asked for) or `void`.
    """

    id: str
    kind: Kind
    text: str
    verb: str | None
    positions: tuple[str, ...]
    people: tuple[str, ...]
    count: int
    done: int
    rule: str
    since: date
    due: date
    state: str = "waiting"
    after: tuple[str, ...] = ()
    assigned: tuple[str, ...] = ()
    raised: tuple[str, ...] = ()
    evidence: str | None = None

    @property
    def waits(self) -> bool:
        """True while it is still to be done."""
        return self.state == "waiting"

    def following(self, after: tuple[str, ...], day: date, terms: Terms) -> Step:
        """The step with what comes before it; its time begins when nothing does any more."""
        if not self.after or after:
            return replace(self, after=after)
        return replace(self, after=(), since=day, due=day + timedelta(days=terms.step_days))

    @property
    def same(self) -> tuple[Any, ...]:
        """What makes two steps of two answers one."""
        return (self.kind, self.verb, self.positions, self.count, self.rule, self.evidence)


@dataclass(frozen=True, slots=True)
class Act:
    """Something a person did: `endorse`, a verb of the policy, or `evidence` with its name.

    position: the one it was done in; on_behalf_of: who delegated it. void: why it no longer
    counts, None while it does.
    """

    kind: Kind
    verb: str
    by: str
    day: date
    step: str
    position: str | None = None
    on_behalf_of: str | None = None
    void: str | None = None
    note: str | None = None

    @property
    def stands(self) -> bool:
        """True while it counts."""
        return self.void is None

    @property
    def persons(self) -> frozenset[str]:
        """Who did it and for whom."""
        return frozenset(p for p in (self.by, self.on_behalf_of) if p is not None)


@dataclass(frozen=True, slots=True)
class Answered:
    """The engine's last answer: about whom it was asked, the outcome, the reason in words, the
    digest of the policy, and the day."""

    actor: str
    outcome: str
    reason: str
    policy: str
    day: date


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """See the module. question: the members of the request document that do not change with the
    asking: `actor`, `verb`, `action`, `facts`, `requester`, `language`. opener: who made it.
    decides: the actor's own decision stands once the steps are done (made from `needs`); else
    somebody of the chain decides. edition: raised by every change. decision: the id of the record.
    """

    id: str
    question: Mapping[str, Any] = field(hash=False)
    action: str
    verb: str
    opener: str
    actor: str
    requester: str
    decides: bool
    opened: date
    expires: date
    fingerprint: str
    answer: Answered
    state: State = State.OPEN
    steps: tuple[Step, ...] = ()
    acts: tuple[Act, ...] = ()
    edition: int = 1
    decided_by: str | None = None
    decision: str | None = None
    because: str | None = None

    @property
    def waiting(self) -> tuple[Step, ...]:
        """The steps still to be done; none once the request has ended."""
        return tuple(s for s in self.steps if s.waits) if self.state is State.OPEN else ()

    @property
    def standing(self) -> tuple[Act, ...]:
        """The acts that count, in the order they were done."""
        return tuple(a for a in self.acts if a.stands)

    @property
    def approvals(self) -> tuple[Act, ...]:
        """Those the engine is told of: the verbs of the policy."""
        return tuple(a for a in self.standing if a.kind in (Kind.DECIDE, Kind.APPROVAL))

    @property
    def barred(self) -> frozenset[str]:
        """Who never does a step: he who made it, he who asked, and he for whom it is."""
        return frozenset((self.opener, self.actor, self.requester))

    @property
    def late(self) -> date | None:
        """The first day on which time alone changes it: a step is late, or its own end is there."""
        if self.state is not State.OPEN:
            return None
        steps = (s.due + timedelta(days=1) for s in self.waiting if not s.after)
        return min((self.expires, *steps))

    def step(self, id: str) -> Step | None:
        """A step by its id."""
        return next((s for s in self.steps if s.id == id), None)


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the history. by: a person, None where time did it. body: plain values."""

    kind: str
    day: date
    by: str | None = None
    on_behalf_of: str | None = None
    step: str | None = None
    text: str | None = None
    body: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Change:
    """A request after something, and what is to be written down about it. Without events nothing
    happened."""

    request: ApprovalRequest
    events: tuple[Event, ...] = ()
