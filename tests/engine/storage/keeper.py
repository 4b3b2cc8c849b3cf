"""A process that keeps run after run, closing as it goes, until it is killed (see test_kill)."""

from __future__ import annotations

import sys

from engine.commission.runs import JANUARY, PEOPLE, run_of, statement
from engine.storage.stores import closed
from remit_engine.storage.opening import open_store

SALES = {f"S{n}": n for n in range(20)}
MANY = 40


def main(url: str) -> None:
    """Run after run; each has MANY statements for each open month."""
    engine = open_store(url)
    print("ready", flush=True)
    period = JANUARY
    while True:
        people = [f"{PEOPLE[n % 2]}{n}" for n in range(MANY)]
        closed(engine, run_of(statement("field", p, period, 5, SALES) for p in people), period)
        print(period, flush=True)
        period = period.next


if __name__ == "__main__":
    main(sys.argv[1])
