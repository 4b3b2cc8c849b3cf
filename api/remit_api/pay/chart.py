"""The scale of a plan with a person on it, as SVG: a bar for each tier, its rate as its height."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape

from remit_api.pay.amounts import money, percent
from remit_engine.commission.climb import Climb, Rung
from remit_engine.commission.scale.windows import TO_DATE
from remit_engine.text import number_text, plain

WIDTH = 720
LEFT, RIGHT, TOP, FLOOR = 12, 12, 50, 168
"""The bars lie between TOP and FLOOR; ticks below."""
NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class _Axis:
    """Amounts from `low` to `high` across the chart; rates from 0 to `top` upwards."""

    low: Fraction
    high: Fraction
    top: Fraction

    def x(self, amount: Fraction) -> Fraction:
        inside = min(max(amount, self.low), self.high)
        return LEFT + (inside - self.low) * (WIDTH - LEFT - RIGHT) / (self.high - self.low)

    def y(self, rate: Fraction) -> Fraction:
        return FLOOR - max(NOTHING, rate) * (FLOOR - TOP) / self.top


def chart(climb: Climb, currency: str | None) -> str:
    """The drawing, with its description for those who do not see it."""
    axis = _axis(climb)
    drawn = _curve(climb, axis) if climb.kind == "interpolated" else _bars(climb, axis)
    ticks = list(_ticks(climb, axis, currency))
    height = FLOOR + (36 if len(set(_rows([axis.x(b) for b in _marked(climb)]))) < 2 else 62)
    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(sentence(climb, currency))}">',
        *drawn,
        _line(axis.x(axis.low), FLOOR, axis.x(axis.high), FLOOR, "axis"),
        *ticks,
        *_marker(climb, axis, currency),
        "</svg>",
    ]
    return "\n".join(parts)


def sentence(climb: Climb, currency: str | None) -> str:
    """Where he stands, and what the next tier would give."""
    over = f" {climb.over}" if climb.over in TO_DATE else ""
    base = climb.base[:1].upper() + climb.base[1:]
    where = f"{base}{over} {_shown(climb.position, climb, currency)}"
    if climb.against is not None and climb.attainment is not None:
        name, amount = climb.against
        where += (
            f" of {name} {_shown(amount, climb, currency)}, which is {percent(climb.attainment)}"
        )
    told = f"{where}. Tier {climb.at + 1} of {len(climb.rungs)} ({climb.here.text})"
    if climb.kind != "interpolated":
        told += f" at {percent(climb.here.rate)}"
    return f"{told}. {_above(climb, currency)}"


def _above(climb: Climb, currency: str | None) -> str:
    if climb.kind == "interpolated":
        return "Between two points the rate lies on the line between them."
    above = climb.next
    if above is None:
        return "This is the last tier."
    needed, rate = _shown(above.needed, climb, currency), percent(above.rung.rate)
    if climb.kind == "marginal":
        return f"{needed} more reaches the next tier; what lies beyond it has {rate}."
    gain = money(above.gain, currency)
    return f"More than {needed} more reaches the next tier; then all of it has {rate}: {gain} more."


def _shown(value: Fraction, climb: Climb, currency: str | None) -> str:
    if climb.unit == "money":
        return money(value, currency)
    if climb.unit in ("percent", "ratio"):
        return percent(value)
    return number_text(value, climb.unit)


def _axis(climb: Climb) -> _Axis:
    bounds = [b for r in climb.rungs for b in (r.low, r.high) if b is not None]
    far = max([climb.position, *bounds, NOTHING])
    high = far * Fraction(6, 5) if far > 0 else Fraction(1)
    rates = [r.rate for r in climb.rungs]
    return _Axis(NOTHING, high, max([*rates, Fraction(1, 10_000)]))


def _ends(rung: Rung, axis: _Axis) -> tuple[Fraction, Fraction]:
    low = axis.low if rung.low is None else rung.low
    return axis.x(low), axis.x(axis.high if rung.high is None else rung.high)


def _bars(climb: Climb, axis: _Axis) -> Iterator[str]:
    here = axis.x(climb.position)
    for rung in climb.rungs:
        left, right = _ends(rung, axis)
        if right <= left:
            continue
        top = axis.y(rung.rate)
        yield _box(left, top, right, "tier")
        if here > left:
            yield _box(left, top, min(here, right), "reached")
        yield _label(_beside(left, right, here), top - 5, percent(rung.rate), "rate")


def _beside(left: Fraction, right: Fraction, here: Fraction) -> Fraction:
    """The middle of a bar, or of its larger part where the marker goes through the middle."""
    middle = (left + right) / 2
    if abs(middle - here) >= 20:
        return middle
    return (left + here) / 2 if here - left > right - here else (here + right) / 2


def _curve(climb: Climb, axis: _Axis) -> Iterator[str]:
    points = [(r.high, r.rate) for r in climb.rungs if r.high is not None]
    drawn = [
        (axis.x(axis.low), axis.y(climb.rungs[0].rate)),
        *((axis.x(at), axis.y(rate)) for at, rate in points),
        (axis.x(axis.high), axis.y(climb.rungs[-1].rate)),
    ]
    path = " ".join(f"{_n(x)},{_n(y)}" for x, y in drawn)
    yield f'<polyline class="curve" points="{path}"/>'
    for at, rate in points:
        yield f'<circle class="point" cx="{_n(axis.x(at))}" cy="{_n(axis.y(rate))}" r="3"/>'
        yield _label(axis.x(at), axis.y(rate) - 8, percent(rate), "rate")


def _ticks(climb: Climb, axis: _Axis, currency: str | None) -> Iterator[str]:
    texts = [(axis.x(b), _tick_text(b, climb, currency)) for b in _marked(climb)]
    for (x, (first, second)), row in zip(texts, _rows([x for x, _ in texts]), strict=True):
        yield _line(x, FLOOR, x, FLOOR + 5 + 26 * row, "axis")
        yield _label(x, FLOOR + 17 + 26 * row, first, "tick")
        yield _label(x, FLOOR + 29 + 26 * row, second, "tick small")


def _marked(climb: Climb) -> list[Fraction]:
    """The bounds that are marked on the axis."""
    return sorted({b for r in climb.rungs for b in (r.low, r.high) if b is not None and b >= 0})


def _tick_text(bound: Fraction, climb: Climb, currency: str | None) -> tuple[str, str]:
    amount = _shown(bound, climb, currency)
    if climb.against is None or climb.against[1] <= 0:
        return amount, ""
    return percent(bound / climb.against[1]), amount


def _rows(places: Sequence[Fraction]) -> Iterable[int]:
    """Which row a label is written in, so that none covers another."""
    ends: dict[int, Fraction] = {}
    for x in places:
        row = next((r for r in (0, 1) if r not in ends or x - ends[r] > 84), 0)
        ends[row] = x
        yield row


def _marker(climb: Climb, axis: _Axis, currency: str | None) -> Iterator[str]:
    x = axis.x(climb.position)
    yield _line(x, Fraction(TOP - 42), x, FLOOR, "here")
    done = "" if climb.attainment is None else f" ({percent(climb.attainment)})"
    text = f"{climb.base} {_shown(climb.position, climb, currency)}{done}"
    side = "start" if x < WIDTH / 2 else "end"
    gap = 6 if side == "start" else -6
    yield _label(x + gap, Fraction(TOP - 32), text, "here-label", side)


def _box(left: Fraction, top: Fraction, right: Fraction, name: str) -> str:
    return (
        f'<rect class="{name}" x="{_n(left)}" y="{_n(top)}" width="{_n(right - left)}" '
        f'height="{_n(FLOOR - top)}"/>'
    )


def _line(x1: Fraction, y1: Fraction | int, x2: Fraction, y2: Fraction | int, name: str) -> str:
    return f'<line class="{name}" x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"/>'


def _label(x: Fraction, y: Fraction | int, text: str, name: str, side: str = "middle") -> str:
    where = f'class="{name}" x="{_n(x)}" y="{_n(y)}" text-anchor="{side}"'
    return f"<text {where}>{escape(text)}</text>" if text else ""


def _n(value: Fraction | int) -> str:
    """A coordinate, to a tenth."""
    return plain(Fraction(round(Fraction(value) * 10), 10))
