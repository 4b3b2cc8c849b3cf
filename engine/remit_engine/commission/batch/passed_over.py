"""How many rows of a period fulfil the condition of no plan, in SQL (`lines.passed_over`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.batch.line_forms import forms
from remit_engine.commission.batch.reading import OnLines
from remit_engine.commission.batch.staged import Staged
from remit_engine.commission.batch.translate import Translator
from remit_engine.commission.lines.passed_over import by_event, span
from remit_engine.warehouse.warehouse import Warehouse


def passed_over(
    warehouse: Warehouse, terms: Iterable[Terms], staged: Mapping[str, Staged], through: Period
) -> int:
    """As the reference counts them. Raises Unsupported, WarehouseTrouble."""
    return sum(
        _count(warehouse, of, staged[event], through) for event, of in by_event(terms).items()
    )


def _count(warehouse: Warehouse, terms: Sequence[Terms], event: Staged, through: Period) -> int:
    inside, may_count = [], []
    for of in terms:
        form = forms(of, event)
        measured = event.measured(warehouse, form.paths)
        by = measured.columns[(of.plan.by or "",)]
        source = OnLines(measured.columns, by, {}, ())
        first, last = (day.toordinal() for day in span(of, through))
        inside.append(f"e.{by.name} BETWEEN {first} AND {last}")
        if form.condition is not None:
            true = Translator(of.model.program, source).condition(form.condition)
            may_count.append(f"(e.{by.name} IS NOT NULL AND COALESCE({true}, TRUE))")
    query = (
        f"SELECT COUNT(*) FROM {event.table} e WHERE ({' OR '.join(inside)}) "
        f"AND NOT ({' OR '.join(may_count)})"
    )
    ((found,),) = warehouse.rows(query)
    return int(found)
