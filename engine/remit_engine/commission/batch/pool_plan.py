"""A plan that shares pools: lines are summed in SQL by period and group, and shared by the
reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from remit_dsl.pay import Pool
from remit_engine.commission.basis.faults import AtFault
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.batch import line_forms, readable
from remit_engine.commission.batch.forms import TARGET
from remit_engine.commission.batch.kept_lines import Amounts, KeptLines
from remit_engine.commission.batch.line_forms import LineForms
from remit_engine.commission.batch.lines import EventLines
from remit_engine.commission.batch.plan_tables import CENTS, PlanTables
from remit_engine.commission.batch.plan_work import PlanWork
from remit_engine.commission.batch.profiles import Calendar, of_nobody, turns
from remit_engine.commission.batch.staged import DAY, FLAG, NUMBER, PERSON, WORD, Column, Staged
from remit_engine.commission.batch.tables import NOBODY, Loaded, Shape, load
from remit_engine.commission.batch.whole import TooWide
from remit_engine.commission.pool_shares import Group, Groups, PoolShares, nobodys
from remit_engine.commission.statement import Uncounted
from remit_engine.commission.trail import Wording
from remit_engine.compile.unsupported import Unsupported
from remit_engine.warehouse.warehouse import BIGINT, Row

SHARED = ("payable", "entitled", "net", "due")
"""The amounts of a statement that are the share; the others are 0."""
COLUMNS = ("payee", "period", "ok", "credit", "returned", "quota", *CENTS)


@dataclass(slots=True)
class PoolPlan(PlanWork):
    """See PlanWork."""

    def run(self) -> PlanTables:
        """Compute it. Raises Unsupported, WarehouseTrouble."""
        pool = self.plan.pool
        if pool is None:
            raise TypeError("a plan without a pool")
        event = self.staged[self.plan.event or ""]
        form = line_forms.forms(self.terms, event)
        event = event.measured(self.warehouse, form.paths)
        first = self.first_period(event)
        calendar = Calendar.of(first, self.through, turns(self.terms, form.known))
        writer = EventLines(
            self.warehouse, self.terms, form, event, self.staged, calendar,
            self._loaded(form, calendar), self.prefix, self.people,
        )  # fmt: skip
        by = self._group(event, pool)
        lines = f"{self.prefix}_lines"
        kept = "SELECT l.* FROM ({}) l" + ("" if by is None else " WHERE l.grp IS NOT NULL")
        group = "CAST(0 AS BIGINT)" if by is None else f"e.{by.name}"
        beside = [] if self.folder is None else [("event", "e.id")]
        self.warehouse.view(lines, kept.format(writer.query([("grp", group), *beside])))
        rows, uncounted = self._shared(pool, calendar, self._sums(lines, by, writer.credit_unit),
                                       writer.credit_unit)  # fmt: skip
        statements = f"{self.prefix}_statements"
        self.warehouse.load(statements, [(name, BIGINT) for name in COLUMNS], rows)
        grouped = None if by is None else f"{group} IS NOT NULL"
        left = self.left_of(writer, lines, grouped)
        tables = PlanTables(
            self.plan.name, statements, self._lines(lines, writer, first).table, first,
            writer.credit_unit, 1, False, 1, int(1 / self.terms.cent), left,
            tuple(uncounted),
        )  # fmt: skip
        self.keep_statements(tables)
        return tables

    def _loaded(self, form: LineForms, calendar: Calendar) -> Loaded:
        """What line expressions read beside the row, day by day."""
        nobody = {NOBODY: of_nobody(self.terms, calendar, form.known)}
        shape = Shape((), (), (), 1, None, 0, len(form.known))
        try:
            return load(self.warehouse, self.prefix, nobody, calendar, shape)
        except TooWide:
            raise Unsupported(self.plan, TARGET) from None

    # --- groups ----------------------------------------------------------------------------

    def _group(self, event: Staged, pool: Pool) -> Column | None:
        """The column by whose values lines are summed."""
        if pool.group is None:
            return None
        column = event.columns.get(tuple(pool.group[0].split(".")))
        if column is None or column.form not in (WORD, NUMBER, DAY, FLAG, PERSON):
            raise Unsupported(pool, TARGET)
        if column.form == PERSON and column.low < 0:  # who nobody knows has no number
            raise Unsupported(pool, TARGET)
        return column

    def _sums(
        self, lines: str, by: Column | None, unit: int
    ) -> Mapping[int, Mapping[Any, tuple[Fraction, int]]]:
        """Period -> group -> the sum of its credits, and how many they are."""
        query = (
            f"SELECT period, grp, CAST(SUM(x) AS BIGINT), COUNT(*) FROM {lines} l "
            "GROUP BY period, grp"
        )
        found: dict[int, dict[Any, tuple[Fraction, int]]] = {}
        for period, value, credit, count in self.warehouse.rows(query):
            of = found.setdefault(period, {})
            of[self._value(value, by)] = Fraction(int(credit), unit), int(count)
        return found

    def _value(self, value: Any, by: Column | None) -> Any:
        """A value of the group's field as the reference has it."""
        if by is None:
            return None
        match by.form:
            case "number":
                return Fraction(int(value), by.per_unit)
            case "day":
                return date.fromordinal(value)
            case "person":
                return list(self.people)[value]
        return value

    def _shared(
        self,
        pool: Pool,
        calendar: Calendar,
        sums: Mapping[int, Mapping[Any, tuple[Fraction, int]]],
        unit: int,
    ) -> tuple[list[Row], list[Uncounted]]:
        """The statements of all periods, and the pools that nobody can be given."""
        shares = PoolShares(self.terms, pool, Wording(self.terms))
        rows: list[Row] = []
        uncounted: list[Uncounted] = []
        for number, period in enumerate(calendar.periods):
            groups: Groups = {
                value: Group(value, credit, count)
                for value, (credit, count) in sums.get(number, {}).items()
            }
            astray = shares.joined(groups, period)
            rows += [self._unknown(person, number) for person, *_ in astray]
            for _, group in sorted(groups.items(), key=lambda item: str(item[0])):
                try:
                    rows += self._statements(shares, number, period, group, unit)
                except AtFault as fault:
                    rows += [self._unknown(person, number) for person in group.members]
                    if not group.members:
                        uncounted.append(nobodys(self.terms, period, group, str(fault)))
        return rows, uncounted

    def _statements(
        self, shares: PoolShares, number: int, period: Period, group: Group, unit: int
    ) -> Iterator[Row]:
        found = shares.of(period, group)
        credit, cents = int(group.credit * unit), int(1 / self.terms.cent)
        return iter([
            (self.people[person], number, 1, credit, 0, None,
             *(int(part * cents) if name in SHARED else 0 for name in CENTS))
            for person, part in found.parts.items()
        ])  # fmt: skip

    def _unknown(self, person: str, number: int) -> Row:
        """A statement at fault."""
        return (self.people[person], number, 0, *(None for _ in COLUMNS[3:]))

    # --- lines -----------------------------------------------------------------------------

    def _lines(self, lines: str, writer: EventLines, first: Period) -> KeptLines:
        """The lines, kept: they are nobody's."""
        nothing = "CAST(NULL AS BIGINT)"
        more = ", ".join(f"{nothing} AS {n}" for n in ("before", "after", "earned", "share",
                                                       "opened", "gone"))  # fmt: skip
        named = joined = ""
        if self.folder is not None:
            named = "l.event, p.person, "
            joined = f" LEFT JOIN {readable.PERSONS} p ON p.payee = l.payee"
        query = (
            f"SELECT {named}l.n, l.part, l.payee, l.period, l.day, l.x AS credit, {more} "
            f"FROM {lines} l{joined}"
        )
        unit, cents = writer.credit_unit, int(1 / self.terms.cent)
        credit = max(-writer.credit.low, writer.credit.high)
        amounts = Amounts.of(
            credit=(unit, credit),
            before=(unit, 0),
            after=(unit, 0),
            earned=(1, 0),
            share=(cents, 0),
        )
        return self.keep_lines(query, amounts, first)
