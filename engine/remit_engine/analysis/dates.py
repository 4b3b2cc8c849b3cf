"""Dates: days on which nothing holds, ends that come soon, days written for months."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from datetime import date

from remit_dsl.diagnostics import Diagnostic, Related
from remit_engine.analysis.answer import About, Answer, proven, refuted, waive
from remit_engine.analysis.dependents import Dependents, dependents, named, places, reached
from remit_engine.analysis.scope import Scope
from remit_engine.analysis.swaps import swaps
from remit_engine.analysis.timelines import (
    BAR,
    DAY,
    DOCUMENT,
    RIGHT,
    VALUE,
    Gap,
    Stretch,
    Timeline,
    gaps,
    slips,
    timelines,
)
from remit_engine.rules.ir import Model

NAME = "dates"


@dataclass(frozen=True, slots=True)
class _Told:
    """What the answers about documents say, so that no rule says it again.

    gaps: (policy, first day without it, first day with it again).
    ends: (policy, first day without it); of a right that ends with its policy, the answer about
    the document says that, and what its next version leaves out is a difference, not a date.
    """

    gaps: Set[tuple[str, date, date]]
    ends: Set[tuple[str, date]]


def dates(model: Model, scope: Scope) -> Iterator[Answer]:
    """For every document, dated value and right: does something hold on every day, and for long?

    From today on. Bars are asked only whether two of them miss each other by a day: one that
    comes and goes with a season is nothing to wonder at.
    """
    mixed = list(swaps(model, scope))
    lines = [(line, list(_gaps(line, scope))) for line in timelines(model)]
    told = _told(lines)
    known = dependents(model)
    doubted = {a.about for a in mixed}
    over = all(_is_over(line, scope) for line, _ in lines if line.kind == DOCUMENT)
    for line, missing in lines:
        found = [*_missing(line, missing, told), *_ending(line, scope, told, known)]
        yield from (replace(a, firm=True) if _says_over(a) and over else a for a in found)
        past = line.kind == RIGHT and _is_over(line, scope)
        if not found and not past and line.kind != BAR and line.about not in doubted:
            yield proven(NAME, line.about)
    yield from _over(model, scope)
    yield from mixed


def _told(lines: list[tuple[Timeline, list[Gap]]]) -> _Told:
    documents = [(line, missing) for line, missing in lines if line.kind == DOCUMENT]
    return _Told(
        {(g.before.policy, g.start, g.until) for _, missing in documents for g in missing},
        {(s.policy, s.until) for line, _ in documents for s in line.stretches if s.until},
    )


# --- gaps ----------------------------------------------------------------------------------


def _gaps(line: Timeline, scope: Scope) -> Iterator[Gap]:
    """What is missing from today on, each time once."""
    found = [*gaps(line)] if line.kind != BAR else []
    seen = {(g.start, g.until) for g in found}
    if line.kind in (BAR, RIGHT):
        found += (g for g in slips(line) if (g.start, g.until) not in seen)
    return (g for g in found if g.until > scope.today)


def _missing(line: Timeline, missing: list[Gap], told: _Told) -> Iterator[Answer]:
    covered = {(g.start, g.until) for g in gaps(line)} if line.kind != BAR else set()
    for gap in missing:
        if line.kind == RIGHT and (gap.before.policy, gap.start, gap.until) in told.gaps:
            continue
        about = _about(line, gap.before, gap.after)
        finding = _gap(line, gap, (gap.start, gap.until) in covered, waive(NAME, about))
        yield refuted(NAME, about, finding)


def _gap(line: Timeline, gap: Gap, complete: bool, waiver: str) -> Diagnostic:
    last = gap.until - DAY
    days = f"on {gap.start}" if gap.days == 1 else f"from {gap.start} to {last} ({gap.days} days)"
    what = line.nothing
    if not complete:
        what = f"neither this rule nor the one from {gap.until} holds"
    return Diagnostic(
        gap.before.span,
        "W0811",
        f"{what} {days}",
        f"`until` is the first day on which it holds no more: write `until {gap.until}` here, "
        f"`from {gap.start}` there, or {waiver}",
        (Related(gap.after.span, f"the next begins on {gap.until}"),),
    )


def _about(line: Timeline, *stretches: Stretch) -> About:
    """Of a document the version complained of, of a right the rules too."""
    if line.kind == DOCUMENT:
        return About(name=stretches[0].policy)
    rules = tuple(s.id for s in stretches if s.id is not None)
    return replace(line.about, rules=rules) if rules else line.about


# --- ends ----------------------------------------------------------------------------------


def _ending(line: Timeline, scope: Scope, told: _Told, known: Dependents) -> Iterator[Answer]:
    last, until = line.last, line.last.until
    if until is None or line.kind == BAR:
        return
    if line.kind == RIGHT and (last.policy, until) in told.ends:
        return
    if until <= scope.today:
        if line.kind == DOCUMENT:
            yield refuted(NAME, _about(line, last), _past(line, until, scope))
        if line.kind == VALUE:
            yield from _ended(line, until, scope, known)
    elif (until - scope.today).days <= scope.soon:
        yield refuted(NAME, _about(line, last), _soon(line, until, scope, known))


def _soon(line: Timeline, until: date, scope: Scope, known: Dependents) -> Diagnostic:
    """A policy with a strict end stops the day after, overnight: say so well before."""
    left = (until - scope.today).days
    days = "tomorrow" if left == 1 else f"in {left} days"
    found = reached(line.about.name or "", (until, None), known) if line.kind == VALUE else []
    and_so = f", and {named(found)} on it" if found else ""
    return Diagnostic(
        line.last.span,
        "W0812",
        f"{line.nothing} from {until} on, {days}{and_so}",
        f"write what holds from {until} on, or a later `until`",
        places(found),
    )


def _is_over(line: Timeline, scope: Scope) -> bool:
    return line.last.until is not None and line.last.until <= scope.today


def _says_over(answer: Answer) -> bool:
    return answer.finding is not None and answer.finding.code == "W0824"


def _past(line: Timeline, until: date, scope: Scope) -> Diagnostic:
    """A document that is over: its rules give and bar nothing on the day asked about."""
    return Diagnostic(
        line.last.span,
        "W0824",
        f"{line.nothing} since {until}, so none of its rules holds on {scope.today}",
        "write a later `until`, or the text that follows, or ask about an earlier day: "
        f"`remit prove --as-of {until - DAY}`",
    )


def _ended(line: Timeline, until: date, scope: Scope, known: Dependents) -> Iterator[Answer]:
    """A value that is over, while something that goes on needs it."""
    found = reached(line.about.name or "", (scope.today, None), known)
    if found:
        finding = Diagnostic(
            line.last.span,
            "W0812",
            f"{line.nothing} since {until}, and {named(found)} on it",
            f"write what holds from {until} on",
            places(found),
        )
        yield refuted(NAME, line.about, finding)


def _over(model: Model, scope: Scope) -> Iterator[Answer]:
    """Verbs that were granted once and are granted to nobody from today on, in a policy that
    is still in force."""
    program = model.program
    for name, rules in model.actions.items():
        ending = program.policies[rules.action.policy].effective_until
        if ending is not None and ending <= scope.today:
            continue
        for verb, holders in rules.periods.items():
            ends = [until for periods in holders.values() for _, until in periods]
            if any(until is None or until > scope.today for until in ends):
                continue
            grants = [r for r in rules.by_kind["grant", verb] if r.verb == verb]
            last = max(grants, key=lambda r: r.until or date.max, default=None)
            if last is None:
                continue
            finding = Diagnostic(
                last.span,
                "W0812",
                f"nobody may {verb} in action `{rules.action.short}` since {last.until}",
                f"grant it from {last.until} on, or leave the action out",
                (Related(rules.action.span, "the action is declared here"),),
            )
            yield refuted(NAME, About(name, verb, (), (last.id,)), finding)
