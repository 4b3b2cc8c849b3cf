"""What one rule says of one case, and who is asked: the meeting point of the back ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, Protocol

from remit_engine.judging.interval import Interval
from remit_engine.judging.unknown import Truth, Unknown, missing
from remit_engine.people.directory import Directory
from remit_engine.people.party import Party
from remit_engine.request import Request
from remit_engine.rules.ir import GRANT, Model, Rule

STATED = object()
OPEN = missing("the measure")
"""A measure left open, to ask for the limits alone."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """In which quality a party decides: with its own positions, or on behalf of a delegator.

    party: whose attributes `actor` means. positions: whose grants count. barred: whose
    prohibitions count. persons: who must not be the requester. cap: the largest measure
    delegated.
    """

    party: Party
    positions: frozenset[str]
    barred: frozenset[str]
    persons: tuple[Party, ...]
    cap: Fraction | None = None
    until: date | None = None
    on_behalf_of: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A request in one capacity, and where names get their meaning. `facts` holds the request's
    facts and `actor`, `requester`, `as_of`."""

    model: Model
    directory: Directory
    request: Request
    capacity: Capacity
    facts: Mapping[str, Any]
    measure: Any = STATED
    """The measure to compare with the limits: from the facts (`STATED`), or this instead."""
    own: Case | None = None
    """On another's behalf: the decider's own case, whose bars and demands hold as well."""

    def measuring(self, measure: Any) -> Case:
        """The same case with another measure."""
        own = None if self.own is None else self.own.measuring(measure)
        return replace(self, measure=measure, own=own)


@dataclass(frozen=True, slots=True)
class TotalState:
    """A running total of a grant: its limit, and what is used (both may be Unknown)."""

    name: str
    limit: Any
    used: Any


@dataclass(frozen=True, slots=True)
class Verdict:
    """applies: the conditions (and, but for a grant, the region) of the rule. inside: for a grant,
    whether the measure is within every bound. bounds: these bounds as intervals of this act's
    measure (totals already taken off), or Unknown; for other rules the region."""

    rule: Rule
    applies: Truth
    inside: Truth = True
    bounds: tuple[Interval | Unknown, ...] = ()
    totals: tuple[TotalState, ...] = ()


class Judge(Protocol):
    """A back end: the verdicts of every rule that concerns the case and is not known not to
    apply, in order of `Rule.index`."""

    def verdicts(self, case: Case) -> list[Verdict]:
        """See the class."""
        ...


def judged(case: Case, judge: Judge) -> list[Verdict]:
    """The verdicts of a case. Who decides for another is barred by what bars either of them, each
    with his own attributes, and owes what either would owe."""
    found = judge.verdicts(case)
    if case.own is not None:
        for verdict in judge.verdicts(case.own):
            same = ((v.applies, v.bounds) for v in found if v.rule is verdict.rule)
            if verdict.rule.kind != GRANT and (verdict.applies, verdict.bounds) not in same:
                found.append(verdict)
    return found
