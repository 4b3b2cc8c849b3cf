"""Allocations: a year's amount to periods, members and people, as docs/pay.md says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction

from remit_dsl.expressions import Expression
from remit_dsl.pay import Allocation, Dimension
from remit_dsl.source import Span
from remit_engine.commission.apportionment import crossed, parts
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.basis.figure import PayFault, figure
from remit_engine.commission.basis.periods import MONTHS, Period
from remit_engine.commission.targets.allocation_places import (
    PERSON,
    TIME,
    Place,
    Places,
    called,
    parent_of,
)
from remit_engine.commission.targets.allocation_result import Allocated, Axis, Cell, Version
from remit_engine.rules.ir import Model
from remit_engine.text import grouped, plain


def allocate(model: Model, allocation: Allocation, data: Dataset) -> Allocated:
    """The year's amount in whole steps, as it was first given out and after each amendment.

    data: only `people` is read, where a dimension is of people. Raises PayFault: an amount that is
    negative, less than what is past, or not made of whole steps; weights that are negative or all
    zero; an amount for a place in which there is nobody; a day of amendment that begins no period.
    """
    work = _Work(model, allocation, data)
    versions = tuple(work.versions())
    policy = model.program.policies.get(allocation.policy)
    return Allocated(
        name=allocation.name,
        label=allocation.label,
        currency=allocation.amount.type.currency or (policy.currency if policy else None),
        year=allocation.year,
        step=work.step,
        unit=work.unit,
        axes=tuple(Axis(called(d), d.kind, d.type.name if d.type else None) for d in work.across),
        periods=work.periods,
        versions=versions,
    )


def quotas(allocated: Allocated, kind: str) -> Mapping[tuple[str, Period], Fraction]:
    """(person, period of a kind) -> his target, over all other dimensions. Raises PayFault when the
    allocation is not by person, or when its periods are longer than that kind."""
    at = next((i for i, axis in enumerate(allocated.axes) if axis.kind == PERSON), None)
    short = allocated.name.rsplit(".", 1)[-1]
    if at is None:
        raise PayFault(f"`{short}` gives nobody a target: it is not by person")
    if MONTHS[allocated.unit] > MONTHS[kind]:
        raise PayFault(f"`{short}` is by {allocated.unit}, and has no target for a {kind}")
    found: dict[tuple[str, Period], Fraction] = defaultdict(Fraction)
    for (period, places), amount in allocated.cells.items():
        found[places[at], period.within(kind)] += amount
    return dict(found)


class _Work:
    """One allocation being worked out, in whole steps."""

    def __init__(self, model: Model, allocation: Allocation, data: Dataset) -> None:
        self.model, self.allocation, self.data = model, allocation, data
        self.first = date(allocation.year, 1, 1)
        self.across = [d for d in allocation.dimensions if d.kind != TIME]
        units = [d.unit or "month" for d in allocation.dimensions if d.kind == TIME]
        self.unit = min(units, key=lambda unit: MONTHS[unit], default="year")
        self.periods = tuple(Period("year", allocation.year).parts(self.unit))
        self.step = figure(allocation.step, model, self.first)
        if self.step <= 0:
            raise PayFault("the steps are not above 0", allocation.step.span)

    def versions(self) -> Iterator[Version]:
        """The first split and each amendment, in order of their days."""
        allocation = self.allocation
        amended = sorted(allocation.amendments, key=lambda a: a.start)
        splits: list[tuple[date, Expression, str | None, Span]] = [
            (self.first, allocation.amount, allocation.source, allocation.span),
            *((a.start, a.amount, a.source, a.span) for a in amended),
        ]
        cells: dict[Cell, int] = {}
        for number, (start, amount, source, span) in enumerate(splits):
            if number and splits[number - 1][0] == start:
                raise PayFault(f"there is more than one amount from {start} on", span)
            steps = self._steps(amount, start)
            cells = self._split(cells, steps, start, span)
            kept = sum(n for (period, _), n in cells.items() if period.start < start)
            yield Version(
                start, steps * self.step, kept * self.step, source,
                {cell: n * self.step for cell, n in cells.items()}, span,
            )  # fmt: skip

    def _steps(self, amount: Expression, day: date) -> int:
        found = figure(amount, self.model, day)
        steps = found / self.step
        if found < 0:
            raise PayFault("the amount is negative", amount.span)
        if steps.denominator != 1:
            raise PayFault("the amount is not made of whole steps", amount.span)
        return steps.numerator

    def _split(
        self, before: Mapping[Cell, int], amount: int, start: date, span: Span
    ) -> dict[Cell, int]:
        """The year's cells from a day on: what is past stays, the rest is split anew."""
        left = [p for p in self.periods if p.start >= start]
        if start not in {p.start for p in left}:
            raise PayFault(f"{start} begins no {self.unit} of {self.allocation.year}", span)
        past = {cell: n for cell, n in before.items() if cell[0].start < start}
        rest = amount - sum(past.values())
        if rest < 0:
            made = (amount - rest) * self.step
            raise PayFault(
                f"what is past makes {grouped(plain(made))} already, which is more", span
            )
        places = Places(self.model, self.allocation, self.data, start)
        for number, line in enumerate(self.across):
            places.check(line, parent_of(line, self.across[:number]))
        months = self._by_period(places, left, rest)
        return {**past, **self._below(places, left, months, ())}

    def _by_period(self, places: Places, left: Sequence[Period], rest: int) -> list[int]:
        """What each period that is left gets: quarters first where there are both, then months."""
        weights = dict(places.periods())
        rule = self.allocation.remainders
        units = {d.unit for d in self.allocation.dimensions if d.kind == TIME}
        whole = "quarter" if "quarter" in units else self.unit
        groups: dict[Period, list[Period]] = defaultdict(list)
        for period in left:
            groups[period.within(whole)].append(period)
        sums = [sum((weights[p] for p in group), Fraction(0)) for group in groups.values()]
        amounts = self._parts(rest, sums, rule, "period")
        found: list[int] = []
        for group, amount in zip(groups.values(), amounts, strict=True):
            found += self._parts(amount, [weights[p] for p in group], rule, "period")
        return found

    def _parts(self, whole: int, weights: list[Fraction], rule: str, what: str) -> list[int]:
        if whole and not any(weights):
            raise PayFault(f"all weights of the {what}s are zero", self.allocation.span)
        return parts(whole, weights, rule)

    def _below(
        self,
        places: Places,
        left: Sequence[Period],
        amounts: list[int],
        above: tuple[tuple[Dimension, str], ...],
    ) -> dict[Cell, int]:
        """The cells below some places, whose amounts by period are given."""
        names = tuple(name for _, name in above)
        if len(above) == len(self.across):
            return {(p, names): n for p, n in zip(left, amounts, strict=True)}
        line = self.across[len(above)]
        inner = places.of(line, above)
        whole = sum(amounts)
        self._someone(places, line, inner, whole, names)
        columns = parts(whole, [p.weight for p in inner], self.allocation.remainders)
        table = crossed(amounts, columns)
        found: dict[Cell, int] = {}
        for j, place in enumerate(inner):
            column = [row[j] for row in table]
            found |= self._below(places, left, column, (*above, (line, place.name)))
        return found

    def _someone(
        self,
        places: Places,
        line: Dimension,
        inner: Sequence[Place],
        whole: int,
        names: tuple[str, ...],
    ) -> None:
        """PayFault when there is an amount and nobody, or nothing, to take it."""
        if not whole or any(p.weight for p in inner):
            return
        where = f" of {', '.join(f'`{n}`' for n in names)}" if names else ""
        amount = grouped(plain(whole * self.step))
        if inner:
            raise PayFault(
                f"all weights by `{called(line)}`{where} are zero on {places.day}, and {amount} is"
                " there to be split",
                line.weight.span,
            )
        held = " or ".join(f"`{p.rsplit('.', 1)[-1]}`" for p in line.positions)
        raise PayFault(
            f"nobody{where} is {held} on {places.day}, and {amount} is there to be split", line.span
        )
