"""What is known of people, loaded: a row for each statement, and one for each span of lines.

`sheets`: payee, period, active, month, sound, quota, and the values. `spans`: slot (numbered in
the order of people and days), payee, period, pw (payee and window), key (payee and piece), the
days [since, before), and the values. Python writes a row for each profile; the warehouse joins
them to the people who have it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from remit_dsl.pay import Scale
from remit_engine.commission.batch.curves import Curve, common, interpolated
from remit_engine.commission.batch.known import Known, columns
from remit_engine.commission.batch.narrow import Within
from remit_engine.commission.batch.profiles import Calendar, Profile, Sheet, Span
from remit_engine.commission.batch.scratch import Scratch
from remit_engine.commission.scale.windows import TO_DATE
from remit_engine.warehouse.warehouse import BIGINT, Row

NOBODY = -1
"""The number of the payee of lines that need none."""


@dataclass(frozen=True, slots=True)
class Points:
    """The columns of an interpolated scale."""

    columns: tuple[Known, ...]
    points: int
    under: int | None = None
    """what all its rates are over, where sums need that"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The two tables and what stands in them. pieces: how many pieces the calendar has."""

    sheets: str
    spans: str
    pieces: int
    windows: int
    quota: Known
    values: tuple[Known, ...]
    statement_scales: tuple[Curve | Points, ...]
    line_values: tuple[Known, ...]
    line_scales: tuple[Curve | Points, ...]
    window_sql: str
    """payee and window as one number, over payee and period"""
    whole: bool
    """every span of lines is a whole piece of the calendar"""
    slots: int
    payees: tuple[int, int]
    """the lowest and the highest number of a payee"""

    @property
    def within(self) -> Within:
        """What the columns of spans lie within."""
        low, high = self.payees
        return {
            "slot": (0, self.slots),
            "payee": (low, high),
            "pw": (low * self.windows, (high + 1) * self.windows),
        }


@dataclass(frozen=True, slots=True)
class Shape:
    """How scales become columns. positions: of each statement scale, what a position is over;
    line_position: of the scale on credit."""

    statement_scales: tuple[Scale, ...]
    positions: tuple[int, ...]
    line_scales: tuple[Scale, ...]
    line_position: int
    over: str | None
    statement_width: int
    line_width: int


def load(
    warehouse: Scratch,
    prefix: str,
    people: Mapping[int, Profile],
    calendar: Calendar,
    shape: Shape,
) -> Loaded:
    """Load the profiles of people (by number). Raises TooWide."""
    distinct = list({id(p): p for p in people.values()}.values())
    sheets = [s for p in distinct for s in p.sheets]
    spans = [s for p in distinct for s in p.spans]
    quota = Known.of("quota", (s.quota for s in sheets))
    values = columns("x", [s.values for s in sheets], shape.statement_width)
    scales = tuple(
        _columns(f"c{i}_", scale, shape.positions[i], [s.ladders[i] for s in sheets])
        for i, scale in enumerate(shape.statement_scales)
    )
    line_values = columns("y", [s.values for s in spans], shape.line_width)
    line_scales = tuple(
        _columns(f"l{i}_", scale, shape.line_position, [s.ladders[i] for s in spans])
        for i, scale in enumerate(shape.line_scales)
    )
    windows = _windows(calendar, shape.over)
    found = Loaded(
        f"{prefix}_sheets", f"{prefix}_spans", len(calendar.within), max(windows, default=0) + 1,
        quota, tuple(values), scales, tuple(line_values), line_scales,
        _window_sql(windows),
        all(_whole(s, calendar) for s in spans), sum(len(p.spans) for p in people.values()),
        (min(people, default=0), max(people, default=0)),
    )  # fmt: skip
    everybody = _load_people(warehouse, found, people)
    _load_sheets(warehouse, found, everybody, distinct, shape)
    _load_spans(warehouse, found, everybody, distinct, shape, windows)
    warehouse.drop(everybody)
    return found


def _columns(name: str, scale: Scale, position: int, ladders: Sequence[Any]) -> Curve | Points:
    if scale.kind != "interpolated":
        return Curve.of(name, ladders, scale.kind, len(scale.tiers), position)
    points = sum(t.bound is not None for t in scale.tiers)
    summed = scale.base is None and scale.over not in (*TO_DATE, "period")
    under = common(ladders) if summed else None
    rows = interpolated(ladders, points, under)
    width = points + 3 * (points + 2)
    return Points(tuple(columns(name, rows, width)), points, under)


def _window_sql(windows: Sequence[int]) -> str:
    whens = " ".join(f"WHEN {i} THEN {w}" for i, w in enumerate(windows))
    number = max(windows, default=0) + 1
    return f"payee * CAST({number} AS BIGINT) + CAST(CASE period {whens} END AS BIGINT)"


