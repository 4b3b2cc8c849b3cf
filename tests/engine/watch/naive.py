"""What docs/watch.md says, said again as shortly as it can be: all of it from the whole log, each
time anew. No state, no index, no code of the watcher; expressions are read by `evaluate`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from math import inf
from typing import Any

from remit_dsl import expressions as x
from remit_dsl import watch as w
from remit_dsl.expressions import Expression
from remit_engine.calendar import add_months, period_end, period_start
from remit_engine.judging.evaluate import Environment, evaluate
from remit_engine.judging.unknown import (
    Truth,
    Unknown,
    conjunction,
    disjunction,
    merged,
    missing,
    negation,
)
from remit_engine.people.directory import Directory
from remit_engine.reading.facts_reader import FactsReader
from remit_engine.rules.ir import Model
from remit_engine.rules.names import names_of

ONE_DAY = timedelta(days=1)
Key = tuple[str, str, str | None]
"""Rule (or duty), subject, row."""


@dataclass(frozen=True)
class Entry:
    """kind: qualified. values: typed, those of an observation or of a row (with its `id`)."""

    kind: str
    id: str
    day: date
    values: Mapping[str, Any]


@dataclass(frozen=True)
class World:
    """start: the first day that is watched."""

    model: Model
    directory: Directory
    start: date


@dataclass(frozen=True)
class Crossing:
    """place: the point of the log where it began, (day, the id of the entry or "")."""

    rule: str
    subject: str
    row: str | None
    place: tuple[date, str]
    cleared: date | None = None


@dataclass(frozen=True)
class Asked:
    """A rule at a point. until None: what ends it is that `crosses` is false."""

    crosses: Truth
    until: Truth | None = None
    in_force: bool = True

    @property
    def begins(self) -> bool:
        """An `until` that is true goes before its rule."""
        return self.in_force and self.crosses is True and self.until is not True

    @property
    def ends(self) -> bool:
        """Out of force it is false, and ends whatever its `until` says."""
        by_itself = self.crosses is False if self.until is None else self.until is True
        return by_itself or not self.in_force


def crossings(world: World, log: Sequence[Entry], today: date) -> list[Crossing]:
    """Every alert there ever was; log: as accepted, in order of arrival."""
    begun: list[Crossing] = []
    opened: dict[Key, int] = {}
    for place, seen in points(world, log, today):
        for key, asks in asked(world, seen, place[0]):
            if key in opened and asks.ends:
                at = opened.pop(key)
                begun[at] = replace(begun[at], cleared=place[0])
            elif key not in opened and asks.begins:
                opened[key] = len(begun)
                begun.append(Crossing(*key, place))
    return begun


def points(
    world: World, log: Sequence[Entry], today: date
) -> Iterator[tuple[tuple[date, str], list[Entry]]]:
    """Each day's start, then each of its entries; with what the log holds by then, in its order."""
    ordered = sorted(log, key=lambda e: e.day)  # stable: by arrival within a day
    day = min([world.start, *(e.day for e in ordered)])
    while day <= today:
        earlier = [e for e in ordered if e.day < day]
        yield (day, ""), earlier
        todays = [e for e in ordered if e.day == day]
        for n, entry in enumerate(todays, 1):
            yield (day, entry.id), [*earlier, *todays[:n]]
        day += ONE_DAY


def asked(world: World, seen: list[Entry], day: date) -> Iterator[tuple[Key, Asked]]:
    """Every rule of every subject, and every duty of every person, at one point."""
    for watch in world.model.program.watches.values():
        held = in_force(world, watch.policy, day)
        for subject in subjects(watch, seen):
            facts = facts_of(world, watch, subject, seen, day)
            for rule in watch.rules:
                for key, asks in of_rule(world, rule, subject, facts, seen, day):
                    yield key, replace(asks, in_force=held)
    for duty in world.model.program.duties:
        yield from of_duty(world, duty, seen, day)


def in_force(world: World, policy: str, day: date) -> bool:
    """Whether a policy holds on a day."""
    found = world.model.program.policies[policy]
    begun = found.effective_from is None or found.effective_from <= day
    return begun and (found.effective_until is None or day < found.effective_until)


# --- subjects and their facts ---------------------------------------------------------------


