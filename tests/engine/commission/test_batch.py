"""Pay in SQL is the reference's pay, to the cent, on every engine that is here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.commission.datasets import dataset
from engine.commission.plans import plan_text
from engine.warehouses import NAMES, warehouse
from remit_dsl.loader import check_text
from remit_engine.commission.batch.run import CENTS, run_batch
from remit_engine.commission.batch.staged import Irregular, stage
from remit_engine.commission.dataset import Dataset
from remit_engine.commission.periods import Period
from remit_engine.commission.reference import run
from remit_engine.commission.statement import Run
from remit_engine.compile.unsupported import Unsupported
from remit_engine.ir import Model
from remit_engine.lower import lower
from remit_engine.warehouse.warehouse import Warehouse

NOT_IN_SQL = (
    "pool", "hold pro rata", "hold covered", "reverse without", "reverse amount",
)  # fmt: skip
"""Features that are refused, and left to the reference."""
Key = tuple[str, str, Period]
Amounts = Mapping[str, Fraction | None]


@dataclass(frozen=True, slots=True)
class Case:
    model: Model
    data: Dataset
    plans: tuple[str, ...]
    through: Period


def case(seed: int, without: tuple[str, ...] = NOT_IN_SQL) -> Case | None:
    """A random plan with random data; None where the random text does not check."""
    rnd = Random(seed)
    program, _ = check_text(plan_text(rnd, without).text)
    if program is None:
        return None
    data = dataset(rnd, program)
    plans = tuple(program.plans)
    through = Period.of(program.plans[plans[0]].period, date(2024, 6, 30))
    return Case(lower(program), data, plans, through)


def computed(of: Case, engine: Warehouse) -> tuple[dict[Key, Amounts], set[Key]]:
    """Every statement that SQL gives, and those it leaves to the reference."""
    staged = stage(engine, of.model.program, of.data)
    batch = run_batch(of.model, of.data, of.plans, of.through, engine, staged)
    found: dict[Key, Amounts] = {}
    left: set[Key] = set()
    names = ("credit", "quota", *CENTS)
    for plan, tables in batch.plans.items():
        over = {"credit": tables.credit_unit, "quota": tables.quota_unit}
        query = f"SELECT payee, period, ok, {', '.join(names)} FROM {tables.statements}"
        for payee, period, ok, *values in engine.rows(query):
            of_period = Period(tables.first.kind, tables.first.index + period)
            key = (plan, batch.persons[payee], of_period)
            if not ok:
                left.add(key)
                continue
            found[key] = {
                n: None if v is None else Fraction(int(v), over.get(n, tables.cents))
                for n, v in zip(names, values, strict=True)
            }
    return found, left


def compared(of: Case, engine: Warehouse) -> int:
    """How many statements are equal; any that is not fails."""
    found, left = computed(of, engine)
    reference = run(of.model, of.data, of.plans, of.through)
    wanted = {k: s for k, s in reference.statements.items() if k not in left}
    assert found.keys() == wanted.keys()
    for key, statement in wanted.items():
        assert statement.fault is None, key
        assert found[key] == dict(statement.amounts), key
    for plan, person, period in left:
        assert _at_fault(reference, plan, person, period), (plan, person, period)
    return len(found)


def _at_fault(reference: Run, plan: str, person: str, period: Period) -> bool:
    """Whether something of a person is at fault in a plan up to a period."""
    return any(
        s.fault is not None and s.period <= period
        for s in reference.statements.values()
        if (s.plan, s.person) == (plan, person)
    )


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(st.integers(0, 10**9))
def test_sql_pays_what_the_reference_pays(seed: int) -> None:
    of = case(seed)
    if of is None:
        return
    with suppress(Unsupported):  # the reference does it then
        compared(of, warehouse("duckdb"))


@pytest.fixture(params=NAMES)
def engine(request: pytest.FixtureRequest) -> Warehouse:
    return warehouse(request.param)


def cases() -> Iterator[tuple[int, Case]]:
    return ((seed, of) for seed in range(100, 140) if (of := case(seed)) is not None)


def test_every_engine_gives_the_same_hash(engine: Warehouse) -> None:
    done, most = 0, 1 if engine.name == "spark" else 8  # spark takes seconds for each table
    for seed, of in cases():
        if done == most:
            break
        try:
            found, _ = computed(of, engine)
        except Unsupported:
            continue
        duck, _ = computed(of, warehouse("duckdb"))
        assert _hash(found) == _hash(duck), seed
        assert compared(of, warehouse("duckdb")) == len(found)
        done += 1
    assert done == most


def _hash(found: Mapping[Key, Amounts]) -> str:
    rows = sorted(f"{k[0]} {k[1]} {k[2]} {sorted(a.items(), key=str)}" for k, a in found.items())
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def test_what_has_no_form_is_refused_with_its_place() -> None:
    for seed in range(400):
        of = case(seed, tuple(set(NOT_IN_SQL) - {"pool"}))
        if of is not None and any(p.pool for p in of.model.program.plans.values()):
            break
    assert of is not None
    engine = warehouse("duckdb")
    staged = stage(engine, of.model.program, of.data)
    with pytest.raises(Unsupported) as refused:
        run_batch(of.model, of.data, of.plans, of.through, engine, staged)
    assert refused.value.span.line > 0


def test_a_refused_run_leaves_no_file(tmp_path: Path) -> None:
    for seed in range(400):
        of = case(seed, tuple(set(NOT_IN_SQL) - {"pool"}))
        if of is not None and any(p.pool for p in of.model.program.plans.values()):
            break
    assert of is not None
    engine = warehouse("duckdb")
    staged = stage(engine, of.model.program, of.data)
    with pytest.raises(Unsupported):
        run_batch(of.model, of.data, of.plans, of.through, engine, staged, tmp_path)
    assert not list(tmp_path.glob("*.part"))


def test_data_finer_than_a_column_holds_are_irregular() -> None:
    of = next(of for _, of in cases())
    (event, rows), *_ = [(e, r) for e, r in of.data.events.items() if r]
    row = rows[0]
    field = next(n for n, v in row.facts.items() if isinstance(v, Fraction))
    facts = {**row.facts, field: Fraction(1, 10**12 + 39)}
    changed = Dataset({event: (type(row)(row.id, facts, row.place),)}, of.data.people)
    with pytest.raises(Irregular, match="has amounts finer than"):
        stage(warehouse("duckdb"), of.model.program, changed)
