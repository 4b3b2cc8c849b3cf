"""Whole and interpolated scales: the position at the end of a period decides for all lines of the
window so far."""

from __future__ import annotations

from dataclasses import dataclass

from remit_engine.commission.batch.curves import Curve, interpolated_rate
from remit_engine.commission.batch.forms import TARGET
from remit_engine.commission.batch.frame import Frame
from remit_engine.commission.batch.grading import NOWHERE, RUNNING, Graded, Grading
from remit_engine.commission.batch.tables import Points
from remit_engine.commission.batch.whole import ONE, Ratio, TooWide, Whole, literal, one_of
from remit_engine.commission.windows import TO_DATE
from remit_engine.compile.unsupported import Unsupported


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
        position, _ = self._at(frame)
        tests = curve.tier(position)
        tiers = [(t, literal(i)) for i, t in enumerate(tests)]
        last = literal(len(tests))
        if curve.columns and tests:
            known = curve.columns[0].name
            tiers.append((f"{known} IS NOT NULL", last))
            tier = one_of(tiers, None)
        else:
            tier = last
        (tier,) = frame.keep(tier)
        rates = self._curve
        same = "c.pw = g.pw" + (" AND c.win IS NOT DISTINCT FROM g.win" if self.lines.win else "")
        same = same.replace("IS NOT DISTINCT FROM", "=")
        cells = (
            f"SELECT slot, {self._window}, period, CAST(SUM(x) AS BIGINT) AS x, "
            f"CAST(SUM(ABS(x)) AS BIGINT) AS reach FROM {self.lines.table} l "
            f"GROUP BY slot, {self._window}, period"
        )
        most = self._reach("pw")
        at = Whole("c.x", -most, most)
        tier_sql = f"g.{tier.sql}"
        given = one_of(
            [(f"{tier_sql} = {i}", rates.slope(i, "s.") * at) for i in range(rates.tiers)], None
        )
        if given.wide:
            raise TooWide
        win = ", g.win" if self.lines.win else ""
        total = (
            f"SELECT g.payee, g.period, g.pw{win}, CAST(SUM({given.sql}) AS BIGINT) AS total, "
            f"COUNT(*) - COUNT({given.sql}) AS nulls FROM {frame.table} g JOIN ({cells}) c "
            f"ON {same} AND c.period <= g.period JOIN {self.loaded.spans} s ON s.slot = c.slot "
            f"GROUP BY g.payee, g.period, g.pw{win}"
        )
        table = f"{self.prefix}_totals"
        self.warehouse.create(table, total)
        joined = "t.payee = g.payee AND t.period = g.period"
        joined += " AND t.win = g.win" if self.lines.win else ""
        zero = "CAST(0 AS BIGINT)"
        frame.replace(
            f"SELECT g.*, CASE WHEN g.so_far = 0 THEN {zero} WHEN t.nulls = 0 THEN "
            "t.total END AS total "
            f"FROM {frame.table} g LEFT JOIN {table} t ON {joined}"
        )
        x = Whole("l.x", -self.lines.most, self.lines.most)
        line = one_of(
            [(f"g.{tier.sql} = {i}", rates.slope(i, "s.") * x) for i in range(rates.tiers)], None
        )
        if line.wide:
            raise TooWide
        on = "g.payee = l.payee AND g.period = l.period"
        on += " AND g.win = l.win" if self.lines.win else ""
        scored = (
            f"SELECT l.n, l.part, l.slot, l.payee, l.period, l.pw, l.day, l.ord, l.x, "
            f"{self._extra}CAST(NULL AS BIGINT) AS before, CAST(NULL AS BIGINT) AS after, "
            f"{line.sql} AS earned FROM {self.lines.table} l JOIN "
            f"{self._decisions(frame)} g ON {on} "
            f"JOIN {self.loaded.spans} s ON s.slot = l.slot"
        )
        return self._stepped(frame, scored, line, rates.unit, Ratio(frame.column("total")))

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
        over = one_of([("so_far = 0", none.over)], total.over)
        under = one_of([("so_far = 0", literal(1))], total.under)
        kept = frame.kept(Ratio(over, under))
        on = "g.payee = l.payee AND g.period = l.period"
        on += " AND g.win = l.win" if self.lines.win else ""
        shown = f"CASE WHEN g.{_bare(rate.over.sql)} = 0 THEN CAST(0 AS BIGINT) ELSE l.x END"
        scored = (
            f"SELECT l.n, l.part, l.slot, l.payee, l.period, l.pw, l.day, l.ord, l.x, "
            f"{self._extra}CAST(NULL AS BIGINT) AS before, CAST(NULL AS BIGINT) AS after, "
            f"{shown} AS earned FROM {self.lines.table} l JOIN {self._decisions(frame)} g ON {on}"
        )
        most = Whole("x", -self.lines.most, self.lines.most)
        return self._stepped(frame, scored, most, self.lines.unit, kept)

    def _stepped(self, frame: Frame, scored: str, line: Whole, unit: int, total: Ratio) -> Graded:
        """The step is what the window gives now less what it gave before."""
        weighed = self._weighed(scored, unit, line)
        step = total
        if not self.lines.win and self.scale is not None and self.scale.over in TO_DATE:
            names = {"over_before": total.over, "under_before": total.under}
            frame.add({
                name: f"LAG({w.sql}) OVER (PARTITION BY pw ORDER BY period)"
                for name, w in names.items() if w.known is None
            })  # fmt: skip
            frame.add(
                {
                    "first": (
                        "CASE WHEN ROW_NUMBER() OVER (PARTITION BY pw ORDER BY period) = "
                        "1 THEN 1 ELSE 0 END"
                    )
                }
            )
            before = Whole("over_before", total.over.low, total.over.high, total.over.wide)
            below = total.under
            if below.known is None:
                below = Whole("under_before", below.low, below.high, below.wide)
            was = Ratio(
                one_of([("first = 1", literal(0))], before),
                below if below.known else one_of([("first = 1", literal(1))], below),
            )
            step = total - was
        step = frame.kept(step)
        if self.lines.win:
            if step.under.known is None or step.over.wide:
                raise Unsupported(self.scale or NOWHERE, TARGET)
            over = f"CAST(SUM({step.over.sql}) AS BIGINT)"
            rows = (
                f"SELECT payee, period, CASE WHEN COUNT(*) = COUNT({step.over.sql}) "
                f"THEN {over} END "
                f"AS over_, {step.under.sql} AS under_ FROM {frame.table} g GROUP BY payee, period"
            )
        else:
            rows = (
                f"SELECT payee, period, {step.over.sql} AS over_, {step.under.sql} AS under_ "
                f"FROM {frame.table} g"
            )
        zero = "CAST(0 AS BIGINT)"
        query = (
            f"SELECT r.payee, r.period, COALESCE(w.credit, {zero}) AS credit, "
            f"COALESCE(w.lines, {zero}) AS lines, COALESCE(w.nulls, {zero}) + "
            f"CASE WHEN r.over_ IS NULL OR r.under_ IS NULL THEN 1 ELSE 0 END AS nulls, "
            f"r.over_ AS earned, r.under_ AS under, COALESCE(w.weight, {zero}) AS weight "
            f"FROM ({rows}) r LEFT JOIN {weighed.sums} w "
            "ON w.payee = r.payee AND w.period = r.period"
        )
        sums = Frame(self.warehouse, f"{self.prefix}_steps", query)
        sums.measure(("credit", "lines", "nulls", "earned", "under", "weight"))
        found = sums.ranges["earned"]
        wide = step.over.wide
        earned = Whole("earned", found.low, found.high, wide)
        under = sums.ranges["under"]
        below = ONE if step.under.known == 1 else Whole(
            "under", max(1, under.low), max(1, under.high), step.under.wide
        )  # fmt: skip
        return Graded(sums.table, weighed.lines, unit, earned, below, weighed.weight,
                      weighed.per_line)  # fmt: skip


def _bare(sql: str) -> str:
    """The name of a column that may be cast."""
    return sql.removeprefix("CAST(").removesuffix(" AS BIGINT)")
