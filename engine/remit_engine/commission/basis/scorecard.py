"""Scorecards: a person's weighted score for a period, item by item (docs/pay.md)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from remit_dsl import expressions as x
from remit_dsl.parts import Label
from remit_dsl.pay import Item, Scorecard
from remit_dsl.source import Span
from remit_engine.commission.basis.dataset import Dataset, Stretch
from remit_engine.commission.basis.figure import PayFault, figure, payee_on
from remit_engine.commission.basis.periods import Period
from remit_engine.people.party import Party
from remit_engine.rounding import rounded
from remit_engine.rules.ir import Model
from remit_engine.text import number_text


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemScore:
    """One item: what was read and what it counts; None from where `fault` stood in the way.

    attainment: value against target, before floor and cap. counted: after them, 0 under `least`.
    points: weight * counted. kind, currency: of value and target.
    """

    name: str
    label: Label | None
    higher: bool
    kind: str
    currency: str | None
    span: Span
    weight: Fraction | None = None
    value: Fraction | None = None
    target: Fraction | None = None
    attainment: Fraction | None = None
    floor: Fraction | None = None
    cap: Fraction | None = None
    least: Fraction | None = None
    counted: Fraction | None = None
    points: Fraction | None = None
    note: str = ""
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A person's score for a period: an exact ratio, None where `fault` says why not.

    as_of: the last day of the period on which he held one of the scorecard's positions. exact: the
    sum of the points, before rounding.
    """

    scorecard: str
    label: Label | None
    person: str
    period: Period
    as_of: date | None
    items: tuple[ItemScore, ...]
    exact: Fraction | None
    value: Fraction | None
    fault: str | None = None


def score(model: Model, scorecard: Scorecard, data: Dataset, person: str, period: Period) -> Score:
    """The score of a person for a period of the scorecard's kind. Total: what is wrong with it is
    the score's `fault`. Raises ValueError for a period of another kind."""
    if period.kind != scorecard.period:
        raise ValueError(f"`{period}` is not a {scorecard.period}")
    unscored = Score(
        scorecard=scorecard.name, label=scorecard.label, person=person, period=period,
        as_of=None, items=(), exact=None, value=None,
    )  # fmt: skip
    payee, day = last_held(data, person, period, scorecard.of)
    if payee is None or day is None:
        names = " or ".join(f"`{p.rsplit('.', 1)[-1]}`" for p in scorecard.of)
        return replace(unscored, fault=f"`{person}` is not {names} on any day of {period}")
    sheet = _Sheet(model, data, payee, period, day)
    unscored = replace(unscored, as_of=day, items=tuple(sheet.item(i) for i in scorecard.items))
    return _totalled(unscored, scorecard, sheet)


def last_held(
    data: Dataset, person: str, period: Period, positions: tuple[str, ...]
) -> tuple[Party | None, date | None]:
    """The person on the last day of a period on which he holds one of the positions, and the day;
    of several such positions on that day the first of the data counts."""
    days = [
        min(period.last, last)
        for stretch in data.people.get(person, ())
        if stretch.position in positions
        and (stretch.start is None or stretch.start <= period.last)
        and (last := _last_day(stretch)) >= period.start
    ]
    if not days:
        return None, None
    return payee_on(data, person, max(days), positions)[0], max(days)


def _last_day(stretch: Stretch) -> date:
    return date.max if stretch.until is None else stretch.until - timedelta(days=1)


def _totalled(read: Score, scorecard: Scorecard, sheet: _Sheet) -> Score:
    """The items read, added up and rounded as written."""
    if found := next((f"{i.name}: {i.fault}" for i in read.items if i.fault), None):
        return replace(read, fault=found)
    weights = sum((i.weight for i in read.items if i.weight is not None), Fraction(0))
    if weights != 1:
        made = number_text(weights, "percent")
        return replace(read, fault=f"the weights make {made}, and not 100%")
    exact = sum((i.points for i in read.items if i.points is not None), Fraction(0))
    if scorecard.mode is None or scorecard.step is None:
        return replace(read, exact=exact, value=exact)
    try:
        step = sheet.read(scorecard.step)
    except PayFault as fault:
        return replace(read, exact=exact, fault=fault.message)
    if step <= 0:
        return replace(read, exact=exact, fault="the step of rounding is not above 0")
    return replace(read, exact=exact, value=rounded(exact, scorecard.mode, step))


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What the items of one person's score are read from."""

    model: Model
    data: Dataset
    payee: Party
    period: Period
    day: date

    def read(self, e: x.Expression) -> Fraction:
        """The number of an expression, for the person on the day."""
        return figure(e, self.model, self.day, self.payee)

    def item(self, item: Item) -> ItemScore:
        """The item with everything up to the fault, where there is one."""
        found = ItemScore(
            name=item.name, label=item.label, higher=item.higher, kind=item.type.kind,
            currency=item.type.currency, span=item.span,
        )  # fmt: skip
        try:
            found = replace(found, weight=self.read(item.weight), target=self.read(item.target))
            found = replace(
                found,
                value=self._value(item),
                floor=self._bound(item.floor),
                cap=self._bound(item.cap),
                least=self._bound(item.least),
            )
            return _counted(found)
        except PayFault as fault:
            return replace(found, fault=fault.message)

    def _value(self, item: Item) -> Fraction:
        if item.value is not None:
            return self.read(item.value)
        person = self.payee.person or ""
        measured = self.data.measures.get((person, self.period, item.name))
        if measured is None:
            raise PayFault(
                f"the data `measures` has no `{item.name}` of `{person}` for {self.period}"
            )
        return measured

    def _bound(self, e: x.Expression | None) -> Fraction | None:
        return None if e is None else self.read(e)


def _counted(item: ItemScore) -> ItemScore:
    """The item with its attainment, what of it counts, and the points."""
    if item.weight is None or item.value is None or item.target is None:
        raise TypeError("an item is counted when it was read")
    if item.weight < 0:
        raise PayFault("the weight is negative")
    if item.floor is not None and item.cap is not None and item.floor > item.cap:
        raise PayFault("the floor is above the cap")
    attainment, note = _attainment(item.value, item.target, item.higher)
    counted, why = _bounded(attainment, item)
    note = "; ".join(n for n in (note, why) if n)
    return replace(
        item, attainment=attainment, counted=counted, points=item.weight * counted, note=note
    )


def _attainment(value: Fraction, target: Fraction, higher: bool) -> tuple[Fraction | None, str]:
    """value against target; None, less than any bound, where none was to be and some was."""
    if target > 0:
        return (value / target if higher else 2 - value / target), ""
    if target < 0 or higher:
        raise PayFault("the target is not above 0")
    return (Fraction(1), "none, as it should be") if value == 0 else (None, "none should be")


def _bounded(attainment: Fraction | None, item: ItemScore) -> tuple[Fraction, str]:
    """What counts of an attainment, and the reason where that is something else."""
    if item.least is not None and (attainment is None or attainment < item.least):
        return Fraction(0), f"nothing under {number_text(item.least, 'percent')}"
    if attainment is None:
        return item.floor or Fraction(0), "floor"
    if item.floor is not None and attainment < item.floor:
        return item.floor, "floor"
    if item.cap is not None and attainment > item.cap:
        return item.cap, "cap"
    return attainment, ""
