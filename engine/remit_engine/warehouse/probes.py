"""What an engine must answer before it is trusted: bounds, signs, NULLs and texts.

The values go through a table, because engines fold what is constant by other means than they
compute what is not.
"""

from __future__ import annotations

from collections.abc import Iterator
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


@dataclass(frozen=True, slots=True)
class Probe:
    """A query with its rows; None: it must raise."""

    what: str
    sql: str
    rows: tuple[Row, ...] | None


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
)


def prove(warehouse: Warehouse) -> None:
    """Ask an engine every probe.

    Raises WarehouseRefused, saying where it went wrong.
    """
    warehouse.load(TABLE, _COLUMNS, _ROWS)
    wrong = list(_wrong(warehouse))
    warehouse.drop(TABLE)
    if wrong:
        raise WarehouseRefused(
            f"`{warehouse.name}` is refused, it does not compute exactly: {'; '.join(wrong)}"
        )


def _wrong(warehouse: Warehouse) -> Iterator[str]:
    for probe in PROBES:
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
