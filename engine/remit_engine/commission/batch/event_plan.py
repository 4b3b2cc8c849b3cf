"""A plan whose lines are events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from remit_engine.commission.batch import line_forms, readable
from remit_engine.commission.batch.accounts import Accounts
from remit_engine.commission.batch.courses import Courses
from remit_engine.commission.batch.forms import TARGET
from remit_engine.commission.batch.frame import Frame
from remit_engine.commission.batch.grading import Granted
from remit_engine.commission.batch.kept_lines import NAMED, KeptLines
from remit_engine.commission.batch.limits import Limits
from remit_engine.commission.batch.line_forms import LineForms
from remit_engine.commission.batch.lines import EventLines
from remit_engine.commission.batch.moves import Dates, share
from remit_engine.commission.batch.plan_tables import PlanTables
from remit_engine.commission.batch.plan_work import WINDOWS, PlanWork
from remit_engine.commission.batch.profiles import Calendar, Wanted, turns
from remit_engine.commission.batch.staged import Staged
from remit_engine.commission.batch.standings import Graded
from remit_engine.commission.batch.statement_forms import StatementForms, statement_forms
from remit_engine.commission.batch.tables import Loaded
from remit_engine.commission.batch.whole import TooWide, Whole
from remit_engine.commission.scale.windows import TO_DATE
from remit_engine.compile.unsupported import Unsupported

USUAL_UNIT = 100
"""What credits are mostly over."""
REPEATED = 20
"""When there are so many events to a person, ids are kept as numbers: each group of rows of a file
has all ids then, once."""


@dataclass(slots=True)
class EventPlan(PlanWork):
    """See PlanWork."""

    def run(self) -> PlanTables:
        """Compute it. Raises Unsupported, WarehouseTrouble."""
        event = self.staged[self.plan.event or ""]
        form = line_forms.forms(self.terms, event)
        event = event.measured(self.warehouse, form.paths)
        for name in self._followed():
            self.staged[name] = self.staged[name].measured(
                self.warehouse, self.staged[name].columns
            )
        statements = statement_forms(self.terms)
        first = self.first_period(event)
        calendar = Calendar.of(first, self.through, self._turns(form))
        loaded, writer = self._loaded(form, statements, calendar, event)
        fates = self._fates(event, calendar, form, writer)
        extra = [*fates.extra, *self._windowed(event)]
        table = f"{self.prefix}_lines"
        query = fates.lines(writer.query(extra, fates.limits.joins))
        by_key = None
        if isinstance(fates, Courses):  # its lines are read again and again
            self.warehouse.create(table, query)
        else:
            self.warehouse.view(table, query)
            by_key = writer.by_key(extra, fates.limits.joins)
        unit = writer.credit_unit
        left = self.left_of(writer, table)
        graded = self.graded(
            table, unit, writer.credit, loaded, calendar, by_key and fates.lines(by_key),
            self._lowered(fates, table, loaded), fates.kept, {**writer.within, **fates.within},
            writer.of_order,
        )  # fmt: skip
        shares = bool(self.plan.hold or self.plan.reversals)
        accounts = self.accounts(graded, loaded, statements, calendar, unit)
        lines = moves = None
        if shares or self.folder is not None:
            lines = self._shared(accounts, graded, fates, writer)
        if shares and lines is not None:
            moves = f"{self.prefix}_moves"
            self.warehouse.create(moves, fates.moves(table, lines))
        accounts.moved(moves)
        accounts.due()
        kept = None if lines is None else lines.table
        found = self.finished(accounts, loaded, kept, first, unit, graded.unit)
        return replace(found, left=left)

    def _windowed(self, event: Staged) -> list[tuple[str, str]]:
        """The value of the field by which lines are taken together."""
        scale = self.scale
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

    def _fates(
        self, event: Staged, calendar: Calendar, form: LineForms, writer: EventLines
    ) -> Dates | Courses:
        """What becomes of lines: by dates alone, or by all that may follow."""
        limits = Limits(self.warehouse, self.prefix, event)
        beside = () if self.folder is None else (("event", "e.id"),)
        dates = Dates(self.plan, event, calendar, limits, beside)
        if dates.applies:
            return dates
        against = [None if e is None else writer.number(e) for e in form.against]
        return Courses(
            self.warehouse, self.prefix, self.plan, event, self.staged, calendar, limits, against,
            beside,
        )  # fmt: skip

    def _lowered(self, fates: Dates | Courses, lines: str, loaded: Loaded) -> str | None:
        """What lowers positions: a row for each line and change."""
        if self.scale is None or self.scale.over == "line":
            return None
        if not any(r.lowering for r in self.plan.reversals):
            return None
        if self.scale.kind != "marginal" and self.scale.over in TO_DATE:
            raise Unsupported(self.scale, TARGET)  # all of the window would be graded anew
        return fates.lowered(lines, loaded.window_sql, self.scale.over not in WINDOWS)

    def _followed(self) -> list[str]:
        clauses = [self.plan.hold, *self.plan.reversals]
        return [c.followed.event for c in clauses if c is not None and c.followed is not None]

    def _turns(self, form: LineForms) -> list[date]:
        scale = self.line_scale()
        tiers = () if scale is None else scale.tiers
        rates = [e for t in tiers for e in (t.bound, t.rate) if e is not None]
        return list(turns(self.terms, (*form.known, *rates)))

    def _loaded(
        self, form: LineForms, statements: StatementForms, calendar: Calendar, event: Staged
    ) -> tuple[Loaded, EventLines]:
        line = self.line_scale()
        wanted = Wanted(
            form.known, statements.known, (line,) if line else (), self.others(statements)
        )
        loaded = self.load_profiles(wanted, calendar, USUAL_UNIT, False)
        writer = EventLines(
            self.warehouse, self.terms, form, event, self.staged, calendar, loaded, self.prefix,
            self.people,
        )  # fmt: skip
        if writer.credit_unit != USUAL_UNIT:
            loaded = self.load_profiles(wanted, calendar, writer.credit_unit, False)
            writer.over(loaded)
        return loaded, writer

    def _shared(
        self, accounts: Accounts, graded: Graded, fates: Dates | Courses, writer: EventLines
    ) -> KeptLines:
        """The lines with their shares, kept."""
        more = NAMED[1:] if self.folder is not None else ()
        granted = Frame(self.warehouse, f"{self.prefix}_granted", self._granted(accounts))
        if self.folder is not None and writer.event.rows > REPEATED * len(self.people):
            self.warehouse.encode(granted.table, "person", readable.PERSONS)
        part, most = self._share(graded, granted)
        opened, gone = fates.periods
        earned = "CAST(NULL AS BIGINT)" if self.between else "l.earned"  # over no one unit
        shares = bool(self.plan.hold or self.plan.reversals)
        share_sql = part if shares else "CAST(NULL AS BIGINT)"
        named = "".join(f"l.{name}, " for name in (NAMED if more else ()))
        query = (
            f"SELECT {named}l.n, l.part, l.payee, l.period, l.day, l.x AS credit, l.before, "
            f"l.after, {earned} AS earned, {share_sql} AS share, {opened} AS opened, "
            f"{gone} AS gone FROM ({graded.lines(Granted(granted.table, more))}) l"
        )
        credit = max(-writer.credit.low, writer.credit.high)
        amounts = self.line_amounts(graded, credit, writer.credit_unit, most, accounts.cents)
        return self.keep_lines(query, amounts, fates.calendar.periods[0])

    def _granted(self, accounts: Accounts) -> str:
        """What statements with lines grant, with a weight that is not below 0."""
        named = joined = ""
        if self.folder is not None:
            named = ", p.person"
            joined = f" LEFT JOIN {readable.PERSONS} p ON p.payee = t.payee"
        return (
            "SELECT t.payee, t.period, CASE WHEN weight > 0 THEN entitled WHEN weight < 0 THEN "
            "-entitled WHEN weight = 0 THEN CAST(0 AS BIGINT) END AS ent, CASE WHEN weight > 0 "
            f"THEN weight WHEN weight < 0 THEN -weight ELSE CAST(1 AS BIGINT) END AS w{named} "
            f"FROM {accounts.frame.table} t{joined} WHERE lines > 0"
        )

    def _share(self, graded: Graded, granted: Frame) -> tuple[str, int]:
        """The share of a line in SQL, and what it does not exceed, with either sign."""
        granted.measure(("ent", "w"))
        ent, w, reach = granted.column("ent"), granted.column("w"), graded.per_line
        parts = [Whole(f"l.{n}", reach.low, reach.high) for n in ("w0", "w1")]
        try:
            part = share(
                Whole("l.ent", ent.low, ent.high), parts[0], parts[1],
                Whole("l.w", max(1, w.low), max(1, w.high)),
            )  # fmt: skip
        except TooWide:
            raise Unsupported(self.plan, TARGET) from None
        within = ent if graded.rising else part
        return part.sql, max(-within.low, within.high)
