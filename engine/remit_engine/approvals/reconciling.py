"""A request brought in line with the engine's answer: its steps, its state, what is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import count

from remit_engine.approvals.asking import Due, Position, standing
from remit_engine.approvals.bench import Bench
from remit_engine.approvals.life import (
    ApprovalRequest,
    Change,
    Event,
    Kind,
    State,
    Step,
    Terms,
)
from remit_engine.decision import Outcome
from remit_engine.request import Request


def settled(
    request: ApprovalRequest, day: date, bench: Bench, terms: Terms
) -> tuple[Change, Request | None]:
    """The request after the engine was asked again, and, where it is approved, the very question
    that was permitted."""
    position = standing(request, day, bench)
    return in_line(request, position, day, terms)


def in_line(
    request: ApprovalRequest, position: Position, day: date, terms: Terms
) -> tuple[Change, Request | None]:
    """As `settled`, with the answer at hand."""
    steps = _steps(request, position.due, day, terms)
    answer = position.answered
    events: list[Event] = []
    if answer.policy != request.answer.policy:
        text = "asked again under another policy than before"
        body = {"before": request.answer.policy, "now": answer.policy, "outcome": answer.outcome}
        events.append(Event("policy changed", day, text=text, body=body))
    events += _lapsed(request, position, day)
    after = replace(request, steps=steps, answer=answer)
    endorsed = not any(s.waits and s.kind is Kind.ENDORSE for s in steps)
    if position.decider is None or position.decision.outcome is not Outcome.PERMIT or not endorsed:
        return Change(after, tuple(events)), None
    after = replace(after, state=State.APPROVED, decided_by=position.decider)
    text = position.decision.reason
    events.append(Event("approved", day, by=position.decider, text=text))
    return Change(after, tuple(events)), position.asked


def _lapsed(request: ApprovalRequest, position: Position, day: date) -> list[Event]:
    """Said where somebody decided and, on this day, could no longer."""
    decided = request.answer.outcome in ("needs", "permit") and position.decider is None
    if not decided:
        return []
    text = f"the decision of {request.answer.actor} no longer stands: {position.decision.reason}"
    return [Event("lapsed", day, text=text)]


def _steps(
    request: ApprovalRequest, due: tuple[Due, ...], day: date, terms: Terms
) -> tuple[Step, ...]:
    """Known steps kept with their days, new ones added, those no longer asked for closed."""
    wanted = {d.same: d for d in due}
    kept: list[Step] = []
    named: dict[str, str] = {}
    for step in request.steps:
        now = wanted.pop(step.same, None) if _is_open(step) else None
        if now is None:
            kept.append(_closed(step, request))
        else:
            named[now.text] = step.id
            kept.append(_kept(step, now, request))
    numbers = count(len(request.steps) + 1)
    for d in wanted.values():
        step = _new(f"s{next(numbers)}", d, day, terms)
        named[d.text] = step.id
        kept.append(step)
    waiting = {s.id for s in kept if s.waits}
    order = {d.same: d.after for d in due}
    return tuple(
        s.following(
            tuple(named[t] for t in order.get(s.same, ()) if named.get(t) in waiting), day, terms
        )
        if s.waits
        else s
        for s in kept
    )


def _is_open(step: Step) -> bool:
    """Whether a step may still be what the engine asks for; the chain asks for endorsements that
    were given as well."""
    return step.state in ("waiting", "passed") or (
        step.kind is Kind.ENDORSE and step.state == "done"
    )


def _kept(step: Step, now: Due, request: ApprovalRequest) -> Step:
    if step.kind is Kind.ENDORSE and _is_endorsed(step, request):
        return replace(step, state="done", done=1)
    return replace(step, people=now.people, done=now.done, text=now.text)


def _is_endorsed(step: Step, request: ApprovalRequest) -> bool:
    """Whether somebody endorsed at this level (the chain itself knows no endorsements)."""
    return step.kind is Kind.ENDORSE and any(
        a.kind is Kind.ENDORSE and a.position in (*step.positions, *step.raised)
        for a in request.standing
    )


def _closed(step: Step, request: ApprovalRequest) -> Step:
    """A step that the engine asks for no more: done where somebody did it, else dropped."""
    if not step.waits:
        return step
    did = [a for a in request.standing if a.step == step.id]
    if did or _is_endorsed(step, request):
        return replace(step, state="done", done=step.count)
    return replace(step, state="dropped")


def _new(id: str, due: Due, day: date, terms: Terms) -> Step:
    return Step(
        id=id,
        kind=due.kind,
        text=due.text,
        verb=due.verb,
        positions=due.positions,
        people=due.people,
        count=due.count,
        done=due.done,
        rule=due.rule,
        since=day,
        due=day + timedelta(days=terms.step_days),
        evidence=due.evidence,
    )
