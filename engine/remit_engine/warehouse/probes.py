"""What an engine must answer before it is trusted: bounds, signs, NULLs and texts.

The values go through a table, because engines fold what is constant by other means than they
compute what is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from remit_engine.warehouse.warehouse import (
    BIGINT,
    BOOLEAN,
    TEXT,
    Row,
    Warehouse,
    WarehouseRefused,
    WarehouseTrouble,
)

TABLE = "remit_probe"
MOST, LEAST = 2**63 - 1, -(2**63)
_COLUMNS = (("n", BIGINT), ("a", BIGINT), ("b", BIGINT), ("t", TEXT), ("f", BOOLEAN))
_ROWS: tuple[Row, ...] = (
    (0, MOST, 1, "a", True),
    (1, LEAST, 1, "A", False),
    (2, 3_037_000_499, 3_037_000_499, "a ", None),
    (3, -3_037_000_499, 3_037_000_499, "", True),
    (4, None, 0, None, False),
    (5, -7, 2, 'it\'s "quoted", 客户\n\\', True),
    (6, 3_037_000_500, 3_037_000_500, "á", True),
    (7, MOST, MOST, "null", True),
)

_NARROW = 2**31 - 1
_RUNNING = "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"
WIDE = "CAST({} AS DECIMAL(38, 0))"
_A, _B = WIDE.format("a"), WIDE.format("b")
_DIVISIONS: tuple[Row, ...] = (
    (0, MOST, 1),
    (1, MOST, 2),
    (2, MOST, MOST),
    (3, MOST - 1, MOST),
    (4, 0, 7),
    (5, 7, 2),
    (6, 2**53 + 1, 1),
    (7, 10**18 - 1, 10**9),
    (8, None, 3),
)
_HALF_UP = "CASE WHEN a < 0 THEN -({0}) ELSE {0} END"
_ROUNDED = _HALF_UP.format("remit_idiv(2 * ABS(a) + b, 2 * b)")
_ROUNDED_WIDE = _HALF_UP.format(
    f"remit_wdiv({WIDE.format(2)} * ABS({_A}) + {_B}, {WIDE.format(2)} * {_B})"
)
_TIES: tuple[Row, ...] = (
    (0, 1, 2), (1, -1, 2), (2, 3, 2), (3, -3, 2), (4, 2, 4), (5, 1, 3), (6, 2, 3), (7, -2, 3),
    (8, 0, 5), (9, 499_999, 1_000_000), (10, -500_000, 1_000_000),
)  # fmt: skip
_TIES_ROUNDED: tuple[Row, ...] = (
    (0, 1), (1, -1), (2, 2), (3, -2), (4, 1), (5, 0), (6, 1), (7, -1), (8, 0), (9, 0), (10, -1),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Probe:
    """A query with its rows; None: it must raise. values: what `n, a, b` is asked of, in place of
    the common table."""

    what: str
    sql: str
    rows: tuple[Row, ...] | None
    values: tuple[Row, ...] | None = None


PROBES: tuple[Probe, ...] = (
    Probe("values as written", f"SELECT n, a, b, t, f FROM {TABLE} ORDER BY n", _ROWS),
    Probe(
        "products at the bounds",
        f"SELECT n, a * b FROM {TABLE} WHERE n IN (0, 2, 3, 5) ORDER BY n",
        ((0, MOST), (2, 3_037_000_499**2), (3, -(3_037_000_499**2)), (5, -14)),
    ),
    Probe("a product beyond 64 bits", f"SELECT a * b FROM {TABLE} WHERE n = 6", None),
    Probe("a sum beyond 64 bits", f"SELECT a + b FROM {TABLE} WHERE n = 0", None),
    Probe("a difference beyond 64 bits", f"SELECT a - b FROM {TABLE} WHERE n = 1", None),
    Probe(
        "a total beyond 64 bits",
        f"SELECT CAST(SUM(a) AS BIGINT) FROM {TABLE} WHERE n IN (0, 7)",
        None,
    ),
    Probe("a number beyond 32 bits", f"SELECT CAST(a AS INTEGER) FROM {TABLE} WHERE n = 2", None),
    Probe("a number beyond 16 bits", f"SELECT CAST(a AS SMALLINT) FROM {TABLE} WHERE n = 2", None),
    Probe(
        "a running total of narrow numbers",
        f"SELECT n, CAST(SUM(i) OVER (ORDER BY n {_RUNNING}) AS BIGINT) FROM (SELECT n, "
        f"CAST(b - 3037000499 + {_NARROW} AS INTEGER) AS i FROM {TABLE} WHERE n IN (2, 3)) t "
        "ORDER BY n",
        ((2, _NARROW), (3, 2 * _NARROW)),
    ),
    Probe(
        "comparisons at the bounds",
        f"SELECT n FROM {TABLE} WHERE a <= {LEAST + 1} OR a > {MOST - 1} ORDER BY n",
        ((0,), (1,), (7,)),
    ),
    Probe(
        "NULL in comparisons",
        f"SELECT n FROM {TABLE} WHERE (a < 0 OR a >= 0) AND NOT (a = -7) AND n > 3 ORDER BY n",
        ((6,), (7,)),
    ),
    Probe(
        "CASE and COALESCE",
        f"SELECT n, CASE WHEN f THEN 1 WHEN NOT f THEN 0 ELSE -1 END, COALESCE(t, '?') "
        f"FROM {TABLE} WHERE n IN (0, 2, 3, 4) ORDER BY n",
        ((0, 1, "a"), (2, -1, "a "), (3, 1, ""), (4, 0, "?")),
    ),
    Probe(
        "texts as SQL writes them",
        f"SELECT '\x01 \"客户\" a--b' FROM {TABLE} WHERE n = 0",
        (('\x01 "客户" a--b',),),
    ),
    Probe(
        "texts by their letters",
        f"SELECT x.n, y.n FROM {TABLE} x JOIN {TABLE} y ON x.t = y.t WHERE x.n <> y.n",
        (),
    ),
    Probe(
        "texts apart",
        f"SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT DISTINCT t FROM {TABLE}) d",
        ((8,),),
    ),
    Probe(
        "whole division",
        f"SELECT n, remit_idiv(a, b) FROM {TABLE} ORDER BY n",
        tuple((n, None if a is None else a // b) for n, a, b in _DIVISIONS),
        _DIVISIONS,
    ),
    Probe(
        "whole division, wide",
        f"SELECT n, remit_wdiv({_A} * {_B} + {_B} - {WIDE.format(1)}, {_B}) FROM "
        f"{TABLE} ORDER BY n",
        tuple((n, a) for n, a, _ in _DIVISIONS),
        _DIVISIONS,
    ),
    Probe(
        "ties away from zero",
        f"SELECT n, {_ROUNDED} FROM {TABLE} ORDER BY n",
        _TIES_ROUNDED,
        _TIES,
    ),
    Probe(
        "ties away from zero, wide",
        f"SELECT n, {_ROUNDED_WIDE} FROM {TABLE} ORDER BY n",
        _TIES_ROUNDED,
        _TIES,
    ),
    Probe(
        "wide products",
        f"SELECT n, CASE WHEN {_A} * {_A} - {WIDE.format((MOST - 1) ** 2)} = "
        f"{WIDE.format(2 * MOST - 1)} THEN 1 ELSE 0 END FROM {TABLE} WHERE n = 0",
        ((0, 1),),
    ),
    Probe(
        "a wide total beyond its bounds",
        f"SELECT remit_wdiv(SUM({_A} * {_B}), {WIDE.format(MOST)}) FROM {TABLE} "
        "WHERE n IN (0, 2, 3)",
        None,
        _DIVISIONS,
    ),
    Probe(
        "a wide quotient beyond 64 bits",
        f"SELECT remit_wdiv({_A} * {_A}, {WIDE.format(2)}) FROM {TABLE} WHERE n = 0",
        None,
    ),
    Probe(
        "a wide number beyond 38 digits",
        f"SELECT CAST({_A} * {_A} * {WIDE.format(100)} AS DECIMAL(38, 0)) FROM {TABLE} WHERE n = 0",
        None,
    ),
    Probe(
        "running totals",
        f"SELECT n, CAST(SUM(a) OVER (PARTITION BY b - b ORDER BY n ROWS BETWEEN UNBOUNDED "
        f"PRECEDING AND CURRENT ROW) AS BIGINT) FROM {TABLE} ORDER BY n",
        tuple((n, sum(a for _, a, _ in _TIES[: n + 1])) for n, _, _ in _TIES),
        _TIES,
    ),
)


def prove(warehouse: Warehouse) -> None:
    """Ask an engine every probe.

    Raises WarehouseRefused, saying where it went wrong.
    """
    wrong = [
        fault
        for values in dict.fromkeys(probe.values for probe in PROBES)
        for fault in _asked(warehouse, values)
    ]
    warehouse.drop(TABLE)
    if wrong:
        raise WarehouseRefused(
            f"`{warehouse.name}` is refused, it does not compute exactly: {'; '.join(wrong)}"
        )


def _asked(warehouse: Warehouse, values: tuple[Row, ...] | None) -> list[str]:
    """What is wrong among the probes of some values."""
    if values is None:
        warehouse.load(TABLE, _COLUMNS, _ROWS)
    else:
        warehouse.load(TABLE, _COLUMNS[:3], values)
    return list(_wrong(warehouse, [probe for probe in PROBES if probe.values is values]))


def _wrong(warehouse: Warehouse, probes: Iterable[Probe]) -> Iterator[str]:
    for probe in probes:
        try:
            found = tuple(warehouse.rows(probe.sql))
        except WarehouseTrouble:
            if probe.rows is not None:
                yield f"{probe.what}: an error"
            continue
        if probe.rows is None:
            yield f"{probe.what}: no error"
        elif found != probe.rows:
            yield f"{probe.what}: another answer"