def subjects(watch: w.Watch, seen: list[Entry]) -> list[Any]:
    """Keys of all there are: observed, or named by a row that the watch looks at."""
    paths: list[tuple[str, tuple[str, ...]]] = []
    if watch.kind != "event":
        paths = [(c.event, c.key) for c in watch.counts]
        for s in watch.sequences:
            paths += [(s.first, s.keys[0]), (s.second, s.keys[1])]
        paths += [(r.rows.event, r.rows.key) for r in watch.rules if r.rows and r.rows.key]
        paths += [(watch.on, watch.by)] if watch.by is not None else []
    own = [e.id for e in seen if e.kind == watch.on and watch.kind != "key"]
    named = [at(e, path) for e in seen for event, path in paths if e.kind == event]
    return list(dict.fromkeys(k for k in [*own, *named] if k is not None))


def at(entry: Entry, path: tuple[str, ...]) -> Any:
    """The value at a path of a row, None where there is none; a person is his id."""
    found: Any = entry.values
    for step in path:
        if isinstance(found, Mapping) or step != "id":
            found = found.get(step) if isinstance(found, Mapping) else None
    return found


def facts_of(
    world: World, watch: w.Watch, subject: Any, seen: list[Entry], day: date
) -> dict[str, Any]:
    """What the conditions of a watch may read about a subject."""
    facts: dict[str, Any] = {}
    if watch.kind == "record":
        for entry in seen:
            if entry.kind == watch.on and entry.id == subject:
                facts |= entry.values
        facts["id"] = subject
    elif watch.kind == "event":
        facts = fields(world, next(e for e in seen if (e.kind, e.id) == (watch.on, subject)), day)
    else:
        assert watch.by is not None  # `by customer` is told by its `id`, as `by customer.id` is
        *above, last = watch.by
        facts = {last: subject}
        if above and last == "id":
            named = fields(world, Entry(watch.on, "", day, {above[0]: subject}), day)
            person = row_fields(world, watch.on)[above[0]].type.name == "Person"
            facts[above[-1]] = named[above[0]] if person else {"id": subject}
    facts["count"] = {c.id: counted(world, c, subject, seen, day) for c in watch.counts}
    facts["sequence"] = {s.id: followed(world, s, subject, seen, day) for s in watch.sequences}
    return facts


def row_fields(world: World, event: str) -> Mapping[str, Any]:
    """The declared fields of an event."""
    return world.model.program.events[event].fields


def fields(world: World, entry: Entry, day: date) -> dict[str, Any]:
    """The fields of a row, people as they are on the day asked."""
    declared = row_fields(world, entry.kind)
    found = dict(entry.values)
    for name, value in entry.values.items():
        if declared[name].type.name == "Person" and value is not None:
            party = world.directory.party(value, day)
            found[name] = missing(name) if party is None else party
    return found


def truth(world: World, e: Expression | None, facts: Mapping[str, Any], day: date) -> Truth:
    """A condition read with these facts on a day; none is true."""
    match e:
        case None:
            return True
        case x.AllOf(operands=operands):
            return conjunction(truth(world, o, facts, day) for o in operands)
        case x.AnyOf(operands=operands):
            return disjunction(truth(world, o, facts, day) for o in operands)
        case x.Not(operand=operand):
            return negation(truth(world, operand, facts, day))
        case x.Compare(operator=operator, left=left, right=right):
            pair = [value(world, side, facts, day) for side in (left, right)]
            if any(isinstance(v, Doubtful) for v in pair):
                return so_either_way(operator, *pair)
    return value(world, e, facts, day)


def value(world: World, e: Expression, facts: Mapping[str, Any], day: date) -> Any:
    """An expression read with these facts on a day."""
    within = world.directory.within
    return evaluate(e, Environment(world.model, day, {**facts, "as_of": day}, within, {}))


@dataclass(frozen=True)
class Doubtful(Unknown):
    """A number that lies between two, both included."""

    least: Any = -inf
    most: Any = inf


def so_either_way(operator: str, left: Any, right: Any) -> Truth:
    """A comparison of what is in doubt: known where all that it may be agree."""
    sides = [v if isinstance(v, Doubtful) else Doubtful(least=v, most=v) for v in (left, right)]
    if any(isinstance(v, Unknown) and not isinstance(v, Doubtful) for v in (left, right)):
        return merged((left, right))
    one, other = sides
    possible = {
        "<": one.least < other.most,
        "=": one.least <= other.most and other.least <= one.most,
        ">": one.most > other.least,
    }
    makes = {"<": "<", "<=": "<=", "=": "=", "!=": "<>", ">": ">", ">=": "=>"}[operator]
    found = {sign in makes for sign, can_be in possible.items() if can_be}
    return found.pop() if len(found) == 1 else merged((left, right))


