"""A script: loads and checks N rules and writes what it took, as JSON.

The peak is that of this process alone (VmHWM: `getrusage` would count the parent's too).
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.synthetic import ACTIONS, rows, to_remit
from remit_dsl.loader import load_texts
from remit_engine.engine import Engine


def peak() -> float:
    """Megabytes this process held at most."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


def main() -> None:
    """Load, start an engine, and generate every checker."""
    texts = {"bench.remit": to_remit(rows(int(sys.argv[1])))}
    before, begin = peak(), process_time()
    program, _ = load_texts(texts)
    assert program is not None
    loaded = process_time()
    engine = Engine(program)
    started = process_time()
    for action in ACTIONS:
        engine.checker(f"bench.{action}")
    ready = process_time()
    taken = {
        "load and check, s": loaded - begin,
        "Engine(), s": started - loaded,
        "all checkers, s": ready - started,
        "peak, MB": peak(),
        "peak before, MB": before,
    }
    print(json.dumps(taken))


if __name__ == "__main__":
    main()
