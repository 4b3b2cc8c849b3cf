"""Warnings about pay: what is written soundly and is probably not meant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, pairwise

from remit_dsl.diagnostics import Diagnostic, Related
from remit_dsl.expressions import Expression, Fact, ParameterValue, walk
from remit_dsl.pay import Plan, Scale, Tier
from remit_dsl.pay_expressions import of_statement
from remit_dsl.program import Program
from remit_dsl.scope.findings import listing
from remit_dsl.scope.pay_items import percent
from remit_dsl.validation.validate_pay import changes, value_on
from remit_dsl.watch_expressions import events_of_duty, events_of_watch

_CENT = Fraction(1, 100)
_ITEM_WORDS = frozenset(
    ["cap", "floor", "hold", "guarantee", "draw", "pool", "share", "group", "leavers", "reverse"]
)


def _scales(program: Program) -> Iterator[tuple[Plan, Scale]]:
    for plan in program.plans.values():
        for step in plan.steps:
            if isinstance(step.value, Scale):
                yield plan, step.value


# --- more sales pay less -----------------------------------------------------------------


def falling_rates(program: Program) -> Iterator[Diagnostic]:
    """Where one rate holds for the whole amount, the next tier must not pay less."""
    for _, scale in _scales(program):
        if scale.kind == "marginal":
            continue
        for one, two in pairwise(scale.tiers):
            if scale.kind == "whole" or one.side != "at" or two.side != "at":
                yield from _drop(program, scale, one, two)
            else:
                yield from _slope(program, one, two)


def _drop(program: Program, scale: Scale, one: Tier, two: Tier) -> Iterator[Diagnostic]:
    """At a boundary the rate jumps down."""
    bound = one.bound if one.bound is not None else two.bound
    if bound is None:
        return
    for day in _days(program, one.rate, two.rate, bound):
        before, after = value_on(program, one.rate, day), value_on(program, two.rate, day)
        at = value_on(program, bound, day)
        if before is None or after is None or after >= before or (at is not None and at <= 0):
            continue
        below = one.side == "under"
        words = _amounts(scale, at, before, after, below)
        yield _less(two, f"{words}{_when(day)}", f"this tier pays {percent(before)}", one)
        return


def _amounts(
    scale: Scale, at: Fraction | None, before: Fraction, after: Fraction, below: bool
) -> str:
    """`from 99,999.99 to 100,000.00 the pay falls from 2,999.99 to 2,000.00`."""
    if at is None or bool(scale.against) or scale.type.kind != "money":
        where = f" at {percent(at)}" if at is not None and scale.against else ""
        return f"{where.strip()} the rate falls from {percent(before)} to {percent(after)}".strip()
    low, high = (at - _CENT, at) if below else (at, at + _CENT)
    paid, left = _money(low * before), _money(high * after)
    return f"from {_money(low)} to {_money(high)} the pay falls from {paid} to {left}"


def _slope(program: Program, one: Tier, two: Tier) -> Iterator[Diagnostic]:
    """Between two points the rate falls faster than the amount grows."""
    assert one.bound is not None
    assert two.bound is not None
    for day in _days(program, one.rate, two.rate, one.bound, two.bound):
        a, b = value_on(program, one.bound, day), value_on(program, two.bound, day)
        before, after = value_on(program, one.rate, day), value_on(program, two.rate, day)
        if a is None or b is None or before is None or after is None or b <= a or b <= 0:
            continue
        if after + b * (after - before) / (b - a) < 0:
            words = f"the rate falls so fast, from {percent(before)} to {percent(after)}, that"
            message = f"{words} the pay falls before this point{_when(day)}"
            yield _less(two, message, "the point before", one)
            return


def _less(tier: Tier, message: str, place: str, other: Tier) -> Diagnostic:
    return Diagnostic(
        tier.span,
        "W0901",
        f"more sales pay less: {message}",
        "raise this rate, or write `marginal` if a rate is for its own part only",
        (Related(other.span, place),),
    )


def negative_rates(program: Program) -> Iterator[Diagnostic]:
    """A rate below zero takes pay away for more sales."""
    for _, scale in _scales(program):
        for tier in scale.tiers:
            for day in _days(program, tier.rate):
                rate = value_on(program, tier.rate, day)
                if rate is not None and rate < 0:
                    message = f"more sales pay less: the rate is {percent(rate)}{_when(day)}"
                    help = "a rate is zero or more; what is taken back is written as `reverse`"
                    yield Diagnostic(tier.rate.span, "W0902", message, help)
                    break


def _days(program: Program, *expressions: Expression) -> list[date]:
    """The days from which one of the values is another."""
    return sorted({d for e in expressions for d in changes(program, e)} | {date.min})


def _when(day: date) -> str:
    return "" if day == date.min else f" from {day} on"


def _money(value: Fraction) -> str:
    cents = round(value * 100)
    return f"{Decimal(cents) / 100:,.2f}"


# --- quota, events, payees -----------------------------------------------------------------


def missing_quotas(program: Program) -> Iterator[Diagnostic]:
    """A quota has a value on every day of its plan."""
    for plan in program.plans.values():
        value = plan.quota.value if plan.quota else None
        names = {e.name for e in walk(value) if isinstance(e, ParameterValue)} if value else ()
        for name in sorted(names):
            gap = next(_gaps(program, plan, name), None)
            if gap is None or value is None:
                continue
            short = name.rsplit(".", 1)[-1]
            message = f"a plan period with no quota: `{short}` has no value {gap}"
            help = "give it a value, or end the plan before with `effective until …`"
            place = (Related(program.parameters[name].span, f"`{short}` is declared here"),)
            yield Diagnostic(value.span, "W0903", message, help, place)


def _gaps(program: Program, plan: Plan, name: str) -> Iterator[str]:
    """Stretches of the plan's days on which a parameter has no value."""
    policy = program.policies[plan.policy]
    begins = max((d for d in (plan.start, policy.effective_from) if d), default=None)
    ends = min((d for d in (plan.until, policy.effective_until) if d), default=None)
    reached = begins
    values = program.parameters[name].values
    for value, following in zip(values, [*values[1:], None], strict=True):
        until = value.until or (following.start if following else None)
        if value.value is None:
            continue
        start = value.start
        late = start is not None and reached is not None and start > reached
        if late and start is not None and (ends is None or reached is None or reached < ends):
            yield _from_to(reached, start if ends is None else min(start, ends))
        if until is None:
            return
        reached = until if reached is None else max(reached, until)
    if reached is not None and (ends is None or reached < ends):
        yield _from_to(reached, ends)


