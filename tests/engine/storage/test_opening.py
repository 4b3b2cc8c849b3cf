"""Who reads a store sees one state of it, whatever is written meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sql

from engine.storage.stores import store
from remit_engine.storage import opening
from remit_engine.storage.opening import reading, writing
from remit_engine.storage.revisions import raised, revision

MOMENT = "2026-03-15T12:00:00+00:00"


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_who_reads_sees_one_state(kind: str, tmp_path: Path) -> None:
    with store(kind, tmp_path) as kept:
        with reading(kept) as before:
            assert revision(before) == 0
            with writing(kept) as connection:
                raised(connection, MOMENT)
            assert revision(before) == 0
        with reading(kept) as after:
            assert revision(after) == 1
        with writing(kept) as connection:  # and writers see what stands
            assert raised(connection, MOMENT) == 2


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_writers_of_a_process_wait_without_a_connection(kind: str, tmp_path: Path) -> None:
    """More of them than the pool has connections, and readers find one all the time."""
    with store(kind, tmp_path) as kept:
        raises = 40

        def write(number: int) -> int:
            with reading(kept) as connection:
                revision(connection)
            with writing(kept) as connection:
                return raised(connection, MOMENT)

        with ThreadPoolExecutor(raises) as pool:
            found = list(pool.map(write, range(raises)))
        assert sorted(found) == list(range(1, raises + 1))


def test_a_turn_that_does_not_come_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "WAIT", 1)
    with store("sqlite", tmp_path) as kept, writing(kept) as connection:
        raised(connection, MOMENT)
        with (
            ThreadPoolExecutor(1) as pool,
            pytest.raises(sql.exc.TimeoutError, match="take too long"),
        ):
            pool.submit(lambda: writing(kept).__enter__()).result()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_statement_that_fails_does_not_tell_its_values(kind: str, tmp_path: Path) -> None:
    """The log has it, and is read by people who may not know of anybody's pay."""
    with store(kind, tmp_path) as kept, reading(kept) as connection:
        with pytest.raises(sql.exc.DBAPIError) as failed:
            connection.execute(
                sql.text("SELECT nothing FROM nowhere WHERE x = :x"), {"x": "4711.50"}
            )
        assert "4711.50" not in str(failed.value)
