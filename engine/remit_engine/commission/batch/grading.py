"""What the grading of lines has in common, whatever the scale on credit.

`Graded.sums` has a row for each payee and period with lines, or whose window moved: credit, lines,
nulls (lines without a value), earned (over `unit`, and over `under` where it is not one), weight.
`Graded.lines` is, given what statements grant, a query over the lines with earned, before, after,
w0 and w1 (the weights of the lines of the period before it, and with it), and what is granted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from remit_dsl.pay import Scale
from remit_engine.commission.batch.curves import Curve
from remit_engine.commission.batch.forms import TARGET
from remit_engine.commission.batch.frame import Frame
from remit_engine.commission.batch.narrow import Within
from remit_engine.commission.batch.scratch import Scratch
from remit_engine.commission.batch.tables import Loaded, Points
from remit_engine.commission.batch.whole import ONE, Whole
from remit_engine.compile.unsupported import Unsupported

RUNNING = "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"


@dataclass(frozen=True, slots=True)
class Granted:
    """What statements grant. rows: a table or query of payee, period, ent (to be shared out), w
    (the weight of all lines) and further columns, that their lines show as well."""

    rows: str
    more: tuple[str, ...] = ()

    def shown(self, prefix: str) -> str:
        """What lines show of it."""
        return ", ".join(f"{prefix}.{name}" for name in ("ent", "w", *self.more))


@dataclass(frozen=True, slots=True)
class Graded:
    """See the module. per_line: what w0 and w1 lie within. rising: no line weighs less than 0, so
    that w0 and w1 lie between 0 and w. place: what `before` and `after` do not exceed, with either
    sign; gain: what `earned` of a line does not."""

    sums: str
    lines: Callable[[Granted], str]
    unit: int
    earned: Whole
    under: Whole
    weight: Whole
    per_line: Whole
    rising: bool
    place: int
    gain: int


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
    """the same lines with `keyed` in place of their span, where that tells it; and lines in none"""
    within: Within = field(default_factory=dict)
    of_order: Mapping[str, str] = field(default_factory=dict)
    """columns that follow from `ord`, in SQL over a line `l`"""


@dataclass(slots=True)
class Grading:
    """The lines of one plan, and what is loaded to grade them."""

    warehouse: Scratch
    prefix: str
    lines: Lines
    loaded: Loaded
    periods: int
    scale: Scale | None
    curve: Curve | Points | None
    points: Curve | Points | None

    @property
    def _curve(self) -> Curve:
        if not isinstance(self.curve, Curve):
            raise Unsupported(self.scale or NOWHERE, TARGET)
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

    @property
    def _extra(self) -> str:
        return "".join(f"l.{name}, " for name in self.lines.kept)

    def _rising(self, sums: Frame) -> bool:
        """True when no line weighs less than 0: then it makes no difference to leave signs out."""
        query = f"SELECT MAX(reach - weight), COUNT(*) - COUNT(weight) FROM {sums.table}"
        ((odd, unknown),) = self.warehouse.rows(query)
        return not odd and not unknown

    def _summed(self, query: str) -> Frame:
        frame = Frame(self.warehouse, f"{self.prefix}_sums", query)
        names = ["credit", "lines", "nulls", "earned", "weight"]
        if "AS reach" in query:
            names.append("reach")
        frame.measure(tuple(names))
        return frame

    def _weighed(self, scored: str, unit: int, earned: Whole, place: int = 0) -> Graded:
        """Sums and weights of lines whose earnings are known. place: see Graded."""
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
        rising = self._rising(sums)
        weights = Whole("w", 0 if rising else -reach, reach)
        return Graded(sums.table, lambda granted: granting(lines, granted), unit,
                      sums.column("earned"), ONE, sums.column("weight"), weights, rising, place,
                      max(-earned.low, earned.high))  # fmt: skip


def granting(lines: str, granted: Granted) -> str:
    """Lines with what their statements grant."""
    return (
        f"SELECT l.*, {granted.shown('t')} FROM ({lines}) l JOIN {granted.rows} t "
        "ON t.payee = l.payee AND t.period = l.period"
    )


NOWHERE: Scale = None  # type: ignore[assignment]
