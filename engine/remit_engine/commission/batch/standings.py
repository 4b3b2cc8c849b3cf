"""The scale on credit over whole tables: what lines earn, what a statement's step is, and the
weights by which entitled is shared out to lines.

`Graded.sums` has a row for each payee and period with lines, or whose window moved: credit, lines,
nulls (lines without a value), earned (over `unit`, and over `under` where it is not one), weight.
`Graded.lines` is, given a table of what statements grant (payee, period, ent, w), a query over the
lines with earned, before, after, w0 and w1 (the weights of the lines of the period before it, and
with it), ent and w.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from remit_dsl.pay import Scale
from remit_engine.commission.batch.curves import Curve, interpolated_rate
from remit_engine.commission.batch.forms import TARGET
from remit_engine.commission.batch.frame import Frame
from remit_engine.commission.batch.scratch import Scratch
from remit_engine.commission.batch.tables import Loaded, Points
from remit_engine.commission.batch.whole import ONE, Ratio, TooWide, Whole, literal, one_of
from remit_engine.commission.windows import TO_DATE
from remit_engine.compile.unsupported import Unsupported

RUNNING = "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"


@dataclass(frozen=True, slots=True)
class Graded:
    """See the module. credit_unit: what credit is over; shared: `lines` has weights."""

    sums: str
    lines: Callable[[str], str]
    unit: int
    earned: Whole
    under: Whole
    weight: Whole
    per_line: Whole


@dataclass(frozen=True, slots=True)
class Lines:
    """A table or view of lines, x within [-reach, reach]. lowered: a query of what lowers the
    position (payee, period, pw, ord, day, dx, win), or None. win: lines have the window's value."""

    table: str
    unit: int
    lowered: str | None
    win: bool
    most: int
    kept: tuple[str, ...] = ()
    """further columns of lines, that are shown again where lines are graded"""
    by_key: str | None = None
    """a query of key and credit alone, where that tells the span"""


