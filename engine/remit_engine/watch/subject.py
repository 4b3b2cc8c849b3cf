"""One subject of a watch: what is known of it at a point of the log, and what is asked there."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from remit_engine.evaluate import Environment
from remit_engine.watch.accumulators import Counter, counted, first_inside, followed
from remit_engine.watch.asking import Asker, in_force, sign
from remit_engine.watch.crossings import Crossings
from remit_engine.watch.entry import Entry, day_at, value_at
from remit_engine.watch.log import Log
from remit_engine.watch.matching import EQUAL, GREATER, LESS, UNKNOWN, Message
from remit_engine.watch.plan import Asked, Feed, RowsPlan, WatchPlan
from remit_engine.watch.windows import LAST, after, leaves


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
    """A message with what it was made of. env, row_env: to tell the values compared."""

    message: Message
    asked: Asked
    env: Environment
    row: Entry | None = None
    row_env: Environment | None = None


@dataclass(slots=True)
class Due:
    """Rows of one rule by the first day on which their time is over; LAST where there is none."""

    days: list[tuple[int, str]] = field(default_factory=list)
    signs: dict[str, Mapping[str, int]] = field(default_factory=dict)
    """By row: as it was asked last."""


class Subject:
    """known: the place of the entry that named it first. next: the next day on which something may
    change without an entry, None where there is none."""

    __slots__ = (
        "counters", "crossings", "dues", "facts", "key", "known", "next", "plan", "signs", "text",
    )  # fmt: skip

    def __init__(self, plan: WatchPlan, key: Any, known: int) -> None:
        self.plan = plan
        self.key = key
        self.text = str(key)
        self.known = known
        self.facts: dict[str, Any] = {}
        self.counters = [Counter(c) for c in plan.counts]
        self.signs: Mapping[str, int] | None = None
        self.dues = [Due() for _ in plan.rows]
        self.crossings = Crossings()
        self.next: int | None = None

    # --- the log -----------------------------------------------------------------------------

    def take(self, entry: Entry) -> None:
        """An entry that concerns it, the next in the order of the log."""
        if self.plan.watch.kind == "record" and entry.kind == self.plan.watch.on:
            self.facts.update(entry.facts)

    def add_row(self, at: int, row: Entry) -> None:
        """A row of the rule about rows number `at`, whenever it came."""
        rows = self.plan.rows[at].rows
        date = row.facts.get(rows.of)
        first = LAST
        if date is not None:
            first = min(LAST, after(date.toordinal(), rows.length, rows.unit) + 1)
        days = self.dues[at].days
        where = bisect_left(days, (first, row.id))
        if where == len(days) or days[where] != (first, row.id):
            days.insert(where, (first, row.id))

    def rewind(self, place: int, world: World) -> None:
        """Go back to what was known before a place, on its day."""
        today, plan = day_at(place), self.plan
        self.facts = {}
        if plan.watch.kind == "record":
            for entry in world.log.observations(plan.watch.on, self.key):
                if entry.place < place:
                    self.facts.update(entry.facts)
        for counter in self.counters:
            rows = world.log.feeds[counter.plan.feed].of(self.key)
            counter.rewind(rows, place, today, world.asker.weigh(counter.plan, today))
        self.signs = None
        for due in self.dues:
            due.signs.clear()
        self.next = self._next_day(today, world)

    def entries_from(self, place: int, world: World) -> list[Entry]:
        """Every entry from a place on that concerns it, in the order of the log."""
        found: dict[int, Entry] = {}
        for entries in self._lists(world):
            for entry in entries[bisect_left(entries, place, key=lambda e: e.place) :]:
                found[entry.place] = entry
        return [found[place] for place in sorted(found)]

    def _lists(self, world: World) -> Iterator[list[Entry]]:
        log, watch = world.log, self.plan.watch
        if watch.kind == "record":
            yield log.observations(watch.on, self.key)
        if watch.kind == "event":
            own = log.event(watch.on, self.key)
            yield [] if own is None else [own]
        for feed in sorted(self.plan.naming):
            yield log.feeds[feed].of(self.key)
        for rows, due in zip(self.plan.rows, self.dues, strict=True):
            for count in rows.counts:
                for _, row in due.days:
                    yield log.feeds[count.feed].of(row)

    # --- what is asked -----------------------------------------------------------------------

    def ask(self, place: int, world: World) -> list[Ask]:
        """What is asked at a point, of the subject and of each row; only what has changed."""
        world.asked += 1
        today = day_at(place)
        env = world.asker.environment(
            self._own_facts(today, world),
            today,
            {c.plan.spec.id: self._move(c, place, world) for c in self.counters},
            {s.spec.id: self._followed(s, place, world) for s in self.plan.sequences},
        )
        asks = list(self._of_subject(place, env, world))
        for at in range(len(self.plan.rows)):
            asks += self._of_rows(at, place, env, world)
        self.next = self._next_day(today, world)
        return asks

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
            facts[by[-2]] = {"id": self.key}
        return facts

    def _move(self, counter: Counter, place: int, world: World) -> Any:
        rows, today = world.log.feeds[counter.plan.feed].of(self.key), day_at(place)
        return counter.move(rows, place, today, world.asker.weigh(counter.plan, today))

    def _followed(self, sequence: Any, place: int, world: World) -> Any:
        feeds, today = world.log.feeds, day_at(place)
        first, second = feeds[sequence.first].of(self.key), feeds[sequence.second].of(self.key)
        judge = world.asker.judging(sequence.spec.where, today)
        return followed(sequence, first, second, place, today, judge)

    def _of_subject(self, place: int, env: Environment, world: World) -> Iterator[Ask]:
        asked = self.plan.subject
        if asked is None:
            return
        signs = self._signs(asked, place, env, env, None)
        if signs == self.signs:
            return
        self.signs = signs
        name = asked.ruleset.name
        open = frozenset(rule for rule, row in self.crossings.open if row is None)
        message = Message(world.number(), name, self.text, signs, open)
        yield Ask(message, asked, env)

    def _of_rows(self, at: int, place: int, env: Environment, world: World) -> Iterator[Ask]:
        plan, due, today = self.plan.rows[at], self.dues[at], day_at(place)
        name, rule = plan.asked.ruleset.name, plan.rule.id
        for _, id in due.days[: bisect_right(due.days, today, key=lambda d: d[0])]:
            row = world.log.event(plan.rows.event, id)
            if row is None or row.place > place:
                continue
            row_env = self._row_environment(plan, row, place, world)
            signs = self._signs(plan.asked, place, env, row_env, row)
            if signs == due.signs.get(id):
                continue
            due.signs[id] = signs
            open = frozenset({rule} if (rule, id) in self.crossings.open else ())
            message = Message(world.number(), name, f"{self.text} {id}", signs, open)
            yield Ask(message, plan.asked, env, row, row_env)

    def _row_environment(self, plan: RowsPlan, row: Entry, place: int, world: World) -> Environment:
        asker, today = world.asker, day_at(place)
        counts = {
            c.spec.id: counted(
                c, world.log.feeds[c.feed].of(row.id), place, today, asker.weigh(c, today)
            )
            for c in plan.counts
        }
        return asker.environment(asker.facts(row.kind, row.facts, today), today, counts)

    def _signs(
        self, asked: Asked, place: int, env: Environment, row_env: Environment, row: Entry | None
    ) -> dict[str, int]:
        signs: dict[str, int] = {}
        for question, _ in asked.questions:
            match question.kind:
                case "force":
                    signs[question.name] = in_force(self.plan.policy, day_at(place))
                case "due":
                    signs[question.name] = self._due(asked, row, day_at(place))
                case _:
                    signs[question.name] = sign(question, row_env if question.row else env)
        return signs

    def _due(self, asked: Asked, row: Entry | None, today: int) -> int:
        (rule,) = asked.rules.values()
        date = None if row is None or rule.rows is None else value_at(row.facts, (rule.rows.of,))
        if date is None or rule.rows is None:
            return UNKNOWN
        last = after(date.toordinal(), rule.rows.length, rule.rows.unit)
        return GREATER if today > last else EQUAL if today == last else LESS

    # --- when it is to be asked again --------------------------------------------------------

    def _next_day(self, today: int, world: World) -> int | None:
        plan, feeds = self.plan, world.log.feeds
        days: list[int | None] = [today + 1] if plan.daily else []
        days.append(_behind(plan.days, today))
        if plan.people:
            days.append(_behind(world.turns, today))
        days += [c.next_day(feeds[c.plan.feed].of(self.key)) for c in self.counters]
        for sequence in plan.sequences:
            first = feeds[sequence.first].of(self.key)
            low = first_inside(sequence, first, today)
            days.append(leaves(sequence.spec.window, first[low].day) if low < len(first) else None)
        for rows, due in zip(plan.rows, self.dues, strict=True):
            at = bisect_right(due.days, today, key=lambda d: d[0])
            days.append(due.days[at][0] if at < len(due.days) else None)
            if at and any(c.spec.window.unit != "ever" for c in rows.counts):
                days.append(today + 1)
        known = [day for day in days if day is not None and today < day <= LAST]
        return min(known, default=None)


def _behind(days: tuple[int, ...], today: int) -> int | None:
    at = bisect_right(days, today)
    return days[at] if at < len(days) else None


def feeds_of(plan: WatchPlan) -> set[Feed]:
    """Every feed that a watch reads."""
    return {*plan.naming, *(c.feed for r in plan.rows for c in r.counts)}
