"""Requests to the synthetic policy by the million, made in SQL.

The row with a number is the same in every run and size, as a table of the batch judge (`make`), as
past requests in a Parquet file (`write_past`) and as requests one by one (`sampled`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from random import Random

from benchmarks.synthetic import ACTIONS, DAYS, POSITIONS, VALUES, Ask, Row
from remit_engine.compile.sql_columns import Column
from remit_engine.compile.sql_cuts import EPOCH
from remit_engine.warehouse.duckdb import DuckDB

PATHS = {
    "region": ("order", "region"),
    "line": ("order", "line"),
    "tier": ("customer", "tier"),
    "channel": ("channel",),
}
CHANCE = "hash({} * 16 + 15)"
"""A number of a row that has nothing to do with what it asks."""
ANYDAY = [d.toordinal() - EPOCH for d in DAYS]


def make(
    engine: DuckDB, table: str, rules: Sequence[Row], columns: Sequence[Column], count: int
) -> None:
    """The rows as the batch judge reads them."""
    names = {column.path: column.name for column in columns}
    facts = "".join(f", {fact} AS {names[path]}" for fact, path in PATHS.items())
    engine.create(
        table,
        "SELECT i AS row_id, 'bench.' || position AS actor, CAST(NULL AS TEXT) AS requester, "
        "'bench.' || action AS action, 'approve' AS verb, day AS as_of, FALSE AS irregular, "
        f"amount * 10000 AS {names['amount',]}{facts} FROM ({_drawn(engine, rules, count)}) made",
    )
    engine.drop("aims")


def write_past(path: Path, rules: Sequence[Row], count: int) -> None:
    """The rows as past requests in a Parquet file, amounts with two decimals."""
    facts = "".join(f', {fact} AS "{".".join(at)}"' for fact, at in PATHS.items())
    with DuckDB() as engine:
        engine.write_parquet(
            "SELECT i AS id, position AS actor, action, DATE '1970-01-01' + CAST(day AS INT) "
            f"AS as_of, CAST(amount AS DECIMAL(18, 2)) AS amount{facts} "
            f"FROM ({_drawn(engine, rules, count)}) made ORDER BY i",
            path,
        )


def sampled(rules: Sequence[Row], count: int, size: int) -> Iterator[tuple[int, Ask]]:
    """So many of the rows by their numbers, in an order of chance: so is every beginning of it."""
    order = ("position", "action", "day", *VALUES, "amount")
    with DuckDB() as engine:
        found = engine.rows(
            f"SELECT i, {', '.join(order)} FROM ({_drawn(engine, rules, count)}) made "
            f"ORDER BY {CHANCE.format('i')}, i LIMIT {size}"
        )
        for i, position, action, day, *values in found:
            yield i, Ask(position, action, date.fromordinal(day + EPOCH), *values)


def _drawn(engine: DuckDB, rules: Sequence[Row], count: int) -> str:
    """Half of them meet a rule's conditions, and half of these its limit; the others are random."""
    _aims(engine, rules)
    return f"{_aimed(len(rules), count)} UNION ALL {_random(count)}"


def _aims(engine: DuckDB, rules: Sequence[Row]) -> None:
    texts = ("position", "action", *VALUES)
    columns = (("n", "BIGINT"), *((t, "TEXT") for t in texts), ("day", "BIGINT"), ("lim", "BIGINT"))
    engine.load("aims", columns, [_aim(n, rule) for n, rule in enumerate(rules)])


def _aim(n: int, rule: Row) -> tuple[int | str, ...]:
    rnd = Random(n)
    values = [rnd.choice(sorted(getattr(rule, name))) for name in VALUES]
    day = rnd.choice([d for d in DAYS if rule.start <= d < rule.until]).toordinal() - EPOCH
    return (n, rule.position, rule.action, *values, day, rule.limit)


def _aimed(rules: int, count: int) -> str:
    span = "CASE WHEN i % 8 < 4 THEN lim - 99 ELSE 600000 END"
    amount = f"CAST(100 + hash(i * 16 + 9) % CAST({span} AS UBIGINT) AS BIGINT)"
    return (
        f"SELECT i, position, action, {', '.join(VALUES)}, day, {amount} AS amount "
        f"FROM range({count}) made(i) JOIN aims ON n = CAST(hash(i * 16 + 1) % {rules} AS BIGINT) "
        "WHERE i % 2 = 0"
    )


def _random(count: int) -> str:
    drawn = [_pick(POSITIONS, 2), _pick(ACTIONS, 3)]
    drawn += [_pick(values, salt) for salt, values in enumerate(VALUES.values(), 4)]
    return (
        f"SELECT i, {', '.join(drawn)}, {_pick(ANYDAY, 8)}, "
        f"CAST(100 + hash(i * 16 + 9) % 600000 AS BIGINT) FROM range({count}) made(i) "
        "WHERE i % 2 = 1"
    )


def _pick(values: Sequence[str | int], salt: int) -> str:
    shown = ", ".join(repr(v) for v in values)
    return f"([{shown}])[1 + CAST(hash(i * 16 + {salt}) % {len(values)} AS BIGINT)]"
