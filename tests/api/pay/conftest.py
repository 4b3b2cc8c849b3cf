"""One engine for all runs in SQL: to open one and prove it takes longer than such a run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from remit_api.pay import batches
from remit_engine.warehouse.opening import open_warehouse
from remit_engine.warehouse.warehouse import Warehouse


@pytest.fixture(scope="module")
def engine() -> Iterator[Warehouse]:
    with open_warehouse("duckdb", threads=2) as opened:
        yield opened


class Shared:
    """A warehouse that stays open."""

    def __init__(self, engine: Warehouse) -> None:
        self.engine = engine

    def __enter__(self) -> Warehouse:
        return self.engine

    def __exit__(self, *_: object) -> None:
        """It is closed elsewhere."""


@pytest.fixture(autouse=True, scope="module")
def one_engine(engine: Warehouse) -> Iterator[None]:
    """Every run in DuckDB has the same engine."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(batches, "open_warehouse", lambda *_, **__: Shared(engine))
        yield
