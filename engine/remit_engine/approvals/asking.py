"""The engine asked about a request as it stands: who decides, and what is still to be done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from remit_engine.approvals.bench import Bench
from remit_engine.approvals.faults import DoesNotCount
from remit_engine.approvals.life import Act, Answered, ApprovalRequest, Kind
from remit_engine.decision import Decision, Link, Need, Outcome
from remit_engine.explanation.words import say
from remit_engine.reading.request_reader import evidence_steps
from remit_engine.request import InvalidRequest, Request

MOST_ASKED = 20
"""So many who may decide are asked what they would need."""
GOOD = (Outcome.PERMIT, Outcome.NEEDS)


@dataclass(frozen=True, slots=True)
class Due:
    """Something the engine wants done, before it has a step's id and days."""

    kind: Kind
    text: str
    verb: str | None
    positions: tuple[str, ...]
    people: tuple[str, ...]
    count: int
    done: int
    rule: str
    after: tuple[str, ...] = ()
    evidence: str | None = None

    @property
    def same(self) -> tuple[Any, ...]:
        """As `Step.same`."""
        return (self.kind, self.verb, self.positions, self.count, self.rule, self.evidence)


@dataclass(frozen=True, slots=True)
class Position:
    """How a request stands with the engine. decider: whose decision it is, None while nobody
    decided. decision: the engine's answer about him (or about the actor). asked: the very request
    that was answered. prospects: what those who may decide would still need. unable: the answers
    of those who did the verb and may not decide.
    """

    decider: str | None
    decision: Decision
    asked: Request
    due: tuple[Due, ...]
    prospects: Mapping[str, Decision]
    unable: Mapping[str, Decision]

    @property
    def answered(self) -> Answered:
        """What is kept of the answer."""
        d = self.decision
        return Answered(self.decider or d.actor, str(d.outcome), d.reason, d.policy.digest, d.as_of)

    @property
    def left(self) -> Mapping[str, int]:
        """How many hands each who decides, or may, still waits for."""
        known = {p: d for p, d in self.prospects.items() if d.outcome in GOOD}
        if self.decider is not None:
            known[self.decider] = self.decision
        return {p: sum(n.count - n.done for n in d.needs) for p, d in known.items()}


def question(request: ApprovalRequest, actor: Any) -> dict[str, Any]:
    """The document of the question with the acts that stand."""
    return {
        **request.question,
        "actor": actor,
        "requester": {"person": request.requester},
        "approvals": [_told(a) for a in request.approvals],
        "evidence": [a.verb for a in request.standing if a.kind is Kind.EVIDENCE],
    }


def _told(act: Act) -> dict[str, Any]:
    told: dict[str, Any] = {"verb": act.verb, "by": act.by, "on": act.day.isoformat()}
    return told if act.on_behalf_of is None else {**told, "on_behalf_of": act.on_behalf_of}


def readable(
    request: ApprovalRequest, day: date, bench: Bench
) -> tuple[ApprovalRequest, tuple[Act, ...]]:
    """The request with the acts void that cannot be read any more, such as one for somebody who
    never held the position after all; and these acts."""
    try:
        bench.read(question(request, request.question["actor"]), day)
    except InvalidRequest as fault:
        why = {p.path.partition("]")[0]: p.message for p in fault.problems}
    else:
        return request, ()
    lost = {
        act: why[f"approvals[{i}"]
        for i, act in enumerate(request.approvals)
        if f"approvals[{i}" in why
    }
    acts = tuple(replace(a, void=lost[a]) if a in lost else a for a in request.acts)
    return replace(request, acts=acts), tuple(a for a in acts if a not in request.acts)


def standing(request: ApprovalRequest, day: date, bench: Bench) -> Position:
    """How the request stands on a day. Raises DoesNotCount where the policy of the day cannot read
    the question at all."""
    best: tuple[str, Request, Decision] | None = None
    unable: dict[str, Decision] = {}
    for person in _deciders(request):
        asked, decision = _ask(request, person, day, bench)
        if decision.outcome not in GOOD:
            unable[person] = decision
        if decision.outcome in GOOD and (best is None or decision.outcome is Outcome.PERMIT):
            best = person, asked, decision
            if decision.outcome is Outcome.PERMIT:
                break
    if best is not None and request.decides:
        person, asked, decision = best
        return Position(person, decision, asked, tuple(_needs(decision, asked, bench)), {}, unable)
    asked, above = _ask(request, None, day, bench)
    on_the_way = tuple(_chain(above, request, decided=best is not None))
    if best is not None:
        person, asked, decision = best
        due = (*on_the_way, *_needs(decision, asked, bench))
        return Position(person, decision, asked, due, {}, unable)
    prospects = {p: _ask(request, p, day, bench) for p in _able(above, request)}
    found = {p: d for p, (_, d) in prospects.items()}
    wanted = (n for p, d in found.items() for n in _needs(d, prospects[p][0], bench))
    due = _once((*on_the_way, *wanted))
    return Position(None, above, asked, due, found, unable)


