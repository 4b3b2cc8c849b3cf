"""A person in a period: as whom, and as of which day, statement expressions read him."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.scores import Scores
from remit_engine.commission.basis.terms import Terms
from remit_engine.people.party import Party


@dataclass(frozen=True, slots=True)
class Standing:
    """day: his last day in the plan up to the end of the period. active: it lies in the period.
    month: of the period, since he came into the plan. facts: the statement names that follow from
    the calendar alone, and scores."""

    payee: Party
    day: date
    active: bool
    month: int
    facts: Mapping[str, Any]


class Standings:
    """The standings in one plan; those of the person asked about last are kept."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._person: str | None = None
        self._kept: dict[Period, Standing | None] = {}

    def of(self, person: str, period: Period) -> Standing | None:
        """None when he has not been in the plan up to the end of the period."""
        if person != self._person:
            self._person, self._kept = person, {}
        if period not in self._kept:
            self._kept[period] = self._standing(person, period)
        return self._kept[period]

    def _standing(self, person: str, period: Period) -> Standing | None:
        terms = self._terms
        last = terms.members.last(person, period.last)
        days = None if last is None else terms.members.on(person, last)
        if last is None or days is None:
            return None
        active, month = terms.days_active(person, period), terms.months(person, period)
        facts = {
            "days_active": Fraction(active),
            "days_in_period": Fraction(period.days),
            "months_in_plan": Fraction(month),
            "scorecard": Scores(terms.model, terms.data, person, period),
        }
        return Standing(days.payee, last, active > 0, month, facts)
