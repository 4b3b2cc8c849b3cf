"""From syntax to typed expressions: which function checks which node."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from remit_dsl import syntax
from remit_dsl.elaboration import bands, dates, lists, logic, members, numbers, watching
from remit_dsl.elaboration.elaboration import Elaborator, Handler
from remit_dsl.scope.facts import Facts
from remit_dsl.scope.world import World

HANDLERS: Mapping[type, Handler] = MappingProxyType(
    {
        syntax.Literal: numbers.literal,
        syntax.Ref: watching.name,
        syntax.Call: lists.call,
        syntax.Negative: numbers.negative,
        syntax.Arithmetic: numbers.arithmetic,
        syntax.Rounded: numbers.rounded,
        syntax.Converted: numbers.converted,
        syntax.Comparison: logic.comparison,
        syntax.Membership: members.membership,
        syntax.Choices: members.choices_as_set,
        syntax.Between: logic.between,
        syntax.Logical: logic.logical,
        syntax.Not: logic.negation,
        syntax.Presence: logic.presence,
        syntax.Reports: logic.reports,
        syntax.Holds: logic.holds,
        syntax.Conditional: logic.conditional,
        syntax.Default: logic.fallback,
        syntax.Aggregate: lists.aggregate,
        syntax.Bands: bands.bands,
        syntax.DateDifference: dates.date_difference,
        syntax.PeriodEdge: dates.period_edge,
        syntax.CountOf: watching.count_of,
        syntax.SumOf: watching.sum_of,
        syntax.AtLeastOf: watching.at_least_of,
        syntax.FollowedBy: watching.followed_by,
        syntax.Stays: watching.stays,
    }
)


def elaborator(world: World, policy: str, facts: Facts) -> Elaborator:
    """An elaborator for expressions of one policy that may speak of these facts."""
    return Elaborator(world, world.scopes[policy], facts, HANDLERS)
