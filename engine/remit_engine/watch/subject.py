"""One subject of a watch: what is known of it at a point of the log."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import Any

from remit_engine.judging.evaluate import Environment
from remit_engine.watch.accumulators import Counter, Follower
from remit_engine.watch.alert import Alert
from remit_engine.watch.asking import in_force
from remit_engine.watch.crossings import Crossings
from remit_engine.watch.due import Due, first_day
from remit_engine.watch.entry import Entry, day_at, place_in_log
from remit_engine.watch.matching import UNKNOWN
from remit_engine.watch.next_days import next_day, timed
from remit_engine.watch.plan import WatchPlan
from remit_engine.watch.world import World

_NO_FACTS: dict[str, Any] = {}
_NO_CROSSINGS = Crossings()
"""What most subjects have; never changed."""


class Subject:
    """known: the place of the entry that named it first. day: when it was asked last, 0 where all
    is to be asked. next: the next day on which something may change without an entry, None where
    there is none. signs: of the questions of the plan."""

    __slots__ = (
        "counters", "crossings", "day", "dues", "facts", "followers", "key", "known", "next",
        "plan", "signs", "text",
    )  # fmt: skip

    def __init__(self, plan: WatchPlan, key: Any, known: int) -> None:
        self.plan = plan
        self.key = key
        self.text = key if isinstance(key, str) else str(key)
        self.known = known
        self.day = 0
        self.facts = {} if plan.watch.kind == "record" else _NO_FACTS
        self.counters = tuple(Counter(c) for c in plan.counts)
        self.followers = tuple(Follower(s) for s in plan.sequences)
        self.signs = [UNKNOWN] * len(plan.questions)
        self.dues = tuple(Due() for _ in plan.rows)
        self.crossings = _NO_CROSSINGS
        self.next: int | None = None

    def add_row(self, at: int, row: Entry) -> None:
        """A row of the rule about rows number `at`, whenever it came."""
        self.dues[at].add(first_day(self.plan.rows[at], row), row.id)

    @property
    def inert(self) -> bool:
        """Whether nothing more can come of it: it is not worth keeping."""
        plan = self.plan
        alone = plan.watch.kind == "event" and not plan.naming and not plan.rows
        return alone and self.next is None and not self.crossings.all

    def begin(self, alert: Alert, place: int) -> None:
        """An alert of it begins."""
        if self.crossings is _NO_CROSSINGS:
            self.crossings = Crossings()
        self.crossings.begin(alert, place)

    # --- forward -----------------------------------------------------------------------------

    def move(self, place: int, entry: Entry | None, world: World) -> set[int]:
        """Go on to a point, after an entry or at the start of a day; gives the questions whose
        signs are others now. Then it has to `rest`."""
        today, first = day_at(place), not self.day
        dirty = set(range(len(self.plan.questions))) if first else set()
        if entry is not None and self.plan.watch.kind == "record":
            dirty |= self._observed(entry)
        dirty |= self._counted(place, today, entry, world)
        if self.day < today:
            dirty |= timed(self.plan, world.turns, self.day, today)
        return self._signed(dirty, place, world)

    def rest(self, today: int, world: World) -> None:
        """It has been asked."""
        self.day = today
        moving: tuple[Counter | Follower, ...] = (*self.counters, *self.followers)
        self.next = next_day(self.plan, moving, self.dues, world.turns, today)

    def _observed(self, entry: Entry) -> set[int]:
        if entry.kind != self.plan.watch.on:
            return set()
        self.facts.update(entry.facts)
        roots = self.plan.hangs.roots
        return {n for root in entry.facts for n in roots.get(root, ())}

    def _counted(self, place: int, today: int, entry: Entry | None, world: World) -> set[int]:
        """Move what is counted; gives the questions that may have changed by it."""
        first, kind, feeds = not self.day, None if entry is None else entry.kind, world.log.feeds
        counted, dirty = self.plan.hangs.counted, set[int]()
        for counter in self.counters:
            event, _ = feed = counter.plan.feed
            if first or event == kind or counter.out <= today:
                rows = feeds[feed].of(self.key)
                if counter.move(rows, place, today, world.asker.weight):
                    dirty.update(counted.get(counter.plan.spec.id, ()))
        for follower in self.followers:
            spec = follower.plan.spec
            concerned = kind in (spec.first, spec.second)
            if (first or concerned or follower.out <= today) and self._follow(
                follower, place, today, world
            ):
                dirty.update(counted.get(spec.id, ()))
        return dirty

    def _follow(self, follower: Follower, place: int, today: int, world: World) -> bool:
        first, second = self._sides(follower, world)
        return follower.move(first, second, place, today, world.asker.meant)

    def _sides(self, follower: Follower, world: World) -> tuple[list[Entry], list[Entry]]:
        feeds, plan = world.log.feeds, follower.plan
        return feeds[plan.first].of(self.key), feeds[plan.second].of(self.key)

    def _signed(self, dirty: set[int], place: int, world: World) -> set[int]:
        """Find the signs of these questions; gives those that are others now."""
        if not dirty:
            return dirty
        env = self.environment(place, world)
        changed = set()
        for n in dirty:
            question = self.plan.questions[n]
            if question.kind == "force":
                found = in_force(self.plan.policy, day_at(place))
            else:
                found = world.asker.sign(question, env)
            if found != self.signs[n]:
                self.signs[n] = found
                changed.add(n)
        return changed

    # --- back --------------------------------------------------------------------------------

    def rewind(self, place: int, world: World) -> None:
        """Go to what was known before a place, on its day, as if all had been asked there; where
        it was not known yet, all is to be asked."""
        today, plan = day_at(place), self.plan
        if plan.watch.kind == "record":
            self.facts = {}
            for entry in world.log.observations(plan.watch.on, self.key):
                if entry.place < place:
                    self.facts.update(entry.facts)
        for counter in self.counters:
            rows = world.log.feeds[counter.plan.feed].of(self.key)
            counter.rewind(rows, place, today, world.asker.weight)
        for follower in self.followers:
            first, second = self._sides(follower, world)
            follower.rewind(first, second, place, today, world.asker.meant)
        self.rest(today, world)
        if self.known < place:
            self._signed(set(range(len(plan.questions))), place, world)
        else:
            self.day = 0

    def entries_from(self, place: int, world: World) -> list[Entry]:
        """Every entry from a place on that concerns it, in the order of the log."""
        found: dict[int, Entry] = {}
        for entries in self._lists(place, world):
            for entry in entries[bisect_left(entries, place, key=place_in_log) :]:
                found[entry.place] = entry
        return [found[place] for place in sorted(found)]

    def _lists(self, place: int, world: World) -> Iterator[list[Entry]]:
        log, plan = world.log, self.plan
        if plan.watch.kind == "record":
            yield log.observations(plan.watch.on, self.key)
        if plan.watch.kind == "event":
            own = log.event(plan.watch.on, self.key)
            yield [] if own is None else [own]
        for feed in plan.naming if place <= self.known else plan.counting:
            yield log.feeds[feed].of(self.key)
        for rows, due in zip(plan.rows, self.dues, strict=True):
            for id in due.rows:
                row = log.event(rows.rows.event, id)
                yield [] if row is None else [row]
                yield from (log.feeds[count.feed].of(id) for count in rows.counts)

    # --- where expressions are read ----------------------------------------------------------

    def environment(self, place: int, world: World) -> Environment:
        """The facts of the subject at the point that it has been moved to."""
        today = day_at(place)
        counts = {c.plan.spec.id: c.value for c in self.counters}
        sequences = {f.plan.spec.id: f.value for f in self.followers}
        facts = self._own_facts(today, world)
        return world.asker.environment(facts, today, counts, sequences)

    def _own_facts(self, today: int, world: World) -> Mapping[str, Any]:
        watch = self.plan.watch
        if watch.kind == "record":
            return world.asker.facts(watch.on, {**self.facts, "id": self.key}, today)
        if watch.kind == "event":
            own = world.log.event(watch.on, self.key)
            return world.asker.facts(watch.on, own.facts if own else {}, today)
        by = watch.by or ()
        facts = {by[-1]: self.key}
        if len(by) > 1 and by[-1] == "id":
            facts[by[-2]] = world.asker.named(watch.on, by[:-1], self.key, today)
        return facts
