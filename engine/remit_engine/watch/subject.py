"""One subject of a watch: what is known of it at a point of the log, and what is asked there."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from remit_engine.evaluate import Environment
from remit_engine.watch.accumulators import NEVER, Counter, Follower, counted
from remit_engine.watch.alert import Alert
from remit_engine.watch.asking import Asker, in_force
from remit_engine.watch.crossings import Crossings
from remit_engine.watch.due import Due, first_day
from remit_engine.watch.entry import Entry, day_at, place_in_log, value_at
from remit_engine.watch.log import Log
from remit_engine.watch.matching import EQUAL, GREATER, LESS, UNKNOWN, Message
from remit_engine.watch.plan import Asked, Feed, RowsPlan, WatchPlan
from remit_engine.watch.windows import LAST, after


@dataclass(slots=True)
class World:
    """What all subjects read. turns: days on which somebody takes or leaves a position. told: how
    many messages were made. asked: how often a subject was asked."""

    log: Log
    asker: Asker
    turns: tuple[int, ...]
    told: int = 0
    asked: int = 0

    def number(self) -> str:
        """The id of the next message."""
        self.told += 1
        return f"m{self.told}"


@dataclass(frozen=True, slots=True)
class Ask:
    """A message, the ruleset it is put to, and the row it is about."""

    message: Message
    asked: Asked
    row: Entry | None = None


_NO_FACTS: dict[str, Any] = {}
_NO_CROSSINGS = Crossings()
"""What most subjects have; never changed."""


class Subject:
    """known: the place of the entry that named it first. day: when it was asked last, 0 where all
    is to be asked. next: the next day on which something may change without an entry, None where
    there is none."""

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

    # --- the log -----------------------------------------------------------------------------

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

    def rewind(self, place: int, world: World) -> None:
        """Go back to what was known before a place, on its day; all is to be asked again."""
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
            self._follow(follower, place - 1, today, world)
        self.day = 0
        self.next = self._next_day(today, world)

    def entries_from(self, place: int, world: World) -> list[Entry]:
        """Every entry from a place on that concerns it, in the order of the log."""
        found: dict[int, Entry] = {}
        for entries in self._lists(world):
            for entry in entries[bisect_left(entries, place, key=place_in_log) :]:
                found[entry.place] = entry
        return [found[place] for place in sorted(found)]

    def _lists(self, world: World) -> Iterator[list[Entry]]:
        log, watch = world.log, self.plan.watch
        if watch.kind == "record":
            yield log.observations(watch.on, self.key)
        if watch.kind == "event":
            own = log.event(watch.on, self.key)
            yield [] if own is None else [own]
        for feed in self.plan.naming:
            yield log.feeds[feed].of(self.key)
        for rows, due in zip(self.plan.rows, self.dues, strict=True):
            for count in rows.counts:
                for row in due.rows:
                    yield log.feeds[count.feed].of(row)

    # --- what is asked -----------------------------------------------------------------------

    def ask(self, place: int, entry: Entry | None, world: World) -> list[Ask]:
        """What is asked at a point, after an entry or at the start of a day: the subject and its
        rows, where something has changed."""
        world.asked += 1
        today = day_at(place)
        first = not self.day
        dirty = self._moved(place, today, entry, world)
        changed = self._signed(dirty, place, world)
        asks = []
        if self.plan.subject is not None and (first or self._any(self.plan.subject, changed)):
            asks.append(self._of_subject(self.plan.subject, world))
        for at, rows in enumerate(self.plan.rows):
            every = first or self._any(rows.asked, changed) or (rows.sliding and self.day < today)
            due = self._due_rows(at, place, entry, every, world)
            asks += [self._of_row(rows, row, place, world) for row in due]
        self.day = today
        self.next = self._next_day(today, world)
        return asks

    def _moved(self, place: int, today: int, entry: Entry | None, world: World) -> set[int]:
        """Take the entry in, move what is counted; gives the questions that may have changed."""
        plan, first = self.plan, not self.day
        hangs, kind, log = plan.hangs, None if entry is None else entry.kind, world.log
        dirty = set(range(len(plan.questions))) if first else set()
        if entry is not None and kind == plan.watch.on and plan.watch.kind == "record":
            self.facts.update(entry.facts)
            for root in entry.facts:
                dirty.update(hangs.roots.get(root, ()))
        for counter in self.counters:
            event, _ = feed = counter.plan.feed
            if first or event == kind or counter.out <= today:
                rows = log.feeds[feed].of(self.key)
                if counter.move(rows, place, today, world.asker.weight):
                    dirty.update(hangs.counted.get(counter.plan.spec.id, ()))
        for follower in self.followers:
            spec = follower.plan.spec
            concerned = kind in (spec.first, spec.second)
            if (first or concerned or follower.out <= today) and self._follow(
                follower, place, today, world
            ):
                dirty.update(hangs.counted.get(spec.id, ()))
        if self.day < today:
            dirty |= self._timed(today, world)
        return dirty

    def _follow(self, follower: Follower, place: int, today: int, world: World) -> bool:
        feeds, plan = world.log.feeds, follower.plan
        first, second = feeds[plan.first].of(self.key), feeds[plan.second].of(self.key)
        return follower.move(first, second, place, today, world.asker.meant)

    def _timed(self, today: int, world: World) -> set[int]:
        """What may have changed by the days since it was asked last."""
        hangs, found = self.plan.hangs, set(self.plan.hangs.daily)
        if hangs.dated and _between(self.plan.days, self.day, today):
            found.update(hangs.dated)
        if hangs.people and _between(world.turns, self.day, today):
            found.update(hangs.people)
        return found

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

    def _any(self, asked: Asked, changed: set[int]) -> bool:
        return bool(changed) and any(n in changed for _, n in asked.slots)

    def _of_subject(self, asked: Asked, world: World) -> Ask:
        signs = {name: self.signs[n] for name, n in asked.slots}
        open = frozenset(rule for rule, row in self.crossings.open if row is None)
        return Ask(Message(world.number(), asked.ruleset.name, self.text, signs, open), asked)

    # --- rows --------------------------------------------------------------------------------

    def _due_rows(
        self, at: int, place: int, entry: Entry | None, every: bool, world: World
    ) -> Iterator[Entry]:
        """The rows whose time is over and that may have changed, in the order of their days."""
        plan, due, today = self.plan.rows[at], self.dues[at], day_at(place)
        if entry is not None and not every:
            yield from self._touched(plan, entry, today, world.log)
            return
        for id in due.over(today, 0 if every else self.day):
            row = world.log.event(plan.rows.event, id)
            if row is not None and row.place <= place:
                yield row

    def _touched(self, plan: RowsPlan, entry: Entry, today: int, log: Log) -> Iterator[Entry]:
        """The row that an entry is, or those that it links to, where their time is over."""
        event = plan.rows.event
        ids = {entry.id: None} if entry.kind == event else {}
        for count in plan.counts:
            id = value_at(entry.facts, count.feed[1]) if count.feed[0] == entry.kind else None
            ids |= {} if id is None else {id: None}
        for id in ids:
            row = log.event(event, id)
            if row is None or row.place > entry.place or first_day(plan, row) > today:
                continue
            if owner(plan, row) == self.key:
                yield row

    def _of_row(self, plan: RowsPlan, row: Entry, place: int, world: World) -> Ask:
        asked = plan.asked
        signs = {name: self.signs[n] for name, n in asked.slots}
        env = self.row_environment(plan, row, place, world)
        for question in asked.of_row:
            if question.kind == "due":
                signs[question.name] = _due(plan, row, day_at(place))
            else:
                signs[question.name] = world.asker.sign(question, env)
        rule = plan.rule.id
        open = frozenset({rule} if (rule, row.id) in self.crossings.open else ())
        name, text = asked.ruleset.name, f"{self.text} {row.id}"
        return Ask(Message(world.number(), name, text, signs, open), asked, row)

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

    def row_environment(self, plan: RowsPlan, row: Entry, place: int, world: World) -> Environment:
        """The fields of a row at a point, with what is counted about it."""
        asker, feeds, today = world.asker, world.log.feeds, day_at(place)
        counts = {
            c.spec.id: counted(c, feeds[c.feed].of(row.id), place, today, asker.weight)
            for c in plan.counts
        }
        return asker.environment(asker.facts(row.kind, row.facts, today), today, counts)

    # --- when it is to be asked again --------------------------------------------------------

    def _next_day(self, today: int, world: World) -> int | None:
        plan = self.plan
        found = min((c.out for c in self.counters), default=NEVER)
        for follower in self.followers:
            found = min(found, follower.out)
        if plan.daily:
            found = min(found, today + 1)
        if plan.days:
            found = min(found, _behind(plan.days, today))
        if plan.people:
            found = min(found, _behind(world.turns, today))
        for rows, due in zip(plan.rows, self.dues, strict=True):
            if due.rows:
                found = min(found, _next_due(rows, due, today))
        return found if found <= LAST else None


def _next_due(plan: RowsPlan, due: Due, today: int) -> int:
    if any(c.spec.window.unit != "ever" for c in plan.counts) and due.over(today):
        return today + 1
    return due.next_day(today)


def _behind(days: tuple[int, ...], today: int) -> int:
    at = bisect_right(days, today)
    return days[at] if at < len(days) else NEVER


def _between(days: tuple[int, ...], behind: int, until: int) -> bool:
    """Whether one of the days lies behind the first and not behind the last."""
    return _behind(days, behind) <= until


def _due(plan: RowsPlan, row: Entry, today: int) -> int:
    date = row.facts.get(plan.rows.of)
    if date is None:
        return UNKNOWN
    last = after(date.toordinal(), plan.rows.length, plan.rows.unit)
    return GREATER if today > last else EQUAL if today == last else LESS


def owner(plan: RowsPlan, row: Entry) -> Any:
    """The key of the subject a row belongs to."""
    return row.id if plan.feed is None else value_at(row.facts, plan.feed[1])


def feeds_of(plan: WatchPlan) -> set[Feed]:
    """Every feed that a watch reads."""
    return {*plan.naming, *(c.feed for r in plan.rows for c in r.counts)}
