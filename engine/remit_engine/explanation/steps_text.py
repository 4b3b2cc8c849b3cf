"""Outstanding steps as an answer shows them."""

from __future__ import annotations

from collections.abc import Sequence

from remit_dsl.program import AllSteps, ApprovalStep, EvidenceStep, SequenceSteps, Step
from remit_engine.decision import Need
from remit_engine.explanation.naming import joined, position_label, verb_label
from remit_engine.explanation.words import say
from remit_engine.judging.steps import Outstanding
from remit_engine.judging.verdict import Case


def needs(steps: tuple[Outstanding, ...], case: Case, language: str) -> tuple[Need, ...]:
    """The steps still to be done, each once, with the people who could do them today."""
    found: dict[str, Need] = {}
    for step in steps:
        need = _need(step, case, language)
        found.setdefault(need.text, need)
    return tuple(found.values())


def in_order(needs: Sequence[Need], language: str) -> str:
    """Steps in one sentence: `a and b, then c`; with `;` between sequences of their own."""
    chains: list[list[list[Need]]] = []
    for need in needs:
        last = chains[-1][-1] if chains else []
        if last and {n.text for n in last} <= set(need.after):
            chains[-1].append([need])
        elif last and set(need.after) == set(last[0].after):
            last.append(need)
        else:
            chains.append([[need]])
    then = say(language, "step.then")
    told = [then.join(joined((n.text for n in s), language) for s in chain) for chain in chains]
    return say(language, "step.beside").join(told)


def steps_in_words(step: Step, verb: str) -> str:
    """All steps of a requirement on a verb, in English."""
    match step:
        case EvidenceStep():
            return say("en", "step.evidence", name=step.name)
        case ApprovalStep():
            return _approval_text(step, step.verb or verb)
    joint = " and " if isinstance(step, AllSteps) else ", then "
    parts = [(s, steps_in_words(s, verb)) for s in step.steps]
    return joint.join(f"({part})" if _in_parts(s) else part for s, part in parts)


def _in_parts(step: Step) -> bool:
    if isinstance(step, ApprovalStep):
        return step.count == 1 and len(step.positions) > 1
    return isinstance(step, AllSteps | SequenceSteps)


def _approval_text(step: ApprovalStep, verb: str) -> str:
    return _by([p.rsplit(".", 1)[-1] for p in step.positions], step.count, verb, "en")


def _by(positions: Sequence[str], count: int, verb: str, language: str) -> str:
    if count == 1:
        listed = say(language, "or").join(positions)
        return say(language, "step.one", verb=verb, positions=listed)
    listed = "(" + say(language, "list").join(positions) + ")"
    return say(language, "step.many", verb=verb, positions=listed, count=count)


def _need(outstanding: Outstanding, case: Case, language: str) -> Need:
    step = outstanding.step
    after = tuple(_step_text(o, case, language) for o in outstanding.after)
    text = _step_text(outstanding, case, language)
    if not isinstance(step, ApprovalStep):
        return Need("evidence", text, None, 1, 0, (), (), outstanding.rule.id, after)
    return Need(
        kind="approval",
        text=text,
        verb=step.verb or outstanding.rule.verb,
        count=step.count,
        done=outstanding.done,
        positions=step.positions,
        people=_people(step, case),
        rule=outstanding.rule.id,
        after=after,
    )


def _step_text(outstanding: Outstanding, case: Case, language: str) -> str:
    step = outstanding.step
    if isinstance(step, ApprovalStep):
        verb = step.verb or outstanding.rule.verb
        return _text(step, verb, outstanding.done, case, language)
    name = step.label.localized(language) if step.label else step.name
    return say(language, "step.evidence", name=name)


def _text(step: ApprovalStep, verb: str, done: int, case: Case, language: str) -> str:
    """`review by finance_controller`, `approve by 2 of (a, b, c) (1 of 2 done)`."""
    if language == "en":
        positions = [p.rsplit(".", 1)[-1] for p in step.positions]
        shown = verb
    else:
        positions = [position_label(p, case.model, language) for p in step.positions]
        shown = verb_label(verb, case.model, language)
    text = _by(positions, step.count, shown, language)
    if done:
        text += say(language, "step.done", done=done, count=step.count)
    return text


def _people(step: ApprovalStep, case: Case) -> tuple[str, ...]:
    request = case.request
    decider = case.capacity.party.person
    found = {
        p.person
        for position in step.positions
        for p in case.directory.holders(position, request.as_of)
        if p.person is not None and p.person != decider
    }
    return tuple(sorted(found))
