"""A process that records what it is told to, or until it is killed (see test_races)."""

from __future__ import annotations

import random
import sys
from datetime import date

from engine.storage.ledgers import LATER, court, ledger, outcomes, pending
from remit_engine.storage.ledger import Recorded
from remit_engine.storage.opening import open_store

PEOPLE = ("ann", "mo", "max", "dee", "manager")


def told(url: str) -> None:
    """For each line `DAY AMOUNT COUNT`: so many requests of the manager; says how many were
    permitted."""
    book = ledger(open_store(url))
    print("ready", flush=True)
    for line in sys.stdin:
        day, amount, count = line.split()
        asked = pending("mo", int(amount), on=date.fromisoformat(day))
        print(outcomes(book.record([asked] * int(count), court())).count("permit"), flush=True)


def busy(url: str, seed: str) -> None:
    """Records group after group; says the ids of each once they are kept."""
    chance = random.Random(seed)
    book = ledger(open_store(url))
    print("ready", flush=True)
    while True:
        group = [
            pending(
                chance.choice(PEOPLE),
                chance.randint(1, 400),
                on=date(2026, 1 + chance.randrange(12), 1 + chance.randrange(28)),
                vendor=f"V{chance.randrange(5)}",
                house=LATER,
            )
            for _ in range(chance.randint(1, 8))
        ]
        found = book.record(group, court(LATER))
        kept = [f.entry.id for f in found if isinstance(f, Recorded)]
        assert len(kept) == len(group)
        print(*kept, flush=True)


if __name__ == "__main__":
    {"told": told, "busy": busy}[sys.argv[1]](*sys.argv[2:])
