"""Whole and interpolated scales: the position at the end of a period decides for all lines of the
window so far."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from remit_engine.commission.batch.curves import Curve, interpolated_rate
from remit_engine.commission.batch.forms import TARGET
from remit_engine.commission.batch.frame import Frame
from remit_engine.commission.batch.grading import NOWHERE, RUNNING, Graded, Grading
from remit_engine.commission.batch.tables import Points
from remit_engine.commission.batch.whole import ONE, Ratio, TooWide, Whole, literal, one_of
from remit_engine.commission.scale.windows import TO_DATE
from remit_engine.compile.unsupported import Unsupported

MANY = 1000
"""So many different rates are looked at for what divides them all."""


@dataclass(slots=True)
class Decided(Grading):
    """Grades the lines under such a scale. Raises TooWide, Unsupported."""

    def graded(self) -> Graded:
        """The position at the end of a period decides for all lines of the window so far."""
        scale, frame = self.scale, self._grid()
        if scale is None or self.points is None:
            raise Unsupported(scale or NOWHERE, TARGET)
        frame.measure(("position", "own"))
        if isinstance(self.points, Points):
            return self._between(frame, self.points)
        return self._whole(frame, self.points)

    @property
    def _window(self) -> str:
        """The columns that say in which window a line is."""
        return "pw, win" if self.lines.win else "pw"

    def _grid(self) -> Frame:
        """A row for each statement that is computed (with a field: for each of its values) with
        the position and the credits of the window so far, and the columns of the statement."""
        by = f"payee, period, {self._window}"
        win = ", win" if self.lines.win else ""
        lines = self.lines.table
        zero = "CAST(0 AS BIGINT)"
        parts = [
            f"SELECT {by}, x, {zero} AS dx, 1 AS lines, CASE WHEN x IS NULL THEN 1 "
            f"ELSE 0 END AS nulls FROM {lines} l"
        ]
        if self.lines.lowered is not None:
            parts.append(
                f"SELECT payee, moved AS period, {self._window}, {zero} AS x, dx, 0 "
                "AS lines, 0 AS nulls "
                f"FROM ({self.lines.lowered}) w"
            )
        if not self.lines.win:
            parts.append(
                f"SELECT payee, period, {self.loaded.window_sql} AS pw, {zero} AS x, {zero} AS dx, "
                f"0 AS lines, 0 AS nulls FROM {self.loaded.sheets} h"
            )
        summed = (
            f"SELECT {by}, CAST(SUM(x) AS BIGINT) AS x, CAST(SUM(x + dx) AS BIGINT) AS dx, "
            "CAST(SUM(lines) AS BIGINT) AS lines, CAST(SUM(nulls) AS BIGINT) AS nulls "
            f"FROM ({' UNION ALL '.join(parts)}) p GROUP BY {by}"
        )
        over = f"OVER (PARTITION BY {self._window} ORDER BY period {RUNNING})"
        running = (
            f"SELECT {by}, lines AS counted, nulls AS unknown, CAST(SUM(dx) {over} AS "
            "BIGINT) AS position, "
            f"CAST(SUM(x) {over} AS BIGINT) AS own, CAST(SUM(lines) {over} AS BIGINT) AS so_far "
            f"FROM ({summed}) g"
        )
        scale = ", ".join(f"h.{k.name}" for k in (self.points.columns if self.points else ()))
        return Frame(
            self.warehouse,
            f"{self.prefix}_grid",
            f"SELECT r.payee, r.period, r.pw{', r.win' if win else ''}, r.counted, "
            "r.unknown, r.position, r.own, "
            f"r.so_far{', ' if scale else ''}{scale} FROM ({running}) r JOIN "
            f"{self.loaded.sheets} h "
            "ON h.payee = r.payee AND h.period = r.period WHERE h.active > 0 OR r.counted > 0",
        )

    def _at(self, frame: Frame) -> tuple[Whole, Whole]:
        """Position and credits so far, as they stand in the grid."""
        return frame.column("position"), frame.column("own")

    def _whole(self, frame: Frame, curve: Curve) -> Graded:
        tier = self._tier(frame, curve)
        self._total(frame, tier)
        line = self._at_rate(tier, Whole("l.x", -self.lines.most, self.lines.most))
        on = "g.payee = l.payee AND g.period = l.period"
        on += " AND g.win = l.win" if self.lines.win else ""
        scored = (
            f"SELECT l.n, l.part, l.slot, l.payee, l.period, l.pw, l.day, l.ord, l.x, "
            f"{self._extra}CAST(NULL AS BIGINT) AS before, CAST(NULL AS BIGINT) AS after, "
            f"{line.sql} AS earned FROM {self.lines.table} l JOIN "
            f"{self._decisions(frame)} g ON {on} "
            f"JOIN {self.loaded.spans} s ON s.slot = l.slot"
        )
        total = Ratio(frame.column("total"))
        return self._stepped(frame, scored, line, self._curve.unit, total)

    def _tier(self, frame: Frame, curve: Curve) -> Whole:
        """The number of the tier that the position decides, kept."""
        position, _ = self._at(frame)
        tests = curve.tier(position)
        tiers = [(t, literal(i)) for i, t in enumerate(tests)]
        tier = last = literal(len(tests))
        if curve.columns and tests:
            known = curve.columns[0].name
            tier = one_of([*tiers, (f"{known} IS NOT NULL", last)], None)
        (tier,) = frame.keep(tier)
        return tier

    def _at_rate(self, tier: Whole, amount: Whole) -> Whole:
        """An amount at the rate that its span `s` has in the tier of the grid `g`."""
        rates = self._curve
        given = one_of(
            [(f"g.{tier.sql} = {i}", rates.slope(i, "s.") * amount) for i in range(rates.tiers)],
            None,
        )
        if given.wide:
            raise TooWide
        return given

    def _total(self, frame: Frame, tier: Whole) -> None:
        """Add `total`: what all lines of the window so far give in the tier."""
        cells = (
            f"SELECT slot, {self._window}, period, CAST(SUM(x) AS BIGINT) AS x "
            f"FROM {self.lines.table} l GROUP BY slot, {self._window}, period"
        )
        most = self._reach("pw")
        given = self._at_rate(tier, Whole("c.x", -most, most))
        win = ", g.win" if self.lines.win else ""
        same = "c.pw = g.pw" + (" AND c.win = g.win" if self.lines.win else "")
        table = f"{self.prefix}_totals"
        self.warehouse.create(
            table,
            f"SELECT g.payee, g.period, g.pw{win}, CAST(SUM({given.sql}) AS BIGINT) AS total, "
            f"COUNT(*) - COUNT({given.sql}) AS nulls FROM {frame.table} g JOIN ({cells}) c "
            f"ON {same} AND c.period <= g.period JOIN {self.loaded.spans} s ON s.slot = c.slot "
            f"GROUP BY g.payee, g.period, g.pw{win}",
        )
        joined = "t.payee = g.payee AND t.period = g.period"
        joined += " AND t.win = g.win" if self.lines.win else ""
        frame.replace(
            "SELECT g.*, CASE WHEN g.so_far = 0 THEN CAST(0 AS BIGINT) WHEN t.nulls = 0 THEN "
            f"t.total END AS total FROM {frame.table} g LEFT JOIN {table} t ON {joined}"
        )

    def _decisions(self, frame: Frame) -> str:
        """The grid as it is now, for lines that are read later."""
        table = f"{self.prefix}_decided"
        self.warehouse.create(table, f"SELECT g.* FROM {frame.table} g")
        return table

    def _between(self, frame: Frame, points: Points) -> Graded:
        position, own = self._at(frame)
        unit = literal(self.lines.unit)
        rate = frame.kept(interpolated_rate(points.columns, points.points, Ratio(position, unit)))
        none = Ratio(literal(0), rate.under)
        total = Ratio(own, literal(1)) * rate
        over, under = one_of([("so_far = 0", none.over)], total.over), total.under
        if under.known is None:
            under = one_of([("so_far = 0", literal(1))], under)
        kept = frame.kept(Ratio(over, under))
        on = "g.payee = l.payee AND g.period = l.period"
        on += " AND g.win = l.win" if self.lines.win else ""
        line = self._at_point(frame, rate)
        scored = (
            f"SELECT l.n, l.part, l.slot, l.payee, l.period, l.pw, l.day, l.ord, l.x, "
            f"{self._extra}CAST(NULL AS BIGINT) AS before, CAST(NULL AS BIGINT) AS after, "
            f"{line.sql} AS earned FROM {self.lines.table} l JOIN {self._decisions(frame)} g "
            f"ON {on}"
        )
        return self._stepped(frame, scored, line, self.lines.unit, kept)

    def _at_point(self, frame: Frame, rate: Ratio) -> Whole:
        """What a line `l` weighs at the rate of the grid `g`: its credit, where all lines of a
        statement have one rate; else in proportion to what it earned, as each value of the field
        has its own."""
        credit = Whole("l.x", -self.lines.most, self.lines.most)
        over = rate.over
        if over.known is None:
            over = replace(over, sql=f"g.{_bare(over.sql)}")
        if not self.lines.win:
            nothing = Whole("(l.x - l.x)", 0, 0)  # NULL where the credit is not known
            return one_of([(f"{over.sql} = 0", nothing)], credit)
        if over.wide or rate.under.known is None:
            raise TooWide
        if over.known is None and (most := _common(frame, rate.over)) > 1:
            part = f"remit_idiv({over.sql}, CAST({most} AS BIGINT))"
            over = Whole(part, over.low // most, over.high // most)
        weight = credit * over
        if weight.wide:
            raise TooWide
        return weight

    def _stepped(self, frame: Frame, scored: str, line: Whole, unit: int, total: Ratio) -> Graded:
        """The step is what the window gives now less what it gave before."""
        weighed = self._weighed(scored, unit, line)
        step = total
        if not self.lines.win and self.scale is not None and self.scale.over in TO_DATE:
            step = total - _before(frame, total)
        step = frame.kept(step)
        zero = "CAST(0 AS BIGINT)"
        query = (
            f"SELECT r.payee, r.period, COALESCE(w.credit, {zero}) AS credit, "
            f"COALESCE(w.lines, {zero}) AS lines, COALESCE(w.nulls, {zero}) + "
            f"CASE WHEN r.over_ IS NULL OR r.under_ IS NULL THEN 1 ELSE 0 END AS nulls, "
            f"r.over_ AS earned, r.under_ AS under, COALESCE(w.weight, {zero}) AS weight "
            f"FROM ({self._steps(frame, step)}) r LEFT JOIN {weighed.sums} w "
            "ON w.payee = r.payee AND w.period = r.period"
        )
        sums = Frame(self.warehouse, f"{self.prefix}_steps", query)
        sums.measure(("credit", "lines", "nulls", "earned", "under", "weight"))
        found, under = sums.ranges["earned"], sums.ranges["under"]
        earned = Whole("earned", found.low, found.high, step.over.wide)
        below = ONE if step.under.known == 1 else Whole(
            "under", max(1, under.low), max(1, under.high), step.under.wide
        )  # fmt: skip
        return replace(weighed, sums=sums.table, unit=unit, earned=earned, under=below)

    def _steps(self, frame: Frame, step: Ratio) -> str:
        """The step of each statement; with a field, the sum over its values."""
        over, under = step.over.sql, step.under.sql
        if not self.lines.win:
            return f"SELECT payee, period, {over} AS over_, {under} AS under_ FROM {frame.table} g"
        if step.under.known is None or step.over.wide:
            raise Unsupported(self.scale or NOWHERE, TARGET)
        return (
            f"SELECT payee, period, CASE WHEN COUNT(*) = COUNT({over}) THEN "
            f"CAST(SUM({over}) AS BIGINT) END AS over_, {under} AS under_ "
            f"FROM {frame.table} g GROUP BY payee, period"
        )


def _common(frame: Frame, column: Whole) -> int:
    """What all values of a column can be divided by, where there are not too many; else 1."""
    sql = column.sql
    asked = f"SELECT DISTINCT {sql} FROM {frame.table} WHERE {sql} <> 0 LIMIT {MANY + 1}"
    found = [int(value) for (value,) in frame.warehouse.rows(asked)]
    return math.gcd(*found) if 0 < len(found) <= MANY else 1


def _before(frame: Frame, total: Ratio) -> Ratio:
    """What the window gave at the end of the period before; 0 in its first."""
    ordered = "OVER (PARTITION BY pw ORDER BY period)"
    names = {"over_before": total.over, "under_before": total.under}
    columns = {n: f"LAG({w.sql}) {ordered}" for n, w in names.items() if w.known is None}
    columns["first"] = f"CASE WHEN ROW_NUMBER() {ordered} = 1 THEN 1 ELSE 0 END"
    frame.add(columns)
    over, under = total.over, total.under
    if over.known is None:
        over = Whole("over_before", over.low, over.high, over.wide)
    if under.known is None:
        below = Whole("under_before", under.low, under.high, under.wide)
        under = one_of([("first = 1", literal(1))], below)
    return Ratio(one_of([("first = 1", literal(0))], over), under)


def _bare(sql: str) -> str:
    """The name of a column that may be cast."""
    return sql.removeprefix("CAST(").removesuffix(" AS BIGINT)")
