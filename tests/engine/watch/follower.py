"""A process that follows a stream and keeps what it said, to be killed while it does.

    python -m engine.watch.follower DATABASE plain|durable

What one entry brings is one transaction: the entry with the day that the clock showed, and what
happened. It goes on where it was. Says `ready CHILD`, `at N` after an entry, and at the end `done
MISMATCHES LOST ALERTS`.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from datetime import date
from typing import Any

from benchmarks.watched_events import BEGIN, STAFF, TEXT, events
from remit_dsl.loader import check_text
from remit_engine.watch.durable.matcher import Durable
from remit_engine.watch.rulesets import rulesets
from remit_engine.watch.watcher import Watcher

MANY, CUSTOMERS, LATE = 500, 15, 0.05
TABLES = """
create table if not exists entry (n integer primary key, today text, document text, clock text);
create table if not exists said (n integer, text text);
"""


def follow(path: str, matcher: str) -> None:
    """Go on from what is kept to the end of the stream."""
    program, _ = check_text(TEXT.read_text(encoding="utf-8"))
    assert program is not None
    durable = Durable(rulesets(program)) if matcher == "durable" else None
    watcher = Watcher(program, STAFF, durable, since=BEGIN)
    database = opened(path)
    done = database.execute("select count(*) from entry").fetchone()[0]
    restored(watcher, database)
    print("ready", durable.process if durable else 0, flush=True)
    for n, document in enumerate(events(MANY, CUSTOMERS, LATE)):
        if n >= done:
            step(watcher, database, n, document)
            print("at", n, flush=True)
    alerts = json.dumps([repr(a) for a in watcher.alerts])
    print("done", watcher.mismatches, durable.tally.lost if durable else 0, alerts, flush=True)
    watcher.close()


def opened(path: str) -> sqlite3.Connection:
    """The store; a killed process loses nothing that the system has."""
    database = sqlite3.connect(path)
    database.execute("pragma synchronous = off")
    database.executescript(TABLES)
    return database


def restored(watcher: Watcher, database: sqlite3.Connection) -> None:
    """The watcher as it was before it was killed."""
    rows = database.execute("select document, clock, today from entry order by n").fetchall()
    if rows:
        kept = [(json.loads(document), date.fromisoformat(clock)) for document, clock, _ in rows]
        watcher.rebuild(kept, date.fromisoformat(rows[-1][2]))


def step(watcher: Watcher, database: sqlite3.Connection, n: int, document: Any) -> None:
    """One entry: all of it, or nothing."""
    on = date.fromisoformat(document.get("on") or document["date"])
    today = max(on, watcher.today or on)
    told = watcher.tell([document], today)
    (taken,) = told.taken
    assert taken.refused is None
    with database:
        row = (n, today.isoformat(), json.dumps(document), taken.clock.isoformat())
        database.execute("insert into entry values (?, ?, ?, ?)", row)
        said = [(n, repr(happening)) for happening in told.happenings]
        database.executemany("insert into said values (?, ?)", said)


if __name__ == "__main__":
    follow(*sys.argv[1:])
