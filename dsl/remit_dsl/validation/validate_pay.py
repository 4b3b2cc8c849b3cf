"""Faults of pay that only the whole program shows: circles of plans, tiers out of order, bounds of
pay that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import pairwise

from remit_dsl.diagnostics import Diagnostic, Related
from remit_dsl.expressions import Constant, Expression, ParameterValue
from remit_dsl.pay import Plan, Scale, Tier
from remit_dsl.program import Program
from remit_dsl.scope.circles import circles
from remit_dsl.scope.findings import listing


def plan_circles(program: Program) -> Iterator[Diagnostic]:
    """Plans stand on one another without a circle."""
    graph = {p.name: [p.base] for p in program.plans.values() if p.base is not None}
    for circle in circles(graph):
        first, short = program.plans[circle[0]], [_short(name) for name in circle]
        through = f" through {listing(short[1:])}" if len(short) > 1 else ""
        places = tuple(
            Related(program.plans[n].span, f"`{_short(n)}` is declared here") for n in circle[1:]
        )
        message = f"plan `{short[0]}` is on itself{through}"
        help = "a plan at the bottom counts events: `from EVENT by DATE`"
        yield Diagnostic(first.span, "E0923", message, help, places)


def bases(program: Program) -> Iterator[Diagnostic]:
    """An override has the period and the currency of the plan underneath."""
    for plan in program.plans.values():
        base = program.plans.get(plan.base or "")
        if base is None:
            continue
        for what, ours, theirs in (
            ("by", plan.period, base.period),
            ("in", plan.currency, base.currency),
        ):
            if ours != theirs:
                message = (
                    f"plan `{plan.short}` is {what} {ours}, and `{base.short}` {what} {theirs}"
                )
                help = "an override goes by the statements underneath: give both the same"
                place = (Related(base.span, f"`{base.short}` is declared here"),)
                yield Diagnostic(plan.span, "E0924", message, help, place)


def effective_days(program: Program) -> Iterator[Diagnostic]:
    """A plan ends after it begins, and has a day in common with its policy."""
    for plan in program.plans.values():
        if plan.start is not None and plan.until is not None and plan.until <= plan.start:
            message = f"plan `{plan.short}` ends on {plan.until}, not after its beginning on "
            help = "`until` is the first day on which it holds no more"
            yield Diagnostic(plan.span, "E0409", f"{message}{plan.start}", help)
            continue
        policy = program.policies[plan.policy]
        starts = [d for d in (plan.start, policy.effective_from) if d is not None]
        ends = [d for d in (plan.until, policy.effective_until) if d is not None]
        if starts and ends and max(starts) >= min(ends):
            message = f"plan `{plan.short}` has no day within its policy"
            help = f"policy `{policy.name}` holds from {policy.effective_from or 'ever'} until "
            help += f"{policy.effective_until or 'further notice'}"
            yield Diagnostic(plan.span, "E0927", message, help)


# --- tiers -------------------------------------------------------------------------------


def tiers_ascend(program: Program) -> Iterator[Diagnostic]:
    """Bounds that are parameters ascend on every day; constants were compared where written."""
    for plan in program.plans.values():
        for step in plan.steps:
            if isinstance(step.value, Scale):
                yield from _ascend(program, step.value)


def _ascend(program: Program, scale: Scale) -> Iterator[Diagnostic]:
    for one, two in pairwise(scale.tiers):
        if one.bound is None or two.bound is None:
            continue
        if isinstance(one.bound, Constant) and isinstance(two.bound, Constant):
            continue
        day = next(_crossings(program, one, two), None)
        if day is not None:
            when = "" if day == date.min else f" on {day}"
            message = f"the bounds of these tiers do not ascend{when}"
            place = (Related(one.bound.span, "the tier before ends here"),)
            help = "write each bound once, the smallest first"
            yield Diagnostic(two.bound.span, "E0917", message, help, place)


def _crossings(program: Program, one: Tier, two: Tier) -> Iterator[date]:
    """Days on which the second tier is never reached."""
    assert one.bound is not None
    assert two.bound is not None
    days = {d for e in (one.bound, two.bound) for d in changes(program, e)} | {date.min}
    for day in sorted(days):
        a, b = value_on(program, one.bound, day), value_on(program, two.bound, day)
        if a is not None and b is not None and a >= b:
            yield day


def changes(program: Program, e: Expression) -> Iterator[date]:
    """The days on which a parameter changes."""
    if isinstance(e, ParameterValue):
        for value in program.parameters[e.name].values:
            yield from (d for d in (value.start, value.until) if d is not None)


def value_on(program: Program, e: Expression, day: date) -> Fraction | None:
    """The number an expression is on a day, where it is a constant or a parameter of constants."""
    if isinstance(e, Constant):
        return e.value if isinstance(e.value, Fraction) else None
    if not isinstance(e, ParameterValue):
        return None
    found = None
    for value in program.parameters[e.name].values:
        if value.start is None or value.start <= day:
            ended = value.until is not None and value.until <= day
            found = None if ended or value.value is None else value.value
    return value_on(program, found, day) if isinstance(found, Constant) else None


# --- amounts -----------------------------------------------------------------------------


def amounts(program: Program) -> Iterator[Diagnostic]:
    """Written amounts that contradict each other, or are below zero where none may be."""
    for plan in program.plans.values():
        yield from _cap_over_floor(plan)
        said = [("guarantee", plan.guarantee.amount if plan.guarantee else None)]
        if plan.draw is not None:
            said += [("draw", plan.draw.amount), ("draw", plan.draw.at_most)]
        for word, amount in said:
            number = _number(amount)
            if amount is not None and number is not None and number < 0:
                message = f"a {word} is not below zero"
                yield Diagnostic(amount.span, "E0927", message, "write the amount without `-`")


def _cap_over_floor(plan: Plan) -> Iterator[Diagnostic]:
    cap, floor = _number(plan.cap.amount if plan.cap else None), _number(plan.floor)
    if plan.cap is None or plan.floor is None or cap is None or floor is None or cap >= floor:
        return
    message = f"the cap of plan `{plan.short}` is below its floor"
    place = (Related(plan.floor.span, "the floor"),)
    help = "the cap is what is paid at most, the floor at least"
    yield Diagnostic(plan.cap.amount.span, "E0927", message, help, place)


_LENGTH = {"month": 1, "quarter": 3, "year": 12}


def windows(program: Program) -> Iterator[Diagnostic]:
    """What adds up over a quarter or a year is no shorter than the plan's period."""
    help = "name a longer time, or leave it out"
    for plan in program.plans.values():
        cap = plan.cap
        if cap is not None and cap.per is not None and _shorter(cap.per, plan):
            message = f"a cap per {cap.per} is shorter than the {plan.period} the plan is by"
            yield Diagnostic(cap.span, "E0927", message, help)
        for step in plan.steps:
            if isinstance(step.value, Scale) and step.value.over.endswith(" to date"):
                unit = step.value.over.split(" ")[0]
                if _shorter(unit, plan):
                    message = f"a {unit} to date is shorter than the {plan.period} the plan is by"
                    yield Diagnostic(step.value.span, "E0921", message, help)


def _shorter(unit: str, plan: Plan) -> bool:
    return _LENGTH[unit] < _LENGTH[plan.period]


def _number(e: Expression | None) -> Fraction | None:
    if isinstance(e, Constant) and isinstance(e.value, Fraction):
        return e.value
    return None


def _short(name: str) -> str:
    return name.rsplit(".", 1)[-1]


PAY_CHECKS = (plan_circles, bases, effective_days, tiers_ascend, amounts, windows)
