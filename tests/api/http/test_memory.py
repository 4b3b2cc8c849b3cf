"""What a process does about garbage, seen in one of its own."""

from __future__ import annotations

import subprocess
import sys

SEEN = """
import gc
from remit_api.http.memory import YOUNG, settle

class Node:
    pass

kept = [Node() for _ in range(1_000)]
settle()
assert gc.get_freeze_count() > 1_000
assert gc.get_threshold()[0] == YOUNG
assert not any(o is kept for o in gc.get_objects())
circle = Node()
circle.self = circle
del circle
print(gc.collect())
"""


def test_what_is_loaded_is_passed_over_and_new_circles_are_found() -> None:
    said = subprocess.run([sys.executable, "-c", SEEN], check=True, capture_output=True, text=True)
    assert int(said.stdout) >= 1


def test_nothing_is_said_at_the_end() -> None:
    """An extension module that is still there complains: a page of it on Ctrl-C."""
    ended = "import duckdb; from remit_api.http.memory import settle; settle()"
    said = subprocess.run([sys.executable, "-c", ended], check=True, capture_output=True, text=True)
    assert (said.stdout, said.stderr) == ("", "")
