"""What is held, released, reversed and restored of lines, by payee and period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from remit_dsl.pay import Plan, Reversal
from remit_engine.commission.batch.kept_lines import KeptLines
from remit_engine.commission.batch.limits import Limits
from remit_engine.commission.batch.narrow import Within
from remit_engine.commission.batch.profiles import Calendar
from remit_engine.commission.batch.staged import Column, Staged
from remit_engine.commission.batch.whole import Whole, rounded

SUMS = ("held", "reversed", "returned")


@dataclass(frozen=True, slots=True)
class Dates:
    """Holds until a date, and returns by dates: a line is open from one period on, and gone from
    another. beside: what else lines show when they are graded, name and SQL over the event."""

    plan: Plan
    event: Staged
    calendar: Calendar
    limits: Limits
    beside: tuple[tuple[str, str], ...] = ()

    @property
    def applies(self) -> bool:
        """True when dates alone decide."""
        hold = self.plan.hold
        return (hold is None or hold.kind == "date") and all(
            r.kind == "date" for r in self.plan.reversals
        )

    @property
    def late(self) -> int:
        """The number of no period of the run."""
        return len(self.calendar.periods)

    def _column(self, name: str | None) -> Column:
        return self.event.columns[(name or "",)]

    @property
    def extra(self) -> list[tuple[str, str]]:
        """Columns of lines: the days of release and return, NULL where there is none."""
        found = list(self.beside)
        if self.plan.hold is not None:
            found.append(("held_until", f"e.{self._column(self.plan.hold.field).name}"))
        if self.plan.reversals:
            found.append(("returned_on", self.earliest(self.plan.reversals)))
        lowering = tuple(r for r in self.plan.reversals if r.lowering)
        if lowering:
            found.append(("lowered_on", self.earliest(lowering)))
        return found

    @property
    def _felt(self) -> dict[str, str]:
        """The periods of release and return, a later one where there is none: name and day."""
        found = {}
        if self.plan.hold is not None:
            found["released"] = "held_until"
        if self.plan.reversals:
            found["taken_back"] = "returned_on"
        return found

    def lines(self, query: str) -> str:
        """Lines with `extra`, and with the periods that follow from it."""
        numbers = (f", {self.calendar.period_sql(f'l.{d}')} AS {n}" for n, d in self._felt.items())
        return f"SELECT l.*{''.join(numbers)} FROM ({query}) l"

    @property
    def kept(self) -> tuple[str, ...]:
        """The columns that are read again of lines that are graded."""
        return (*(name for name, _ in self.beside), *self._felt)

    @property
    def within(self) -> Within:
        """What the numbers among them lie within."""
        return dict.fromkeys(self._felt, (-1, self.late))

    def earliest(self, reversals: tuple[Reversal, ...]) -> str:
        """The first day on which one of them takes a line back."""
        found = ""
        for r in reversals:
            day = f"e.{self._column(r.field).name}"
            if r.window is not None:
                day = f"CASE WHEN {day} <= {self.limits.of(r)} THEN {day} END"
            found = day if not found else _first(found, day)
        return found

    @property
    def periods(self) -> tuple[str, str]:
        """The periods from which a line is open, and returned."""
        opened = "l.period"
        if self.plan.hold is not None:
            opened = _later("l.period", "l.released")
        gone = f"CAST({self.late} AS BIGINT)"
        if self.plan.reversals:
            gone = _later("l.period", "l.taken_back")
        return opened, gone

    def lowered(self, lines: str, window: str, by_field: bool) -> str:
        """What lowers the position: rows like lines, with dx, the day of it, and `moved`, its
        period; those in the window of their line alone. window: of payee and period; by_field:
        windows are values of a field."""
        day = "CASE WHEN l.lowered_on > l.day THEN l.lowered_on ELSE l.day END"
        every = (
            f"SELECT l.*, {day} AS until, {self.calendar.period_sql(day)} AS moved, -l.x AS dx "
            f"FROM {lines} l WHERE l.lowered_on IS NOT NULL"
        )
        names = [
            "n",
            "part",
            "slot",
            "payee",
            "period",
            "pw",
            "ord",
            "x",
            "moved",
            "dx",
            *self.kept,
        ]
        shown = ", ".join(f"w.{n}" for n in (*names, *(["win"] if by_field else [])))
        return (
            f"SELECT {shown}, w.until AS day FROM ({every}) w WHERE w.moved < "
            f"{self.late} AND {same_window(window, by_field)}"
        )

    def moves(self, lines: str, kept: KeptLines) -> str:
        """Sums by payee and period over lines kept with share, credit, opened and gone; what they
        were made of is not read again."""
        parts = list(self._parts(kept))
        sums = ", ".join(f"CAST(SUM({name}) AS BIGINT) AS {name}" for name in SUMS)
        return (
            f"SELECT payee, period, {sums} FROM ({' UNION ALL '.join(parts)}) m "
            "GROUP BY payee, period"
        )

    def _parts(self, kept: KeptLines) -> Iterator[str]:
        def part(period: str, held: str, back: str, returned: str, where: str) -> str:
            values = zip((held, back, returned), SUMS, strict=True)
            sums = ", ".join(f"{sql} AS {name}" for sql, name in values)
            return (
                f"SELECT payee, {period} AS period, {sums} FROM {kept.rows} l WHERE {where} "
                f"GROUP BY payee, {period}"
            )

        zero, late, counted = "CAST(0 AS BIGINT)", self.late, kept.period
        share, credit = kept.total("share"), kept.total("credit")
        if self.plan.hold is not None:
            yield part(counted, f"-{share}", zero, zero, f"opened > {counted}")
            yield part("opened", share, zero, zero, f"opened > {counted} AND opened < {late}")
        if self.plan.reversals and self.plan.hold is None:  # open from the first, gone at once
            yield part("gone", zero, f"-{share}", credit, f"gone < {late}")
        elif self.plan.reversals:
            both = "CASE WHEN opened > gone THEN opened ELSE gone END"
            yield part(both, zero, f"-{share}", zero, f"opened < {late} AND gone < {late}")
            yield part("gone", zero, zero, credit, f"gone < {late}")


def same_window(window: str, by_field: bool) -> str:
    """The condition that a row `w` moves (`moved`) in the window of its line. window: of payee and
    period."""
    if by_field:
        return "w.moved = w.period"
    same = window.replace("payee", "w.payee").replace("CASE period", "CASE w.moved")
    return f"{same} = w.pw"


def _first(a: str, b: str) -> str:
    return f"CASE WHEN ({a}) IS NULL OR ({b}) < ({a}) THEN ({b}) ELSE ({a}) END"


def _later(a: str, b: str) -> str:
    return f"CASE WHEN {b} > {a} THEN {b} ELSE {a} END"


def share(ent: Whole, w0: Whole, w1: Whole, w: Whole) -> Whole:
    """The part of entitled that a line has: a difference of rounded cumulatives."""
    return rounded(ent * w1, w, "half up") - rounded(ent * w0, w, "half up")
