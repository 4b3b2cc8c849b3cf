"""Plans that stand on the statements of another (docs/pay.md section 8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from remit_engine.commission.account import Beneath
from remit_engine.commission.basis.membership import Members
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.lines.crediting import Credited
from remit_engine.commission.statement import Statement

NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Underneath:
    """A plan computed already: its terms, its statements, and the credits returned in a period."""

    terms: Terms
    statements: Mapping[tuple[str, Period], Statement]
    returned: Mapping[tuple[str, Period], Fraction]


class Reports:
    """Who reports to whom, and with what, in the periods of a plan underneath."""

    def __init__(self, terms: Terms, base: Underneath) -> None:
        self._terms, self._base = terms, base
        self._direct = terms.plan.reports == "direct"

    def lines(self, period: Period) -> Mapping[str, list[Credited]]:
        """Superior -> a line for each of his reports, by person."""
        found: dict[str, list[Credited]] = defaultdict(list)
        if not self._terms.effective(period.last):
            return found
        for person in self._base.terms.members.persons:
            for superior in sorted(self._superiors(person, period)):
                found[superior].append(self._line(person, superior, period))
        return found

    def beneath(self, lines: list[Credited], period: Period) -> Beneath:
        """What the reports of these lines are paid."""
        statements = [self._base.statements[line.event, period] for line in lines]
        for s in statements:
            if s.fault is not None:
                why = (
                    f"it stands on the statement of `{s.person}` in `{self._base.terms.plan.short}`"
                )
                return Beneath(NOTHING, len(lines), f"{why}, which is at fault")
        paid = sum((s.amounts["net"] or NOTHING for s in statements), NOTHING)
        return Beneath(paid, len(lines))

    def _superiors(self, person: str, period: Period) -> Iterator[str]:
        """Those in the override to whom a person reports on his last day in the plan."""
        if (person, period) not in self._base.statements:
            return
        base = self._base.terms
        day = base.members.last(person, period.last)
        if day is None or day < period.start or not base.in_force(period):
            return
        seen: set[str] = {person}
        ahead = self._managers(base.members, person, period, seen)
        while ahead:
            for superior in ahead:
                if self._terms.members.active(superior, day) is not None:
                    yield superior
            if self._direct:
                return
            above = (self._managers(base.members, p, period, seen, person) for p in ahead)
            ahead = [p for of in above for p in of]

    def _managers(
        self,
        members: Members,
        person: str,
        period: Period,
        seen: set[str],
        first: str | None = None,
    ) -> list[str]:
        day = members.last(first or person, period.last)
        days = None if day is None else members.on(person, day)
        found = [m for m in sorted(days.managers if days else ()) if m not in seen]
        seen.update(found)
        return found

    def _line(self, person: str, superior: str, period: Period) -> Credited:
        credit = self._base.statements[person, period].amounts["credit"] or NOTHING
        last = self._terms.members.last(superior, period.last)
        days = None if last is None else self._terms.members.on(superior, last)
        return Credited(
            person,
            superior,
            period.last,
            None if days is None else days.payee,
            credit - self._base.returned.get((person, period), NOTHING),
            "",
            {},
            None,
        )