def _whole(span: Span, calendar: Calendar) -> bool:
    first, last = calendar.edges[span.piece], calendar.edges[span.piece + 1]
    return (span.start, span.until) == (first.toordinal(), last.toordinal())


def _windows(calendar: Calendar, over: str | None) -> list[int]:
    """The number of the window of each period."""
    kind = TO_DATE.get(over or "")
    if kind is None:
        return list(range(len(calendar.periods)))
    indexes = [p.within(kind).index for p in calendar.periods]
    return [i - indexes[0] for i in indexes]


def _cells(scales: Iterable[Curve | Points], shape: Sequence[Scale], ladders: Sequence[Any]) -> Row:
    found: list[Any] = []
    for columns_, scale, ladder in zip(scales, shape, ladders, strict=True):
        if isinstance(columns_, Curve):
            found += columns_.cells(ladder, scale.kind)
        else:
            (row,) = interpolated([ladder], columns_.points, columns_.under)
            found += [k.cell(v) for k, v in zip(columns_.columns, row, strict=True)]
    return tuple(found)


def _typed(names: Iterable[str], *groups: Iterable[Known]) -> list[tuple[str, str]]:
    return [*((n, BIGINT) for n in names), *((k.name, k.type) for g in groups for k in g)]


def _numbered(people: Mapping[int, Profile]) -> Iterator[Row]:
    """Each person, the number of his profile, and that of his first span."""
    numbers: dict[int, int] = {}
    slot = 0
    for person, profile in people.items():
        yield person, numbers.setdefault(id(profile), len(numbers)), slot
        slot += len(profile.spans)


def _load_people(warehouse: Scratch, loaded: Loaded, people: Mapping[int, Profile]) -> str:
    table = f"{loaded.sheets}_people"
    names = ("payee", "profile", "first_slot")
    warehouse.load(table, [(n, BIGINT) for n in names], _numbered(people))
    return table


def _load_sheets(
    warehouse: Scratch, loaded: Loaded, people: str, distinct: Sequence[Profile], shape: Shape
) -> None:
    def row(number: int, s: Sheet) -> Row:
        head = (number, s.period, s.active, s.month, int(s.sound), loaded.quota.cell(s.quota))
        body = tuple(k.cell(v) for k, v in zip(loaded.values, s.values, strict=True))
        return (*head, *body, *_cells(loaded.statement_scales, shape.statement_scales, s.ladders))

    scales = [k for c in loaded.statement_scales for k in c.columns]
    names = ("profile", "period", "active", "month", "sound", "quota")
    typed = _typed(names, loaded.values, scales)
    rows = f"{loaded.sheets}_each"
    warehouse.load(rows, typed, (row(i, s) for i, p in enumerate(distinct) for s in p.sheets))
    _joined(warehouse, loaded.sheets, people, rows, ["p.payee", *_shown(typed[1:])])


def _load_spans(
    warehouse: Scratch,
    loaded: Loaded,
    people: str,
    distinct: Sequence[Profile],
    shape: Shape,
    windows: Sequence[int],
) -> None:
    def row(number: int, nth: int, s: Span) -> Row:
        head = (number, nth, windows[s.period], s.piece, s.period, s.start, s.until)
        body = tuple(k.cell(v) for k, v in zip(loaded.line_values, s.values, strict=True))
        return (*head, *body, *_cells(loaded.line_scales, shape.line_scales, s.ladders))

    scales = [k for c in loaded.line_scales for k in c.columns]
    names = ("profile", "nth", "win", "piece", "period", "since", "before")
    typed = _typed(names, loaded.line_values, scales)
    rows = f"{loaded.spans}_each"
    every = ((i, n, s) for i, p in enumerate(distinct) for n, s in enumerate(p.spans))
    warehouse.load(rows, typed, (row(*of) for of in every))
    pw = f"p.payee * CAST({loaded.windows} AS BIGINT) + r.win AS pw"
    keyed = f"p.payee * CAST({loaded.pieces} AS BIGINT) + r.piece AS keyed"
    shown = ["p.first_slot + r.nth AS slot", "p.payee", pw, keyed, *_shown(typed[4:])]
    _joined(warehouse, loaded.spans, people, rows, shown)


def _shown(typed: Sequence[tuple[str, str]]) -> list[str]:
    return [f"r.{name}" for name, _ in typed]


def _joined(warehouse: Scratch, table: str, people: str, rows: str, shown: Sequence[str]) -> None:
    """The rows of a profile, for everybody who has it."""
    query = f"SELECT {', '.join(shown)} FROM {people} p JOIN {rows} r ON r.profile = p.profile"
    warehouse.create(table, query)
    warehouse.drop(rows)
