"""What is sorted has the narrowest type that holds it, and comes out as it went in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.warehouses import NAMES, warehouse
from remit_engine.commission.batch.narrow import Narrow
from remit_engine.warehouse.warehouse import Warehouse

COLUMNS = (("n", "BIGINT"), ("x", "BIGINT"), ("word", "TEXT"))


@pytest.fixture(params=NAMES)
def engine(request: pytest.FixtureRequest) -> Iterator[Warehouse]:
    found = warehouse(request.param)
    yield found
    found.drop("narrow")


@pytest.mark.parametrize("bits", [15, 16, 31, 32, 63])
def test_numbers_at_their_bounds_come_out_as_they_went_in(engine: Warehouse, bits: int) -> None:
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    rows = [(low, low, "a"), (high, high, None), (0, None, "")]
    engine.load("narrow", COLUMNS, rows)
    narrow, names = Narrow({"n": (low, high), "x": (low, high)}), ("n", "x", "word")
    inner = f"SELECT {narrow.before(names)} FROM narrow l"
    found = engine.rows(f"SELECT {narrow.after(names)} FROM ({inner}) l")
    assert sorted(found, key=repr) == sorted(rows, key=repr)


def test_types_hold_what_columns_lie_within() -> None:
    narrow = Narrow({"a": (-(2**15), 2**15 - 1), "b": (0, 2**15), "c": (-(2**31) - 1, 0)})
    assert narrow.before(("a", "b", "c", "d")) == (
        "CAST(l.a AS SMALLINT) AS a, CAST(l.b AS INTEGER) AS b, l.c AS c, l.d AS d"
    )
    assert narrow.after(("a", "c")) == "CAST(l.a AS BIGINT) AS a, l.c AS c"


def test_what_is_always_the_same_is_not_carried_unless_it_may_be_missing() -> None:
    narrow = Narrow({"part": (0, 0), "x": (7, 7)})
    assert narrow.before(("part", "x")) == "CAST(l.x AS SMALLINT) AS x"
    assert narrow.after(("part", "x")) == "CAST(0 AS BIGINT) AS part, CAST(l.x AS BIGINT) AS x"
