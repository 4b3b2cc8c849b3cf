"""Runs of pay in a database engine: statements with their amounts, and what was not counted.

Stages and lines are not made as objects: the lines stand in Parquet files beside the statements,
and `remit commission explain` tells one person's stages by the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from remit_api.failures import WrongUse
from remit_dsl.pay import Plan
from remit_engine.commission.batch.run import CENTS, Batch, PlanTables, run_batch
from remit_engine.commission.batch.staged import Irregular, Staged, stage
from remit_engine.commission.crediting import Creditor
from remit_engine.commission.dataset import Dataset
from remit_engine.commission.periods import Period
from remit_engine.commission.reference import with_underneath
from remit_engine.commission.statement import AMOUNTS, Run, Statement, Uncounted
from remit_engine.commission.terms import Terms
from remit_engine.compile.unsupported import Unsupported
from remit_engine.ir import Model
from remit_engine.warehouse.opening import open_warehouse
from remit_engine.warehouse.warehouse import Warehouse

PYTHON, AUTO = "python", "auto"
ENGINES = (AUTO, PYTHON, "duckdb", "postgres", "spark")
MANY = 200_000
"""Rows from which on `auto` asks DuckDB."""
Phase = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class NotInSql:
    """Why a plan is left to the reference."""

    why: str


def wished(engine: str) -> str:
    """The engine of an option. Raises WrongUse."""
    if engine in ENGINES:
        return engine
    named = ", ".join(f"`{e}`" for e in ENGINES)
    raise WrongUse(f"there is no engine `{engine}`", f"the engines are {named}")


def fitting(engine: str, data: Dataset) -> str:
    """The engine that `auto` means for so much data."""
    if engine != AUTO:
        return engine
    return "duckdb" if sum(map(len, data.events.values())) >= MANY else PYTHON


def batch_run(
    model: Model,
    data: Dataset,
    plans: Sequence[str],
    through: Period,
    engine: str,
    told: Phase,
    folder: Path | None = None,
    *,
    url: str | None = None,
    memory_limit: str | None = None,
) -> Run | NotInSql:
    """The run of some plans in an engine. folder: where DuckDB leaves lines and statements of each
    plan as Parquet. Raises WarehouseTrouble."""
    options = {"url": url, "memory_limit": memory_limit}
    given = {name: value for name, value in options.items() if value is not None}
    left = folder if engine == "duckdb" else None
    with open_warehouse(engine, **given) as warehouse:
        try:
            told("staging", 0, 0)
            staged = stage(warehouse, model.program, data)
            batch = run_batch(model, data, plans, through, warehouse, staged, left, told)
        except (Unsupported, Irregular) as refusal:
            return NotInSql(str(refusal))
        ordered = with_underneath(model, plans)
        statements = {
            (s.plan, s.person, s.period): s
            for plan in ordered
            for s in _statements(warehouse, batch.plans[plan.name], batch)
        }
        told("looking for what is not counted", 0, 0)
        uncounted = [
            u
            for plan in ordered
            if plan.event is not None
            for u in _uncounted(warehouse, model, data, plan, through, batch, staged)
        ]
        currency = {plan.name: Terms.of(model, data, plan).currency for plan in ordered}
    return Run(dict(sorted(statements.items())), tuple(uncounted), currency)


def _statements(warehouse: Warehouse, tables: PlanTables, batch: Batch) -> Iterator[Statement]:
    names = ("credit", "quota", *CENTS)
    units = {"credit": tables.credit_unit, "quota": tables.quota_unit}
    query = f"SELECT payee, period, ok, {', '.join(names)} FROM {tables.statements}"
    for payee, index, ok, *values in warehouse.rows(query):
        period = Period(tables.first.kind, tables.first.index + index)
        person = batch.persons[payee]
        amounts: dict[str, Fraction | None] = dict.fromkeys(AMOUNTS)
        amounts.update(
            {
                name: None if value is None else Fraction(int(value), units.get(name, tables.cents))
                for name, value in zip(names, values, strict=True)
            }
        )
        fault = None if ok else f"`{person}`, {period}: {_LEFT}"
        yield Statement(tables.plan, person, period, amounts, {}, (), (), (), fault)


_LEFT = (
    "something of this account cannot be computed; `remit commission explain` of this person says "
    "what it is"
)


# --- what is not counted -------------------------------------------------------------------


def _uncounted(
    warehouse: Warehouse,
    model: Model,
    data: Dataset,
    plan: Plan,
    through: Period,
    batch: Batch,
    staged: Mapping[str, Staged],
) -> tuple[Uncounted, ...]:
    """What the reference says of the rows that are in no line, or not with all their shares."""
    event, lines = plan.event or "", batch.plans[plan.name].lines
    rows = data.events.get(event, ())
    if lines is not None:
        left = _left(warehouse, staged[event].table, lines, data, plan)
        rows = tuple(row for row in rows if row.id in left)
    terms = Terms.of(model, replace(data, events={**data.events, event: rows}), plan)
    _, uncounted = Creditor(terms, through).all()
    return tuple(uncounted)


def _left(
    warehouse: Warehouse, table: str, lines: str, data: Dataset, plan: Plan
) -> frozenset[str]:
    """The ids of events that are in no line, or not with all their shares."""
    query = f"SELECT e.id, COUNT(l.n) FROM {table} e LEFT JOIN {lines} l ON l.n = e.n GROUP BY e.id"
    splits = plan.credit is not None and plan.credit.to == "splits"
    shares = data.splits.get(plan.event or "", {}) if splits else {}
    counted = warehouse.rows(query)
    return frozenset(id for id, n in counted if n < max(1, len(shares.get(id, ()))))
