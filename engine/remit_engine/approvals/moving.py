"""What moves a request for approval without a step being done: hands, days, facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from remit_engine.approvals.asking import standing
from remit_engine.approvals.bench import Bench
from remit_engine.approvals.doing import ended, must_be_open, ways
from remit_engine.approvals.faults import DoesNotCount, NotForHim, NotInState
from remit_engine.approvals.life import (
    ApprovalRequest,
    Change,
    Event,
    Kind,
    State,
    Step,
    Terms,
)
from remit_engine.approvals.reconciling import in_line

# --- hands --------------------------------------------------------------------------------------


def reassigned(
    request: ApprovalRequest,
    step: str,
    to: str,
    because: str,
    by: str,
    day: date,
    bench: Bench,
    *,
    manages: bool = False,
) -> Change:
    """A step given to somebody who can do it today: who holds the position or acts in it, or has it
    by delegation. By one for whom it waits, by a superior it went up to, or by who manages.

    It then waits for him alone; who holds the position may still do it.
    """
    must_be_open(request, day)
    found = request.step(step)
    if found is None or not found.waits or found.kind is Kind.EVIDENCE:
        raise NotInState(f"no step `{step}` waits that could be given to somebody")
    if not because.strip():
        raise DoesNotCount("a reassignment needs its reason", 'such as "on leave until Friday"')
    if not manages and not _is_his(request, found, by, day, bench):
        raise NotForHim(f"this step is not `{by}`'s to give away")
    way = _way(request, found, to, day, bench)
    if way is None:
        position = " or ".join(f"`{p.rsplit('.', 1)[-1]}`" for p in found.positions)
        raise DoesNotCount(
            f"`{to}` neither holds {position} on {day} nor has it by delegation, or asked himself",
            "let him act in the position, or delegate it to him first",
        )
    if found.assigned == (to,):
        return Change(request)
    body = {"to": to, "from": list(found.assigned or found.people), **way}
    event = Event("reassigned", day, by=by, step=step, text=because, body=body)
    return _with_step(request, replace(found, assigned=(to,)), event)


def _is_his(request: ApprovalRequest, step: Step, by: str, day: date, bench: Bench) -> bool:
    party = bench.party(by, day)
    above = party is not None and not party.positions.isdisjoint(step.raised)
    return above or _way(request, step, by, day, bench) is not None


def _way(
    request: ApprovalRequest, step: Step, person: str, day: date, bench: Bench
) -> dict[str, Any] | None:
    """In which quality a person can do a step, now or once those before it are done."""
    free = replace(step, after=())
    alone = replace(request, steps=(free,))
    way = next(ways(alone, person, day, bench), None)
    if way is None:
        return None
    told: dict[str, Any] = {"position": way.position}
    if way.standing.on_behalf_of is not None:
        told["on_behalf_of"] = way.standing.on_behalf_of
    elif _acts(person, way.position, day, bench):
        told["acting"] = True
    return told


def _acts(person: str, position: str, day: date, bench: Bench) -> bool:
    party = bench.party(person, day)
    held = () if party is None else party.holdings
    return any(h.position == position and h.acting for h in held)


def _with_step(request: ApprovalRequest, step: Step, *events: Event) -> Change:
    steps = tuple(step if s.id == step.id else s for s in request.steps)
    return Change(replace(request, steps=steps, edition=request.edition + 1), events)


# --- days ---------------------------------------------------------------------------------------


def moved_on(request: ApprovalRequest, day: date, bench: Bench, terms: Terms) -> Change:
    """What the days did: the request expired, or steps that are late went to the superior."""
    if request.state is not State.OPEN:
        return Change(request)
    if day >= request.expires:
        text = f"nobody finished it before {request.expires}"
        return ended(request, State.EXPIRED, Event("expired", day, text=text))
    events: list[Event] = []
    steps: list[Step] = []
    for step in request.steps:
        late = step.waits and step.due < day and not step.after
        moved, event = _late(request, step, day, bench, terms) if late else (step, None)
        steps.append(moved)
        events += [event] if event else []
    if not events:
        return Change(request)
    freed = {s.id for s in steps if not s.waits}
    kept = tuple(
        s.following(tuple(a for a in s.after if a not in freed), day, terms) for s in steps
    )
    return Change(replace(request, steps=kept, edition=request.edition + 1), tuple(events))


def _late(
    request: ApprovalRequest, step: Step, day: date, bench: Bench, terms: Terms
) -> tuple[Step, Event]:
    due = day + timedelta(days=terms.step_days)
    if step.kind is Kind.ENDORSE:
        text = f"`{step.text}` was due on {step.due}: the act of the next level covers it"
        return replace(step, state="passed"), _overdue(step, day, text, {})
    if step.kind is Kind.EVIDENCE:
        text = f"`{step.text}` was due on {step.due}"
        return replace(step, due=due), _overdue(step, day, text, {})
    above = tuple(_above(request, step, day, bench))
    if not above:
        text = f"`{step.text}` was due on {step.due}, and nobody stands above who could be told"
        return replace(step, due=due), _overdue(step, day, text, {})
    raised = (*step.raised, *above)
    named = " and ".join(f"`{p.rsplit('.', 1)[-1]}`" for p in above)
    text = f"`{step.text}` was due on {step.due}: it went to {named}"
    body = {"to": list(above)}
    return replace(step, raised=raised, due=due), _overdue(step, day, text, body)


def _overdue(step: Step, day: date, text: str, body: Mapping[str, Any]) -> Event:
    return Event("overdue", day, step=step.id, text=text, body=body)


def _above(request: ApprovalRequest, step: Step, day: date, bench: Bench) -> Iterator[str]:
    """The nearest positions above that somebody else than the requester holds on the day."""
    found: set[str] = set()
    for position in step.positions:
        for superior in bench.model.superiors.get(position, ()):
            people = {p.person for p in bench.directory.holders(superior, day)}
            if superior in (*step.positions, *step.raised) or people <= request.barred:
                continue
            if superior not in found:
                found.add(superior)
                yield superior
            break


# --- facts --------------------------------------------------------------------------------------


def edited(
    request: ApprovalRequest,
    facts: Mapping[str, Any],
    by: str,
    day: date,
    bench: Bench,
    terms: Terms,
) -> Change:
    """The request with other facts: what was given for the old ones is void, and all is asked anew.

    Raises InvalidRequest for facts that cannot be read, DoesNotCount where the new ones leave
    nothing to approve.
    """
    must_be_open(request, day)
    if by not in request.barred:
        raise NotForHim("only who made the request edits its facts")
    question = {**request.question, "facts": dict(facts)}
    now = bench.mark(bench.read({**question, "approvals": []}, day))
    if now == request.fingerprint:
        return Change(request)
    why = f"the facts were edited on {day}"
    acts = tuple(a if a.void is not None else replace(a, void=why) for a in request.acts)
    steps = tuple(replace(s, state="void") if s.state != "dropped" else s for s in request.steps)
    bare = replace(request, question=question, fingerprint=now, acts=acts, steps=steps)
    position = standing(bare, day, bench)
    outcome = str(position.decision.outcome)
    if outcome != ("needs" if request.decides else "escalate"):
        message = f"with these facts the answer is {outcome}: {position.decision.reason}"
        raise DoesNotCount(message, "withdraw this request, and ask again with the new facts")
    change, _ = in_line(replace(bare, answer=position.answered), position, day, terms)
    voided = [a.by for a in request.standing]
    body = {"before": request.fingerprint, "now": now, "void": voided, "facts": dict(facts)}
    event = Event("edited", day, by=by, text=why, body=body)
    after = replace(change.request, edition=request.edition + 1)
    return Change(after, (event, *change.events))


def voided(request: ApprovalRequest, because: str, by: str | None, day: date) -> Change:
    """An approved request whose recorded decision was taken back."""
    if request.state is not State.APPROVED:
        raise NotInState(f"this request is {request.state}: it has no decision to take back")
    event = Event("void", day, by=by, text=because)
    return ended(request, State.VOID, event)
