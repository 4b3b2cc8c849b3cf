"""The one intermediate representation: flat rules with stable ids, read by every back end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from remit_dsl.expressions import Expression
from remit_dsl.program import (
    Action,
    Bound,
    Delegation,
    Escalation,
    Label,
    Limit,
    Program,
    Step,
)
from remit_dsl.source import Span
from remit_engine.rules.hold import Hold

Period = tuple[date | None, date | None]
"""Half open; None is open."""

GRANT = "grant"
PROHIBITION = "prohibition"
REQUIREMENT = "requirement"
SELF_BAR = "self bar"
SEPARATION = "separation"


def holds(period: Period, day: date) -> bool:
    """True when a day lies in a period."""
    start, until = period
    return (start is None or start <= day) and (until is None or day < until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule on one action.

    positions: None is everybody; already widened where superiors inherit. verbs: the verbs a
    request may ask for that this rule speaks about (a grant also covers what its verb implies;
    a separation covers its two). condition: conjuncts, all must hold. start, until: half open,
    the rule's own period within its policy's. bound: for a grant part of `limit`, for the others
    the region of the measure in which they apply (None: everywhere). holds: what a watch holds, of
    a rule that no authority states (`restraining`).
    """

    index: int
    id: str
    kind: str
    policy: str
    action: str
    verb: str
    verbs: frozenset[str]
    positions: frozenset[str] | None
    condition: tuple[Expression, ...]
    start: date | None
    until: date | None
    bound: Bound | None = None
    limit: Limit | None = None
    steps: Step | None = None
    because: Label | None = None
    source: str | None = None
    span: Span
    holds: tuple[Hold, ...] = ()

    @property
    def unset(self) -> bool:
        """True for a grant whose limit was never fixed."""
        return self.limit is not None and self.limit.kind == "unset"

    def in_force(self, as_of: date) -> bool:
        """True on the days the rule holds."""
        return holds((self.start, self.until), as_of)

    def concerns(self, positions: frozenset[str]) -> bool:
        """True when it speaks about a holder of any of these positions."""
        return self.positions is None or not self.positions.isdisjoint(positions)


@dataclass(frozen=True, slots=True)
class ActionRules:
    """All rules on one action, in reading order."""

    action: Action
    rules: tuple[Rule, ...]
    escalation: Escalation | None
    delegations: tuple[Delegation, ...]
    by_kind: Mapping[tuple[str, str], tuple[Rule, ...]]
    """(kind, verb) -> the rules of the kind that speak about the verb"""
    periods: Mapping[str, Mapping[str | None, frozenset[Period]]]
    """verb -> position (None: anyone) -> the periods in which some grant gives it the verb"""

    def in_force(self, kind: str, verb: str, as_of: date) -> tuple[Rule, ...]:
        """The rules of one kind that speak about a verb and hold on a day."""
        return tuple(r for r in self.by_kind.get((kind, verb), ()) if r.in_force(as_of))

    def granted(self, verb: str, as_of: date) -> frozenset[str | None]:
        """Who is given a verb by some grant in force on a day; None stands for anyone."""
        return frozenset(
            position
            for position, periods in self.periods.get(verb, {}).items()
            if any(holds(period, as_of) for period in periods)
        )


@dataclass(frozen=True, slots=True)
class Model:
    """The lowered program."""

    program: Program
    rules: tuple[Rule, ...]
    actions: dict[str, ActionRules]
    superiors: dict[str, tuple[str, ...]]
    """position -> the positions above it, nearest first."""
    bending: frozenset[tuple[str, str]] = frozenset()
    """(action, verb) whose rules depend on the measured fact in a condition or a limit."""
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """short or qualified action, position, … name -> qualified names it may mean."""

    @property
    def verbs(self) -> frozenset[str]:
        """Every verb of the program, built in or declared."""
        from_rights = set(self.program.rights)
        return frozenset(from_rights | {v for r in self.rules for v in r.verbs})
