"""Whatever is done in whatever order: no request is approved unless the naive interpreter permits
it with exactly the approvals recorded, done by people who held what they needed on their day."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from engine.approvals.benches import mark
from engine.approvals.houses import AMOUNTS, FIRST, PAPERS, PEOPLE, VERBS, house
from engine.asking import House
from remit_engine.approvals import doing, moving, opening
from remit_engine.approvals.bench import Bench
from remit_engine.approvals.faults import ApprovalFault
from remit_engine.approvals.life import ApprovalRequest, Change, State, Terms
from remit_engine.request import InvalidRequest, Request

EXAMPLES = int(os.environ.get("REMIT_APPROVAL_WALKS", "60"))
TERMS = Terms(step_days=1, life_days=9)
SEEDS = st.integers(0, 200)
people = st.sampled_from(PEOPLE)


@dataclass
class Log:
    """What the test itself saw being done, by the facts it was done for."""

    acts: list[dict[str, Any]] = field(default_factory=list)
    endorsed: list[tuple[str, str | None]] = field(default_factory=list)
    papers: set[str] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)


def held(at: House, person: str, day: date) -> set[str]:
    """The positions of a person on a day, from his dated holdings alone."""
    return {
        h.position
        for h in at.directory.people[person].holdings
        if (h.start is None or h.start <= day) and (h.until is None or day < h.until)
    }


def lent(at: House, giver: str, taker: str, verb: str, day: date) -> bool:
    """Whether a delegation of the directory covers a verb on a day."""
    return any(
        (d.giver, d.taker) == (giver, taker)
        and d.starts <= day < d.ends
        and (d.verbs is None or verb in d.verbs)
        for d in at.directory.delegations
    )


def check_approved(request: ApprovalRequest, permitted: Request, at: House, log: Log) -> None:
    """The whole claim about a request that is approved, from the log and the naive interpreter."""
    decider, barred = request.decided_by, {request.opener, request.requester, request.actor}
    own = request.decides and decider == request.actor
    document = {
        "actor": request.question["actor"] if own else {"person": decider},
        "verb": "approve",
        "action": "pay",
        "facts": request.question["facts"],
        "requester": {"person": request.requester},
        "approvals": [{k: v for k, v in a.items() if k != "position"} for a in log.acts],
        "evidence": sorted(log.papers),
    }
    asked = at.request(document.pop("actor"), **document, as_of=permitted.as_of.isoformat())
    answer = at.reference.decide(asked)
    assert answer.outcome == "permit", answer.reason
    assert asked == permitted, "what is recorded is what was asked"
    if not own:
        assert decider not in barred
        assert decider in [a["by"] for a in log.acts if a["verb"] == "approve"]
    for act in log.acts:
        hands = {act["by"], act.get("on_behalf_of")} - {None}
        assert hands.isdisjoint(barred), "the requester does no step"
        day, stood = date.fromisoformat(act["on"]), act.get("on_behalf_of") or act["by"]
        assert act["position"] in held(at, stood, day)
        if "on_behalf_of" in act:
            assert lent(at, stood, act["by"], act["verb"], day)
    done = [(a["by"], a["verb"]) for a in log.acts]
    assert len(set(done)) == len(done), "nobody is counted twice"
    hands = [p for pair in log.endorsed for p in pair if p is not None]
    assert len(set(hands)) == len(hands)
    assert decider not in hands
    assert not any(s.waits for s in request.steps if s.kind == "endorse")


class Walks(RuleBasedStateMachine):
    """One request in a random house, and everything anybody might try on it."""

    request: ApprovalRequest | None = None

    @initialize(seed=SEEDS, chance=st.integers(0, 63), amount=st.sampled_from(AMOUNTS))
    def made(self, seed: int, chance: int, amount: int) -> None:
        """A request is made by the first of whom the house lets one be made."""
        self.at, self.day, self.log = house(seed), FIRST, Log()
        self.permitted: Request | None = None
        for turn in range(len(PEOPLE)):
            opener = PEOPLE[(chance + turn) % len(PEOPLE)]
            document = {
                "actor": opener,
                "action": "pay",
                "requester": PEOPLE[chance // len(PEOPLE)],
                "facts": {"amount": amount, "urgent": seed % 2 == 0},
            }
            try:
                made = opening.opened("apr_1", document, opener, self.day, self.bench, TERMS)
            except (ApprovalFault, InvalidRequest):
                continue
            self.request = made.request
            return

    @property
    def bench(self) -> Bench:
        return Bench(self.at.model, self.at.directory, self.at.compiled.decide, mark)

    def take(self, step: Callable[[ApprovalRequest], tuple[Change, Request | None]]) -> bool:
        """Whether something happened; a refusal leaves everything as it was."""
        assert self.request is not None
        before = self.request
        try:
            change, permitted = step(before)
        except (ApprovalFault, InvalidRequest):
            return False
        self.request = change.request
        self.permitted = permitted or self.permitted
        assert bool(change.events) == (self.request.edition > before.edition)
        assert change.events or self.request == before
        return bool(change.events)

    @precondition(lambda self: self.request is not None)
    @rule(person=people, verb=st.sampled_from((*VERBS, "endorse")))
    def does(self, person: str, verb: str) -> None:
        """Anybody tries anything."""

        def step(r: ApprovalRequest) -> tuple[Change, Request | None]:
            return doing.done(r, person, verb, self.day, self.bench, TERMS)

        if self.take(step):
            self.seen()
            self.forget_void()

    def forget_void(self) -> None:
        """What the request says is void is taken out of the log, once."""
        assert self.request is not None
        for place, act in enumerate(self.request.acts):
            if act.void is not None and place not in self.log.gone:
                self.log.gone.add(place)
                same = (a for a in self.log.acts if (a["by"], a["verb"]) == (act.by, act.verb))
                self.log.acts.remove(next(same))

    @precondition(lambda self: self.request is not None)
    @rule(chance=st.integers(0, 20))
    def does_what_waits(self, chance: int) -> None:
        """Somebody does what waits for him."""
        assert self.request is not None
        found = [
            (p, w.step.verb)
            for p in PEOPLE
            for w in doing.ways(self.request, p, self.day, self.bench)
        ]
        if found:
            person, verb = found[chance % len(found)]
            assert verb is not None
            self.does(person, verb)

    def seen(self) -> None:
        """Write down the act that was just done, from what the request says of it."""
        assert self.request is not None
        act = self.request.acts[-1]
        assert act.day == self.day
        if act.kind == "endorse":
            self.log.endorsed.append((act.by, act.on_behalf_of))
            stood = act.on_behalf_of or act.by
            assert act.position in held(self.at, stood, self.day)
            return
        told = {
            "verb": act.verb,
            "by": act.by,
            "on": self.day.isoformat(),
            "position": act.position,
        }
        if act.on_behalf_of is not None:
            told["on_behalf_of"] = act.on_behalf_of
        self.log.acts.append(told)

    @precondition(lambda self: self.request is not None)
    @rule(person=people, name=st.sampled_from(PAPERS))
    def hands_in(self, person: str, name: str) -> None:
        """Anybody hands in a paper."""
        if self.take(lambda r: doing.handed_in(r, person, name, self.day, self.bench, TERMS)):
            self.log.papers.add(name)
            self.forget_void()

    @precondition(lambda self: self.request is not None)
    @rule(person=people, amount=st.sampled_from(AMOUNTS))
    def edits(self, person: str, amount: int) -> None:
        """Anybody edits the facts: what was given before is gone."""

        def step(r: ApprovalRequest) -> tuple[Change, None]:
            facts = {**r.question["facts"], "amount": amount}
            return moving.edited(r, facts, person, self.day, self.bench, TERMS), None

        if self.take(step):
            self.log = Log(gone=set(range(len(self.request.acts))))

    @rule(days=st.integers(1, 3))
    def days_pass(self, days: int) -> None:
        """Time does what time does."""
        self.day += timedelta(days=days)
        if self.request is None:
            return
        self.take(lambda r: (moving.moved_on(r, self.day, self.bench, TERMS), None))

    @precondition(lambda self: self.request is not None)
    @rule(by=people, to=people, number=st.integers(1, 5), manages=st.booleans())
    def gives(self, by: str, to: str, number: int, *, manages: bool) -> None:
        """Anybody gives a step to anybody."""
        self.take(
            lambda r: (
                moving.reassigned(
                    r, f"s{number}", to, "leave", by, self.day, self.bench, manages=manages
                ),
                None,
            )
        )

    @precondition(lambda self: self.request is not None)
    @rule(person=people, ends=st.sampled_from(("reject", "withdraw", "nothing", "nothing")))
    def ends(self, person: str, ends: str) -> None:
        """Now and then somebody ends it."""
        if ends == "reject":
            self.take(lambda r: (doing.rejected(r, person, "no", self.day, self.bench), None))
        if ends == "withdraw":
            self.take(lambda r: (doing.withdrawn(r, person, None, self.day), None))

    @precondition(lambda self: self.request is not None)
    @rule(seed=SEEDS)
    def another_policy(self, seed: int) -> None:
        """The policy changes, the people stay: approvals of gone delegations are not readable."""
        now = House.__new__(House)
        other = house(seed)
        now.__dict__.update(other.__dict__)
        now.directory = self.at.directory
        now.compiled = type(other.compiled)(other.model, now.directory)
        now.reference = type(other.reference)(other.model, now.directory, reference=True)
        self.at = now

    @invariant()
    def approved_only_where_the_interpreter_permits(self) -> None:
        """The claim."""
        if self.request is None:
            return
        assert (self.request.state is State.APPROVED) == (self.permitted is not None)
        if self.permitted is not None and self.request.edition != getattr(self, "_checked", None):
            check_approved(self.request, self.permitted, self.at, self.log)
            self._checked = self.request.edition


def test_nothing_is_approved_that_the_interpreter_does_not_permit() -> None:
    run_state_machine_as_test(
        Walks,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_many_requests_are_walked_to_their_end() -> None:
    """That the claim above is not about nothing: doing what waits gets requests approved."""
    ends: list[str] = []
    for seed in range(40):
        machine = Walks()
        rnd = Random(seed)
        machine.made(seed, rnd.randrange(64), rnd.choice(AMOUNTS))
        if machine.request is None:
            continue
        for turn in range(12):
            machine.does_what_waits(turn)
            for paper in PAPERS:
                machine.hands_in(machine.request.opener, paper)
            machine.approved_only_where_the_interpreter_permits()
        ends.append(str(machine.request.state))
    assert ends.count("approved") >= 5, ends
