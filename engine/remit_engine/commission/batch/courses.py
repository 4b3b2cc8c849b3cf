"""What becomes of lines where dates alone do not decide: amounts followed, what did not come.

Each clause (the hold, a reversal) is a running sum of steps. Of a date the sum is 1 from that day
on; of what did not come it is 1 from the day it was due until the day it came; of amounts followed
it is what has come of them. The fraction released or returned follows from the sum, and with it
what is held and reversed, at the end of every period in which some sum of a line changes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from remit_dsl.pay import Followed, Hold, Plan, Reversal
from remit_engine.commission.batch.forms import TARGET
from remit_engine.commission.batch.grading import RUNNING
from remit_engine.commission.batch.kept_lines import KeptLines
from remit_engine.commission.batch.layered import Layered, exact_part, part_of
from remit_engine.commission.batch.limits import Limits
from remit_engine.commission.batch.moves import same_window
from remit_engine.commission.batch.narrow import Within
from remit_engine.commission.batch.profiles import Calendar
from remit_engine.commission.batch.scratch import Scratch
from remit_engine.commission.batch.staged import Column, Staged
from remit_engine.commission.batch.whole import (
    ONE,
    ZERO,
    Ratio,
    TooWide,
    Whole,
    compared,
    literal,
    one_of,
)
from remit_engine.compile.unsupported import Unsupported

Share = tuple[Whole, Whole]
"""A fraction between 0 and 1: over, under."""
At = Callable[[str], str]
"""Of a day in SQL, when a line `l` feels it."""


@dataclass(frozen=True)
class Clause:
    """The hold or a reversal, the number of its columns, and what its amounts are against."""

    number: int
    of: Hold | Reversal
    against: Ratio | None

    @property
    def step(self) -> str:
        """The column of its steps."""
        return f"d{self.number}"


@dataclass(frozen=True)
class Courses:
    """The clauses of one plan. against: of the hold and of each reversal, over the event `e`.
    beside: see Dates."""

    warehouse: Scratch
    prefix: str
    plan: Plan
    event: Staged
    events: Mapping[str, Staged]
    calendar: Calendar
    limits: Limits
    against: Sequence[Ratio | None]
    beside: tuple[tuple[str, str], ...] = ()

    @cached_property
    def _hold(self) -> Clause | None:
        return None if self.plan.hold is None else Clause(0, self.plan.hold, self.against[0])

    @cached_property
    def _reversals(self) -> list[Clause]:
        return [Clause(i, r, self.against[i]) for i, r in enumerate(self.plan.reversals, 1)]

    @property
    def _every(self) -> list[Clause]:
        return [*([] if self._hold is None else [self._hold]), *self._reversals]

    def _column(self, name: str | None) -> Column:
        return self.event.columns[(name or "",)]

    @property
    def extra(self) -> list[tuple[str, str]]:
        """Columns of lines: the days of each clause, and what its amounts are against."""
        clauses = [column for clause in self._every for column in self._read(clause)]
        return [*self.beside, *clauses]

    def lines(self, query: str) -> str:
        """See Dates."""
        return query

    @property
    def kept(self) -> tuple[str, ...]:
        """See Dates."""
        return tuple(name for name, _ in self.beside)

    within: ClassVar[Within] = {}
    """None of them is a number."""

    periods = ("CAST(NULL AS BIGINT)", "CAST(NULL AS BIGINT)")
    """Lines are open and returned in parts, not from one period on."""

    def _read(self, clause: Clause) -> Iterator[tuple[str, str]]:
        of, i = clause.of, clause.number
        if clause.against is not None:
            yield f"against{i}", clause.against.over.sql
        if isinstance(of, Reversal) and of.window is not None:
            yield f"limit{i}", self.limits.of(of)
        if of.field is not None:
            yield f"day{i}", f"e.{self._column(of.field).name}"

    # --- steps -----------------------------------------------------------------------------

    def _steps(self, lines: str, clauses: Sequence[Clause], at: At, before: int) -> str:
        """A row for each line and each time it feels something, with the sums so far (s0, s1 …)."""
        parts = [self._part(lines, clauses, at("l.day"), None, ZERO.sql, "")]
        for clause in clauses:
            parts += [self._part(lines, clauses, at(day), clause, step, more)
                      for day, step, more in self._felt(clause)]  # fmt: skip
        sums = ", ".join(f"CAST(SUM({c.step}) AS BIGINT) AS {c.step}" for c in clauses)
        summed = (
            f"SELECT n, part, felt, {sums} FROM ({' UNION ALL '.join(parts)}) u "
            f"WHERE felt < {before} GROUP BY n, part, felt"
        )
        over = f"OVER (PARTITION BY n, part ORDER BY felt {RUNNING})"
        so_far = ", ".join(f"CAST(SUM({c.step}) {over} AS BIGINT) AS s{c.number}" for c in clauses)
        return f"SELECT n, part, felt, {so_far} FROM ({summed}) g"

    def _part(
        self,
        lines: str,
        clauses: Sequence[Clause],
        at: str,
        of: Clause | None,
        step: str,
        more: str,
    ) -> str:
        steps = ", ".join(f"{step if c is of else ZERO.sql} AS {c.step}" for c in clauses)
        return f"SELECT l.n, l.part, {at} AS felt, {steps} FROM {lines} l{more}"

    def _felt(self, clause: Clause) -> Iterator[tuple[str, str, str]]:
        """The day of a step, the step, and which lines have it."""
        of, i = clause.of, clause.number
        day, limit = f"l.day{i}", f"l.limit{i}"
        inside = isinstance(of, Reversal) and of.window is not None
        if of.followed is not None:
            link, amount, on = self._followed(of.followed)
            more = f" JOIN {self.events[of.followed.event].table} q ON q.{link.name} = l.n"
            more += f" WHERE q.{on.name} IS NOT NULL AND q.{amount.name} IS NOT NULL"
            yield (f"q.{on.name}", f"q.{amount.name}",
                   f"{more} AND q.{on.name} <= {limit}" if inside else more)  # fmt: skip
        elif of.kind == "date":
            more = f" AND {day} <= {limit}" if inside else ""
            yield day, ONE.sql, f" WHERE {day} IS NOT NULL{more}"
        else:
            yield limit, ONE.sql, f" WHERE {day} IS NULL OR {day} > {limit}"
            yield day, literal(-1).sql, f" WHERE {day} > {limit}"

    def _followed(self, of: Followed) -> tuple[Column, Column, Column]:
        columns = self.events[of.event].columns
        return columns[(of.link,)], columns[(of.amount,)], columns[(of.date,)]

    # --- fractions -------------------------------------------------------------------------

    def _fraction(self, clause: Clause) -> Share:
        of, s = clause.of, f"s{clause.number}"
        if of.followed is None or clause.against is None:
            return one_of([(f"{s} >= 1", ONE)], ZERO), ONE
        most = self._most(of.followed)
        unit = self._followed(of.followed)[1].per_unit
        over, under = clause.against.over, clause.against.under.known
        if under is None:
            raise Unsupported(of.followed.against, TARGET)
        common = math.gcd(under, unit)
        so_far = Whole(s, -most, most) * literal(under // common)
        owed = Whole(f"against{clause.number}", over.low, over.high, over.wide)
        nothing, full = compared(owed, "<=", ZERO), owed * literal(unit // common)
        idle = ONE if isinstance(of, Hold) else ZERO
        reached = compared(so_far, ">=", full)
        if of.kind == "covered":
            return one_of([(nothing, idle), (reached, ONE)], ZERO), ONE
        cases = [(nothing, idle), (compared(so_far, "<=", ZERO), ZERO), (reached, full)]
        part, whole = one_of(cases, so_far), one_of([(nothing, ONE)], full)
        high = max(1, full.high)
        return Whole(part.sql, 0, high, part.wide), Whole(whole.sql, 1, high, whole.wide)

    def _most(self, of: Followed) -> int:
        """The largest sum of amounts, without their signs, about one event."""
        link, amount, _ = self._followed(of)
        ((found,),) = self.warehouse.rows(
            f"SELECT MAX(r) FROM (SELECT SUM(ABS({amount.name})) AS r FROM "
            f"{self.events[of.event].table} q GROUP BY {link.name}) m"
        )
        return int(found or 0)

    def _returned(self, layers: Layered, clauses: Sequence[Clause]) -> Share:
        """The largest fraction of the reversals."""
        found: Share = ZERO, ONE
        for i, clause in enumerate(clauses):
            over, under = layers.named(*self._fraction(clause))
            if i == 0:
                found = over, under
                continue
            test = compared(found[0] * under, ">=", over * found[1])
            most = [one_of([(test, a)], b) for a, b in zip(found, (over, under), strict=True)]
            found = layers.named(most[0])[0], layers.named(most[1])[0]
        return found

    # --- what is held and reversed ---------------------------------------------------------

    def moves(self, lines: str, kept: KeptLines) -> str:
        """Sums by payee and period. lines: with `extra`; kept: the same with share and credit.

        returned is NULL where no whole number is what is returned of the credit."""
        steps = self._steps(lines, self._every, self._period, len(self.calendar.periods))
        ((*found,),) = self.warehouse.rows(
            f"SELECT MIN(share), MAX(share), MIN(credit), MAX(credit) FROM {kept.table} k"
        )
        ends = [int(v or 0) for v in found]
        shown = "k.payee, k.share, k.credit"
        layers = Layered(self._beside(steps, lines, f"{kept.table} k", shown))
        share, credit = Whole("share", ends[0], ends[1]), Whole("credit", ends[2], ends[3])
        opened, paid, back = self._amounts(layers, share, credit)
        lag = "OVER (PARTITION BY n, part ORDER BY felt)"

        def change(sql: str, before: str) -> str:
            return f"{sql} - CASE WHEN LAG(n) {lag} IS NULL THEN {before} ELSE LAG({sql}) {lag} END"

        gone = f"({paid.sql} - {opened.sql})"
        each = (
            f"SELECT payee, felt AS period, {change(opened.sql, 'share')} AS held, "
            f"{change(gone, ZERO.sql)} AS reversed, {change(back.sql, ZERO.sql)} AS returned "
            f"FROM ({layers.query}) t"
        )
        return (
            "SELECT payee, period, CAST(SUM(held) AS BIGINT) AS held, CAST(SUM(reversed) AS "
            "BIGINT) AS reversed, CASE WHEN COUNT(*) = COUNT(returned) THEN CAST(SUM(returned) AS "
            f"BIGINT) END AS returned FROM ({each}) m GROUP BY payee, period"
        )

    def _amounts(self, layers: Layered, share: Whole, credit: Whole) -> tuple[Whole, Whole, Whole]:
        """What of a line's share is open and what is paid, and what of its credit is returned."""
        try:
            over, under = ONE, ONE
            if self._hold is not None:
                over, under = layers.named(*self._fraction(self._hold))
            gone, whole = self._returned(layers, self._reversals)
            rest = whole - gone
            (left,) = layers.named(Whole(rest.sql, 0, whole.high, rest.wide))
            test = compared(over * whole, "<=", left * under)
            less = [one_of([(test, a)], b) for a, b in ((over, left), (under, whole))]
            less = [layers.named(w)[0] for w in less]
            opened, paid = layers.named(
                part_of(share, over, under), part_of(share, less[0], less[1])
            )
            (back,) = layers.named(exact_part(layers, credit, gone, whole))
        except TooWide:
            raise Unsupported(self.plan, TARGET) from None
        return opened, paid, back

    def _period(self, day: str) -> str:
        if day == "l.day":
            return "l.period"
        period = self.calendar.period_sql(day)
        return f"CASE WHEN {period} > l.period THEN {period} ELSE l.period END"

    def _beside(self, steps: str, lines: str, of: str, shown: str) -> str:
        """Steps with what is known of their lines. of: a table as `k`."""
        names = [f"l.against{c.number}" for c in self._every if c.against is not None]
        more = f" JOIN {lines} l ON l.n = r.n AND l.part = r.part" if names else ""
        shown = ", ".join((shown, *names))
        return (
            f"SELECT r.*, {shown} FROM ({steps}) r JOIN {of} ON k.n = r.n AND k.part = r.part{more}"
        )

    # --- what lowers positions -------------------------------------------------------------

    def lowered(self, lines: str, window: str, by_field: bool) -> str:
        """See `Dates`."""
        clauses = [c for c in self._reversals if isinstance(c.of, Reversal) and c.of.lowering]
        end = self.calendar.edges[-1].toordinal()
        steps = self._steps(lines, clauses, _day, end)
        more = [*self.kept, *(["win"] if by_field else [])]
        names = ("slot", "payee", "period", "pw", "ord", "x", *more)
        shown = ", ".join(f"k.{name}" for name in names)
        layers = Layered(self._beside(steps, lines, f"{lines} k", shown))
        ((low, high),) = self.warehouse.rows(f"SELECT MIN(x), MAX(x) FROM {lines} l")
        try:
            gone, whole = self._returned(layers, clauses)
            credit = Whole("x", int(low or 0), int(high or 0))
            (back,) = layers.named(exact_part(layers, credit, gone, whole))
        except TooWide:
            raise Unsupported(clauses[0].of, TARGET) from None
        lag = "OVER (PARTITION BY n, part ORDER BY felt)"
        before = f"CASE WHEN LAG(n) {lag} IS NULL THEN {ZERO.sql} ELSE LAG({back.sql}) {lag} END"
        table = f"{self.prefix}_lowered"
        self.warehouse.create(
            table,
            f"SELECT t.n, t.part, t.slot, t.payee, t.period, t.pw, t.felt AS day, t.ord, t.x, "
            f"{''.join(f't.{name}, ' for name in more)}"
            f"{self.calendar.period_sql('t.felt')} AS moved, "
            f"{before} - {back.sql} AS dx FROM ({layers.query}) t",
        )
        ((odd,),) = self.warehouse.rows(f"SELECT COUNT(*) FROM {table} WHERE dx IS NULL")
        if odd:  # a part of a credit that no whole number is
            raise Unsupported(clauses[0].of, TARGET)
        return f"SELECT w.* FROM {table} w WHERE w.dx <> 0 AND {same_window(window, by_field)}"


def _day(day: str) -> str:
    if day == "l.day":
        return day
    return f"CASE WHEN {day} > l.day THEN {day} ELSE l.day END"
