"""Runs of pay in a database engine: statements with their amounts, and what was not counted.

Stages and lines are not made as objects: the lines stand in Parquet files beside the statements,
and `remit commission explain` tells one person's stages by the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from remit_api.failures import WrongUse
from remit_api.pay.watching import watched
from remit_api.pay_data.plain_file import NotPlain
from remit_api.pay_data.staging import Asked, Notice, stage_data
from remit_dsl.pay import Followed, Plan
from remit_engine.commission.basis.dataset import Dataset, EventRow
from remit_engine.commission.basis.membership import People
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.batch.early_dates import early_dates
from remit_engine.commission.batch.passed_over import passed_over
from remit_engine.commission.batch.run import CENTS, Batch, PlanTables, run_batch
from remit_engine.commission.batch.staged import Irregular, Staged, stage
from remit_engine.commission.lines.crediting import Creditor
from remit_engine.commission.pools import Pools
from remit_engine.commission.reference import with_underneath
from remit_engine.commission.statement import AMOUNTS, Run, Statement, Uncounted
from remit_engine.commission.trail import Wording
from remit_engine.compile.unsupported import Unsupported
from remit_engine.rules.ir import Model
from remit_engine.warehouse.duckdb import DuckDB
from remit_engine.warehouse.opening import open_warehouse
from remit_engine.warehouse.warehouse import Warehouse

PYTHON, AUTO, DUCKDB, POSTGRES = "python", "auto", "duckdb", "postgres"
ENGINES = (AUTO, PYTHON, DUCKDB, POSTGRES, "spark")
SERVER = "postgresql://user@host/base"
MANY = 200_000
"""Rows from which on `auto` asks DuckDB."""
MEMORY = "1GB"
"""What the tables of a large folder may take; the rest goes to disk."""
Phase = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class NotInSql:
    """Why a plan is left to the reference."""

    why: str


@dataclass(frozen=True, slots=True)
class BulkRun:
    """A run, and the people of its data."""

    run: Run
    people: People


class Rows(Protocol):
    """Where rows of events are found again."""

    def pieces(
        self, event: str, followed: Sequence[Followed], chosen: str
    ) -> Iterator[Mapping[str, tuple[EventRow, ...]]]:
        """Rows of an event in the order of the data, with those that follow them, some at a time.
        chosen: a table of the numbers (`n`) of those that are asked for."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """What a batch reads. data: all but the events, or all; staged: the events."""

    data: Dataset
    staged: Mapping[str, Staged]
    rows: Rows


@dataclass(frozen=True, slots=True)
class Wished:
    """What is to be computed. folder: where lines and statements of each plan are left as Parquet.
    told: the phase, how much of it is done, and of how much."""

    model: Model
    plans: Sequence[str]
    through: Period
    told: Phase
    folder: Path | None = None


def wished(engine: str, url: str | None = None) -> tuple[str, str | None]:
    """The engine of an option, and the address of its server as libpq reads it. Raises WrongUse."""
    if engine not in ENGINES:
        named = ", ".join(f"`{e}`" for e in ENGINES)
        raise WrongUse(f"there is no engine `{engine}`", f"the engines are {named}")
    if engine == POSTGRES and url is None:
        help = f"name one with `--warehouse`, such as `{SERVER}`: a schema is made there, and goes"
        raise WrongUse("`--engine postgres` computes on a server, and none was named", help)
    if engine != POSTGRES and url is not None:
        help = f"add `--engine {POSTGRES}`, or leave `--warehouse` out"
        raise WrongUse(f"`--engine {engine}` has no server to compute on", help)
    return engine, None if url is None else _of_libpq(url)


def _of_libpq(url: str) -> str:
    """An address without the driver that SQLAlchemy has in it."""
    scheme, colon, rest = url.partition("://")
    return f"{scheme.partition('+')[0]}{colon}{rest}"


def fitting(engine: str, data: Dataset) -> str:
    """The engine that `auto` means for so much data."""
    if engine != AUTO:
        return engine
    return DUCKDB if sum(map(len, data.events.values())) >= MANY else PYTHON


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
    """The run of some plans in an engine. folder: where it leaves lines and statements of each
    plan as Parquet. Raises WarehouseTrouble."""
    options = {"url": url, "memory_limit": memory_limit}
    given = {name: value for name, value in options.items() if value is not None}
    with open_warehouse(engine, **given) as warehouse:
        told("staging", 0, 0)
        try:
            staged = stage(warehouse, model.program, data)
        except Irregular as refusal:
            return NotInSql(str(refusal))
        source = Source(data, staged, _DatasetRows(warehouse, data, staged))
        return _computed(warehouse, source, Wished(model, plans, through, told, folder))


def bulk_run(asked: Asked, wish: Wished, notice: Notice) -> BulkRun | NotInSql | NotPlain:
    """The run of some plans in DuckDB, events straight from their files; NotPlain where the rows
    are to be read one by one. notice: told what reading passes over. Raises WarehouseTrouble."""
    with open_warehouse(DUCKDB, memory_limit=MEMORY) as warehouse:
        if not isinstance(warehouse, DuckDB):
            raise TypeError("another warehouse was opened")
        try:
            with watched(warehouse, wish.told) as told:
                found = stage_data(warehouse, asked, _reading(told), notice)
        except NotPlain as refusal:
            return refusal
        made = _computed(warehouse, Source(found.data, found.staged, found.rows), wish)
        return BulkRun(made, found.data.people) if isinstance(made, Run) else made


def _reading(told: Phase) -> Phase:
    return lambda name, done, of: told(f"reading {name}", done, of)


def _computed(warehouse: Warehouse, source: Source, wish: Wished) -> Run | NotInSql:
    model, data, through = wish.model, source.data, wish.through
    with watched(warehouse, wish.told) as told:
        try:
            batch = run_batch(
                model, data, wish.plans, through, warehouse, source.staged, wish.folder, told, True
            )
        except Unsupported as refusal:
            return NotInSql(str(refusal))
        ordered = with_underneath(model, wish.plans)
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
            for u in _uncounted(source, model, plan, through, batch.plans[plan.name])
        ]
        terms = {plan.name: Terms.of(model, data, plan) for plan in ordered}
        try:
            over = passed_over(warehouse, terms.values(), source.staged, through)
        except Unsupported as refusal:
            return NotInSql(str(refusal))
        early = early_dates(warehouse, terms.values(), source.staged, through)
    return Run(
        dict(sorted(statements.items())),
        tuple(uncounted),
        {name: of.currency for name, of in terms.items()},
        {plan.name: plan.base for plan in ordered if plan.base is not None},
        over,
        early,
    )


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
    source: Source, model: Model, plan: Plan, through: Period, tables: PlanTables
) -> Iterator[Uncounted]:
    """What the reference says of the rows that are in no line, or not with all their shares."""
    if tables.left is None:
        raise TypeError("what is in no line was not looked for")
    clauses = [c for c in (plan.hold, *plan.reversals) if c is not None]
    followed = [c.followed for c in clauses if c.followed is not None]
    said: dict[str, str] = {}
    for events in source.rows.pieces(plan.event or "", followed, tables.left):
        terms = Terms.of(model, replace(source.data, events=events), plan)
        counted, uncounted = Creditor(terms, through).all()
        if plan.pool is not None:
            pools = Pools(terms, plan.pool, Wording(terms))
            uncounted += [u for of in counted.values() for u in pools.grouped(of, {})]
        for each in uncounted:  # by the million, and few reasons
            yield replace(each, plan=plan.name, reason=said.setdefault(each.reason, each.reason))
    yield from tables.uncounted


@dataclass(frozen=True, slots=True)
class _DatasetRows:
    """The rows of a dataset."""

    warehouse: Warehouse
    data: Dataset
    staged: Mapping[str, Staged]

    def pieces(
        self, event: str, followed: Sequence[Followed], chosen: str
    ) -> Iterator[Mapping[str, tuple[EventRow, ...]]]:
        """See Rows."""
        table = self.staged[event].table
        query = f"SELECT e.id FROM {table} e JOIN {chosen} c ON c.n = e.n"
        ids = {id for (id,) in self.warehouse.rows(query)}
        rows = tuple(row for row in self.data.events.get(event, ()) if row.id in ids)
        yield {**self.data.events, event: rows}