@dataclass(slots=True)
class Grader:
    """Grades the lines of one plan. Raises Unsupported."""

    warehouse: Scratch
    prefix: str
    lines: Lines
    loaded: Loaded
    periods: int
    scale: Scale | None
    curve: Curve | None
    points: Curve | Points | None

    def graded(self, shares: bool) -> Graded:
        """shares: whether weights are needed."""
        try:
            if self.scale is None:
                return self._plain()
            if self.scale.kind == "marginal":
                windowed = self.lines.lowered is not None or self.lines.win
                if self.scale.over == "line":
                    return self._one_by_one(self._curve)
                return self._walked() if windowed else self._telescoped()
            if self.scale.over == "line":
                return self._one_by_one(self._curve)
            return self._decided()
        except TooWide:
            raise Unsupported(self.scale or _NOWHERE, TARGET) from None

    @property
    def _curve(self) -> Curve:
        if self.curve is None:
            raise Unsupported(self.scale or _NOWHERE, TARGET)
        return self.curve

    @property
    def _pp(self) -> str:
        """Payee and period as one number."""
        return f"l.payee * CAST({self.periods} AS BIGINT) + l.period"

    def _reach(self, by: str) -> int:
        """The largest sum of credits, without their signs, over lines with the same value."""
        ((found,),) = self.warehouse.rows(
            f"SELECT MAX(r) FROM (SELECT SUM(ABS(x)) AS r FROM {self.lines.table} GROUP BY {by}) m"
        )
        return int(found or 0)

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
        weights = Whole("w", -reach, reach)
        return Graded(sums.table, lambda granted: _granting(lines, granted), self.lines.unit,
                      sums.column("earned"), ONE, sums.column("weight"), weights)  # fmt: skip

    def _summed(self, query: str) -> Frame:
        frame = Frame(self.warehouse, f"{self.prefix}_sums", query)
        names = ["credit", "lines", "nulls", "earned", "weight"]
        if "AS reach" in query:
            names.append("reach")
        frame.measure(tuple(names))
        return frame

    # --- marginal --------------------------------------------------------------------------

    def _telescoped(self) -> Graded:
        """What the lines of a span earn is what the scale gives at its end less at its start."""
        curve, spans = self._curve, self.loaded.spans
        key, rows = "slot", self.lines.table
        if self.lines.by_key is not None:
            key, rows = "keyed", f"({self.lines.by_key})"
        frame = Frame(
            self.warehouse,
            f"{self.prefix}_slots",
            "SELECT s.*, COALESCE(g.credit, CAST(0 AS BIGINT)) AS credit, "
            "COALESCE(g.lines, CAST(0 AS BIGINT)) AS lines, "
            "COALESCE(g.nulls, CAST(0 AS BIGINT)) AS nulls, "
            "COALESCE(g.reach, CAST(0 AS BIGINT)) AS reach, "
            "CAST(SUM(COALESCE(g.credit, CAST(0 AS BIGINT))) OVER "
            f"(PARTITION BY s.pw ORDER BY s.slot {RUNNING}) AS BIGINT) AS position "
            f"FROM {spans} s LEFT JOIN (SELECT {key}, CAST(SUM(x) AS BIGINT) AS credit, "
            "COUNT(*) AS lines, COUNT(*) - COUNT(x) AS nulls, "
            f"CAST(SUM(ABS(x)) AS BIGINT) AS reach FROM {rows} l GROUP BY {key}) g "
            f"ON g.{key} = s.{key}",
        )
        frame.measure(("credit", "position"))
        ((most,),) = self.warehouse.rows(
            f"SELECT MAX(r) FROM (SELECT SUM(reach) AS r FROM {frame.table} GROUP BY pw) m"
        )
        reach = int(most or 0)
        at = frame.column("position")
        start = at - frame.column("credit")
        start = Whole(start.sql, -reach, reach, start.wide)
        at = Whole(at.sql, -reach, reach, at.wide)
        m1, m0 = frame.keep(curve.given(at), curve.given(start))
        (e,) = frame.keep(one_of([("lines = 0", literal(0))], m1 - m0))
        if e.wide or m0.wide or m1.wide:
            raise TooWide
        frame.add({
            "moved": f"COALESCE(CAST(SUM({e.sql}) OVER (PARTITION BY payee, period ORDER BY slot "
            f"{RUNNING}) AS BIGINT) - {e.sql} - {m0.sql}, CAST(0 AS BIGINT))",
        })  # fmt: skip
        moved = frame.column("moved")
        sums = self._summed(
            f"SELECT payee, period, CAST(SUM(credit) AS BIGINT) AS credit, "
            f"CAST(SUM(lines) AS BIGINT) AS lines, "
            f"CAST(SUM(nulls + CASE WHEN {e.sql} IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS nulls, "
            f"CAST(SUM({e.sql}) AS BIGINT) AS earned, CAST(SUM({e.sql}) AS BIGINT) AS weight "
            f"FROM {frame.table} WHERE lines > 0 GROUP BY payee, period"
        )
        p1, p0 = Whole("l.after", -reach, reach), Whole("(l.after - l.x)", -reach, reach)
        g1, g0 = curve.given(p1, "s."), curve.given(p0, "s.")
        inner = (
            f"SELECT l.*, CAST(SUM(x) OVER (PARTITION BY pw ORDER BY ord {RUNNING}) AS BIGINT) "
            f"AS after FROM {self.lines.table} l"
        )
        slots = frame.table

        def lines(granted: str) -> str:
            spans = (
                f"SELECT s.*, t.ent, t.w FROM {slots} s JOIN {granted} t "
                "ON t.payee = s.payee AND t.period = s.period"
            )
            middle = (
                f"SELECT l.*, l.after - l.x AS before, {g0.sql} AS g0, {g1.sql} AS g1, s.moved, "
                f"s.ent, s.w FROM ({inner}) l JOIN ({spans}) s ON s.slot = l.slot"
            )
            return (
                f"SELECT l.*, l.g1 - l.g0 AS earned, l.g0 + l.moved AS w0, l.g1 + l.moved AS w1 "
                f"FROM ({middle}) l"
            )

        per_line = g1 + moved
        if g1.wide or per_line.wide:
            raise TooWide
        return Graded(sums.table, lines, curve.unit, sums.column("earned"), ONE,
                      sums.column("weight"), per_line)  # fmt: skip

    def _one_by_one(self, curve: Curve) -> Graded:
        """A window for each line."""
        most = self.lines.most
        given = curve.given(Whole("l.x", -most, most), "s.")
        if given.wide:
            raise TooWide
        scored = (
            f"SELECT l.*, CAST(0 AS BIGINT) AS before, l.x AS after, {given.sql} AS earned "
            f"FROM {self.lines.table} l JOIN {self.loaded.spans} s ON s.slot = l.slot"
        )
        return self._weighed(scored, curve.unit, given)

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
        return self._weighed(f"SELECT l.* FROM {table} l", curve.unit, earned)

    def _weighed(self, scored: str, unit: int, earned: Whole) -> Graded:
        """Sums and weights of lines whose earnings are known."""
        sums = self._summed(
            f"SELECT payee, period, CAST(SUM(x) AS BIGINT) AS credit, COUNT(*) AS lines, "
            f"COUNT(*) - COUNT(earned) AS nulls, CAST(SUM(earned) AS BIGINT) AS earned, "
            f"CAST(SUM(earned) AS BIGINT) AS weight, CAST(SUM(ABS(earned)) AS BIGINT) AS reach "
            f"FROM ({scored}) l GROUP BY payee, period"
        )
        reach = sums.column("reach").high
        inner = (
            f"SELECT l.*, CAST(SUM(earned) OVER (PARTITION BY {self._pp} ORDER BY ord {RUNNING}) "
            f"AS BIGINT) AS w1 FROM ({scored}) l"
        )
        lines = f"SELECT l.*, l.w1 - l.earned AS w0 FROM ({inner}) l"
        return Graded(sums.table, lambda granted: _granting(lines, granted), unit,
                      sums.column("earned"), ONE, sums.column("weight"),
                      Whole("w", -reach, reach))  # fmt: skip

    # --- whole and interpolated ------------------------------------------------------------

    def _decided(self) -> Graded:
        """The position at the end of a period decides for all lines of the window so far."""
        scale, frame = self.scale, self._grid()
        if scale is None or self.points is None:
            raise Unsupported(scale or _NOWHERE, TARGET)
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

    @property
    def _extra(self) -> str:
        return "".join(f"l.{name}, " for name in self.lines.kept)

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
                raise Unsupported(self.scale or _NOWHERE, TARGET)
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


def _granting(lines: str, granted: str) -> str:
    return (
        f"SELECT l.*, t.ent, t.w FROM ({lines}) l JOIN {granted} t "
        "ON t.payee = l.payee AND t.period = l.period"
    )


_NOWHERE: Scale = None  # type: ignore[assignment]
__all__ = ["Graded", "Grader", "Lines"]
