"""A plan on another one: its lines are the statements of reports in the plan underneath."""

from __future__ import annotations

from dataclasses import dataclass

from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.batch import readable
from remit_engine.commission.batch.forms import TARGET
from remit_engine.commission.batch.grading import Graded, Granted
from remit_engine.commission.batch.kept_lines import NAMED, KeptLines
from remit_engine.commission.batch.plan_tables import PlanTables
from remit_engine.commission.batch.plan_work import WINDOWS, PlanWork
from remit_engine.commission.batch.profiles import Calendar, Wanted
from remit_engine.commission.batch.reports import load_reports
from remit_engine.commission.batch.statement_forms import statement_forms
from remit_engine.commission.batch.whole import Whole
from remit_engine.compile.unsupported import Unsupported


@dataclass(slots=True)
class ReportPlan(PlanWork):
    """See PlanWork."""

    def run(self, base: PlanTables, under: Terms) -> PlanTables:
        """Compute it over what the plan underneath gave; under: that one's terms. Raises
        Unsupported, WarehouseTrouble."""
        statements, scale = statement_forms(self.terms), self.scale
        calendar = Calendar.of(base.first, self.through, ())
        line = self.line_scale()
        wanted = Wanted((), statements.known, (line,) if line else (), self.others(statements))
        loaded = self.load_profiles(wanted, calendar, base.credit_unit, True)
        table = f"{self.prefix}_reports"
        load_reports(self.warehouse, table, self.terms, under, calendar, self.people)
        lines = f"{self.prefix}_lines"
        self.warehouse.create(
            lines,
            f"SELECT r.report AS n, CAST(0 AS BIGINT) AS part, s.slot, s.payee, s.period, s.pw, "
            f"s.since AS day, r.period * CAST({len(self.people)} AS BIGINT) + r.report AS ord, "
            f"b.credit - b.returned AS x, b.net AS net FROM {table} r JOIN {base.statements} b "
            f"ON b.payee = r.report AND b.period = r.period JOIN {loaded.spans} s "
            f"ON s.keyed = r.superior * CAST({loaded.pieces} AS BIGINT) + r.period",
        )
        ((low, high, odd),) = self.warehouse.rows(
            f"SELECT MIN(x), MAX(x), COUNT(net) - COUNT(x) FROM {lines}"
        )
        if odd:  # a part of a credit was returned that no whole number is
            raise Unsupported(self.plan, TARGET)
        credit = Whole("x", int(low or 0), int(high or 0))
        graded = self.graded(lines, base.credit_unit, credit, loaded, calendar)
        if scale is not None and scale.over not in WINDOWS:
            raise Unsupported(scale, TARGET)
        paid = f"{self.prefix}_paid"
        self.warehouse.create(
            paid,
            "SELECT payee, period, CAST(SUM(net) AS BIGINT) AS paid, COUNT(*) AS reports "
            f"FROM {lines} l GROUP BY payee, period",
        )
        accounts = self.accounts(graded, loaded, statements, calendar, base.credit_unit, paid)
        accounts.moved(None)
        accounts.due()
        kept = None
        if self.folder is not None:
            kept = self._lines(graded, base, max(-credit.low, credit.high)).table
        return self.finished(accounts, loaded, kept, base.first, base.credit_unit, graded.unit)

    def _lines(self, graded: Graded, base: PlanTables, credit: int) -> KeptLines:
        """The lines, kept: of each the event is the report."""
        granted = (
            "(SELECT DISTINCT s.payee, s.period, 0 AS ent, 1 AS w, p.person "
            f"FROM {graded.sums} s JOIN {readable.PERSONS} p ON p.payee = s.payee)"
        )
        rows = graded.lines(Granted(granted, NAMED[1:]))
        earned = "CAST(NULL AS BIGINT)" if self.between else "l.earned"  # over no one unit
        nothing = "CAST(NULL AS BIGINT)"
        last = " ".join(
            f"WHEN {i} THEN {Period(base.first.kind, base.first.index + i).last.toordinal()}"
            for i in range(self.through.index - base.first.index + 1)
        )
        query = (
            f"SELECT e.person AS event, l.person, l.n, l.part, l.payee, l.period, "
            f"CASE l.period {last} END AS day, "
            f"l.x AS credit, l.before, l.after, {earned} AS earned, {nothing} AS share, "
            f"{nothing} AS opened, {nothing} AS gone FROM ({rows}) l "
            f"JOIN {readable.PERSONS} e ON e.payee = l.n"
        )
        cents = int(1 / self.terms.cent)
        amounts = self.line_amounts(graded, credit, base.credit_unit, 0, cents)
        return self.keep_lines(query, amounts, base.first)
