"""What a run of pay tells people about one period, whatever form it is written in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from remit_engine.commission.climb import Climb
from remit_engine.commission.closed.closing import Difference
from remit_engine.commission.statement import Statement, Uncounted
from remit_engine.storage.runs import RunHead

NOTHING = Fraction(0)


def called(person: str, names: Mapping[str, str]) -> str:
    """A person as people read him: `ann (Ann Smith)`, or the id alone."""
    name = names.get(person)
    return person if name is None else f"{person} ({name})"


@dataclass(frozen=True, slots=True)
class PlanNote:
    """A plan as people know it. short: without its policy. closed: its closing's number and hash,
    where the period is closed."""

    name: str
    label: str
    currency: str | None
    closed: tuple[int, str] | None = None

    @property
    def short(self) -> str:
        """The name without its policy."""
        return self.name.rsplit(".", 1)[-1]


@dataclass(frozen=True, slots=True)
class Report:
    """The statements of one period, and the differences paid with them.

    climbs: (plan, person) -> where he stands on his scale, as far as that is known. names: how
    people are called, where that is known. language: of its pages.
    """

    head: RunHead
    plans: Mapping[str, PlanNote]
    statements: tuple[Statement, ...]
    differences: tuple[Difference, ...]
    uncounted: tuple[Uncounted, ...] = ()
    climbs: Mapping[tuple[str, str], Climb] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
    passed_over: int = 0
    """rows of the period that fulfil the condition of no plan; not kept in a store"""

    def called(self, person: str) -> str:
        """A person as people read him: `ann (Ann Smith)`, or the id alone."""
        return called(person, self.names)

    def currency(self, plan: str) -> str | None:
        """The currency of a plan."""
        return self.plans[plan].currency

    def persons(self) -> list[str]:
        """Everybody who has a statement or a difference, in order."""
        told: list[Statement | Difference] = [*self.statements, *self.differences]
        return sorted({t.person for t in told})

    def only(self, person: str) -> Report:
        """The part of one person; what was not counted stays, for it may be his."""
        return replace(
            self,
            statements=tuple(s for s in self.statements if s.person == person),
            differences=tuple(d for d in self.differences if d.person == person),
        )

    def paid(self) -> int:
        """To how many people something is paid, or who owe something; by what all plans of a
        currency make for each."""
        return sum(any(slip.totals().values()) for slip in self.slips())

    def slips(self) -> list[Slip]:
        """What each person is shown, by person."""
        statements: dict[str, list[Statement]] = defaultdict(list)
        differences: dict[str, list[Difference]] = defaultdict(list)
        for statement in self.statements:
            statements[statement.person].append(statement)
        for difference in self.differences:
            differences[difference.person].append(difference)
        return [
            Slip(self, person, tuple(statements[person]), tuple(differences[person]))
            for person in self.persons()
        ]

    def totals(self) -> dict[str | None, Fraction]:
        """What is paid in all, by currency; statements at fault pay nothing."""
        return _totals(self, self.statements, self.differences)

    @property
    def faults(self) -> int:
        """How many statements and rows are at fault."""
        return sum(bool(s.fault) for s in self.statements) + sum(u.fault for u in self.uncounted)


@dataclass(frozen=True, slots=True)
class Slip:
    """One person's share of a report."""

    report: Report
    person: str
    statements: tuple[Statement, ...]
    differences: tuple[Difference, ...]

    def totals(self) -> dict[str | None, Fraction]:
        """What he is paid in all, by currency."""
        return _totals(self.report, self.statements, self.differences)

    @property
    def fault(self) -> bool:
        """True when something of his cannot be computed."""
        return any(s.fault for s in self.statements)


def _totals(
    report: Report, statements: Iterable[Statement], differences: Iterable[Difference]
) -> dict[str | None, Fraction]:
    found: dict[str | None, Fraction] = defaultdict(Fraction)
    for statement in statements:
        found[report.currency(statement.plan)] += statement.due or NOTHING
    for difference in differences:
        found[report.currency(difference.plan)] += difference.amount
    return dict(found)