def _from_to(start: date | None, until: date | None) -> str:
    if until is None:
        return f"from {start} on"
    return f"from {start} to {until - timedelta(days=1)}"


def unused_events(program: Program) -> Iterator[Diagnostic]:
    """An event that no plan counts or follows, and no watch or duty looks at."""
    used = {plan.event for plan in program.plans.values()}
    used |= {name for watch in program.watches.values() for name in events_of_watch(watch)}
    used |= {name for duty in program.duties for name in events_of_duty(duty)}
    for plan in program.plans.values():
        followed = [plan.hold.followed if plan.hold else None]
        followed += [reversal.followed for reversal in plan.reversals]
        used |= {f.event for f in followed if f is not None}
    for event in program.events.values():
        if event.name not in used:
            message = f"event `{event.short}` is not used"
            yield Diagnostic(
                event.span, "W0904", message, "use it in a plan or a watch, or leave it out"
            )


def counted_twice(program: Program) -> Iterator[Diagnostic]:
    """One position paid by two plans for the same lines."""
    plans = [p for p in program.plans.values() if p.event is not None and p.pool is None]
    for one, two in combinations(plans, 2):
        both = [p for p in one.pays if p in two.pays]
        if not both or _counts(program, one) != _counts(program, two) or not _overlap(one, two):
            continue
        names = listing(p.rsplit(".", 1)[-1] for p in both)
        message = f"plans `{one.short}` and `{two.short}` both pay {names} for the same events"
        help = "narrow one of them by `when …`, or leave the position out of one `pays`"
        place = (Related(one.span, f"plan `{one.short}`"),)
        yield Diagnostic(two.span, "W0905", message, help, place)


def _counts(program: Program, plan: Plan) -> tuple[object, ...]:
    """What a plan counts, as far as it is written alike."""
    credit = plan.credit
    return (
        plan.event,
        plan.period,
        _text(program, plan.condition),
        _text(program, credit.value) if credit else None,
        (credit.to, credit.field, credit.on) if credit else None,
    )


def _text(program: Program, e: Expression | None) -> str | None:
    if e is None:
        return None
    return " ".join(program.sources[e.span.file].text[e.span.start : e.span.end].split())


def _overlap(one: Plan, two: Plan) -> bool:
    first, second = sorted((one, two), key=lambda p: p.start or date.min)
    return first.until is None or first.until > (second.start or date.min)


def steps_for_items(program: Program) -> Iterator[Diagnostic]:
    """`cap = 80_000` is a step; without a use it caps nothing."""
    for plan in program.plans.values():
        read = {e.path[0] for x in of_statement(plan) for e in walk(x) if isinstance(e, Fact)}
        for step in plan.steps:
            if step.name in _ITEM_WORDS and step.name not in read:
                message = f"`{step.name} =` is a step, and nothing uses it"
                help = f"for the item leave out the sign: `{step.name} …`"
                yield Diagnostic(step.span, "W0906", message, help)


PAY_LINTS = (
    falling_rates,
    negative_rates,
    missing_quotas,
    unused_events,
    counted_twice,
    steps_for_items,
)
