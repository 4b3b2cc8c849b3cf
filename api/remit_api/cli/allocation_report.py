"""An allocation in words: tables that add up, and what each amendment changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from remit_api.cli.output import Screen
from remit_api.cli.pay_session import figures
from remit_dsl.pay import Allocation
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.targets.allocation_result import Allocated, Cell, Version, totals
from remit_engine.text import grouped, plain

ABREAST = 6
"""So many places stand beside one another in a table."""


def show(found: Allocated, asked: Allocation, view: Screen) -> None:
    """The whole report."""
    book = _Book(found)
    short = found.name.rsplit(".", 1)[-1]
    title = f"{short} “{found.label.text}”" if found.label else short
    view.line(
        (title, "bold"),
        f": {book.text(found.amount)} {found.currency or ''}".rstrip(),
        f" in {found.year}, in steps of {book.text(found.step)}",
    )
    for version in found.versions[1:]:
        source = f" ({version.source})" if version.source else ""
        kept = f"{book.text(version.kept)} of what was past stay"
        view.line(f"  amended from {version.start}{source}: {book.text(version.amount)}, {kept}")
    for head, rows in book.tables():
        view.line()
        if head:
            view.line((head, "bold"))
        if rows:
            view.table(rows[0], rows[1:], indent=2)
    for before, after in pairwise(found.versions):
        _amendment(book, before, after, view)
    view.line()
    view.line(book.adds_up())
    view.line((f"  written in {asked.span.file}:{asked.span.line}", "dim"))


class _Book:
    """An allocation with its sums over everything."""

    def __init__(self, found: Allocated) -> None:
        self.found = found
        self.places = 0 if (found.step).denominator == 1 else 2
        self.depth = len(found.axes)
        self._sums = [_sums(found.cells, depth, found.unit) for depth in range(self.depth + 1)]
        self.year = Period("year", found.year)

    def text(self, value: Fraction) -> str:
        """An amount, grouped."""
        return grouped(plain(value, self.places))

    def sum(self, period: Period, at: tuple[str, ...]) -> Fraction:
        """What a place gets in a period, over all below it."""
        return self._sums[len(at)].get((period, at), Fraction(0))

    def lines(self) -> Iterator[Period]:
        """The periods down a table: months, after each three their quarter, last the year."""
        for period in self.found.periods:
            if period.kind != "year":
                yield period
            if period.kind == "month" and period.start.month % 3 == 0:
                yield period.within("quarter")
        yield self.year

    def below(self, at: tuple[str, ...]) -> list[str]:
        """The places below a place that get something in the year."""
        found = dict.fromkeys(
            places[len(at)]
            for _, places in self._sums[len(at) + 1]
            if places[: len(at)] == at and self.sum(self.year, places)
        )
        person = self.found.axes[len(at)].kind == "person"
        return sorted(found) if person else list(found)

    def tables(self) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
        """A heading and a table for each place that has others below it, of many columns several;
        no table where all goes to one."""
        if not self.depth:
            yield "", figures([("period", "amount"), *self._rows((), [])])
        yield from self._tables(())

    def _tables(self, at: tuple[str, ...]) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
        if len(at) == self.depth:
            return
        inner = self.below(at)
        axis = self.found.axes[len(at)].name
        if at and len(inner) == 1:
            yield f"{' '.join(at)}: all of it to {inner[0]}", []
            inner = []
        for start in range(0, len(inner), ABREAST):
            some = inner[start : start + ABREAST]
            last = start + ABREAST >= len(inner)
            head = ("period", *some, *(("total",) if last else ()))
            rows = [row if last else row[:-1] for row in self._rows(at, some)]
            yield f"{' '.join(at)} by {axis}".strip(), figures([head, *rows])
        for place in self.below(at):
            yield from self._tables((*at, place))

    def _rows(self, at: tuple[str, ...], inner: Sequence[str]) -> Iterator[tuple[str, ...]]:
        for period in self.lines():
            cells = [self.text(self.sum(period, (*at, place))) for place in inner]
            yield (str(period), *cells, self.text(self.sum(period, at)))

    def adds_up(self) -> str:
        """The sums over each dimension, each added up on its own from the cells."""
        whole = self.text(sum(self.found.cells.values(), Fraction(0)))
        parts = [f"{self.found.unit}s {self._total(0, self.found.unit)}"]
        parts += [
            f"{axis.name} {self._total(n + 1, 'year')}" for n, axis in enumerate(self.found.axes)
        ]
        return f"adds up to {whole}: " + ", ".join(parts)

    def _total(self, depth: int, kind: str) -> str:
        every = self._sums[depth].items()
        return self.text(sum((n for (p, _), n in every if p.kind == kind), Fraction(0)))


def _sums(cells: Mapping[Cell, Fraction], depth: int, unit: str) -> dict[Cell, Fraction]:
    found: dict[Cell, Fraction] = {}
    for kind in dict.fromkeys((unit, "quarter" if unit == "month" else unit, "year")):
        found |= totals(cells, depth, kind)
    return found


def _amendment(book: _Book, before: Version, after: Version, view: Screen) -> None:
    """What an amendment changed: by period from its day on, then by place over the year."""
    unit = book.found.unit
    rows: list[tuple[str, ...]] = [("period", "before", "after", "change")]
    old, new = (totals(v.cells, 0, unit) for v in (before, after))
    rows.append(_changed(book, "kept", after.kept, after.kept))
    for period in book.found.periods:
        if period.start >= after.start:
            rows.append(_changed(book, str(period), old[period, ()], new[period, ()]))
    rows.append(_changed(book, str(book.year), before.amount, after.amount))
    view.line()
    view.line((f"amended from {after.start}", "bold"))
    shown = figures(rows)
    view.table(shown[0], shown[1:], indent=2)
    if book.depth:
        view.line()
        shown = figures(_places_changed(book, before, after))
        view.table(shown[0], shown[1:], indent=2)


def _places_changed(book: _Book, before: Version, after: Version) -> list[tuple[str, ...]]:
    names = " ".join(axis.name for axis in book.found.axes)
    rows: list[tuple[str, ...]] = [(names, "before", "after", "change")]
    old, new = (totals(v.cells, book.depth, None) for v in (before, after))
    for cell in sorted({**old, **new}, key=lambda cell: cell[1]):
        was, will = old.get(cell, Fraction(0)), new.get(cell, Fraction(0))
        if was or will:
            rows.append(_changed(book, " ".join(cell[1]), was, will))
    rows.append(_changed(book, "total", before.amount, after.amount))
    return rows


def _changed(book: _Book, name: str, before: Fraction, after: Fraction) -> tuple[str, ...]:
    change = after - before
    sign = "+" if change > 0 else ""
    return name, book.text(before), book.text(after), f"{sign}{book.text(change)}"