# --- what is counted, and what follows what -------------------------------------------------


def inside(window: w.Window, then: date, day: date) -> bool:
    """Whether a day lies in the window of today."""
    match window.unit:
        case "ever":
            return then <= day
        case "days":
            return then <= day and (day - then).days < window.length
        case "months":
            return add_months(day, -window.length, "clipped") < then <= day
        case "day":
            return then == day
    return period_start(day, window.unit) <= then <= day


def counted(world: World, count: w.Count, key: Any, seen: list[Entry], day: date) -> Any:
    """How many rows, or the sum of a field; or between what it lies, where rows are in doubt."""
    least, most = Fraction(0), Fraction(0)
    doubts = []
    for e in seen:
        if e.kind == count.event and at(e, count.key) == key and inside(count.window, e.day, day):
            test = truth(world, count.where, fields(world, e, day), day)
            adds = Fraction(1) if count.field is None else at(e, count.field)
            if test is not False:
                least += -inf if adds is None else adds if test is True else min(adds, 0)
                most += inf if adds is None else adds if test is True else max(adds, 0)
                doubts += [e] if adds is None or test is not True else []
    return Doubtful(frozenset({count.event}), least=least, most=most) if doubts else least


def followed(world: World, asks: w.Sequence, key: Any, seen: list[Entry], day: date) -> Truth:
    """Whether one came after another in the order of the log, both in the window."""

    def mine(n: int, event: str, path: tuple[str, ...]) -> bool:
        e = seen[n]
        return e.kind == event and at(e, path) == key and inside(asks.window, e.day, day)

    firsts = [n for n in range(len(seen)) if mine(n, asks.first, asks.keys[0])]
    seconds = [
        n
        for n in range(len(seen))
        if mine(n, asks.second, asks.keys[1]) and any(first < n for first in firsts)
    ]
    return disjunction(truth(world, asks.where, fields(world, seen[n], day), day) for n in seconds)


# --- rules ------------------------------------------------------------------------------------


def of_rule(
    world: World,
    rule: w.WatchRule,
    subject: Any,
    facts: dict[str, Any],
    seen: list[Entry],
    day: date,
) -> Iterator[tuple[Key, Asked]]:
    """A rule of a subject, or of each of its rows."""
    holds = truth(world, rule.condition, facts, day)
    until = None if rule.until is None else truth(world, rule.until, facts, day)
    if rule.rows is None:
        yield (rule.id, str(subject), None), Asked(holds, until)
        return
    for row in seen:
        rows = rule.rows
        whose = row.id if rows.key is None else at(row, rows.key)
        if row.kind == rows.event and whose == subject:
            crosses = conjunction([holds, stays(world, rows, row, seen, day)])
            yield (rule.id, str(subject), row.id), Asked(crosses, until)


def stays(world: World, rows: w.Rows, row: Entry, seen: list[Entry], day: date) -> Truth:
    """From the start of the day after DATE + N on, while the condition is true."""
    facts = fields(world, row, day)
    facts["count"] = {c.id: counted(world, c, row.id, seen, day) for c in rows.counts}
    of = row.values.get(rows.of)
    due: Truth = missing(rows.of) if of is None else day > later(of, rows.length, rows.unit)
    return conjunction(
        [due, truth(world, rows.where, facts, day), truth(world, rows.condition, facts, day)]
    )


def later(day: date, length: int, unit: str) -> date:
    """So many days or months after a day."""
    return day + timedelta(days=length) if unit == "days" else add_months(day, length, "clipped")


# --- duties -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Period:
    """first, last: its days. due: the last day on which it can be reported in time. reach: the last
    day on which a report is taken to be about it."""

    name: str
    first: date
    last: date
    due: date
    reach: date


