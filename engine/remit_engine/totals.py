"""Running totals: their names and types."""

from __future__ import annotations

from remit_dsl.program import Measure
from remit_dsl.types import Type
from remit_engine.ir import Model


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
