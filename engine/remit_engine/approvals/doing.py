"""What people do on a request for approval: their steps, and what ends it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from remit_engine.approvals.asking import Position, readable, standing
from remit_engine.approvals.bench import Bench, Reach, Standing
from remit_engine.approvals.faults import DoesNotCount, NotForHim, NotInState
from remit_engine.approvals.life import (
    Act,
    ApprovalRequest,
    Change,
    Event,
    Kind,
    State,
    Step,
    Terms,
)
from remit_engine.approvals.reconciling import in_line
from remit_engine.request import Request


@dataclass(frozen=True, slots=True)
class Way:
    """A step with the quality in which a person can do it."""

    step: Step
    standing: Standing
    position: str


def ways(request: ApprovalRequest, person: str, day: date, bench: Bench) -> Iterator[Way]:
    """The steps that wait, nothing before them, which a person can do on a day by what he holds,
    acts in or was delegated. The engine may still not count it."""
    if person in request.barred or day >= request.expires:
        return
    reach = reach_of(request, bench)
    for step in request.waiting:
        if step.after or step.verb is None or step.kind is Kind.EVIDENCE:
            continue
        verb = request.verb if step.kind is Kind.ENDORSE else step.verb
        for quality in reach.standings(person, verb, day):
            held = _held(step, quality)
            if held is not None and quality.on_behalf_of not in request.barred:
                yield Way(step, quality, held)


def reach_of(request: ApprovalRequest, bench: Bench) -> Reach:
    """In which qualities people stand for these facts."""
    typed = bench.read({**request.question, "approvals": []}, request.answer.day)
    return Reach(bench, request.action, typed.facts)


def _held(step: Step, standing: Standing) -> str | None:
    for position in (*step.positions, *step.raised):
        if position in standing.positions:
            return position
    return None


# --- steps --------------------------------------------------------------------------------------


def done(
    request: ApprovalRequest,
    person: str,
    verb: str,
    day: date,
    bench: Bench,
    terms: Terms,
    *,
    step: str | None = None,
    note: str | None = None,
) -> tuple[Change, Request | None]:
    """The request after a person endorsed, or did a verb of the policy; and, where that made it
    approved, the question the engine permitted.

    Doing again what one has done changes nothing. Raises NotInState, NotForHim, DoesNotCount.
    """
    if _has_done(request, person, verb):
        return Change(request), None
    must_be_open(request, day)
    found = _chosen(request, person, verb, step, day, bench)
    _two_persons(request, person, found)
    refusals: list[DoesNotCount] = []
    for way in found:
        act = Act(
            kind=way.step.kind,
            verb=verb,
            by=person,
            day=day,
            step=way.step.id,
            position=way.position,
            on_behalf_of=way.standing.on_behalf_of,
            note=note,
        )
        try:
            return _recorded(request, act, day, bench, terms)
        except DoesNotCount as refused:
            refusals.append(refused)
    raise refusals[0]


def _recorded(
    request: ApprovalRequest, act: Act, day: date, bench: Bench, terms: Terms
) -> tuple[Change, Request | None]:
    """The request with an act, if it brings the engine's answer nearer to yes."""
    before, lost = readable(request, day, bench)
    after = replace(before, acts=(*before.acts, act))
    position = standing(after, day, bench)
    if act.kind is not Kind.ENDORSE:
        _must_count(act, standing(before, day, bench), position)
    change, approved = in_line(after, position, day, terms)
    did = Event(
        act.verb,
        day,
        by=act.by,
        on_behalf_of=act.on_behalf_of,
        step=act.step,
        text=act.note,
        body={"position": act.position, "fingerprint": request.fingerprint},
    )
    raised = replace(change.request, edition=request.edition + 1)
    return Change(raised, (*_lost(lost, day), did, *change.events)), approved


def _lost(acts: tuple[Act, ...], day: date) -> Iterator[Event]:
    for act in acts:
        body = {"by": act.by, "verb": act.verb, "on": act.day.isoformat()}
        yield Event("act void", day, step=act.step, text=act.void, body=body)


def _must_count(act: Act, before: Position, after: Position) -> None:
    """Raises DoesNotCount unless the engine takes account of an act: somebody decides who did not,
    or somebody waits for fewer hands than before."""
    if after.decider == act.by and before.decider != act.by:
        return
    if act.kind is Kind.DECIDE:
        why = after.unable.get(act.by, after.decision).reason
        raise DoesNotCount(f"the engine does not let `{act.by}` decide this: {why}")
    nearer = any(
        left < before.left[person] for person, left in after.left.items() if person in before.left
    )
    if after.decider != before.decider or not nearer:
        message = f"`{act.verb}` by `{act.by}` would not count: a rule of the policy bars him"
        raise DoesNotCount(message, "let somebody else do this step")


def _has_done(request: ApprovalRequest, person: str, verb: str) -> bool:
    return any(a.by == person and a.verb == verb for a in request.standing)


