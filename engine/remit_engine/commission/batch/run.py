"""A run of plans in a warehouse: one text of SQL, in whole numbers, equal to the reference."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from remit_dsl.pay import Plan
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.batch import readable
from remit_engine.commission.batch.event_plan import EventPlan
from remit_engine.commission.batch.forms import TARGET
from remit_engine.commission.batch.plan_tables import CENTS, LINE_COLUMNS, Batch, PlanTables
from remit_engine.commission.batch.pool_plan import PoolPlan
from remit_engine.commission.batch.report_plan import ReportPlan
from remit_engine.commission.batch.scratch import Scratch
from remit_engine.commission.batch.staged import Staged, ranks
from remit_engine.commission.reference import with_underneath
from remit_engine.compile.unsupported import Unsupported
from remit_engine.rules.ir import Model
from remit_engine.warehouse.warehouse import Warehouse, WarehouseOverflow

Progress = Callable[[str, int, int], None]
"""Told before each stage: what is done now, how many stages are done, of how many."""


def run_batch(
    model: Model,
    data: Dataset,
    plans: Sequence[str],
    through: Period,
    warehouse: Warehouse,
    staged: Mapping[str, Staged],
    folder: Path | None = None,
    progress: Progress | None = None,
    seek: bool = False,
) -> Batch:
    """Compute plans (and those underneath) from staged events; `data` gives all but the events.

    folder: where `PLAN.lines.parquet` and `PLAN.statements.parquet` are written, whole or not at
    all. seek: look for the events that are in no line. Raises Unsupported for a construct with no
    exact form in SQL (nothing is written then), WarehouseTrouble, ValueError for a `through` of
    another kind than a plan's period.
    """
    ordered = with_underneath(model, plans)
    for plan in ordered:
        if plan.period != through.kind:
            raise ValueError(f"`{plan.short}` is paid by the {plan.period}, not the {through.kind}")
    people = ranks(data)
    terms = {plan.name: Terms.of(model, data, plan) for plan in ordered}
    done: dict[str, PlanTables] = {}
    files: list[Path] = []
    with _persons(warehouse, people, folder):
        for number, plan in enumerate(ordered):
            if progress is not None:
                progress(plan.short, number, len(ordered))
            scratch = Scratch(warehouse)
            work = (through, scratch, dict(staged), people, f"pay{number}", folder)
            try:
                found = _found(terms, plan, work, done, seek)
                done[plan.name] = found
                scratch.clear(
                    (found.statements, found.lines or "", f"{found.lines}_file", found.left or "")
                )
                files += scratch.files
            except BaseException:
                scratch.clear()
                for file in (*files, *scratch.files):
                    file.unlink(missing_ok=True)
                raise
    if progress is not None:
        progress("", len(ordered), len(ordered))
    return Batch(done, tuple(people))


def _found(
    terms: Mapping[str, Terms],
    plan: Plan,
    work: tuple[Period, Scratch, dict[str, Staged], dict[str, int], str, Path | None],
    done: Mapping[str, PlanTables],
    seek: bool,
) -> PlanTables:
    """What a plan gives. work: see PlanWork; done: what those underneath gave."""
    own = terms[plan.name]
    try:
        if plan.pool is not None:
            return PoolPlan(own, *work, seek=seek).run()
        if plan.base is not None:
            return ReportPlan(own, *work).run(done[plan.base], terms[plan.base])
        return EventPlan(own, *work, seek=seek).run()
    except WarehouseOverflow:  # a sum that no 64 bits hold: the reference has room
        raise Unsupported(plan, TARGET) from None


@contextmanager
def _persons(
    warehouse: Warehouse, people: Mapping[str, int], folder: Path | None
) -> Iterator[None]:
    """The ids of people in a table, while there are files to write."""
    if folder is None:
        yield
        return
    scratch = Scratch(warehouse)
    try:
        scratch.load(readable.PERSONS, readable.PERSON_COLUMNS, readable.persons(people))
        yield
    finally:
        scratch.clear()


__all__ = ["CENTS", "LINE_COLUMNS", "Batch", "PlanTables", "Progress", "run_batch"]
