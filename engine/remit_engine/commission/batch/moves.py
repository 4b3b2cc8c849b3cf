"""What is held, released, reversed and restored of lines, by payee and period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from remit_dsl.pay import Plan, Reversal
from remit_engine.commission.batch.forms import TARGET
from remit_engine.commission.batch.profiles import Calendar
from remit_engine.commission.batch.staged import Column, Staged
from remit_engine.commission.batch.whole import Whole, rounded
from remit_engine.compile.unsupported import Unsupported

SUMS = ("held", "reversed", "returned")


@dataclass(frozen=True, slots=True)
class Dates:
    """Holds until a date, and returns by dates: a line is open from one period on, and gone from
    another."""

    plan: Plan
    event: Staged
    calendar: Calendar

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
        found = []
        if self.plan.hold is not None:
            found.append(("held_until", f"e.{self._column(self.plan.hold.field).name}"))
        if self.plan.reversals:
            found.append(("returned_on", self.earliest(self.plan.reversals)))
        return found

    def earliest(self, reversals: tuple[Reversal, ...]) -> str:
        """The first day on which one of them takes a line back."""
        found = ""
        for r in reversals:
            day = f"e.{self._column(r.field).name}"
            if r.window is not None:
                if r.months:
                    raise Unsupported(r, TARGET)
                begun = f"e.{self._column(r.of).name}"
                day = f"CASE WHEN {day} <= {begun} + {r.window} THEN {day} END"
            found = day if not found else _first(found, day)
        return found

    def missed(self, r: Reversal) -> tuple[str, str]:
        """The day by which something should have come, and the day it came."""
        if r.months:
            raise Unsupported(r, TARGET)
        begun, day = self._column(r.of).name, self._column(r.field).name
        return f"(e.{begun} + {r.window or 0})", f"e.{day}"

    @property
    def periods(self) -> tuple[str, str]:
        """The periods from which a line is open, and returned."""
        opened = "l.period"
        if self.plan.hold is not None:
            opened = _later("l.period", self.calendar.period_sql("l.held_until"))
        gone = f"CAST({self.late} AS BIGINT)"
        if self.plan.reversals:
            gone = _later("l.period", self.calendar.period_sql("l.returned_on"))
        return opened, gone

    def moves(self, lines: str) -> str:
        """Sums by payee and period over lines with share, credit, opened and gone."""
        parts = list(self._parts(lines))
        sums = ", ".join(f"CAST(SUM({name}) AS BIGINT) AS {name}" for name in SUMS)
        return (
            f"SELECT payee, period, {sums} FROM ({' UNION ALL '.join(parts)}) m "
            "GROUP BY payee, period"
        )

    def _parts(self, lines: str) -> Iterator[str]:
        def part(period: str, held: str, back: str, returned: str, where: str) -> str:
            values = zip((held, back, returned), SUMS, strict=True)
            sums = ", ".join(f"CAST(SUM({sql}) AS BIGINT) AS {name}" for sql, name in values)
            return (
                f"SELECT payee, {period} AS period, {sums} FROM {lines} l WHERE {where} "
                f"GROUP BY payee, {period}"
            )

        zero, late = "CAST(0 AS BIGINT)", self.late
        if self.plan.hold is not None:
            yield part("period", "-share", zero, zero, "opened > period")
            yield part("opened", "share", zero, zero, f"opened > period AND opened < {late}")
        if self.plan.reversals:
            both = "CASE WHEN opened > gone THEN opened ELSE gone END"
            yield part(both, zero, "-share", zero, f"opened < {late} AND gone < {late}")
            yield part("gone", zero, zero, "credit", f"gone < {late}")


def lowering(dates: Dates) -> list[tuple[str, str]]:
    """Columns of lines: the days from which, and until which, a line no longer counts for the
    position."""
    found = tuple(r for r in dates.plan.reversals if r.lowering)
    if not found:
        return []
    if all(r.kind == "date" for r in found):
        return [("lowered_on", dates.earliest(found))]
    if len(found) > 1 or found[0].kind != "absent":
        raise Unsupported(found[0], TARGET)
    due, day = dates.missed(found[0])
    gone = f"CASE WHEN {day} IS NULL OR {day} > {due} THEN {due} END"
    return [("lowered_on", gone), ("restored_on", f"CASE WHEN {day} > {due} THEN {day} END")]


def lowered(dates: Dates, lines: str, window: str, period_only: bool) -> str:
    """What lowers the position (raises it again): rows like lines, with dx, the day of it, and
    `moved`, its period; those in the window of their line alone."""
    found = tuple(r for r in dates.plan.reversals if r.lowering)
    parts = [("lowered_on", "-l.x")]
    if found[0].kind == "absent":
        parts.append(("restored_on", "l.x"))
    queries = []
    for name, dx in parts:
        day = f"CASE WHEN l.{name} > l.day THEN l.{name} ELSE l.day END"
        moved = dates.calendar.period_sql(day)
        queries.append(
            f"SELECT l.*, {day} AS until, {moved} AS moved, {dx} AS dx FROM {lines} l "
            f"WHERE l.{name} IS NOT NULL"
        )
    every = " UNION ALL ".join(queries)
    columns = (
        "w.n, w.part, w.slot, w.payee, w.period, w.pw, w.until AS day, w.ord, w.x, w.moved, w.dx"
    )
    extra = "".join(f", w.{n}" for n, _ in dates.extra)
    more = "".join(f", w.{n}" for n, _ in lowering(dates))
    same = window.replace("payee", "w.payee").replace("CASE period", "CASE w.moved")
    inside = "w.moved = w.period" if period_only else f"{same} = w.pw"
    win = ", w.win" if period_only else ""
    return (
        f"SELECT {columns}{extra}{win}{more} FROM ({every}) w WHERE w.moved < "
        f"{dates.late} AND {inside}"
    )


def _first(a: str, b: str) -> str:
    return f"CASE WHEN ({a}) IS NULL OR ({b}) < ({a}) THEN ({b}) ELSE ({a}) END"


def _later(a: str, b: str) -> str:
    return f"CASE WHEN {b} > {a} THEN {b} ELSE {a} END"


def share(ent: Whole, w0: Whole, w1: Whole, w: Whole) -> Whole:
    """The part of entitled that a line has: a difference of rounded cumulatives."""
    return rounded(ent * w1, w, "half up") - rounded(ent * w0, w, "half up")
