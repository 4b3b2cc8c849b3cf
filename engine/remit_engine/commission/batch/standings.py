"""The scale on credit over whole tables: what lines earn, what a statement's step is, and the
weights by which entitled is shared out to lines. What comes of it stands in
`grading`; whole and interpolated scales in `decided`.
"""

from __future__ import annotations

from dataclasses import dataclass

from remit_engine.commission.batch.curves import interpolated_rate
from remit_engine.commission.batch.decided import Decided
from remit_engine.commission.batch.forms import TARGET
from remit_engine.commission.batch.frame import Frame
from remit_engine.commission.batch.grading import (
    NOWHERE,
    RUNNING,
    Graded,
    Grading,
    Granted,
    Lines,
    granting,
)
from remit_engine.commission.batch.narrow import Narrow
from remit_engine.commission.batch.tables import Points
from remit_engine.commission.batch.whole import NARROW, ONE, Ratio, TooWide, Whole, literal, one_of
from remit_engine.compile.unsupported import Unsupported


@dataclass(slots=True)
class Grader(Grading):
    """Grades the lines of one plan. Raises Unsupported."""

    def graded(self, shares: bool) -> Graded:
        """shares: whether weights are needed."""
        try:
            if self.scale is None:
                return self._plain()
            if self.scale.over == "line":
                return self._one_by_one()
            if self.scale.kind != "marginal":
                return self._decided.graded()
            windowed = self.lines.lowered is not None or self.lines.win
            return self._walked() if windowed else self._telescoped()
        except TooWide:
            raise Unsupported(self.scale or NOWHERE, TARGET) from None

    @property
    def _decided(self) -> Decided:
        return Decided(
            self.warehouse, self.prefix, self.lines, self.loaded, self.periods, self.scale,
            self.curve, self.points,
        )  # fmt: skip

    # --- no scale on credit ----------------------------------------------------------------

    def _plain(self) -> Graded:
        sums = self._summed(
            f"SELECT payee, period, CAST(SUM(x) AS BIGINT) AS credit, COUNT(*) AS lines, "
            f"COUNT(*) - COUNT(x) AS nulls, CAST(SUM(x) AS BIGINT) AS earned, "
            f"CAST(SUM(x) AS BIGINT) AS weight, CAST(SUM(ABS(x)) AS BIGINT) AS reach "
            f"FROM {self.lines.table} l GROUP BY payee, period"
        )
        reach = sums.column("reach").high
        inner = (
            f"SELECT l.*, CAST(SUM(x) OVER (PARTITION BY {self._pp} ORDER BY ord {RUNNING}) "
            f"AS BIGINT) AS w1 FROM {self.lines.table} l"
        )
        lines = (
            f"SELECT l.*, CAST(NULL AS BIGINT) AS earned, l.w1 - l.x AS before, l.w1 AS after, "
            f"l.w1 - l.x AS w0 FROM ({inner}) l"
        )
        rising = self._rising(sums)
        weights = Whole("w", 0 if rising else -reach, reach)
        return Graded(sums.table, lambda granted: granting(lines, granted), self.lines.unit,
                      sums.column("earned"), ONE, sums.column("weight"), weights, rising, reach,
                      0)  # fmt: skip

    # --- marginal --------------------------------------------------------------------------

    def _telescoped(self) -> Graded:
        """What the lines of a span earn is what the scale gives at its end less at its start."""
        curve, frame = self._curve, self._slots()
        ((most, odd),) = self.warehouse.rows(
            "SELECT MAX(r), MAX(odd) FROM (SELECT SUM(reach) AS r, MAX(reach - credit) AS odd "
            f"FROM {frame.table} GROUP BY pw) m"
        )
        reach = int(most or 0)
        forward = not odd  # no line is below 0
        at = Whole("p", 0 if forward else -reach, reach)
        e, moved = self._earned(frame, at)
        sums = self._summed(
            f"SELECT payee, period, CAST(SUM(credit) AS BIGINT) AS credit, "
            f"CAST(SUM(lines) AS BIGINT) AS lines, "
            f"CAST(SUM(nulls + CASE WHEN {e.sql} IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS nulls, "
            f"CAST(SUM({e.sql}) AS BIGINT) AS earned, CAST(SUM({e.sql}) AS BIGINT) AS weight "
            f"FROM {frame.table} WHERE lines > 0 GROUP BY payee, period"
        )
        p1, p0 = Whole("s.after", at.low, reach), Whole("(s.after - s.x)", at.low, reach)
        g1, g0 = curve.given(p1, "s."), curve.given(p0, "s.")
        per_line, each = g1 + moved, g1 - g0
        weight, rising = sums.column("weight"), forward and curve.rising
        if g1.wide or per_line.wide or (each.wide and not rising):
            raise TooWide
        if rising:
            per_line = each = Whole("w", 0, weight.high)
        slots = frame.table
        return Graded(sums.table, lambda granted: self._placed(slots, g0, g1, granted), curve.unit,
                      sums.column("earned"), ONE, weight, per_line, rising, reach,
                      max(-each.low, each.high))  # fmt: skip

    def _slots(self) -> Frame:
        """The spans, with their lines summed and the position at their end."""
        key, rows = self._by_span
        frame = Frame(
            self.warehouse,
            f"{self.prefix}_slots",
            "SELECT s.*, COALESCE(g.credit, CAST(0 AS BIGINT)) AS credit, "
            "COALESCE(g.lines, CAST(0 AS BIGINT)) AS lines, "
            "COALESCE(g.nulls, CAST(0 AS BIGINT)) AS nulls, "
            "COALESCE(g.reach, CAST(0 AS BIGINT)) AS reach, "
            "CAST(SUM(COALESCE(g.credit, CAST(0 AS BIGINT))) OVER "
            f"(PARTITION BY s.pw ORDER BY s.slot {RUNNING}) AS BIGINT) AS position "
            f"FROM {self.loaded.spans} s LEFT JOIN (SELECT {key}, CAST(SUM(x) AS BIGINT) AS "
            "credit, COUNT(*) AS lines, COUNT(*) - COUNT(x) AS nulls, "
            f"CAST(SUM(ABS(x)) AS BIGINT) AS reach FROM {rows} l GROUP BY {key}) g "
            f"ON g.{key} = s.{key}",
        )
        frame.measure(("credit", "position"))
        return frame

    @property
    def _by_span(self) -> tuple[str, str]:
        """The column of lines that tells their span, and the lines that have it."""
        if self.lines.by_key is not None:
            return "keyed", f"({self.lines.by_key})"
        return "slot", self.lines.table

    def _earned(self, frame: Frame, places: Whole) -> tuple[Whole, Whole]:
        """What each span earns, and `moved`: what to add to the scale's value at a line to have
        what the lines of the period earned so far. places: what positions lie within."""
        at = frame.column("position")
        start = at - frame.column("credit")
        start = Whole(start.sql, places.low, places.high, start.wide)
        at = Whole(at.sql, places.low, places.high, at.wide)
        m1, m0 = frame.keep(self._curve.given(at), self._curve.given(start))
        (e,) = frame.keep(one_of([("lines = 0", literal(0))], m1 - m0))
        if e.wide or m0.wide or m1.wide:
            raise TooWide
        earlier = f"-{m0.sql}"  # of the first span of a period
        if not self.loaded.whole or self.loaded.pieces != self.periods:
            over = f"OVER (PARTITION BY payee, period ORDER BY slot {RUNNING})"
            earlier = f"CAST(SUM({e.sql}) {over} AS BIGINT) - {e.sql} - {m0.sql}"
        frame.add({"moved": f"COALESCE({earlier}, CAST(0 AS BIGINT))"})
        return e, frame.column("moved")

    def _placed(self, slots: str, g0: Whole, g1: Whole, granted: Granted) -> str:
        """The lines on the scale: g0 before each, g1 with it. Those of a span are sorted among
        themselves, as it is known where they start; what is known of the span is joined last, as
        all that is sorted is carried."""
        narrow, (key, rows) = Narrow(self.lines.within), self._by_span
        follows = self.lines.of_order
        names = ("n", "part", key, "day", "x", *self.lines.kept, "ord")
        carried = [name for name in names if name not in follows]
        shown = "".join(f", {sql} AS {name}" for name, sql in follows.items())
        inner = (
            f"SELECT l.*{shown} FROM (SELECT {narrow.after(carried)}, CAST(SUM(x) OVER (PARTITION "
            f"BY {key} ORDER BY ord {RUNNING}) AS BIGINT) AS so_far FROM (SELECT "
            f"{narrow.before(carried)} FROM {rows} l) l) l"
        )
        spans = (
            f"SELECT s.*, {granted.shown('t')} FROM {slots} s JOIN {granted.rows} t "
            "ON t.payee = s.payee AND t.period = s.period"
        )
        known = "".join(f"s.{k.name}, " for k in self._curve.columns)
        placed = (
            f"SELECT l.*, s.position - s.credit + l.so_far AS after, {known}s.payee, s.period, "
            f"s.moved, {granted.shown('s')} FROM ({inner}) l JOIN ({spans}) s ON s.{key} = l.{key}"
        )
        middle = (
            f"SELECT s.*, s.after - s.x AS before, {g0.sql} AS g0, {g1.sql} AS g1 FROM ({placed}) s"
        )
        return (
            f"SELECT l.*, l.g1 - l.g0 AS earned, l.g0 + l.moved AS w0, l.g1 + l.moved AS w1 "
            f"FROM ({middle}) l"
        )

    def _one_by_one(self) -> Graded:
        """A window for each line."""
        given, unit = self._alone()
        of = f"FROM {self.lines.table} l JOIN {self.loaded.spans} s ON s.slot = l.slot"
        earned = given.sql
        if given.wide:
            ((low, high),) = self.warehouse.rows(f"SELECT MIN({earned}), MAX({earned}) {of}")
            if max(-int(low or 0), int(high or 0)) > NARROW:
                raise TooWide
            earned = f"CAST({earned} AS BIGINT)"
        scored = f"SELECT l.*, CAST(0 AS BIGINT) AS before, l.x AS after, {earned} AS earned {of}"
        return self._weighed(scored, unit, given, self.lines.most)

    def _alone(self) -> tuple[Whole, int]:
        """What the scale gives on each line by itself, and what that is over."""
        x = Whole("l.x", -self.lines.most, self.lines.most)
        if not isinstance(self.curve, Points):
            return self._curve.given(x, "s."), self._curve.unit
        unit = self.lines.unit
        at = Ratio(x, literal(unit))
        rate = interpolated_rate(self.curve.columns, self.curve.points, at, "s.")
        if rate.under.known is None:
            raise TooWide
        return x * rate.over, unit * rate.under.known

    def _walked(self) -> Graded:
        """Line by line over windows, with what lowers the position in between."""
        curve = self._curve
        window = "u.pw, u.win" if self.lines.win else "u.pw"
        most = self._reach("pw")
        reach = 2 * most if self.lines.lowered is None else 4 * most
        columns = ", ".join(
            ("n", "part", "slot", "payee", "period", "pw", "day", "ord", "x", *self.lines.kept)
        )
        win = ", win" if self.lines.win else ""
        rows = f"SELECT {columns}{win}, x AS dx, 0 AS low FROM {self.lines.table}"
        if self.lines.lowered is not None:
            rows = (
                f"{rows} UNION ALL SELECT {columns}{win}, dx, 1 AS low FROM "
                f"({self.lines.lowered}) w"
            )
        walked = (
            f"SELECT u.*, CAST(SUM(u.dx) OVER (PARTITION BY {window} "
            f"ORDER BY u.day, u.low, u.ord, u.part {RUNNING}) AS BIGINT) AS after FROM ({rows}) u"
        )
        p1, p0 = Whole("l.after", -reach, reach), Whole("(l.after - l.x)", -reach, reach)
        g1, g0 = curve.given(p1, "s."), curve.given(p0, "s.")
        earned = g1 - g0
        if earned.wide:
            raise TooWide
        table = f"{self.prefix}_walked"
        self.warehouse.create(
            table,
            f"SELECT l.n, l.part, l.slot, l.payee, l.period, l.pw, l.day, l.ord, l.x, {self._extra}"
            f"l.after - l.x AS before, l.after, {earned.sql} AS earned "
            f"FROM ({walked}) l JOIN {self.loaded.spans} s ON s.slot = l.slot WHERE l.low = 0",
        )
        return self._weighed(f"SELECT l.* FROM {table} l", curve.unit, earned, reach)


__all__ = ["Graded", "Grader", "Lines"]
