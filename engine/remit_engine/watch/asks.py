"""What is asked of a subject and its rows at a point of the log: what has changed."""

from __future__ import annotations

from collections.abc import Iterator

from remit_engine.watch.due import first_day
from remit_engine.watch.entry import Entry, day_at
from remit_engine.watch.matching import Message
from remit_engine.watch.plan import Asked, RowsPlan
from remit_engine.watch.rows import due_sign, row_environment, touched
from remit_engine.watch.subject import Subject
from remit_engine.watch.world import Ask, World


def ask(subject: Subject, place: int, entry: Entry | None, world: World) -> list[Ask]:
    """What is asked after an entry or at the start of a day: the subject, and its rows whose time
    is over, where something has changed."""
    world.asked += 1
    plan, today, first = subject.plan, day_at(place), not subject.day
    changed = subject.move(place, entry, world)
    asks = []
    if plan.subject is not None and (first or _any(plan.subject, changed)):
        asks.append(_of_subject(subject, plan.subject, world))
    for at, rows in enumerate(plan.rows):
        slides = rows.sliding and subject.day < today
        every = first or slides or _any(rows.asked, changed)
        due = _due_rows(subject, at, place, entry, every, world)
        asks += [_of_row(subject, rows, row, place, world) for row in due]
    subject.rest(today, world)
    return asks


def _any(asked: Asked, changed: set[int]) -> bool:
    return bool(changed) and any(n in changed for _, n in asked.slots)


def _of_subject(subject: Subject, asked: Asked, world: World) -> Ask:
    signs = {name: subject.signs[n] for name, n in asked.slots}
    open = frozenset(rule for rule, row in subject.crossings.open if row is None)
    message = Message(world.number(), asked.ruleset.name, subject.text, signs, open)
    return Ask(message, asked)


def _due_rows(
    subject: Subject, at: int, place: int, entry: Entry | None, every: bool, world: World
) -> Iterator[Entry]:
    """The rows whose time is over and that may have changed, in the order of their days; of those
    that the subject has here, which are few where some are followed again."""
    plan, due, today, log = subject.plan.rows[at], subject.dues[at], day_at(place), world.log
    if entry is not None and not every:
        near = [(first_day(plan, row), row) for row in touched(plan, subject.key, entry, log)]
        for day, row in sorted(near, key=lambda pair: (pair[0], pair[1].id)):
            if row.place <= place and day <= today and due.has(day, row.id):
                yield row
        return
    for id in due.over(today, 0 if every else subject.day):
        found = log.event(plan.rows.event, id)
        if found is not None and found.place <= place:
            yield found


def _of_row(subject: Subject, plan: RowsPlan, row: Entry, place: int, world: World) -> Ask:
    asked = plan.asked
    signs = {name: subject.signs[n] for name, n in asked.slots}
    env = row_environment(plan, row, place, world)
    for question in asked.of_row:
        if question.kind == "due":
            signs[question.name] = due_sign(plan, row, day_at(place))
        else:
            signs[question.name] = world.asker.sign(question, env)
    rule = plan.rule.id
    open = frozenset({rule} if (rule, row.id) in subject.crossings.open else ())
    name, text = asked.ruleset.name, f"{subject.text} {row.id}"
    return Ask(Message(world.number(), name, text, signs, open), asked, row)
