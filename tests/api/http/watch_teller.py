"""A process that tells a follower of entries without end, and says what it was told is kept:
`python -m api.http.watch_teller URL FOLDER NUMBER`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from remit_api.delivery.channels import Log
from remit_api.http.desk import desk_of_files
from remit_api.http.follower import Follower, Turn
from remit_api.http.published import standing_desk
from remit_engine.storage.opening import open_store, reading

from .conftest import SetClock

DAYS = tuple(date(2026, month, 1 + n) for month in (2, 3) for n in range(27))
CHANNEL = Log(name="here")


def follower(url: str, folder: Path, clock: SetClock) -> Follower:
    store = open_store(url)
    with reading(store) as connection:
        desk = standing_desk(connection, desk_of_files([folder], None))
    return Follower(store, clock, lambda: desk, lambda: desk, [CHANNEL])


def entry(number: str, chance: Random, today: date) -> dict[str, Any]:
    """One entry of a stream about five customers; some come late."""
    customer = f"c-{chance.randrange(5)}"
    day = chance.choice([d for d in DAYS if d <= today][-9:]).isoformat()
    match chance.randrange(3):
        case 0:
            facts = {"id": number, "date": day, "customer": {"id": customer}, "amount": 1}
            return {"kind": "care.Return", "on": day, "facts": facts}
        case 1 if chance.random() < 0.2:
            facts = {"id": number, "date": day, "author": "li.wei"}
            return {"kind": "care.Report", "on": day, "facts": facts}
    facts = {"exposure": chance.randrange(60, 130), "line": 100}
    return {"kind": "care.Customer", "id": customer, "entry": number, "on": day, "facts": facts}


def tell(document: Mapping[str, Any], turn: Turn) -> None:
    turn.tell(document, "teller", "2026-02-10T09:00:00.000000+00:00")


def main() -> None:
    url, folder, number = sys.argv[1:]
    chance, clock = Random(number), SetClock(DAYS[0])
    following = follower(url, Path(folder), clock)
    print("ready", flush=True)
    for n in range(100_000):
        clock.set(DAYS[min(n // 8, len(DAYS) - 1)])
        with following.seeing() as (_, _, followed):
            today = max(clock.day, followed.watcher.today or clock.day)
        name = f"{number}.{n}"
        following.do(partial(tell, entry(name, chance, today)))
        print(name, flush=True)


if __name__ == "__main__":
    main()
