"""The one sentence that comes first."""

from __future__ import annotations

from remit_dsl.expressions import Constant
from remit_engine.decision import Outcome
from remit_engine.explanation.material import Telling
from remit_engine.explanation.naming import action_label, joined, party_label, verb_label
from remit_engine.explanation.quoting import conjuncts_written
from remit_engine.explanation.steps_text import in_order
from remit_engine.explanation.words import WORDS, say
from remit_engine.judging.interpreter import environment, interval
from remit_engine.judging.unknown import Fault, Unknown
from remit_engine.rules.ir import GRANT, SELF_BAR, SEPARATION, Rule


def reason(t: Telling) -> str:
    """The answer in one sentence, in the language of the request."""
    match t.material.outcome:
        case Outcome.PERMIT:
            return _permit(t)
        case Outcome.NEEDS:
            return _needs(t)
        case Outcome.ESCALATE:
            return _escalate(t)
        case Outcome.DENY:
            return _deny(t)
        case Outcome.INCOMPLETE:
            return _say(t, "incomplete", missing=_missing(t))
        case Outcome.UNDEFINED:
            return _undefined(t)


def _say(t: Telling, key: str, **values: object) -> str:
    request, model = t.material.request, t.material.model
    language = request.language
    return say(
        language,
        key,
        actor=party_label(request.actor, model, language),
        verb=verb_label(request.verb, model, language),
        action=action_label(request.action, model, language),
        **values,
    )


def _list(t: Telling, items: list[str]) -> str:
    return joined(items, t.material.request.language)


def _measured(t: Telling) -> str:
    return _say(t, "measured", measure=t.measure.text) if t.measure else ""


def _permit(t: Telling) -> str:
    limited = ""
    if t.limit is not None and t.measure is not None:
        if t.headroom is None:
            limited = _say(t, "unlimited")
        else:
            limited = _say(t, "limited", limit=t.limit.text, headroom=t.headroom.text)
    capacity = t.material.answer.case.capacity
    if capacity.on_behalf_of is not None:
        giver, until = capacity.party.shown, capacity.until
        return _say(
            t, "permit.behalf", measured=_measured(t), limited=limited, giver=giver, until=until
        )
    return _say(t, "permit", measured=_measured(t), limited=limited)


def _needs(t: Telling) -> str:
    needs = in_order(t.needs, t.material.request.language)
    asked = {n.rule for n in t.needs}
    verdicts = t.material.answer.ruling.verdicts
    held = [_held(t, v.rule) for v in verdicts if v.rule.holds and v.rule.id in asked]
    if not held:
        return _say(t, "needs", measured=_measured(t), needs=needs)
    return _say(t, "needs.held", measured=_measured(t), needs=needs, held=_list(t, held))


def _held(t: Telling, rule: Rule) -> str:
    """Why a watch holds something, and what ends it."""
    language = t.material.request.language
    because = say(language, "held.default")
    if rule.because is not None:
        because = rule.because.localized(language)
    if len(rule.holds) > 1:
        return _say(t, "held.some", because=because, rule=f"`{rule.id}`")
    (hold,) = rule.holds
    return _say(
        t, "held.one", because=because, rule=f"`{rule.id}`", since=hold.since,
        alert=f"`{hold.alert}`", hold=f"`{hold.id}`",
    )  # fmt: skip


def _escalate(t: Telling) -> str:
    language = t.material.request.language
    chain = joined((_stop(t, i) for i in range(len(t.links))), language, "or")
    if t.missing:
        return _say(t, "escalate.depends", why=_why(t), chain=chain, missing=_missing(t))
    return _say(t, "escalate", why=_why(t), chain=chain)


def _stop(t: Telling, i: int) -> str:
    link = t.links[i]
    names = [
        p.shown
        for p, _ in t.material.stops[i].able or t.material.stops[i].answers
        if p.person is not None
    ]
    either = joined(names, t.material.request.language, "or")
    return f"{link.label} ({either})" if names else link.label


def _why(t: Telling) -> str:
    if t.totals and t.measure and t.limit and t.limit.value:
        short = next((x for x in t.totals if x.remaining_after.value < 0), None)
        if short is not None and t.measure.value <= t.limit.value.value:
            left = short.remaining_before.text
            return _say(t, "why.total", measure=t.measure.text, remaining=left, total=short.name)
    if t.limit is not None and t.limit.kind == "bound" and t.measure is not None:
        return _say(t, "why.exceeded", measure=t.measure.text, limit=t.limit.text)
    if t.unmet:
        rule = t.unmet[0]
        spans = conjuncts_written(rule.condition, t.material.model.program)
        return _say(t, "why.condition", rule=f"`{rule.id}`", condition=_list(t, spans))
    if not any(v.rule.kind == GRANT for v in t.material.answer.ruling.verdicts):
        return _say(t, "why.none")
    return ""


