"""Rows that were returned, or collected, before they were sold, in SQL (`lines.early_dates`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.batch.staged import Staged
from remit_engine.commission.lines.early_dates import dates
from remit_engine.commission.statement import Early
from remit_engine.warehouse.warehouse import Warehouse


def early_dates(
    warehouse: Warehouse, terms: Iterable[Terms], staged: Mapping[str, Staged], through: Period
) -> tuple[Early, ...]:
    """As the reference finds them. Raises WarehouseTrouble."""
    found = (
        _found(warehouse, of, asked, staged[asked.event], through) for of, asked in dates(terms)
    )
    return tuple(each for each in found if each is not None)


def _found(
    warehouse: Warehouse, terms: Terms, asked: Early, event: Staged, through: Period
) -> Early | None:
    day, by = event.columns[(asked.field,)].name, event.columns[(asked.by,)].name
    tests = [f"e.{day} < e.{by}", f"e.{by} <= {through.last.toordinal()}"]
    if terms.start is not None:
        tests.append(f"e.{by} >= {terms.start.toordinal()}")
    if terms.until is not None:
        tests.append(f"e.{by} < {terms.until.toordinal()}")
    rows = f"FROM {event.table} e WHERE {' AND '.join(tests)}"
    ((count, first),) = warehouse.rows(f"SELECT COUNT(*), MIN(e.n) {rows}")
    if not count:
        return None
    ((id,),) = warehouse.rows(f"SELECT e.id FROM {event.table} e WHERE e.n = {first}")
    return asked.counted(int(count), str(id))
