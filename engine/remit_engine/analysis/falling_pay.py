"""Whether more sales can ever pay less: for every plan over events, up to what it entitles to.

The form of a plan proves that it cannot. Where it does not, amounts around every bound are put to
the reference, for every payee that enums and flags make; a fall is told to the cent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import islice, pairwise, product
from typing import Any

from remit_dsl import expressions as x
from remit_dsl.diagnostics import Diagnostic
from remit_dsl.pay import Plan, Scale, Step
from remit_dsl.types import Type, money
from remit_engine.analysis.answer import About, Answer, proven, refuted, unknown
from remit_engine.analysis.growth import CREDIT, FIXED_POSITIVE, Growth, growth, scale_growth
from remit_engine.analysis.scope import Scope
from remit_engine.commission.response import Paid, Response
from remit_engine.explanation.trace import leaves
from remit_engine.rules.ir import Model
from remit_engine.text import value_text

NAME = "falling_pay"
QUOTA = Fraction(100_000)
PAYEES = 64
POINTS = 40
CENT = Fraction(1, 100)
_POSITIVE = ("quota", "lines", "days_active", "days_in_period", "months_in_plan", "scorecard")
_SAMPLES = {"money": QUOTA, "percent": Fraction(1, 20), "number": Fraction(1)}


def falling_pay(model: Model, scope: Scope) -> Iterator[Answer]:
    """For every plan over events: can a larger credit entitle to less?"""
    for plan in model.program.plans.values():
        if plan.event is not None and plan.pool is None:
            yield _plan(plan, model, scope)


def _plan(plan: Plan, model: Model, scope: Scope) -> Answer:
    about = About(name=plan.name)
    day = max(d for d in (scope.today, plan.start) if d is not None)
    names: dict[str, Growth] = dict.fromkeys(_POSITIVE, FIXED_POSITIVE)
    names["credit"] = CREDIT
    for step in plan.steps:
        value = step.value
        names[step.name] = (
            scale_growth(value, names, model.program, day)
            if isinstance(value, Scale)
            else growth(value, names, model.program, day)
        )
    bounds = [e for e in (plan.floor, plan.cap.amount if plan.cap else None) if e is not None]
    rising = all(growth(e, names, model.program, day).rising for e in bounds)
    if rising and names["payable"].rising:
        return proven(NAME, about)
    return _searched(plan, model, scope, about)


# --- looking for a fall --------------------------------------------------------------------


def _searched(plan: Plan, model: Model, scope: Scope, about: About) -> Answer:
    day = max(d for d in (scope.today, plan.start) if d is not None)
    why = "its form does not show it, and no fall was found around its bounds"
    for payee in islice(_payees(plan, model), PAYEES):
        response = Response(model, plan, day, payee, QUOTA)
        paid = response.at(QUOTA)
        if paid.fault is not None:
            why = f"a statement could not be computed: {paid.fault}"
            continue
        found = _fall(response, _amounts(plan, model, paid.quota or QUOTA))
        if found is not None:
            return refuted(NAME, about, _finding(plan, model, found, payee, response))
    message = f"whether more sales can pay less by `{plan.short}` could not be settled: {why}"
    help = "write rates and factors that do not fall, so that its form shows it"
    return unknown(NAME, about, Diagnostic(plan.span, "W0815", message, help), why)


def _fall(response: Response, amounts: list[Fraction]) -> tuple[Fraction, Fraction] | None:
    """Two credits a cent apart (or as near as a fall shows) of which the larger gives less."""
    paid = [(a, response.at(a).entitled) for a in amounts]
    for (low, one), (high, two) in pairwise(paid):
        if one is not None and two is not None and two < one:
            return _narrowed(response, low, high)
    return None


def _narrowed(response: Response, low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    top = response.at(high).entitled
    while high - low > CENT:
        middle = low + (high - low) // (2 * CENT) * CENT
        if middle in (low, high):
            break
        given = response.at(middle).entitled
        if given is None or top is None:
            break
        if given > top:
            low = middle
        else:
            high, top = middle, given
    return low, high


def _amounts(plan: Plan, model: Model, quota: Fraction) -> list[Fraction]:
    """Credits around every amount and share of quota that the plan names, and between them."""
    windows = (quota, 3 * quota, 12 * quota)
    edges: set[Fraction] = {Fraction(0)}
    for e in _written(plan, model):
        if not isinstance(e, x.Constant) or not isinstance(e.value, Fraction):
            continue
        edges |= {e.value} if e.type.kind == "money" else {e.value * w for w in windows}
    most = max(edges) * 2 + 1
    edges |= {most * i / POINTS for i in range(POINTS + 1)}
    cents = {edge // CENT * CENT + step for edge in edges for step in (-CENT, Fraction(0), CENT)}
    return sorted(c for c in cents if c >= 0)


def _written(plan: Plan, model: Model) -> Iterator[x.Expression]:
    """Every expression of a plan, and those of the parameters, definitions and tables it reads."""
    todo = list(_expressions(plan))
    seen: set[str] = set()
    while todo:
        for e in x.walk(todo.pop()):
            yield e
            match e:
                case (
                    x.ParameterValue(name=name)
                    | x.DefinitionValue(name=name)
                    | x.TableLookup(name=name)
                ) if name not in seen:
                    seen.add(name)
                    todo += _behind(name, model)


def _behind(name: str, model: Model) -> list[x.Expression]:
    program = model.program
    if name in program.parameters:
        return [v.value for v in program.parameters[name].values if v.value is not None]
    if name in program.definitions:
        return [program.definitions[name].value]
    return [e for row in program.tables[name].rows for e in (*row.conditions, row.value)]


def _expressions(plan: Plan) -> Iterator[x.Expression]:
    for step in plan.steps:
        yield from _of_step(step)
    yield from (e for e in (plan.floor, plan.cap.amount if plan.cap else None) if e is not None)
    if plan.quota is not None and plan.quota.value is not None:
        yield plan.quota.value


def _of_step(step: Step) -> Iterator[x.Expression]:
    scale = step.value
    if not isinstance(scale, Scale):
        yield scale
        return
    ends = [e for tier in scale.tiers for e in (tier.bound, tier.rate)]
    yield from (e for e in (scale.base, scale.against, *ends) if e is not None)


# --- payees --------------------------------------------------------------------------------


def _payees(plan: Plan, model: Model) -> Iterator[Mapping[str, Any]]:
    """Attributes that the plan reads: every member of enums, both flags, one sample of amounts."""
    read = _read(plan, model)
    choices = [_choices(kind, model) for kind in read.values()]
    for values in product(*choices):
        yield dict(zip(read, values, strict=True))


def _read(plan: Plan, model: Model) -> dict[str, Type]:
    """The attributes of the payee that a plan reads."""
    read: dict[str, Type] = {}
    for e in _expressions(plan):
        for _, leaf in leaves(e, model.program):
            if isinstance(leaf, x.Fact) and leaf.path[0] == "payee" and len(leaf.path) > 1:
                read[leaf.path[1]] = leaf.type
    return read


def _choices(kind: Type, model: Model) -> list[Any]:
    if kind.kind == "enum":
        return list(model.program.enums[kind.name or ""].members)
    if kind.kind == "boolean":
        return [True, False]
    return [_SAMPLES.get(kind.kind, "somebody")]


# --- words ---------------------------------------------------------------------------------


def _finding(
    plan: Plan,
    model: Model,
    found: tuple[Fraction, Fraction],
    payee: Mapping[str, Any],
    response: Response,
) -> Diagnostic:
    low, high = found
    one, two = response.at(low), response.at(high)
    currency = _currency(plan, model)
    shown = [value_text(v or Fraction(0), money(currency)) for v in (low, one.entitled)]
    more = [value_text(v or Fraction(0), money(currency)) for v in (high, two.entitled)]
    return Diagnostic(
        plan.span,
        "W0818",
        f"`{plan.short}` pays less for more: a credit of {shown[0]} gives {shown[1]}, and "
        f"{more[0]} gives {more[1]}{_with(plan, one, payee, model)}",
        "write a `marginal` scale, or rates and factors that do not fall; or waive it: "
        f'`waive {NAME} at {plan.short} because "…"`',
    )


def _with(plan: Plan, paid: Paid, payee: Mapping[str, Any], model: Model) -> str:
    currency = _currency(plan, model)
    kinds = _read(plan, model)
    said = [f"`payee.{name}` {value_text(v, kinds[name])}" for name, v in payee.items()]
    if plan.quota is not None and paid.quota is not None:
        said.insert(0, f"a quota of {value_text(paid.quota, money(currency))}")
    return f", with {' and '.join(said)}" if said else ""


def _currency(plan: Plan, model: Model) -> str | None:
    return plan.currency or model.program.policies[plan.policy].currency
