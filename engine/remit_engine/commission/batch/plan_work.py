"""The work on one plan: what all kinds of plans have in common."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from remit_dsl.pay import Plan, Scale
from remit_engine.commission.basis.periods import Period, start_of_run
from remit_engine.commission.basis.standing import Standings
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.batch import readable
from remit_engine.commission.batch.accounts import Accounts
from remit_engine.commission.batch.curves import Curve
from remit_engine.commission.batch.forms import TARGET
from remit_engine.commission.batch.frame import Frame
from remit_engine.commission.batch.kept_files import write_whole
from remit_engine.commission.batch.kept_lines import Amounts, KeptLines, keep_lines
from remit_engine.commission.batch.lines import EventLines
from remit_engine.commission.batch.narrow import Within
from remit_engine.commission.batch.plan_tables import CENTS, PlanTables
from remit_engine.commission.batch.profiles import Calendar, Profiler, Wanted
from remit_engine.commission.batch.reading import OnStatements
from remit_engine.commission.batch.scratch import Scratch
from remit_engine.commission.batch.staged import Staged
from remit_engine.commission.batch.standings import Graded, Grader, Lines
from remit_engine.commission.batch.statement_forms import StatementForms
from remit_engine.commission.batch.tables import Loaded, Points, Shape, load
from remit_engine.commission.batch.translate import Translator
from remit_engine.commission.batch.whole import ONE, Ratio, TooWide, Whole, literal
from remit_engine.commission.statement import AMOUNTS
from remit_engine.commission.targets.quotas import Quotas
from remit_engine.compile.unsupported import Unsupported

WINDOWS = frozenset({"period", "line", "quarter to date", "year to date"})
"""Over what lines are added up, where it is not a field."""


@dataclass(slots=True)
class PlanWork:
    """One plan. people: person -> his number. folder: where files are written, if anywhere.
    seek: whether events that are in no line are looked for."""

    terms: Terms
    through: Period
    warehouse: Scratch
    staged: dict[str, Staged]
    people: dict[str, int]
    prefix: str
    folder: Path | None
    seek: bool = False
    quotas: Quotas | None = None
    standings: Standings | None = None

    def __post_init__(self) -> None:
        self.standings = Standings(self.terms)
        if self.plan.quota is not None:
            self.quotas = Quotas(self.terms, self.plan.quota, self.standings)

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.terms.plan

    @property
    def scale(self) -> Scale | None:
        """The scale on credit."""
        found = (s.value for s in self.plan.steps)
        return next((v for v in found if isinstance(v, Scale) and v.base is None), None)

    def line_scale(self) -> Scale | None:
        """The scale on credit, where it is read as of the line's day."""
        scale = self.scale
        if scale is None or (scale.kind == "interpolated" and scale.over != "line"):
            return None
        return scale

    @property
    def decides(self) -> bool:
        """Whether the scale on credit is read as of the statement's day (as well)."""
        scale = self.scale
        return scale is not None and scale.kind != "marginal" and scale.over != "line"

    @property
    def between(self) -> bool:
        """Whether what a line earns is over no one unit: its rate lies between two points."""
        return self.decides and self.scale is not None and self.scale.kind == "interpolated"

    def others(self, statements: StatementForms) -> tuple[Scale, ...]:
        """The scales that are read as of the statement's day; that on credit is the last."""
        found = [s for s in statements.steps if isinstance(s, Scale) and s.base is not None]
        if self.scale is not None and self.decides:
            found.append(self.scale)
        return tuple(found)

    def first_period(self, event: Staged) -> Period:
        """The period of the earliest event within the effective days."""
        by = event.columns[(self.plan.by or "",)].name
        tests = [f"{by} IS NOT NULL"]
        if self.terms.start is not None:
            tests.append(f"{by} >= {self.terms.start.toordinal()}")
        if self.terms.until is not None:
            tests.append(f"{by} < {self.terms.until.toordinal()}")
        query = f"SELECT MIN({by}) FROM {event.table} WHERE {' AND '.join(tests)}"
        ((day,),) = self.warehouse.rows(query)
        return start_of_run(None if day is None else date.fromordinal(day), self.through)

    def left_of(self, writer: EventLines, lines: str, grouped: str | None = None) -> str | None:
        """The events in no line, where they are looked for. grouped: see EventLines."""
        if not self.seek:
            return None
        table = f"{self.prefix}_left"
        self.warehouse.create(table, writer.left(lines, grouped))
        return table

    # --- what is known before --------------------------------------------------------------

    def load_profiles(self, wanted: Wanted, calendar: Calendar, unit: int, whole: bool) -> Loaded:
        """Everybody's profile, loaded. unit: what credits are over."""
        standings = self.standings or Standings(self.terms)
        profiler = Profiler(
            self.terms, calendar, wanted, standings, self.quotas, self._personal, whole
        )
        people = {self.people[p]: profiler.of(p) for p in self.terms.members.persons}
        others = wanted.on_statements
        shape = Shape(others, (unit,) * len(others), wanted.on_lines, unit,
                      None if self.scale is None else self.scale.over,
                      len(wanted.statements), len(wanted.lines))  # fmt: skip
        try:
            return load(self.warehouse, self.prefix, people, calendar, shape)
        except TooWide:
            raise Unsupported(self.plan, TARGET) from None

    def _personal(self, person: str) -> Hashable:
        if self.quotas is None or self.plan.quota is None or self.plan.quota.source is None:
            return None
        return person

    # --- lines and statements --------------------------------------------------------------

    def graded(
        self,
        table: str,
        unit: int,
        credit: Whole,
        loaded: Loaded,
        calendar: Calendar,
        by_key: str | None = None,
        lowered: str | None = None,
        kept: tuple[str, ...] = (),
        within: Within | None = None,
        of_order: Mapping[str, str] | None = None,
    ) -> Graded:
        """The lines of a table graded. unit: what credit is over; credit: what it lies within;
        within: what other columns do. The rest: see `grading.Lines`."""
        curve = loaded.line_scales[0] if loaded.line_scales else None
        scale = self.scale
        points = loaded.statement_scales[-1] if self.decides else None
        win = scale is not None and scale.over not in WINDOWS
        most = max(-credit.low, credit.high)
        ranges = {**(within or {}), "x": (credit.low, credit.high)}
        source = Lines(table, unit, lowered, win, most, kept, by_key, ranges, of_order or {})
        return Grader(
            self.warehouse, self.prefix, source, loaded, len(calendar.periods), scale, curve, points
        ).graded(True)

    def accounts(
        self,
        graded: Graded,
        loaded: Loaded,
        forms: StatementForms,
        calendar: Calendar,
        unit: int,
        paid: str | None = None,
    ) -> Accounts:
        """Statements up to `entitled`. paid: a table of what is paid underneath."""
        zero = "CAST(0 AS BIGINT)"
        names = ("credit", "lines", "nulls", "earned", "weight")
        shown = ", ".join(f"COALESCE(g.{n}, {zero}) AS {n}" for n in names)
        more = joined = ""
        if graded.under.known is None:
            frame_under = f", COALESCE(g.under, {zero} + 1) AS under"
            more += frame_under
        if paid is not None:
            more += f", COALESCE(q.paid, {zero}) AS paid, COALESCE(q.reports, {zero}) AS reports"
            joined = f" LEFT JOIN {paid} q ON q.payee = h.payee AND q.period = h.period"
        frame = Frame(
            self.warehouse,
            f"{self.prefix}_accounts",
            f"SELECT h.*, {shown}{more} FROM {loaded.sheets} h LEFT JOIN {graded.sums} g "
            f"ON g.payee = h.payee AND g.period = h.period{joined}",
        )
        frame.measure(names)
        index = {id(e): i for i, e in enumerate(forms.known)}
        source = OnStatements(frame, index, loaded.values)
        source.facts["credit"] = Ratio(frame.column("credit"), literal(unit))
        source.facts["lines"] = Ratio(frame.column("lines"))
        cents = int(1 / self.terms.cent)
        if paid is not None:
            source.facts["paid"] = Ratio(frame.column("paid"), literal(cents))
            source.facts["reports"] = Ratio(frame.column("reports"))
        translator = Translator(self.terms.model.program, source)
        others = [s for s in forms.steps if isinstance(s, Scale) and s.base is not None]
        scales: dict[int, tuple[Curve | Points, int]] = {
            id(s): (loaded.statement_scales[i], unit) for i, s in enumerate(others)
        }
        accounts = Accounts(self.plan, frame, source, translator, forms, scales, calendar, cents)
        earned = None
        if self.scale is not None:
            found = frame.column("earned")
            over = Whole("earned", found.low, found.high, graded.earned.wide)
            earned = Ratio(over, graded.under) * Ratio(ONE, literal(graded.unit))
        try:
            accounts.entitled(earned)
        except TooWide:
            raise Unsupported(self.plan, TARGET) from None
        return accounts

    def finished(
        self,
        accounts: Accounts,
        loaded: Loaded,
        lines: str | None,
        first: Period,
        unit: int,
        earned_unit: int,
    ) -> PlanTables:
        """What the plan leaves. lines: the table of lines, if any is kept."""
        frame, zero = accounts.frame, "CAST(0 AS BIGINT)"
        broken = f"{self.prefix}_broken"
        self.warehouse.create(
            broken,
            f"SELECT payee, MIN(period) AS since FROM {frame.table} WHERE due IS NULL "
            "GROUP BY payee",
        )
        ok = "(b.since IS NULL OR t.period < b.since)"
        quota = f"CASE WHEN active = 0 AND lines = 0 THEN {zero} ELSE quota END"
        if self.plan.quota is None:
            quota = "CAST(NULL AS BIGINT)"
        amounts = ", ".join(
            f"CASE WHEN {ok} THEN {sql} END AS {name}"
            for name, sql in (
                ("credit", "credit"),
                ("returned", "returned"),
                ("quota", quota),
                *((n, n) for n in CENTS),
            )
        )
        table = f"{self.prefix}_statements"
        there = " OR ".join(f"{n} <> 0" for n in ("entitled", "held", "reversed", "recovered"))
        self.warehouse.create(
            table,
            f"SELECT t.payee, t.period, CASE WHEN {ok} THEN 1 ELSE 0 END AS ok, {amounts} "
            f"FROM {frame.table} t LEFT JOIN {broken} b ON b.payee = t.payee "
            f"WHERE active > 0 OR lines > 0 OR NOT {ok} OR {there}",
        )
        tables = PlanTables(
            self.plan.name, table, lines, first, unit, loaded.quota.per_unit,
            self.plan.quota is not None, earned_unit, accounts.cents,
        )  # fmt: skip
        self.keep_statements(tables)
        return tables

    def keep_statements(self, tables: PlanTables) -> None:
        """Leave the statements as a file, where there is a folder."""
        if self.folder is None:
            return
        units = {"credit": tables.credit_unit, "quota": tables.quota_unit}
        amounts = ", ".join(
            readable.amount(f"t.{name}", units.get(name, tables.cents), name) for name in AMOUNTS
        )
        query = (
            f"SELECT p.person, t.period, t.ok = 1 AS computed, {amounts} "
            f"FROM {tables.statements} t JOIN {readable.PERSONS} p ON p.payee = t.payee"
        )
        periods = {"period": self.periods(tables.first)}
        write_whole(self.warehouse, query, self._file(self.folder, "statements"), periods)

    def keep_lines(self, query: str, amounts: Amounts, first: Period) -> KeptLines:
        """See kept_lines. first: the first period of the run."""
        file = None if self.folder is None else self._file(self.folder, "lines")
        table = f"{self.prefix}_lines_kept"
        return keep_lines(self.warehouse, table, query, amounts, file, self.periods(first))

    def line_amounts(
        self, graded: Graded, credit: int, unit: int, share: int, cents: int
    ) -> Amounts:
        """The amounts of graded lines. credit, share: what those do not exceed, with either sign;
        unit: what credit is over."""
        return Amounts.of(
            credit=(unit, credit), before=(unit, graded.place), after=(unit, graded.place),
            earned=(graded.unit, graded.gain), share=(cents, share),
        )  # fmt: skip

    def periods(self, first: Period) -> list[str]:
        """The periods of the run as they are written."""
        return [str(Period(first.kind, i)) for i in range(first.index, self.through.index + 1)]

    def _file(self, folder: Path, name: str) -> Path:
        return folder / f"{self.plan.short}.{name}.parquet"


__all__ = ["WINDOWS", "PlanWork"]
