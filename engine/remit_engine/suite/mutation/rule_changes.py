"""Limits, bounds, steps and statements with one thing changed in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from remit_dsl.program import (
    AllSteps,
    ApprovalStep,
    Bound,
    EvidenceStep,
    Grant,
    Limit,
    Program,
    Prohibition,
    Requirement,
    SequenceSteps,
    Statement,
    Step,
)
from remit_dsl.scope.qualified import short
from remit_dsl.source import Span
from remit_engine.suite.mutation.amounts import days_around
from remit_engine.suite.mutation.change import Change, Edit, Texts, rebuilt
from remit_engine.suite.mutation.expression_changes import changes

OTHER_SIDE = {"up to": "under", "under": "up to", "at least": "over", "over": "at least"}


def bound_changes(bound: Bound, texts: Texts) -> Iterator[Change[Bound]]:
    """The side of a bound, or one of its ends."""
    other = OTHER_SIDE.get(bound.side)
    if other is not None:
        yield _side(bound, other, texts)
    for change in changes(bound.value, texts):
        yield change.of(replace(bound, value=change.node), bound.span)
    if bound.high is not None:
        for change in changes(bound.high, texts):
            yield change.of(replace(bound, high=change.node), bound.span)


def _side(bound: Bound, other: str, texts: Texts) -> Change[Bound]:
    text, node = texts.at(bound.span), replace(bound, side=other)
    found = re.match(re.escape(bound.side).replace(r"\ ", r"\s+") + r"\b", text)
    if found is None:  # `up to 500 each`: the words stand before
        note = f"`{bound.side} {text}` becomes `{other} {text}`"
        return Change("side", node, bound.span, bound.span, None, note)
    span = texts.part(bound.span, 0, found.end())
    return Change("side", node, span, bound.span, Edit(span, other))


def limit_changes(limit: Limit, texts: Texts) -> Iterator[Change[Limit]]:
    """The bound of a limit, or one of its totals."""
    if limit.bound is not None:
        for change in bound_changes(limit.bound, texts):
            if limit.totals and change.kind == "side":  # `under 500 each` cannot be written
                change = replace(change, edit=None, note=texts.sentence(change))  # noqa: PLW2901
            yield change.of(replace(limit, bound=change.node))
    for i, total in enumerate(limit.totals):
        before, after = limit.totals[:i], limit.totals[i + 1 :]
        for found in changes(total.amount, texts):
            node = replace(total, amount=found.node)
            yield found.of(replace(limit, totals=(*before, node, *after)))
        if limit.bound is not None or len(limit.totals) > 1:
            span = total.amount.span
            note = f"the total `{texts.at(span)} per {total.name.rpartition('per ')[2]}` is removed"
            yield Change(
                "removed", replace(limit, totals=(*before, *after)), span, span, None, note
            )


# --- steps -------------------------------------------------------------------------------


def step_changes(step: Step, within: Span) -> Iterator[Change[Step]]:
    """How many persons, which ones, which steps, in which order."""
    match step:
        case ApprovalStep():
            yield from _approval(step, within)
        case AllSteps() | SequenceSteps():
            yield from _several(step, within)


def step_words(step: Step) -> str:
    """A step as a policy would say it."""
    match step:
        case EvidenceStep():
            return f"evidence {step.name}"
        case ApprovalStep():
            names = ", ".join(short(p) for p in step.positions)
            who = f"{step.count} of ({names})" if len(step.positions) > 1 else names
            return f"{step.verb} by {who}" if step.verb else who
    word = " and " if isinstance(step, AllSteps) else " then "
    return word.join(
        step_words(s) if isinstance(s, ApprovalStep | EvidenceStep) else f"({step_words(s)})"
        for s in step.steps
    )


def _stepped(kind: str, step: Step, node: Step, within: Span) -> Change[Step]:
    note = f"`{step_words(step)}` becomes `{step_words(node)}`"
    return Change(kind, node, within, within, None, note)


def _approval(step: ApprovalStep, within: Span) -> Iterator[Change[Step]]:
    several = len(step.positions)
    for count in (step.count - 1, step.count + 1):
        if 1 <= count <= several:
            yield _stepped("persons", step, replace(step, count=count), within)
    for i in range(several if several > 1 else 0):
        rest = (*step.positions[:i], *step.positions[i + 1 :])
        node = replace(step, positions=rest, count=min(step.count, len(rest)))
        yield _stepped("position", step, node, within)


def _several(step: AllSteps | SequenceSteps, within: Span) -> Iterator[Change[Step]]:
    for i, inner in enumerate(step.steps):
        before, after = step.steps[:i], step.steps[i + 1 :]
        for change in step_changes(inner, within):
            yield change.of(replace(step, steps=(*before, change.node, *after)))
        rest = (*before, *after)
        node = rest[0] if len(rest) == 1 else replace(step, steps=rest)
        yield _stepped("removed", step, node, within)
    if isinstance(step, SequenceSteps):
        yield _stepped("steps", step, AllSteps(step.steps), within)


# --- statements --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class House:
    """What changes of a statement need to know: the texts, and who reports to whom."""

    texts: Texts
    superior: Mapping[str, str]
    report: Mapping[str, str]

    @classmethod
    def of(cls, program: Program) -> House:
        """The house of a program; of several reports the first one stands for all."""
        superior = {n: p.reports_to for n, p in program.positions.items() if p.reports_to}
        report = {above: below for below, above in reversed(superior.items())}
        return cls(Texts(program.sources), superior, report)


def statement_changes(statement: Statement, house: House) -> Iterator[Change[Statement]]:
    """Everything a statement could have said instead, one word or figure at a time."""
    texts = house.texts
    match statement:
        case Grant():
            for limit in limit_changes(statement.limit, texts):
                yield limit.of(replace(statement, limit=limit.node))
        case Prohibition() | Requirement() if statement.bound is not None:
            for bound in bound_changes(statement.bound, texts):
                yield bound.of(replace(statement, bound=bound.node))
            yield _unbound(statement, statement.bound, texts)
    if isinstance(statement, Requirement):
        for step in step_changes(statement.steps, statement.span):
            yield step.of(replace(statement, steps=step.node))
    if isinstance(statement, Grant | Prohibition):
        yield from _positions(statement, house)
    yield from _condition(statement, texts)
    yield from _dates(statement, texts)


def _unbound(statement: Prohibition | Requirement, bound: Bound, texts: Texts) -> Change[Statement]:
    whole = texts.balanced(bound.span)
    return Change("removed", replace(statement, bound=None), whole, whole, Edit(whole, ""))


def _condition(statement: Statement, texts: Texts) -> Iterator[Change[Statement]]:
    condition = statement.condition
    if condition is None:
        return
    yield _unconditional(statement, condition.span, texts)
    for change in changes(condition, texts):
        yield change.of(replace(statement, condition=change.node))


def _unconditional(statement: Statement, span: Span, texts: Texts) -> Change[Statement]:
    """Without `when` and `unless`."""
    node, span = replace(statement, condition=None), texts.balanced(span)
    text, end = texts.at(statement.span), span.end - statement.span.start
    found = re.search(r"\b(?:when|unless)\s+\(*\s*$", text[: span.start - statement.span.start])
    if found is None or "(" in found[0] or re.search(r"\bunless\b", texts.at(span)):
        note = f"the condition `{' '.join(texts.at(span).split())}` is left out"
        return Change("part", node, span, span, None, note)
    clause = texts.part(statement.span, found.start(), end)
    return Change("part", node, clause, clause, Edit(clause, ""))


def _dates(statement: Statement, texts: Texts) -> Iterator[Change[Statement]]:
    for name, word in (("start", "from"), ("until", "until")):
        day: date | None = getattr(statement, name)
        for moved in days_around(day) if day is not None else ():
            node = rebuilt(statement, **{name: moved})
            yield dated(node, word, (day, moved), statement.span, texts)


def dated(
    node: Any, word: str, days: tuple[date | None, date], within: Span, texts: Texts
) -> Change[Any]:
    """A date in a text moved from one day to another; the last `from`, `until` … with that day."""
    old, new = days
    pattern = rf"\b{word}\s+({old})"
    found = list(re.finditer(pattern, texts.at(within)))
    if not found:
        note = f"`{word} {old}` becomes `{word} {new}`"
        return Change("date", node, within, within, None, note)
    phrase = texts.part(within, *found[-1].span())
    span = texts.part(within, *found[-1].span(1))
    return Change("date", node, span, phrase, Edit(span, f"{new}"))


# --- who ---------------------------------------------------------------------------------


def _positions(statement: Grant | Prohibition, house: House) -> Iterator[Change[Statement]]:
    """One position left out of several, or its superior or one who reports to it instead."""
    named = statement.positions
    for i, position in enumerate(named):
        before, after = named[:i], named[i + 1 :]
        if before or after:
            node = replace(statement, positions=(*before, *after))
            words = ", ".join(short(p) for p in (*before, *after))
            yield _named(statement, node, (named, words), house.texts)
        for other in (house.superior.get(position), house.report.get(position)):
            if other is not None and other not in named:
                node = replace(statement, positions=(*before, other, *after))
                words = ", ".join(short(p) for p in (*before, other, *after))
                yield _named(statement, node, (named, words), house.texts)


def _named(
    statement: Grant | Prohibition,
    node: Statement,
    names: tuple[tuple[str, ...], str],
    texts: Texts,
) -> Change[Statement]:
    """Other names before `may`."""
    named, words = names
    listed = r"\s*,\s*".join(rf"(?:[\w.]+\.)?{re.escape(short(p))}" for p in named)
    found = re.search(rf"({listed})\s+may\b", texts.at(statement.span))
    if found is None:
        note = f"it speaks about `{words}`"
        return Change("position", node, statement.span, statement.span, None, note)
    span = texts.part(statement.span, *found.span(1))
    return Change(
        "position", node, span, texts.part(statement.span, *found.span()), Edit(span, words)
    )