def of_duty(
    world: World, duty: w.Duty, seen: list[Entry], day: date
) -> Iterator[tuple[Key, Asked]]:
    """What each person owes for each period, reports taken in the order of the log."""
    begun = periods(world, duty, day)
    for person in world.directory.people:
        owed = [p for p in begun if owes(world, duty, person, p)]
        handed: set[Period] = set()
        free: list[date] = []  # reports that were for nothing yet
        doubts: list[tuple[date, Truth]] = []
        for e in seen:
            if e.kind == duty.after and at(e, duty.after_by or ()) == person:
                calls = Period(e.id, e.day, e.day, e.day + ONE_DAY, e.day + ONE_DAY)
                if e.day >= world.start and owes(world, duty, person, calls):
                    owed.append(calls)
                    for report in [d for d in free if calls.first <= d <= calls.due][:1]:
                        free.remove(report)
                        handed.add(calls)
            if e.kind == duty.event and at(e, duty.by or ()) == person:
                counts = truth(world, duty.where, fields(world, e, e.day), e.day)
                lacking = [p for p in owed if p not in handed]
                fits = [p for p in lacking if p.first <= e.day <= p.reach]
                fits = fits or [p for p in lacking if p.due < e.day]
                if isinstance(counts, Unknown):
                    doubts.append((e.day, counts))
                elif counts and fits:
                    handed.add(fits[0])
                elif counts:
                    free.append(e.day)
        for p in owed:
            doubt = disjunction(t for d, t in doubts if p.first <= d <= p.due)
            lacks = False if p in handed or duty.event is None else negation(doubt)
            yield (duty.name, person, p.name), Asked(conjunction([day > p.due, lacks]))


def owes(world: World, duty: w.Duty, person: str, period: Period) -> bool:
    """Whether a person holds the position, and the policy holds, for the whole of a period."""
    length = (period.last - period.first).days + 1
    days = [period.first + n * ONE_DAY for n in range(length)]
    return all(
        in_force(world, duty.policy, d) and holds(world, person, duty.position, d) for d in days
    )


def holds(world: World, person: str, position: str, day: date) -> bool:
    """Whether a person holds a position on a day."""
    party = world.directory.party(person, day)
    return party is not None and position in party.positions


def periods(world: World, duty: w.Duty, day: date) -> list[Period]:
    """The periods by the calendar that have begun, the earliest first."""
    if duty.after is not None:
        return []
    days = [world.start + n * ONE_DAY for n in range((day - world.start).days + 1)]
    found = dict.fromkeys(period_of(duty, d) for d in days)
    return [p for p in found if p.first >= world.start]


def period_of(duty: w.Duty, day: date) -> Period:
    """The period a day lies in."""
    match duty.frequency:
        case "daily":
            return Period(day.isoformat(), day, day, day, day)
        case "weekly":
            last = day + ((duty.day or 0) - day.weekday()) % 7 * ONE_DAY
            first = last - 6 * ONE_DAY
            return Period(first.isoformat(), first, last, last, last)
    unit = {"monthly": "month", "quarterly": "quarter", "yearly": "year"}[duty.frequency]
    first, last = period_start(day, unit), period_end(day, unit)
    due = last + (duty.day or 0) * ONE_DAY
    reach = max(due, period_end(last + ONE_DAY, unit))
    return Period(first.isoformat(), first, last, due, reach)


# --- what comes in ----------------------------------------------------------------------------


def entry(model: Model, document: Mapping[str, Any]) -> Entry:
    """A sound document as an entry."""
    program, kind = model.program, document["kind"]
    reader = FactsReader(names_of(model), model)
    (record,) = [n for n in program.records if n.rsplit(".", 1)[-1] == kind] or [None]
    if record is not None:
        declared, given, name = program.records[record].fields, document["facts"], record
    else:
        (event,) = [e for e in program.events.values() if e.short == kind]
        declared, name = event.fields, event.name
        own = ("kind", "on", "entry", "facts")  # a field of such a name stands in `facts`
        given = {k: v for k, v in document.items() if k in declared and k not in own}
        given |= document.get("facts", {})
    values = reader.fields(given, declared, ())
    assert not reader.problems, reader.problems
    days = [values[f.name] for f in declared.values() if f.type.kind == "date" and not f.optional]
    day = date.fromisoformat(document["on"]) if "on" in document else days[0]
    return Entry(name, document["id"], day, values)


def told_apart(document: Mapping[str, Any]) -> tuple[str, str]:
    """What makes two documents one: kind and id."""
    return document["kind"], document.get("entry", document["id"])


def fate(model: Model, known: Sequence[Mapping[str, Any]], document: Any, today: date) -> str:
    """`accepted`, `copy`, `conflict` or `future`; known: what was accepted before."""
    new = entry(model, document)
    if new.day > today:
        return "future"
    for other in known:
        if told_apart(other) == told_apart(document):
            return "copy" if entry(model, other) == new else "conflict"
    return "accepted"


__all__ = ["Crossing", "Entry", "World", "crossings", "entry", "fate"]
