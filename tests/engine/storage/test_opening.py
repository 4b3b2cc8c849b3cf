"""Who reads a store sees one state of it, whatever is written meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.storage.stores import store
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
