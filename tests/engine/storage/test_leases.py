"""A lease is one process's, until it gives it back or is gone."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from engine.storage.stores import store
from remit_engine.storage import leases
from remit_engine.storage.opening import writing

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgres"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with store(request.param, tmp_path) as opened:
        yield opened


def asks(kept: Engine, holder: str, after: float = 0) -> bool:
    with writing(kept) as connection:
        now = NOW + timedelta(seconds=after)
        return leases.taken(connection, "time", holder, now, 60)


def test_one_has_it_until_it_is_over(kept: Engine) -> None:
    assert asks(kept, "a")
    assert not asks(kept, "b", 59)
    assert asks(kept, "a", 59)  # and so longer
    assert not asks(kept, "b", 118)
    assert asks(kept, "b", 119)
    assert not asks(kept, "a", 120)


def test_who_gives_it_back_lets_the_next_have_it(kept: Engine) -> None:
    assert asks(kept, "a")
    with writing(kept) as connection:
        leases.given_back(connection, "time", "b")  # it is not his
    assert not asks(kept, "b")
    with writing(kept) as connection:
        leases.given_back(connection, "time", "a")
    assert asks(kept, "b")


def test_of_many_at_once_one_gets_it(kept: Engine) -> None:
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda n: asks(kept, str(n)), range(6)))
    assert found.count(True) == 1
