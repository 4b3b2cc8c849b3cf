"""A store as a file: what is wrong with it, in words."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sql
from sqlalchemy.exc import OperationalError

from remit_api.failures import FileTrouble
from remit_api.pay import keeping


@pytest.mark.parametrize(
    "said", ["disk I/O error", "database or disk is full", "unable to open database file"]
)
def test_a_full_disk_makes_no_store_something_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    store = tmp_path / "pay.db"
    store.write_bytes(b"x")

    def no_room(engine: sql.Engine) -> None:
        raise OperationalError("SELECT 1", {}, Exception(said))

    monkeypatch.setattr(keeping.sql, "inspect", no_room)
    with pytest.raises(FileTrouble) as told:
        keeping._other_tables(store)
    assert told.value.message == f"the store `{store}` cannot be used: {said}"
    assert told.value.help is not None
    assert "nothing was changed" in told.value.help


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    store = tmp_path / "notes.db"
    store.write_text("no database at all, and long enough for a header\n" * 20, "utf-8")
    with pytest.raises(FileTrouble, match="is not a database"):
        keeping._other_tables(store)
