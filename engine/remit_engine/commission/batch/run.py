"""A run of plans in a warehouse: one text of SQL, in whole numbers, equal to the reference."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from remit_dsl import expressions as x
from remit_dsl.pay import Plan, Scale
from remit_engine.commission.batch import lines as event_lines
from remit_engine.commission.batch.accounts import Accounts, StatementForms
from remit_engine.commission.batch.curves import Curve
from remit_engine.commission.batch.forms import TARGET, Forms
from remit_engine.commission.batch.frame import Frame
from remit_engine.commission.batch.lines import EventLines, LineForms
from remit_engine.commission.batch.moves import Dates, lowered, lowering, share
from remit_engine.commission.batch.profiles import Calendar, Profiler, Wanted, turns
from remit_engine.commission.batch.reading import OnStatements
from remit_engine.commission.batch.reports import COLUMNS, reports
from remit_engine.commission.batch.scratch import Scratch
from remit_engine.commission.batch.staged import Staged, ranks
from remit_engine.commission.batch.standings import Graded, Grader, Lines
from remit_engine.commission.batch.tables import Loaded, Points, Shape, load
from remit_engine.commission.batch.translate import Translator
from remit_engine.commission.batch.whole import ONE, Ratio, TooWide, Whole, literal
from remit_engine.commission.dataset import Dataset
from remit_engine.commission.periods import Period
from remit_engine.commission.quotas import Quotas
from remit_engine.commission.reference import with_underneath
from remit_engine.commission.standing import Standings
from remit_engine.commission.terms import Terms
from remit_engine.compile.unsupported import Unsupported
from remit_engine.ir import Model
from remit_engine.warehouse.warehouse import Warehouse

Progress = Callable[[str, int, int], None]
"""Told before each stage: what is done now, how many stages are done, of how many."""
VARYING = frozenset({"credit", "lines", "paid", "reports"})
CENTS = (
    "payable", "entitled", "held", "reversed", "net", "guarantee", "advance", "recovered",
    "balance", "due",
)  # fmt: skip
USUAL_UNIT = 100
"""What credits are mostly over."""
WINDOWS = frozenset({"period", "line", "quarter to date", "year to date"})
LINE_COLUMNS = (
    "n",
    "part",
    "payee",
    "period",
    "day",
    "credit",
    "before",
    "after",
    "earned",
    "share",
)


@dataclass(frozen=True, slots=True)
class PlanTables:
    """What a run leaves of a plan. statements: a table of payee (his rank), period (counted from
    `first`), ok, credit (over credit_unit), quota (over quota_unit), CENTS (over cents); where ok
    is 0 the row is not computed here, nor is any later one of that payee, and everything is NULL.
    lines: a table of LINE_COLUMNS, credit over credit_unit, earned over earned_unit, share over
    cents, or None."""

    plan: str
    statements: str
    lines: str | None
    first: Period
    credit_unit: int
    quota_unit: int
    has_quota: bool
    earned_unit: int
    cents: int


@dataclass(frozen=True, slots=True)
class Batch:
    """persons: in the order of their ranks."""

    plans: Mapping[str, PlanTables]
    persons: tuple[str, ...]


def run_batch(
    model: Model,
    data: Dataset,
    plans: Sequence[str],
    through: Period,
    warehouse: Warehouse,
    staged: Mapping[str, Staged],
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Batch:
    """Compute plans (and those underneath) from staged events; `data` gives all but the events.

    folder: where `PLAN.lines.parquet` and `PLAN.statements.parquet` are written, whole or not at
    all. Raises Unsupported for a construct with no exact form in SQL (nothing is written then),
    WarehouseTrouble, ValueError for a `through` of another kind than a plan's period.
    """
    ordered = with_underneath(model, plans)
    for plan in ordered:
        if plan.period != through.kind:
            raise ValueError(f"`{plan.short}` is paid by the {plan.period}, not the {through.kind}")
    people = ranks(data)
    done: dict[str, PlanTables] = {}
    for number, plan in enumerate(ordered):
        if progress is not None:
            progress(plan.short, number, len(ordered))
        terms = Terms.of(model, data, plan)
        scratch = Scratch(warehouse)
        work = _Plan(terms, through, scratch, dict(staged), people, f"pay{number}", folder, done)
        try:
            found = done[plan.name] = work.run()
            scratch.clear((found.statements, found.lines or ""))
        except BaseException:
            scratch.clear()
            raise
    if progress is not None:
        progress("", len(ordered), len(ordered))
    return Batch(done, tuple(people))


@dataclass(slots=True)
class _Plan:
    """One plan."""

    terms: Terms
    through: Period
    warehouse: Scratch
    staged: dict[str, Staged]
    people: dict[str, int]
    prefix: str
    folder: Path | None
    done: dict[str, PlanTables]
    quotas: Quotas | None = None
    standings: Standings | None = None

    def run(self) -> PlanTables:
        plan, standings = self.terms.plan, Standings(self.terms)
        self.standings = standings
        if plan.quota is not None:
            self.quotas = Quotas(self.terms, plan.quota, standings)
        if plan.pool is not None:
            raise Unsupported(plan.pool, TARGET)
        return self._on_events() if plan.base is None else self._on_reports(self.done[plan.base])

    @property
    def plan(self) -> Plan:
        return self.terms.plan

    @property
    def _scale(self) -> Scale | None:
        """The scale on credit."""
        found = (s.value for s in self.plan.steps)
        return next((v for v in found if isinstance(v, Scale) and v.base is None), None)

    def _on_events(self) -> PlanTables:
        event = self.staged[self.plan.event or ""]
        form = event_lines.forms(self.terms, event)
        event = event.measured(self.warehouse, form.paths)
        for name in self._followed():
            self.staged[name] = self.staged[name].measured(
                self.warehouse, self.staged[name].columns
            )
        statements = self._statement_forms()
        first = self._first(event)
        calendar = Calendar.of(first, self.through, self._turns(form))
        dates = Dates(self.plan, event, calendar)
        if not dates.applies:
            raise Unsupported(self.plan.hold or self.plan.reversals[0], TARGET)
        loaded, writer = self._loaded(form, statements, calendar, event)
        extra = [*dates.extra, *self._windowed(event), *lowering(dates)]
        query = writer.query(extra)
        table = f"{self.prefix}_lines"
        self.warehouse.view(table, query)
        unit = writer.credit_unit
        lowered = self._lowered(dates, table, loaded)
        graded = self._graded(
            table, unit, writer.credit, loaded, calendar, writer.by_key(), lowered,
            tuple(name for name, _ in extra),
        )  # fmt: skip
        shares = bool(self.plan.hold or self.plan.reversals)
        accounts = self._accounts(graded, loaded, statements, calendar, unit)
        lines = None
        if shares or self.folder is not None:
            lines = self._shared(accounts, graded, dates)
        moves = None
        if shares:
            moves = f"{self.prefix}_moves"
            self.warehouse.create(moves, dates.moves(lines or ""))
        accounts.moved(moves)
        accounts.due()
        return self._finished(accounts, loaded, lines, first, unit, graded.unit)

    def _windowed(self, event: Staged) -> list[tuple[str, str]]:
        """The value of the field by which lines are taken together."""
        scale = self._scale
        if scale is None or scale.over in WINDOWS:
            return []
        column = event.columns.get(tuple(scale.over.split(".")))
        if column is None:
            raise Unsupported(scale, TARGET)
        name = f"e.{column.name}"
        none = {"text": "'\x01'", "boolean": "CAST(-1 AS BIGINT)"}.get(column.form)
        if column.form == "boolean":
            name = (
                f"CASE WHEN {name} THEN CAST(1 AS BIGINT) WHEN NOT {name} THEN CAST(0 AS "
                "BIGINT) END"
            )
        elif none is None:
            none = f"CAST({column.low - 1} AS BIGINT)"
        return [("win", f"COALESCE({name}, {none})")]

    def _lowered(self, dates: Dates, lines: str, loaded: Loaded) -> str | None:
        """What lowers positions: a row for each line and change."""
        if self._scale is None or self._scale.over == "line":
            return None
        if not any(r.lowering for r in self.plan.reversals):
            return None
        return lowered(dates, lines, loaded.window_sql, self._scale.over not in WINDOWS)

    def _on_reports(self, base: PlanTables) -> PlanTables:
        """An override: its lines are the statements of reports in the plan underneath."""
        statements, scale = self._statement_forms(), self._scale
        calendar = Calendar.of(base.first, self.through, ())
        line = self._line_scale()
        wanted = Wanted((), statements.known, (line,) if line else (), self._others(statements))
        loaded = self._load(wanted, calendar, base.credit_unit, True)
        table = f"{self.prefix}_reports"
        under = Terms.of(
            self.terms.model, self.terms.data, self.terms.model.program.plans[base.plan]
        )
        self.warehouse.load(table, COLUMNS, reports(self.terms, under, calendar, self.people))
        lines = f"{self.prefix}_lines"
        self.warehouse.view(
            lines,
            f"SELECT r.report AS n, CAST(0 AS BIGINT) AS part, s.slot, s.payee, s.period, s.pw, "
            f"s.since AS day, r.period * CAST({len(self.people)} AS BIGINT) + r.report AS ord, "
            f"b.credit - b.returned AS x, b.net AS net FROM {table} r JOIN {base.statements} b "
            f"ON b.payee = r.report AND b.period = r.period JOIN {loaded.spans} s "
            f"ON s.keyed = r.superior * CAST({loaded.pieces} AS BIGINT) + r.period",
        )
        ((low, high),) = self.warehouse.rows(f"SELECT MIN(x), MAX(x) FROM {lines}")
        credit = Whole("x", int(low or 0), int(high or 0))
        graded = self._graded(lines, base.credit_unit, credit, loaded, calendar)
        if scale is not None and scale.over not in WINDOWS:
            raise Unsupported(scale, TARGET)
        paid = f"{self.prefix}_paid"
        self.warehouse.create(
            paid,
            "SELECT payee, period, CAST(SUM(net) AS BIGINT) AS paid, COUNT(*) AS reports "
            f"FROM {lines} l GROUP BY payee, period",
        )
        accounts = self._accounts(graded, loaded, statements, calendar, base.credit_unit, paid)
        accounts.moved(None)
        accounts.due()
        kept = None
        return self._finished(accounts, loaded, kept, base.first, base.credit_unit, graded.unit)

    # --- what is known before --------------------------------------------------------------

    def _followed(self) -> list[str]:
        clauses = [self.plan.hold, *self.plan.reversals]
        return [c.followed.event for c in clauses if c is not None and c.followed is not None]

    def _first(self, event: Staged) -> Period:
        by = event.columns[(self.plan.by or "",)].name
        tests = [f"{by} IS NOT NULL"]
        if self.terms.start is not None:
            tests.append(f"{by} >= {self.terms.start.toordinal()}")
        if self.terms.until is not None:
            tests.append(f"{by} < {self.terms.until.toordinal()}")
        query = f"SELECT MIN({by}) FROM {event.table} WHERE {' AND '.join(tests)}"
        ((day,),) = self.warehouse.rows(query)
        if day is None:
            return self.through
        return min(Period.of(self.through.kind, date.fromordinal(day)), self.through)

    def _statement_forms(self) -> StatementForms:
        plan, names = self.plan, VARYING | {s.name for s in self.plan.steps}
        forms = Forms(self.terms.model.program, lambda path: path[0] in names)
        steps: list[x.Expression | Scale] = []
        for step in plan.steps:
            value = step.value
            steps.append(value if isinstance(value, Scale) else forms.opened(value))
        named: list[x.Expression | None] = [
            plan.floor,
            plan.cap.amount if plan.cap else None,
            plan.guarantee.amount if plan.guarantee else None,
            plan.draw.amount if plan.draw else None,
            plan.draw.at_most if plan.draw else None,
        ]
        floor, cap, guarantee, draw, at_most = rest = [
            None if e is None else forms.opened(e) for e in named
        ]
        bases = [s.base for s in steps if isinstance(s, Scale) and s.base is not None]
        every = [*(s for s in steps if not isinstance(s, Scale)), *bases, *(e for e in rest if e)]
        known = {id(part): part for e in every for part in forms.settled(e)}
        for scale in (s for s in steps if isinstance(s, Scale)):
            for tier in scale.tiers:
                for e in (tier.bound, tier.rate):
                    if e is not None and forms.varies(e):
                        raise Unsupported(e, TARGET)
            if scale.against is not None and forms.varies(scale.against):
                raise Unsupported(scale.against, TARGET)
        before = tuple(known.values())
        return StatementForms(tuple(steps), floor, cap, guarantee, draw, at_most, before)

    def _line_scale(self) -> Scale | None:
        """The scale on credit, where it is read as of the line's day."""
        scale = self._scale
        return scale if scale is not None and scale.kind != "interpolated" else None

    def _turns(self, form: LineForms) -> list[date]:
        scale = self._line_scale()
        tiers = () if scale is None else scale.tiers
        rates = [e for t in tiers for e in (t.bound, t.rate) if e is not None]
        return list(turns(self.terms, (*form.known, *rates)))

    def _loaded(
        self, form: LineForms, statements: StatementForms, calendar: Calendar, event: Staged
    ) -> tuple[Loaded, EventLines]:
        line = self._line_scale()
        wanted = Wanted(
            form.known, statements.known, (line,) if line else (), self._others(statements)
        )
        loaded = self._load(wanted, calendar, USUAL_UNIT, False)
        writer = EventLines(
            self.warehouse, self.terms, form, event, self.staged, calendar, loaded, self.prefix,
            self.people,
        )  # fmt: skip
        if writer.credit_unit != USUAL_UNIT:
            loaded = self._load(wanted, calendar, writer.credit_unit, False)
            writer.over(loaded)
        return loaded, writer

    def _others(self, statements: StatementForms) -> tuple[Scale, ...]:
        """The scales that are read as of the statement's day; that on credit is the last."""
        found = [s for s in statements.steps if isinstance(s, Scale) and s.base is not None]
        if self._scale is not None and self._scale.kind != "marginal":
            found.append(self._scale)
        return tuple(found)

    def _load(self, wanted: Wanted, calendar: Calendar, unit: int, whole: bool) -> Loaded:
        """Everybody's profile, loaded. unit: what credits are over."""
        standings = self.standings or Standings(self.terms)
        profiler = Profiler(
            self.terms, calendar, wanted, standings, self.quotas, self._personal, whole
        )
        people = {self.people[p]: profiler.of(p) for p in self.terms.members.persons}
        others = wanted.on_statements
        shape = Shape(others, (unit,) * len(others), wanted.on_lines, unit,
                      None if self._scale is None else self._scale.over,
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

    def _graded(
        self,
        table: str,
        unit: int,
        credit: Whole,
        loaded: Loaded,
        calendar: Calendar,
        by_key: str | None = None,
        lowered: str | None = None,
        kept: tuple[str, ...] = (),
    ) -> Graded:
        curve = loaded.line_scales[0] if loaded.line_scales else None
        scale = self._scale
        points = loaded.statement_scales[-1] if scale and scale.kind != "marginal" else None
        win = scale is not None and scale.over not in WINDOWS
        most = max(-credit.low, credit.high)
        source = Lines(table, unit, lowered, win, most, kept, by_key)
        return Grader(
            self.warehouse, self.prefix, source, loaded, len(calendar.periods), scale, curve, points
        ).graded(True)

    def _accounts(
        self,
        graded: Graded,
        loaded: Loaded,
        forms: StatementForms,
        calendar: Calendar,
        unit: int,
        paid: str | None = None,
    ) -> Accounts:
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
        if self._scale is not None:
            found = frame.column("earned")
            over = Whole("earned", found.low, found.high, graded.earned.wide)
            earned = Ratio(over, graded.under) * Ratio(ONE, literal(graded.unit))
        try:
            accounts.entitled(earned)
        except TooWide:
            raise Unsupported(self.plan, TARGET) from None
        return accounts

    def _shared(self, accounts: Accounts, graded: Graded, dates: Dates) -> str:
        """The lines with their shares, kept."""
        granted = Frame(
            self.warehouse,
            f"{self.prefix}_granted",
            "SELECT payee, period, CASE WHEN weight > 0 THEN entitled WHEN weight < 0 THEN "
            "-entitled WHEN weight = 0 THEN CAST(0 AS BIGINT) END AS ent, CASE WHEN weight > 0 "
            "THEN weight WHEN weight < 0 THEN -weight ELSE CAST(1 AS BIGINT) END AS w "
            f"FROM {accounts.frame.table} WHERE lines > 0",
        )
        granted.measure(("ent", "w"))
        ent, w = granted.column("ent"), granted.column("w")
        reach = graded.per_line
        parts = [Whole(f"l.{n}", reach.low, reach.high) for n in ("w0", "w1")]
        try:
            part = share(
                Whole("l.ent", ent.low, ent.high), parts[0], parts[1],
                Whole("l.w", max(1, w.low), max(1, w.high)),
            )  # fmt: skip
        except TooWide:
            raise Unsupported(self.plan, TARGET) from None
        opened, gone = dates.periods
        query = (
            "SELECT l.n, l.part, l.payee, l.period, l.day, l.x AS credit, l.before, l.after, "
            f"l.earned, {part.sql} AS share, {opened} AS opened, {gone} AS gone "
            f"FROM ({graded.lines(granted.table)}) l"
        )
        return self._kept(query, "lines")

    def _kept(self, query: str, name: str) -> str:
        """Rows kept as a file where there is a folder, else as a table."""
        table = f"{self.prefix}_{name}_kept"
        if self.folder is None:
            self.warehouse.create(table, query)
            return table
        file = self.folder / f"{self.plan.short}.{name}.parquet"
        part = file.with_name(f"{file.name}.part")
        try:
            self.warehouse.write_parquet(query, part)
            os.replace(part, file)
        finally:
            part.unlink(missing_ok=True)
        self.warehouse.read_parquet(table, file)
        return table

    def _finished(
        self,
        accounts: Accounts,
        loaded: Loaded,
        lines: str | None,
        first: Period,
        unit: int,
        earned_unit: int,
    ) -> PlanTables:
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
        return PlanTables(
            self.plan.name, table, lines, first, unit, loaded.quota.per_unit,
            self.plan.quota is not None, earned_unit, accounts.cents,
        )  # fmt: skip


__all__ = ["CENTS", "LINE_COLUMNS", "Batch", "PlanTables", "Progress", "run_batch"]