def _deciders(request: ApprovalRequest) -> Iterator[str]:
    """Whose decision it may be: his for whom it was made, and all who did the verb itself."""
    if request.decides:
        yield request.actor
    yield from dict.fromkeys(a.by for a in request.approvals if a.verb == request.verb)


def _ask(
    request: ApprovalRequest, person: str | None, day: date, bench: Bench
) -> tuple[Request, Decision]:
    own = person is None or (request.decides and person == request.actor)
    actor = request.question["actor"] if own else {"person": person}
    document = question(request, actor)
    if person is None and request.requester == request.actor:
        # who else may is asked for: that he may not decide his own request is known already
        del document["requester"]
    try:
        asked = bench.read(document, day)
    except InvalidRequest as fault:
        raise DoesNotCount(
            f"the policy and the directory of {day} cannot read this request: {fault}",
            "edit its facts, or withdraw it and make another",
        ) from fault
    return asked, bench.ask(asked)


# --- what is due --------------------------------------------------------------------------------


def _able(decision: Decision, request: ApprovalRequest) -> tuple[str, ...]:
    people = dict.fromkeys(p for link in decision.chain if link.able for p in link.people)
    return tuple(p for p in people if p not in request.barred)[:MOST_ASKED]


def _chain(decision: Decision, request: ApprovalRequest, *, decided: bool) -> Iterator[Due]:
    """The levels that endorse, each after those below it, and then the decision itself."""
    levels: list[str] = []
    for link in decision.chain:
        if not link.able:
            due = _endorsement(link, request, tuple(levels))
            levels.append(due.text)
            yield due
    able = [link for link in decision.chain if link.able]
    if able and not decided:
        positions = tuple(link.position for link in able)
        people = dict.fromkeys(p for link in able for p in link.people if p not in request.barred)
        text = f"{request.verb} by {' or '.join(_short(p) for p in positions)}"
        yield Due(
            Kind.DECIDE, text, request.verb, positions, tuple(people), 1, 0, "", tuple(levels)
        )


def _endorsement(link: Link, request: ApprovalRequest, after: tuple[str, ...]) -> Due:
    people = tuple(p for p in link.people if p not in request.barred)
    text = f"endorse by {_short(link.position)}"
    return Due(Kind.ENDORSE, text, Kind.ENDORSE.value, (link.position,), people, 1, 0, "", after)


def _needs(decision: Decision, asked: Request, bench: Bench) -> Iterator[Due]:
    names = _papers(asked, bench)
    for need in decision.needs:
        if need.kind == "approval":
            yield _due(need, Kind.APPROVAL, None)
        else:
            for name in names.get(need.text, (need.text,)):
                yield _due(need, Kind.EVIDENCE, name)


def _due(need: Need, kind: Kind, name: str | None) -> Due:
    return Due(
        kind, need.text, need.verb, need.positions, need.people, need.count, need.done, need.rule,
        need.after, name,
    )  # fmt: skip


def _papers(asked: Request, bench: Bench) -> dict[str, tuple[str, ...]]:
    """The names of papers by how the engine's answer speaks of them."""
    found: dict[str, tuple[str, ...]] = {}
    for paper in evidence_steps(bench.model, asked.action):
        if paper.name not in asked.evidence:
            label = paper.label.localized(asked.language) if paper.label else paper.name
            text = say(asked.language, "step.evidence", name=label)
            found[text] = tuple(dict.fromkeys((*found.get(text, ()), paper.name)))
    return found


def _once(due: Iterable[Due]) -> tuple[Due, ...]:
    """What several who may decide would need: each thing once, done as far as it is for the one who
    has most of it still before him."""
    found: dict[tuple[Any, ...], Due] = {}
    for d in due:
        known = found.get(d.same)
        found[d.same] = d if known is None else replace(known, done=min(known.done, d.done))
    return tuple(found.values())


def _short(position: str) -> str:
    return position.rsplit(".", 1)[-1]