def _chosen(
    request: ApprovalRequest, person: str, verb: str, step: str | None, day: date, bench: Bench
) -> list[Way]:
    """The ways in which a person can do a verb; at least one."""
    if person in request.barred:
        message = f"`{person}` made or asked for this request and does no step of it"
        raise NotForHim(message)
    _must_wait(request, verb, step)
    found = [w for w in ways(request, person, day, bench) if w.step.verb == verb]
    chosen = [w for w in found if step is None or w.step.id == step]
    if not chosen:
        waited = _waited(request, verb, step)
        positions = " or ".join(
            f"`{p.rsplit('.', 1)[-1]}`" for s in waited for p in (*s.positions, *s.raised)
        )
        message = f"`{person}` holds none of {positions} on {day}, and nobody delegated it to him"
        raise NotForHim(message)
    return chosen


def _waited(request: ApprovalRequest, verb: str, step: str | None) -> list[Step]:
    return [s for s in request.waiting if s.verb == verb and not s.after and step in (None, s.id)]


def _must_wait(request: ApprovalRequest, verb: str, step: str | None) -> None:
    if step is not None and request.step(step) is None:
        raise NotInState(f"this request has no step `{step}`")
    if _waited(request, verb, step):
        return
    later = [s for s in request.waiting if s.verb == verb and step in (None, s.id)]
    if later:
        first = ", ".join(s.text for s in request.waiting if s.id in later[0].after)
        raise NotInState(f"`{later[0].text}` waits for: {first}")
    named = f"step `{step}`" if step else f"`{verb}`"
    waiting = ", ".join(s.text for s in request.waiting)
    raise NotInState(f"{named} is not waited for: still to be done are {waiting}")


def _two_persons(request: ApprovalRequest, person: str, found: list[Way]) -> None:
    """Raises NotForHim where who endorsed would also decide, or endorse once more."""
    endorsed = {p for a in request.standing if a.kind is Kind.ENDORSE for p in a.persons}
    for way in found:
        hands = {person, way.standing.on_behalf_of} - {None}
        if way.step.kind in (Kind.ENDORSE, Kind.DECIDE) and not endorsed.isdisjoint(hands):
            raise NotForHim(f"`{person}` endorsed this already: another person must do this step")


def handed_in(
    request: ApprovalRequest, person: str, name: str, day: date, bench: Bench, terms: Terms,
    *, note: str | None = None,
) -> tuple[Change, Request | None]:  # fmt: skip
    """The request after a paper was handed in (`note` says where it is). Who made the request hands
    in as well."""
    if any(a.kind is Kind.EVIDENCE and a.verb == name for a in request.standing):
        return Change(request), None
    must_be_open(request, day)
    waited = [s for s in request.waiting if s.evidence == name]
    if not waited:
        raise NotInState(f"no paper `{name}` is waited for")
    if person not in request.barred and next(ways(request, person, day, bench), None) is None:
        raise NotForHim(f"`{person}` has no part in this request")
    act = Act(Kind.EVIDENCE, name, person, day, waited[0].id, note=note)
    before, lost = readable(request, day, bench)
    after = replace(before, acts=(*before.acts, act))
    change, approved = in_line(after, standing(after, day, bench), day, terms)
    did = Event("evidence", day, by=person, step=act.step, text=note, body={"name": name})
    raised = replace(change.request, edition=request.edition + 1)
    return Change(raised, (*_lost(lost, day), did, *change.events)), approved


# --- ends ---------------------------------------------------------------------------------------


def rejected(
    request: ApprovalRequest, person: str, because: str, day: date, bench: Bench
) -> Change:
    """The request ended by somebody whose step waits, with the reason."""
    must_be_open(request, day)
    if not because.strip():
        raise DoesNotCount("a rejection needs its reason")
    found = next(ways(request, person, day, bench), None)
    if found is None:
        raise NotForHim(f"no step of this request waits for `{person}`")
    event = Event(
        "rejected", day, by=person, on_behalf_of=found.standing.on_behalf_of,
        step=found.step.id, text=because,
    )  # fmt: skip
    return ended(request, State.REJECTED, event)


def withdrawn(
    request: ApprovalRequest,
    person: str,
    because: str | None,
    day: date,
    *,
    manages: bool = False,
) -> Change:
    """The request taken back by who made it or asked for it, or by who manages."""
    must_be_open(request, day)
    if person not in request.barred and not manages:
        raise NotForHim(f"only {_named(request)} can withdraw this request")
    return ended(request, State.WITHDRAWN, Event("withdrawn", day, by=person, text=because))


def ended(request: ApprovalRequest, state: State, event: Event) -> Change:
    """The request in a last state, its steps void."""
    steps = tuple(replace(s, state="void") if s.waits else s for s in request.steps)
    after = replace(
        request, state=state, steps=steps, because=event.text, edition=request.edition + 1
    )
    return Change(after, (event,))


def must_be_open(request: ApprovalRequest, day: date) -> None:
    """Raises NotInState for a request that has ended, or whose time is over."""
    if request.state is not State.OPEN:
        raise NotInState(f"this request is {request.state}", "make another one")
    if day >= request.expires:
        raise NotInState(f"this request expired on {request.expires}", "make another one")


def _named(request: ApprovalRequest) -> str:
    return " or ".join(f"`{p}`" for p in sorted(request.barred))
