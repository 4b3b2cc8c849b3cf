"""Every expression of a plan, a scorecard or an allocation, in reading order."""

from __future__ import annotations

from collections.abc import Iterator

from remit_dsl.expressions import Expression
from remit_dsl.pay import Allocation, Followed, Plan, Scale, Scorecard


def of_scale(scale: Scale) -> Iterator[Expression]:
    """Base, what bounds are against, bounds and rates."""
    yield from (e for e in (scale.base, scale.against) if e is not None)
    for tier in scale.tiers:
        yield from (e for e in (tier.bound, tier.rate) if e is not None)


def of_lines(plan: Plan) -> Iterator[Expression]:
    """What reads a line: condition, credit, what is followed."""
    if plan.condition is not None:
        yield plan.condition
    if plan.credit is not None:
        yield plan.credit.value
    if plan.hold is not None:
        yield from _of_followed(plan.hold.followed)
    for reversal in plan.reversals:
        yield from _of_followed(reversal.followed)


def of_statement(plan: Plan) -> Iterator[Expression]:
    """What reads a statement: quota, steps, and the stages after them."""
    if plan.quota is not None and plan.quota.value is not None:
        yield plan.quota.value
    for step in plan.steps:
        yield from of_scale(step.value) if isinstance(step.value, Scale) else (step.value,)
    stages = (
        plan.cap.amount if plan.cap else None,
        plan.floor,
        plan.guarantee.amount if plan.guarantee else None,
        *((plan.draw.amount, plan.draw.at_most) if plan.draw else ()),
        *((plan.pool.value, plan.pool.weight) if plan.pool else ()),
    )
    yield from (e for e in stages if e is not None)


def of_plan(plan: Plan) -> Iterator[Expression]:
    """All of them."""
    yield from of_lines(plan)
    yield from of_statement(plan)


def of_scorecard(card: Scorecard) -> Iterator[Expression]:
    """Weights, targets, bounds and values of the items, and the step of the score."""
    for item in card.items:
        parts = (item.weight, item.target, item.floor, item.cap, item.least, item.value)
        yield from (e for e in parts if e is not None)
    if card.step is not None:
        yield card.step


def of_allocation(allocation: Allocation) -> Iterator[Expression]:
    """Amounts, weights and the step."""
    yield allocation.amount
    yield from (dimension.weight for dimension in allocation.dimensions)
    yield allocation.step
    yield from (amendment.amount for amendment in allocation.amendments)


def _of_followed(followed: Followed | None) -> Iterator[Expression]:
    if followed is not None:
        yield followed.against
