"""The watcher, with either matcher, says what the naive reading of docs/watch.md says.

Random programs, people and streams: entries late, twice, in conflict, of tomorrow, days without
any. REMIT_STREAMS=10000 asks for so many, REMIT_FROM=5000 begins with another one.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest

from engine.generators import examples
from engine.watch import naive
from engine.watch.libraries import needs_durable
from engine.watch.naive import World, crossings
from engine.watch.streams import START, House, Step, house_and_stream
from remit_engine.watch.alert import Alert, Happening, Turn
from remit_engine.watch.choosing import missing
from remit_engine.watch.durable import matcher as durable_matcher
from remit_engine.watch.durable.matcher import Durable
from remit_engine.watch.durable.process import Child
from remit_engine.watch.matching import Match, Matcher, Message
from remit_engine.watch.plain import Plain
from remit_engine.watch.rulesets import Ruleset, rulesets
from remit_engine.watch.watcher import Watcher

Make = Callable[[dict[str, Ruleset]], Matcher]
STREAMS = int(os.environ.get("REMIT_STREAMS", examples(45, 5_000)))
FROM = int(os.environ.get("REMIT_FROM", "0"))
PIECE = 15

Line = tuple[str, str, str | None, date, date | None]


def lines(alerts: Sequence[Alert]) -> list[Line]:
    """Alerts as the naive reading knows them."""
    return sorted(map(repr, ((a.rule, a.subject, a.row, a.began, a.cleared) for a in alerts)))


class Said:
    """What people know who read every happening and nothing else."""

    def __init__(self) -> None:
        self.open: dict[str, Alert] = {}

    def read(self, happenings: Sequence[Happening], today: date) -> None:
        """Each happening fits to what was said before."""
        for happening in happenings:
            alert, turn = happening.alert, happening.turn
            assert alert.began <= happening.told <= today
            if turn is Turn.BEGUN:
                assert alert.id not in self.open, "said twice"
                self.open[alert.id] = alert
            elif turn is Turn.WITHDRAWN:
                del self.open[alert.id]
            else:
                assert self.open[alert.id].cleared != alert.cleared
                assert (alert.cleared is None) is (turn is Turn.REOPENED)
                self.open[alert.id] = alert


class Naively:
    """The naive reading of a stream; each point is read once, for every matcher."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.world = World(house.model, house.directory, START)
        self.known: dict[tuple[int, date], list[str]] = {}

    def lines(self, log: Sequence[dict[str, Any]], today: date) -> list[str]:
        """The alerts of a log at the end of a day."""
        at = (len(log), today)
        if at not in self.known:
            entries = [naive.entry(self.house.model, document) for document in log]
            found = crossings(self.world, entries, today)
            lines = [(c.rule, c.subject, c.row, c.place[0], c.cleared) for c in found]
            self.known[at] = sorted(map(repr, lines))
        return self.known[at]


def compare(naively: Naively, steps: list[Step], matcher: Matcher, thorough: bool) -> Watcher:
    """Tell it all to a watcher, and read everything again from the whole log."""
    house = naively.house
    watcher = Watcher(house.model.program, house.directory, matcher, since=START)
    said, log = Said(), []
    for n, step in enumerate(steps):
        told_late = False
        if step.document is None:
            said.read(watcher.advance(step.today), step.today)
        else:
            told = watcher.tell([step.document], step.today)
            said.read(told.happenings, step.today)
            fate = naive.fate(house.model, log, step.document, step.today)
            if fate == "accepted":
                log.append(step.document)
            assert _fate(told.taken[0]) == fate
            told_late = told.taken[0].status == "late"
        assert lines(list(said.open.values())) == lines(watcher.alerts)
        if n == len(steps) - 1 or (thorough and (n % 8 == 4 or (told_late and n % 2))):
            assert lines(watcher.alerts) == naively.lines(log, step.today)
    return watcher


def _fate(taken: Any) -> str:
    if taken.refused is not None:
        return str(taken.refused.code)
    return "accepted" if taken.status == "late" else str(taken.status)


class Numbered:
    """A matcher of several programs, as one of them asks it."""

    def __init__(self, matcher: Matcher, number: int) -> None:
        self.matcher = matcher
        self.number = number

    def match(self, messages: Sequence[Message]) -> list[Match]:
        of = [replace(m, ruleset=f"{self.number} {m.ruleset}") for m in messages]
        return self.matcher.match(of)

    def close(self) -> None:
        """The others go on."""


def together(make: Make, houses: Mapping[int, House]) -> Matcher:
    """One matcher for the rules of all: to start a process costs more than a stream."""
    return make(
        {
            f"{number} {name}": ruleset
            for number, house in houses.items()
            for name, ruleset in rulesets(house.model.program).items()
        }
    )


def followed(matcher: Matcher, naively: Naively, steps: list[Step], thorough: bool) -> None:
    """`compare` with a matcher that the plain one never had to correct."""
    try:
        watcher = compare(naively, steps, matcher, thorough)
        assert watcher.mismatches == 0
    finally:
        matcher.close()


def smallest(make: Make, house: House, steps: list[Step]) -> str:
    """The steps without those that the difference does not need, and the difference."""
    said, n = "", 0
    while n < len(steps):
        fewer = [*steps[:n], *steps[n + 1 :]]
        try:
            followed(make(rulesets(house.model.program)), Naively(house), fewer, False)
        except AssertionError as fault:
            steps, said = fewer, str(fault)
        else:
            n += 1
    return f"{house}{steps}\n{said}"


@pytest.mark.parametrize("start", range(FROM, FROM + STREAMS, PIECE))
def test_the_watcher_says_what_the_naive_reading_says(start: int) -> None:
    """With `plain`, and (in CI for a third of the streams) with `durable`."""
    many = STREAMS > 1_000
    seeds = range(start, min(start + PIECE, FROM + STREAMS))
    streams = {seed: house_and_stream(Random(seed)) for seed in seeds}
    readings = {seed: Naively(house) for seed, (house, _) in streams.items()}
    for make in [Plain, Durable] if missing() is None else [Plain]:
        chosen = [s for s in seeds if make is Plain or many or s % 3 == 0]
        matcher = together(make, {seed: streams[seed][0] for seed in chosen})
        for seed in chosen:
            house, steps = streams[seed]
            try:
                followed(Numbered(matcher, seed), readings[seed], steps, many)
            except AssertionError as fault:
                less = smallest(make, house, steps) or f"{house}{steps}\n{fault}"
                raise AssertionError(f"seed {seed}, {make.__name__}: {less}") from fault
        matcher.close()


@needs_durable
def test_nothing_is_lost_where_the_child_is_killed_again_and_again(monkeypatch) -> None:
    """With SIGKILL: before a question, and at some point while it is answered."""
    chance, struck, lost = Random(20261129), [], 0

    class Fragile(Child):
        def ask(self, asked):
            turn = chance.randrange(8)
            if turn == 0:
                struck.append("before")
                os.kill(self.process.pid, signal.SIGKILL)
            elif turn == 1:
                struck.append("while")
                threading.Timer(chance.random() * 0.002, self.process.kill).start()
            return super().ask(asked)

    monkeypatch.setattr(durable_matcher, "Child", Fragile)
    seed = 0
    while len(struck) < examples(6, 1_000):
        house, steps = house_and_stream(Random(seed))
        matcher = Durable(rulesets(house.model.program))
        watcher = compare(Naively(house), steps, matcher, False)
        assert (watcher.mismatches, matcher.tally.gone) == (0, None)
        lost += matcher.tally.lost
        matcher.close()
        seed += 1
    assert lost >= struck.count("before") > 0
