"""Making the alert of a rule that has become true."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from remit_dsl.watch import Duty, WatchRule
from remit_engine.people.directory import Directory
from remit_engine.watch.alert import Alert, Compared
from remit_engine.watch.compared import compared
from remit_engine.watch.crossings import alert_id
from remit_engine.watch.entry import as_date, day_at
from remit_engine.watch.holding import keys_of
from remit_engine.watch.rows import row_environment
from remit_engine.watch.subject import Subject
from remit_engine.watch.world import Ask, World


def alert_of(
    subject: Subject, rule_id: str, ask: Ask, place: int, where: str, world: World
) -> Alert:
    """The alert of a rule of a watch, at the point that the subject has been moved to. where: the
    place in words."""
    rule, watch = ask.asked.rules[rule_id], subject.plan.watch
    row = None if ask.row is None else ask.row.id
    began = as_date(day_at(place))
    return Alert(
        id=alert_id(f"watch {watch.name}", rule.id, subject.text, row, where),
        rule=rule.id,
        watch=watch.name,
        kind="watch",
        subject=subject.text,
        row=row,
        began=began,
        cleared=None,
        severity=rule.severity,
        owner=rule.owner,
        notify=rule.notify,
        restraints=rule.restraints,
        compared=_compared(subject, rule, ask, place, world),
        because=rule.because,
        source=rule.source,
        people=holders(rule.notify, began, world.asker.directory),
        keys=_keys(subject, rule, place, world),
    )


def _keys(subject: Subject, rule: WatchRule, place: int, world: World) -> tuple[str | None, ...]:
    """What the restraints of a rule hold, as it is known where the alert begins."""
    if not rule.restraints:
        return ()
    return keys_of(rule.restraints, subject.text, subject.environment(place, world).facts)


def _compared(
    subject: Subject, rule: WatchRule, ask: Ask, place: int, world: World
) -> tuple[Compared, ...]:
    """Each comparison of a rule's condition, and the days of a row."""
    found, program = [], world.asker.model.program
    slots = dict(ask.asked.slots)
    env = row_env = subject.environment(place, world)
    if ask.row is not None and rule.rows is not None:
        text = f"{rule.rows.length} {rule.rows.unit} after {rule.rows.of}"
        today, date = as_date(day_at(place)), ask.row.facts.get(rule.rows.of)
        found.append(Compared(text, today.isoformat(), str(date)))
        plan = next(p for p in subject.plan.rows if p.rule is rule)
        row_env = row_environment(plan, ask.row, place, world)
    of_row = {question.name: question for question in ask.asked.of_row}
    for name, span in ask.asked.shapes[rule.id].written:
        if name in of_row:
            found.append(compared(of_row[name], span, row_env, program))
        else:
            found.append(compared(subject.plan.questions[slots[name]], span, env, program))
    return tuple(found)


def holders(positions: tuple[str, ...], day: date, people: Directory) -> tuple[str, ...]:
    """Names of who holds one of the positions on a day, each once."""
    found = (party.shown for p in positions for party in people.holders(p, day))
    return tuple(dict.fromkeys(found))


def duty_alert(
    duty: Duty, person: str, row: str, last: date, place: int, people: Directory
) -> Alert:
    """The alert of a report that is missing behind its last day."""
    began = as_date(day_at(place))
    told = tuple(dict.fromkeys((duty.to, *duty.notify)))
    party = people.party(person, began)
    himself = person if party is None else party.shown
    event = (duty.event or "").rsplit(".", 1)[-1]
    return Alert(
        id=alert_id(f"duty {duty.name}", duty.name, person, row, began.isoformat()),
        rule=duty.name,
        watch=duty.name,
        kind="duty",
        subject=person,
        row=row,
        began=began,
        cleared=None,
        severity=duty.severity,
        owner=duty.owner,
        notify=told,
        restraints=(),
        compared=(Compared(f"{event} by {last.isoformat()}", "none", "1"),),
        because=duty.because,
        source=duty.source,
        people=tuple(dict.fromkeys((himself, *holders(told, began, people)))),
    )


def said_late(alert: Alert, told: date) -> Alert:
    """The alert, marked where it is told behind its day."""
    return replace(alert, late=True) if told > alert.began else alert
