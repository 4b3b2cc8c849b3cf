"""Lines that were damaged on the way are refused with their reason, and the others are taken.

REMIT_ODD=50 looks at fifty times as many.
"""

from __future__ import annotations

import io
import json
from datetime import timedelta
from random import Random

from benchmarks.watched_events import BEGIN, DAYS, STAFF, TEXT, events
from engine.watch import odd
from remit_api.watching.following import Following
from remit_api.watching.lines import read_lines
from remit_dsl.loader import check_text
from remit_engine.watch.watcher import Watcher

LINES = 400 * odd.TIMES


def test_damaged_lines_are_refused_and_the_others_taken() -> None:
    random, raw = Random(29), []
    for document in events(LINES, 50):
        raw += [odd.line(random, document), json.dumps(document).encode()]
    program, _ = check_text(TEXT.read_text(encoding="utf-8"))
    assert program is not None
    following, last = Following(Watcher(program, STAFF)), BEGIN + timedelta(days=DAYS)
    following.replay(read_lines(io.BytesIO(b"\n".join(raw))), last, last)
    blank = sum(not line.strip() for line in raw)
    print(f"\n{len(raw)} lines: {dict(following.counts)}")
    assert following.lines == len(raw) - blank
    assert following.counts["refused"] > LINES / 2
    assert following.counts["accepted"] + following.counts["late"] > LINES / 2
    for refused in following.refused:
        assert refused.refused.problems
        assert all(0 < len(p.message) < 1_000 for p in refused.refused.problems)
