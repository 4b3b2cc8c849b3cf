"""From syntax to typed expressions: which function checks which node."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from remit_dsl import (
    elaborate_bands,
    elaborate_dates,
    elaborate_lists,
    elaborate_logic,
    elaborate_members,
    elaborate_numbers,
    elaborate_watch,
    syntax,
)
from remit_dsl.elaboration import Elaborator, Handler
from remit_dsl.facts import Facts
from remit_dsl.world import World

HANDLERS: Mapping[type, Handler] = MappingProxyType(
    {
        syntax.Literal: elaborate_numbers.literal,
        syntax.Ref: elaborate_watch.name,
        syntax.Call: elaborate_lists.call,
        syntax.Negative: elaborate_numbers.negative,
        syntax.Arithmetic: elaborate_numbers.arithmetic,
        syntax.Rounded: elaborate_numbers.rounded,
        syntax.Converted: elaborate_numbers.converted,
        syntax.Comparison: elaborate_logic.comparison,
        syntax.Membership: elaborate_members.membership,
        syntax.Choices: elaborate_members.choices_as_set,
        syntax.Between: elaborate_logic.between,
        syntax.Logical: elaborate_logic.logical,
        syntax.Not: elaborate_logic.negation,
        syntax.Presence: elaborate_logic.presence,
        syntax.Reports: elaborate_logic.reports,
        syntax.Holds: elaborate_logic.holds,
        syntax.Conditional: elaborate_logic.conditional,
        syntax.Default: elaborate_logic.fallback,
        syntax.Aggregate: elaborate_lists.aggregate,
        syntax.Bands: elaborate_bands.bands,
        syntax.DateDifference: elaborate_dates.date_difference,
        syntax.PeriodEdge: elaborate_dates.period_edge,
        syntax.CountOf: elaborate_watch.count_of,
        syntax.SumOf: elaborate_watch.sum_of,
        syntax.AtLeastOf: elaborate_watch.at_least_of,
        syntax.FollowedBy: elaborate_watch.followed_by,
        syntax.Stays: elaborate_watch.stays,
    }
)


def elaborator(world: World, policy: str, facts: Facts) -> Elaborator:
    """An elaborator for expressions of one policy that may speak of these facts."""
    return Elaborator(world, world.scopes[policy], facts, HANDLERS)
