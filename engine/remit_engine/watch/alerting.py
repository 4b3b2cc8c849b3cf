"""Making the alert of a rule that has become true."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from remit_dsl.watch import Duty, WatchRule
from remit_engine.directory import Directory
from remit_engine.ir import Model
from remit_engine.watch.alert import Alert, Compared
from remit_engine.watch.compared import compared
from remit_engine.watch.crossings import alert_id
from remit_engine.watch.entry import as_date, day_at
from remit_engine.watch.subject import Ask, Subject


def alert_of(
    subject: Subject,
    rule_id: str,
    ask: Ask,
    place: int,
    where: str,
    model: Model,
    people: Directory,
) -> Alert:
    """The alert of a rule of a watch. where: the place in words."""
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
        compared=_compared(rule, ask, model, began),
        because=rule.because,
        source=rule.source,
        people=holders(rule.notify, began, people),
    )


def _compared(rule: WatchRule, ask: Ask, model: Model, began: date) -> tuple[Compared, ...]:
    """Each comparison of a rule's condition, and the days of a row."""
    found = []
    if rule.rows is not None and ask.row is not None:
        text = f"{rule.rows.length} {rule.rows.unit} after {rule.rows.of}"
        found.append(Compared(text, began.isoformat(), str(ask.row.facts.get(rule.rows.of))))
    questions = {question.name: question for question, _ in ask.asked.questions}
    for name, span in ask.asked.shapes[rule.id].written:
        question = questions[name]
        env = ask.row_env if question.row and ask.row_env is not None else ask.env
        found.append(compared(question, span, env, model.program))
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
