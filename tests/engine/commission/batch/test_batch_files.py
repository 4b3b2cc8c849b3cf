"""The files that a batch of pay leaves tell what the reference tells, in exact decimals."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from engine.commission.batch.test_batch import Case, cases
from engine.warehouses import warehouse
from remit_engine.commission.batch import event_plan, readable
from remit_engine.commission.batch.plan_tables import Batch
from remit_engine.commission.batch.run import run_batch
from remit_engine.commission.batch.staged import stage
from remit_engine.commission.reference import run
from remit_engine.commission.statement import AMOUNTS
from remit_engine.compile.unsupported import Unsupported


def left(of: Case, folder: Path) -> Batch:
    engine = warehouse("duckdb")
    staged = stage(engine, of.model.program, of.data)
    return run_batch(of.model, of.data, of.plans, of.through, engine, staged, folder)


def rows(query: str) -> list[tuple[Any, ...]]:
    return list(warehouse("duckdb").rows(query))


@pytest.mark.parametrize("repeated", [event_plan.REPEATED, 0], ids=["texts", "encoded"])
def test_files_hold_what_the_reference_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repeated: int
) -> None:
    monkeypatch.setattr(event_plan, "REPEATED", repeated)
    statements = lines = 0
    for seed, of in islice(cases(), 20):
        folder = tmp_path / str(seed)
        folder.mkdir()
        try:
            batch = left(of, folder)
        except Unsupported:
            continue
        wanted = run(of.model, of.data, of.plans, of.through)
        for name, tables in batch.plans.items():
            short = name.rsplit(".", 1)[-1]
            mine = {k: s for k, s in wanted.statements.items() if k[0] == name}
            units = (tables.credit_unit, tables.quota_unit, tables.earned_unit)
            if None in map(readable.decimals, units):
                continue
            file = folder / f"{short}.statements.parquet"
            shown = f"SELECT person, period, computed, {', '.join(AMOUNTS)} FROM '{file}'"
            found = {(p, at): (ok, values) for p, at, ok, *values in rows(shown)}
            for s in mine.values():
                ok, values = found.pop((s.person, str(s.period)), (False, []))
                if ok:
                    told = [None if v is None else Fraction(v) for v in values]
                    assert told == [s.amounts[n] for n in AMOUNTS], (seed, name, s.person, s.period)
                    statements += 1
                else:
                    assert not wanted.sound
            assert not any(ok for ok, _ in found.values())
            if wanted.sound:
                pooled = of.model.program.plans[name].pool is not None
                written = folder / f"{short}.lines.parquet"
                lines += _same_lines(written, mine, pooled)
                _numbered(written, of, name)
    assert statements > 50
    assert lines > 20


def _same_lines(file: Path, mine: dict[Any, Any], pooled: bool) -> int:
    """Those of a pool are nobody's, and in the statement of every member."""
    query = f"SELECT event, person, period, day, credit FROM '{file}'"
    found = Counter((e, p, at, day, Fraction(c)) for e, p, at, day, c in rows(query))
    wanted = Counter(
        (line.event, None if pooled else s.person, str(s.period), line.day, line.credit)
        for s in mine.values()
        for line in s.lines
        if line.kind == "sale"
    )
    if pooled:
        assert set(found.values()) <= {1}
        assert wanted.keys() <= found.keys()  # a group without members is in no statement
    else:
        assert found == wanted
    return wanted.total()


def _numbered(file: Path, of: Case, plan: str) -> None:
    """A line's number and part are those of its event and share."""
    declared = of.model.program.plans[plan]
    if declared.event is None or declared.credit is None:
        return
    ids = sorted(row.id for row in of.data.events[declared.event])
    shares = of.data.splits.get(declared.event, {}) if declared.credit.to == "splits" else {}
    for n, part, event, person in rows(f"SELECT n, part, event, person FROM '{file}'"):
        assert ids[n] == event
        assert (shares[event][part].person if event in shares else 0) == (
            person if event in shares else part
        )


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (1234567890123456789, 100, "12345678901234567.890000"),
        (-5, 8, "-0.625000"),
        (7, 1, "7.000000"),
        (1, 10**9, "0.000000001"),
    ],
)
def test_amounts_are_exact_decimals_and_go_back(value: int, unit: int, shown: str) -> None:
    made = readable.amount(f"CAST({value} AS BIGINT)", unit, "x")
    ((kind, found, again),) = rows(
        f"SELECT typeof(x), x, {readable.number('x', unit)} FROM (SELECT {made}) m"
    )
    assert kind.startswith("DECIMAL(38,")
    assert found == Decimal(shown)
    assert again == value


def test_what_no_decimals_hold_stays_a_whole_number() -> None:
    assert readable.amount("x", 300, "credit") == "x AS credit_in_1_300"
    assert readable.called("credit", 300) == "credit_in_1_300"
    assert readable.number("credit_in_1_300", 300) == "CAST(credit_in_1_300 AS BIGINT)"


@pytest.mark.parametrize("unit", [1, 8, 100, 10**5, 10**6, 10**9])
def test_decimals_are_narrow_where_all_amounts_fit(unit: int) -> None:
    def made(value: int, most: int) -> tuple[str, Decimal, int, int]:
        column = readable.amount(f"CAST({value} AS BIGINT)", unit, "x", most)
        (found,) = rows(
            f"SELECT typeof(x), x, {readable.number('x', unit)}, "
            f"(SELECT {readable.number('SUM(x)', unit)} FROM (SELECT {column}) s) "
            f"FROM (SELECT {column}) m"
        )
        return found

    scale = max(6, readable.decimals(unit) or 0)
    in_two_steps = min(10 ** (17 - (readable.decimals(unit) or 0)), unit * 10 ** (18 - scale))
    fits = max(in_two_steps, 10 ** (18 - scale - (unit == 1))) - 1
    for value in (fits, -fits, 1, 0):
        kind, found, again, total = made(value, fits)
        assert kind == f"DECIMAL(18,{scale})"
        assert (Fraction(found), again, total) == (Fraction(value, unit), value, value)
    kind, found, again, _ = made(fits + 1, fits + 1)
    assert kind == f"DECIMAL(38,{scale})"
    assert (Fraction(found), again) == (Fraction(fits + 1, unit), fits + 1)


def test_days_are_dates_and_go_back() -> None:
    number = date(2026, 3, 1).toordinal()
    made = readable.day(f"CAST({number} AS BIGINT)")
    ((day, again),) = rows(f"SELECT d, {readable.ordinal('d')} FROM (SELECT {made} AS d) m")
    assert (day, again) == (date(2026, 3, 1), number)
