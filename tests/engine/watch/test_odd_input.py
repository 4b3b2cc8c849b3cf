"""Whatever is told or written, there is an answer with its reasons, and nothing is broken by it.

REMIT_ODD=50 looks at fifty times as much.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import cycle, islice
from random import Random

from benchmarks.watched_events import BEGIN, DAYS, STAFF, TEXT, events
from engine.commission.chance import Chance
from engine.watch import odd
from engine.watch.streams import HEAD, START, house_and_stream, people, program_text
from remit_dsl.loader import check_text
from remit_dsl.render import human
from remit_dsl.source import Source
from remit_engine.watch.matching import EQUAL, GREATER, LESS, UNKNOWN, Match, Message
from remit_engine.watch.plain import Plain
from remit_engine.watch.rulesets import Ruleset, rulesets
from remit_engine.watch.watcher import Watcher

ROWS, TEXTS = 800 * odd.TIMES, 60 * odd.TIMES


class Careful:
    """A matcher that takes nothing but signs: what a library gets to see."""

    def __init__(self, known: dict[str, Ruleset]) -> None:
        self.plain = Plain(known)

    def match(self, messages: Sequence[Message]) -> list[Match]:
        for message in messages:
            assert all(type(sign) is int for sign in message.signs.values())
            assert set(message.signs.values()) <= {LESS, EQUAL, GREATER, UNKNOWN}
        return self.plain.match(messages)

    def close(self) -> None:
        """Nothing is held."""


def watcher() -> Watcher:
    program, _ = check_text(TEXT.read_text(encoding="utf-8"))
    assert program is not None
    return Watcher(program, STAFF, Careful(rulesets(program)), since=BEGIN)


def test_whatever_is_told_is_taken_or_refused_with_a_reason() -> None:
    random, w, found = Random(26), watcher(), Counter[str]()
    for n, document in enumerate(events(ROWS, 50)):
        today = BEGIN + timedelta(days=n * DAYS // ROWS)
        told = w.tell([odd.entry(random, document), document], today)
        for taken in told.taken:
            found[taken.refused.code if taken.refused else taken.status] += 1
            if taken.refused is not None:
                assert taken.refused.problems
                assert all(p.message.strip() for p in taken.refused.problems)
                assert all(len(p.message) < 1_000 for p in taken.refused.problems)
    print(f"\n{2 * ROWS} entries: {dict(found)}")
    assert found["unreadable"] > ROWS / 4
    assert found["accepted"] > ROWS / 2
    assert w.mismatches == 0


def texts(random: Random) -> Iterator[str]:
    """Of the form that has everything, and of random ones."""
    every = TEXT.read_text(encoding="utf-8")
    head = every.index("watch credit_usage")
    for n in cycle(range(2)):
        if n:
            yield every[:head] + odd.text(random, every[head:])
        else:
            written = program_text(Chance(random))
            yield HEAD + odd.text(random, written.removeprefix(HEAD))


def test_whatever_is_written_is_read_or_told_with_its_place() -> None:
    random, found, streams = Random(27), Counter[str](), Random(28)
    _, steps = house_and_stream(streams)
    for written in islice(texts(random), TEXTS):
        program, told = check_text(written)
        for diagnostic in told:
            assert human(diagnostic, {diagnostic.span.file: Source("p.remit", written)}.get)
        if program is None:
            assert told
            found["told"] += 1
            continue
        found["read"] += 1
        w = Watcher(program, people(Chance(random)), Careful(rulesets(program)), since=START)
        for step in steps:
            w.tell([] if step.document is None else [step.document], step.today)
        assert w.mismatches == 0
    print(f"\n{TEXTS} texts: {dict(found)}")
    assert found["told"] > TEXTS / 10
    assert found["read"] > 0
