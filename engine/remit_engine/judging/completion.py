"""Trying completions of missing facts: is there one that would permit, and which facts matter?

Where the missing facts are booleans, enums, positions, texts or numbers that enter the rules
piecewise linearly, a finite grid of samples stands for all completions and the answer is exact.
Elsewhere (lists, people, facts compared with one another, grids past `LIMIT`) the three-valued
reading stands, which may ask for a fact too many but never for one too few.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from remit_dsl.expressions import Expression
from remit_dsl.program import Action, Field
from remit_dsl.types import PERSON, Type
from remit_engine.decision import Outcome
from remit_engine.judging.breakpoints import Scan, samples
from remit_engine.judging.evaluate import evaluate
from remit_engine.judging.interpreter import environment, interval, measured, remaining, used_total
from remit_engine.judging.interval import Interval
from remit_engine.judging.ruling import Ruling, is_silent, rule_on
from remit_engine.judging.unknown import Unknown, merged
from remit_engine.judging.verdict import Case, Judge, judged
from remit_engine.people.party import Party
from remit_engine.rules.dependence import mentions
from remit_engine.rules.ir import GRANT, Model, Rule

LIMIT = 512


def refined(ruling: Ruling, case: Case, judge: Judge) -> Ruling:
    """An `incomplete` ruling with exactly the facts that matter, or, where no completion
    permits, what remains without that hope."""
    if ruling.outcome is not Outcome.INCOMPLETE or not ruling.missing:
        return ruling
    paths = sorted(ruling.missing)
    rules = [v.rule for v in ruling.every]
    domains = [_domain(path, case, rules) for path in paths]
    if any(d is None for d in domains):
        return ruling
    grid = [d for d in domains if d is not None]
    size = 1
    for d in grid:
        size *= len(d)
    if size > LIMIT:
        return ruling
    answers = _try_all(paths, grid, case, judge)
    if answers is None:
        return ruling
    if not any(answers.values()):
        return _without_hope(ruling)
    relevant = frozenset(p for i, p in enumerate(paths) if _matters(i, answers, grid))
    return replace(ruling, missing=relevant or ruling.missing)


def _try_all(
    paths: Sequence[str], grid: Sequence[Sequence[Any]], case: Case, judge: Judge
) -> dict[tuple[int, ...], Outcome | bool] | None:
    """For every sample: the outcome where it permits, else False; None when further facts turn
    out to be missing, so that the grid is not all there is."""
    answers: dict[tuple[int, ...], Outcome | bool] = {}
    for index in itertools.product(*(range(len(d)) for d in grid)):
        values = {p: d[i] for p, d, i in zip(paths, grid, index, strict=True)}
        completed = complete(case, values)
        ruling = rule_on(judged(completed, judge), completed)
        if ruling.missing - {p for p, v in values.items() if v is None}:
            return None
        permits = ruling.outcome in (Outcome.PERMIT, Outcome.NEEDS)
        answers[index] = ruling.outcome if permits and ruling.outcome else False
    return answers


def _matters(
    i: int, answers: Mapping[tuple[int, ...], Outcome | bool], grid: Sequence[Sequence[Any]]
) -> bool:
    """True when two samples that differ in fact `i` alone get different answers."""
    return any(
        answers[index] != answers[(*index[:i], other, *index[i + 1 :])]
        for index in answers
        for other in range(len(grid[i]))
    )


def _without_hope(ruling: Ruling) -> Ruling:
    """What is left when no completion permits: a right that says nothing, or none at all."""
    grants = tuple(v for v in ruling.every if v.rule.kind == GRANT)
    silent = tuple(v for v in grants if is_silent(v))
    if silent:
        states = [state for v in silent for state in (v.applies, v.inside)]
        unknown = merged(states)
        return replace(
            ruling,
            outcome=Outcome.UNDEFINED,
            verdicts=silent,
            missing=unknown.missing,
            faults=unknown.faults,
        )
    return replace(ruling, outcome=None, verdicts=grants, missing=frozenset())


def complete(case: Case, values: Mapping[str, Any]) -> Case:
    """The case with facts (by dotted path) and totals (`totals.NAME`) filled in."""
    facts = dict(case.facts)
    totals = dict(case.request.totals)
    for path, value in values.items():
        if path.startswith("totals."):
            totals[path.removeprefix("totals.")] = value
        else:
            _set(facts, path.split("."), value)
    capacity = case.capacity
    if facts.get("actor") is not case.facts.get("actor"):
        capacity = replace(capacity, party=facts["actor"])
    return replace(
        case,
        facts=facts,
        capacity=capacity,
        request=replace(case.request, totals=totals),
        own=None if case.own is None else complete(case.own, values),
    )


def _set(tree: dict[str, Any], steps: Sequence[str], value: Any) -> None:
    *above, last = steps
    for step in above:
        inner = tree.get(step)
        if isinstance(inner, Party):
            attributes = dict(inner.attributes)
            tree[step] = replace(inner, attributes=attributes)
            tree = attributes
        else:
            tree[step] = dict(inner or {})
            tree = tree[step]
    tree[last] = value


def field_at(path: str, action: Action, model: Model) -> Field | None:
    """The declared field a dotted path ends in; None for elements of lists and built-in facts."""
    first, *rest = path.split(".")
    records = model.program.records
    person = next((r for n, r in records.items() if n.rsplit(".", 1)[-1] == "Person"), None)
    if first in ("actor", "requester"):
        return person.fields.get(rest[0]) if person and len(rest) == 1 else None
    found = action.fields.get(first)
    for step in rest:
        if found is None or found.type.kind != "record":
            return None
        record = records.get(found.type.name or "")
        found = record.fields.get(step) if record else None
    return found


def _domain(path: str, case: Case, rules: Sequence[Rule]) -> list[Any] | None:
    """Samples that stand for all values of a fact, or None when there are no such samples."""
    model = case.model
    if path.startswith("totals."):
        return None
    field = field_at(path, model.actions[case.request.action].action, model)
    if field is None or not _people_known(path, case):
        return None
    values = _values(path, field.type, case, rules)
    return None if values is None else values + ([None] if field.optional else [])


def _people_known(path: str, case: Case) -> bool:
    """False for a fact of a person who is not named: nobody can be made up from samples."""
    action = case.model.actions[case.request.action].action
    steps = path.split(".")
    if steps[0] == "actor" and case.own is not None:  # two persons go by that name here
        return False
    value: Any = case.facts
    for i, step in enumerate(steps[:-1], 1):
        inner = value.attributes if isinstance(value, Party) else value
        value = (inner or {}).get(step)
        field = field_at(".".join(steps[:i]), action, case.model)
        person = i == 1 and step in ("actor", "requester")
        person = person or (field is not None and field.type == PERSON)
        if person and not isinstance(value, Party):
            return False
    return True


def _values(path: str, kind: Type, case: Case, rules: Sequence[Rule]) -> list[Any] | None:
    program = case.model.program
    match kind.kind:
        case "boolean":
            return [True, False]
        case "enum":
            return list(program.enums[kind.name or ""].members)
        case "position":
            return list(program.positions)
        case "set" | "list" | "record":
            return None
    scan = scanned(path, case, rules)
    if not scan.exact:
        return None
    if kind.kind == "text":
        longest = max(map(len, itertools.chain(scan.texts, *scan.lists)), default=0)
        return [*sorted(scan.words), "?" * (longest + 1)]
    if kind.kind == "date":
        days = [*_dates(samples(scan.points, whole=True))] if scan.points else []
        return days or [case.request.as_of]
    return samples(scan.points, whole=kind.kind in ("integer", "days", "months"))


def scanned(path: str, case: Case, rules: Sequence[Rule]) -> Scan:
    """The points of one fact in a set of rules."""
    scan = Scan(tuple(path.split(".")), environment(case))
    for rule in rules:
        for condition in rule.condition:
            scan.condition(condition)
        _scan_limits(scan, rule, case)
    return scan


def _scan_limits(scan: Scan, rule: Rule, case: Case) -> None:
    measure = case.model.actions[case.request.action].action.measure
    if measure is None:
        return
    program = case.model.program
    written = () if rule.bound is None else rule.bound.ends
    if any(mentions(e, scan.path, program) for e in written):
        for end in written:
            scan.comparison(measure.value, end)
        scan.exact = scan.exact and measure.summed_by is None
    elif rule.bound is not None:
        _scan_known(scan, measure.value, measured(interval(rule.bound, scan.env), case))
    for total in rule.limit.totals if rule.limit is not None else ():
        if mentions(total.amount, scan.path, program):
            scan.exact = False
        else:
            limit, used = evaluate(total.amount, scan.env), used_total(total.name, case)
            _scan_known(scan, measure.value, remaining(limit, used))
    if case.capacity.cap is not None:
        _scan_known(scan, measure.value, measured(Interval(high=case.capacity.cap), case))


def _scan_known(scan: Scan, measure: Expression, bound: Interval | Unknown) -> None:
    if isinstance(bound, Interval):
        scan.ends(measure, [e for e in (bound.low, bound.high) if e is not None])
    elif bound.missing:
        scan.exact = False


def _dates(ordinals: Sequence[Fraction]) -> Iterator[date]:
    for ordinal in ordinals:
        if 1 <= ordinal <= date.max.toordinal():
            yield date.fromordinal(int(ordinal))
