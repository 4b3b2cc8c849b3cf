"""Watches and duties that do not do what they are written for: rules that can never begin, or
always hold; freezes of what nobody may; words to nobody; duties that are never due."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import date

from remit_dsl.diagnostics import Diagnostic
from remit_dsl.expressions import AllOf, Constant, Expression
from remit_dsl.program import Policy, Program
from remit_dsl.scope.findings import listing
from remit_dsl.scope.qualified import short
from remit_dsl.source import Span
from remit_dsl.watch import Duty, Restraint, Watch, WatchRule
from remit_engine.analysis.answer import About, Answer, proven, refuted, unsettled, waive
from remit_engine.analysis.formula import TooEntangled
from remit_engine.analysis.row_reader import RowReader, alike, row_of, subject_of
from remit_engine.analysis.scope import Scope
from remit_engine.analysis.trial_rows import shared
from remit_engine.calendar import period_end, period_start
from remit_engine.explanation.quoting import condition_written
from remit_engine.rules.ir import GRANT, Model

NAME = "watching"
NEVER, ALWAYS, IDLE, NOBODY, UNDUE = "W0819", "W0820", "W0821", "W0822", "W0823"
COVERED = "W0825"
_PERIODS = {"monthly": "month", "quarterly": "quarter", "yearly": "year"}
_OVERDRAWN = "its conditions come down to too many cases"


def watching(model: Model, scope: Scope) -> Iterator[Answer]:
    """For every rule of a watch and every duty: can it do what it is for, and not always?"""
    for watch in model.program.watches.values():
        for rule in watch.rules:
            yield from _rule(rule, watch, model, scope)
    for duty in model.program.duties:
        yield from _duty(duty, model, scope)


def _rule(rule: WatchRule, watch: Watch, model: Model, scope: Scope) -> Iterator[Answer]:
    about = About(rules=(rule.id,))
    try:
        finding = _fired(rule, watch, model, waive(NAME, about))
    except TooEntangled:
        what = f"`{rule.id}` can begin"
        yield unsettled(NAME, about, rule.span, what, _OVERDRAWN)
        return
    if finding is None:
        finding = _covered(rule, watch, model, scope)
    found = [] if finding is None else [finding]
    found += _idle(rule, model, waive(NAME, about))
    told = (*rule.notify, *((rule.owner,) if rule.owner is not None else ()))
    found += _nobody(rule.id, rule.span, told, scope, waive(NAME, about))
    yield from (refuted(NAME, about, d) for d in found)
    if not found:
        yield proven(NAME, about)


# --- conditions ----------------------------------------------------------------------------


def _fired(rule: WatchRule, watch: Watch, model: Model, waiver: str) -> Diagnostic | None:
    """Where a rule can never begin, or holds for all that it is asked of."""
    subject = subject_of(watch, model)
    row = None if rule.rows is None else row_of(rule.rows, model)
    asked = [(e, subject) for e in _parts(rule.condition)]
    if rule.rows is not None and row is not None:
        inner = (*_parts(rule.rows.where), *_parts(rule.rows.condition))
        asked += [(e, row) for e in inner]
    program = model.program
    words = _clash(asked, program)
    help = f"mend its conditions, leave it out, or {waiver}"
    if words is not None:
        return Diagnostic(rule.span, NEVER, f"`{rule.id}` can never begin: {words}", help)
    if rule.until is not None and subject.never((rule.condition,), but=rule.until):
        shown = condition_written(rule.until, program)
        message = f"`{rule.id}` can never begin: `until {shown}` is true wherever it would"
        return Diagnostic(rule.span, NEVER, message, help)
    if all(isinstance(e, Constant) for e, _ in asked):
        return None  # that every row is told is what is written
    if all(reader.always(e) for e, reader in asked):
        what = "every row" if rule.rows is not None or watch.kind == "event" else "every subject"
        shown = " and ".join(
            f"`{condition_written(e, program)}`" for e, _ in asked if not isinstance(e, Constant)
        )
        message = f"`{rule.id}` holds for {what} whose facts are known: {shown} is always true"
        return Diagnostic(rule.span, ALWAYS, message, help)
    return None


def _covered(rule: WatchRule, watch: Watch, model: Model, scope: Scope) -> Diagnostic | None:
    """Where `until` is true already for some of what would begin a rule."""
    if rule.until is None or rule.rows is not None:
        return None
    both = shared(rule.condition, rule.until, alike(watch.counts), model, scope.today)
    if both is None:
        return None
    shown = condition_written(rule.until, model.program)
    covers = "what begins it" if both.whole else "part of what begins it"
    return Diagnostic(
        rule.span,
        COVERED,
        f"`until {shown}` covers {covers}, and there `{rule.id}` does not begin: {both.facts}",
        "write an `until` that is false wherever the rule is true, or "
        + waive(NAME, About(rules=(rule.id,))),
    )


def _parts(e: Expression | None) -> tuple[Expression, ...]:
    if e is None:
        return ()
    return e.operands if isinstance(e, AllOf) else (e,)


def _clash(asked: Sequence[tuple[Expression, RowReader]], program: Program) -> str | None:
    """The fewest conditions that leave nothing together, in words; None where something is left."""
    for reader in dict.fromkeys(reader for _, reader in asked):
        own = [e for e, of in asked if of is reader]
        if not reader.never(own):
            continue
        for count in range(1, min(2, len(own)) + 1):
            for some in itertools.combinations(own, count):
                if reader.never(some):
                    shown = [f"`{condition_written(e, program)}`" for e in some]
                    if count == 1:
                        return f"{shown[0]} is never true"
                    return f"{' and '.join(shown)} exclude each other"
        return "its conditions leave nothing"
    return None


# --- what it does --------------------------------------------------------------------------


def _idle(rule: WatchRule, model: Model, waiver: str) -> Iterator[Diagnostic]:
    """Freezes and steps on what nobody may."""
    for restraint in rule.restraints:
        if not _may(restraint, model):
            action = short(restraint.action)
            does = "freezes" if restraint.kind == "freeze" else f"asks for {restraint.verb} on"
            message = f"`{rule.id}` {does} `{action}`, where nobody may anything"
            help = f"grant `{action}` to somebody, name another action, or {waiver}"
            yield Diagnostic(restraint.span, IDLE, message, help)


def _may(restraint: Restraint, model: Model) -> bool:
    known = model.actions.get(restraint.action)
    return known is not None and any(rule.kind == GRANT for rule in known.rules)


def _nobody(
    name: str, span: Span, told: Sequence[str], scope: Scope, waiver: str
) -> Iterator[Diagnostic]:
    """Words that nobody hears: no position that is told is held from today on."""
    people = scope.directory.people.values()
    if not people or not told:
        return
    held = {
        h.position for p in people for h in p.holdings if h.until is None or h.until > scope.today
    }
    if held.isdisjoint(told):
        shown = listing([short(position) for position in dict.fromkeys(told)], "or")
        message = f"`{name}` is told to nobody: in the directory nobody holds {shown}"
        help = f"name a position that somebody holds, complete the directory, or {waiver}"
        yield Diagnostic(span, NOBODY, message, help)


# --- duties --------------------------------------------------------------------------------


def _duty(duty: Duty, model: Model, scope: Scope) -> Iterator[Answer]:
    about = About(rules=(duty.name,))
    try:
        found = list(_undone(duty, model, waive(NAME, about)))
    except TooEntangled:
        what = f"a report can count for `{duty.name}`"
        yield unsettled(NAME, about, duty.span, what, _OVERDRAWN)
        return
    told = (duty.to, *duty.notify)
    found += _nobody(duty.name, duty.span, told, scope, waive(NAME, about))
    yield from (refuted(NAME, about, d) for d in found)
    if not found:
        yield proven(NAME, about)


def _undone(duty: Duty, model: Model, waiver: str) -> Iterator[Diagnostic]:
    program = model.program
    help = f"leave it out, mend it, or {waiver}"
    policy = program.policies[duty.policy]
    if not _whole_period(duty, policy):
        unit = _PERIODS.get(duty.frequency, "week" if duty.frequency == "weekly" else "day")
        message = (
            f"`{duty.name}` is never due: no {unit} lies within the days on which its policy is in "
            f"force ({policy.start} until {policy.effective_until})"
        )
        yield Diagnostic(duty.span, UNDUE, message, help)
    if duty.where is not None and duty.event is not None:
        reader = RowReader.of_event(duty.event, model)
        if reader.never((duty.where,)):
            shown = condition_written(duty.where, program)
            message = f"no report can count for `{duty.name}`: `{shown}` is never true"
            yield Diagnostic(duty.span, UNDUE, message, help)


def _whole_period(duty: Duty, policy: Policy) -> bool:
    """Whether some period of a duty lies within the days of its policy."""
    start, until = policy.start, policy.effective_until
    if start is None or until is None:
        return True
    first, end = start.toordinal(), until.toordinal() - 1
    if duty.frequency == "weekly":
        weekday = duty.day or 0
        return first + 6 + (weekday - (first + 6 - 1)) % 7 <= end
    if duty.frequency in _PERIODS:
        unit = _PERIODS[duty.frequency]
        begin = period_start(start, unit)
        if begin < start:
            begin = date.fromordinal(period_end(start, unit).toordinal() + 1)
        return period_end(begin, unit).toordinal() <= end
    return first <= end
