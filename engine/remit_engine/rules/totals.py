"""Running totals: their names and types, and what each adds up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from remit_dsl.expressions import Fact
from remit_dsl.program import Measure
from remit_dsl.types import PERSON, Type
from remit_engine.calendar import period_end, period_start
from remit_engine.rules.ir import Model


@dataclass(frozen=True, slots=True)
class Total:
    """What a total adds up: the measures of one action in a period, or in the last `days`. path: of
    the fact whose value it is kept by; None: by whose authority it was decided."""

    name: str
    path: tuple[str, ...] | None
    period: str | None
    days: int | None

    def span(self, day: date) -> tuple[date, date]:
        """The first and the last day that count with a day."""
        if self.days is not None:
            back = min(self.days - 1, day.toordinal() - 1)
            return day - timedelta(days=back), day
        if self.period is None or self.period == "day":
            return day, day
        return period_start(day, self.period), period_end(day, self.period)


def adding(measure: Fraction) -> Fraction:
    """What a decision adds to running totals: an amount below zero gives nothing back, or who
    decides it would refill his own limit. What came back is a reversal."""
    return max(measure, Fraction(0))


def window_total(measure: Measure) -> str | None:
    """The name of the total that a measure `summed by` something adds: `vendor over 60 days`."""
    if measure.summed_by is None:
        return None
    return f"{'.'.join(measure.summed_by.path)} over {measure.window} days"


def totals_of(model: Model, action: str) -> dict[str, Type]:
    """name -> type of the totals that a request on an action (qualified name) may state."""
    rules = model.actions[action]
    names = {
        total.name: total.amount.type
        for rule in rules.rules
        if rule.limit is not None
        for total in rule.limit.totals
    }
    measure = rules.action.measure
    name = None if measure is None else window_total(measure)
    if measure is not None and name is not None:
        names[name] = measure.value.type
    return names


def kept_totals(model: Model, action: str) -> tuple[Total, ...]:
    """The totals that limits on an action (qualified name) are compared with, each once."""
    rules = model.actions[action]
    written = [t for r in rules.rules if r.limit is not None for t in r.limit.totals]
    found = {
        t.name: Total(t.name, None if t.key is None else _path(t.key), t.period, None)
        for t in written
    }
    measure = rules.action.measure
    name = None if measure is None else window_total(measure)
    if measure is not None and measure.summed_by is not None and name is not None:
        found[name] = Total(name, _path(measure.summed_by), None, measure.window)
    return tuple(found.values())


def _path(key: Fact) -> tuple[str, ...]:
    """Where the key stands among facts: a record is known by its `id`."""
    return (*key.path, "id") if key.type.kind == "record" and key.type != PERSON else key.path
