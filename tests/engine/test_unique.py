"""Names that nobody else has."""

from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from remit_engine.unique import unique


def test_no_two_are_alike_in_threads() -> None:
    def some(_: int) -> list[str]:
        return [unique() for _ in range(2_000)]

    with ThreadPoolExecutor(4) as pool:
        found = [name for part in pool.map(some, range(8)) for name in part]
    assert len(set(found)) == 16_000
    assert all(re.fullmatch("[0-9a-f]{24}", name) for name in found)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
def test_a_fork_draws_its_own() -> None:
    unique()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, unique().encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 24).decode() not in {unique() for _ in range(600)}
    os.close(read)
    os.close(write)