def _deny(t: Telling) -> str:
    verdicts = t.material.answer.ruling.verdicts
    bar = next((v.rule for v in verdicts if v.rule.kind != GRANT), None)
    if t.material.answer.ruling.outcome is not Outcome.DENY or bar is None:
        unfixed = [f"`{r.id}`" for r in _unfixed(t)]
        if unfixed:
            return _say(t, "deny.unset", rules=_list(t, unfixed), owner=_owner(t))
        return _say(t, "deny.nobody")
    if bar.holds:
        return _say(t, "deny.held", held=_held(t, bar))
    if bar.because is None and bar.kind == SELF_BAR:
        return _say(t, "deny.self", rule=f"`{bar.id}`")
    if bar.because is None and bar.kind == SEPARATION:
        return _say(t, "deny.separate", rule=f"`{bar.id}`")
    language = t.material.request.language
    because = bar.because.localized(language) if bar.because else say(language, "deny.default")
    return _say(t, "deny.rule", because=because, rule=f"`{bar.id}`")


def _unfixed(t: Telling) -> list[Rule]:
    """The grants of the verb whose limit was never fixed, whoever holds them."""
    request, env = t.material.request, environment(t.material.answer.case)
    found = []
    for rule in t.material.rules.in_force(GRANT, request.verb, request.as_of):
        read = rule.bound is not None and not isinstance(rule.bound.value, Constant)
        bound = interval(rule.bound, env) if rule.bound is not None and read else None
        faults = bound.faults if isinstance(bound, Unknown) else frozenset()
        if rule.unset or any(f.kind == "unset" for f in faults):
            found.append(rule)
    return found


def _missing(t: Telling) -> str:
    return _list(t, [f"`{m.path}`" + (f" ({m.label})" if m.label else "") for m in t.missing])


def _undefined(t: Telling) -> str:
    ruling = t.material.answer.ruling
    if ruling.outcome is not Outcome.UNDEFINED:
        ever = any(
            r.kind == GRANT and t.material.request.verb in r.verbs for r in t.material.rules.rules
        )
        key = "undefined.date" if ever else "undefined.nobody"
        return _say(t, key, owner=_owner(t), as_of=t.material.request.as_of)
    faults = sorted(
        f
        for v in ruling.verdicts
        for state in (v.applies, v.inside, *v.bounds)
        if isinstance(state, Unknown)
        for f in state.faults
    )
    never = [v.rule for v in ruling.verdicts if v.rule.unset]
    if never:
        return _say(t, "undefined.unset", rule=f"`{never[0].id}`", owner=_owner(t))
    if faults and faults[0].kind == "unset":
        subject = _parameter(t, faults[0].subject)
        return _say(t, "undefined.parameter", subject=subject, owner=_owner(t))
    rule = f"`{ruling.verdicts[0].rule.id}`"
    fault = fault_text(faults[0], t.material.request.language) if faults else "?"
    return _say(t, "undefined.fault", rule=rule, fault=fault, owner=_owner(t))


def _parameter(t: Telling, name: str) -> str:
    """A parameter by its name, and its label where it has one."""
    short = name.rsplit(".", 1)[-1]
    found = t.material.model.program.parameters.get(name)
    if found is None or found.label is None:
        return f"`{short}`"
    return f"`{short}` ({found.label.localized(t.material.request.language)})"


def fault_text(fault: Fault, language: str) -> str:
    """A fault in words, with its place."""
    key = f"fault.{fault.kind}"
    if key not in WORDS["en"]:
        return f"{fault.kind} ({fault.span})"
    subject = fault.subject.rsplit(".", 1)[-1]
    return f"{say(language, key, subject=subject)} ({fault.span})"


def _owner(t: Telling) -> str:
    program = t.material.model.program
    policy = program.policies[t.material.rules.action.policy]
    if policy.owner is None:
        return say(t.material.request.language, "owner")
    position = program.positions.get(policy.owner)
    if position is not None and position.label is not None:
        return position.label.localized(t.material.request.language)
    return policy.owner.rsplit(".", 1)[-1]
