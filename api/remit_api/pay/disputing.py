"""Opening disputes, for every door: about something that was told, to be answered by a day."""

from __future__ import annotations

import re
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy.engine import Connection

from remit_api.failures import Refused, WrongUse
from remit_api.pay import keeping
from remit_dsl.lexing.currencies import thousands
from remit_dsl.suggest import nearest
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.closed.dispute import Status
from remit_engine.commission.statement import Statement
from remit_engine.storage import disputes, runs

PARAMETER = "dispute_days"
"""The parameter of the policies that says within how many days a dispute is answered."""
_AMOUNT = re.compile(r"[+-]?[0-9][0-9_]{0,39}(\.[0-9]{1,12})?")


def amount_of(written: str) -> Fraction:
    """What would be right, as a person writes it; WrongUse for no amount."""
    if _AMOUNT.fullmatch(written.strip()) is None:
        raise WrongUse(f"`{written[:40]}` is not an amount", "write it as `1_200.50`")
    if (readings := thousands(written.strip(), None)) is not None:
        small, large = readings
        raise WrongUse(
            f"`{written.strip()}` may be {small} or {int(large):,}", f"write {small} or {large}"
        )
    return Fraction(written.strip().replace("_", ""))


def last_day(day: date, days: int, help: str) -> date:
    """So many days later; WrongUse where the calendar ends before, with the cure."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise WrongUse(f"there is no calendar {days} days after {day}", help) from None


def refuse_strange(
    connection: Connection,
    plan: str,
    person: str,
    period: Period,
    line: str | None,
    *,
    name_others: bool = True,
) -> None:
    """A dispute is about something that was told. name_others: whether somebody else may be named
    who was meant. Raises Refused, NotKept."""
    number = keeping.shown_run(connection, plan, period)
    found = next(runs.statements(connection, number, plan, period, person), None)
    if found is None:
        known = runs.persons(connection, number, plan, period) if name_others else ()
        near = nearest(person, known)
        help = f"did you mean `{near}`?" if near else None
        raise Refused(f"`{person}` has no statement of `{plan}` for {period}", help)
    if line is not None and line not in _events(found):
        near = nearest(line, _events(found))
        whole = "leave the line out for the whole statement"
        help = f"did you mean `{near}`?" if near else whole
        raise Refused(f"the statement has no line `{line}`", help)


def refuse_colleague(connection: Connection, plan: str, person: str, by: str) -> None:
    """For a door that knows no roles: a dispute about a payee is opened by himself, or by one whom
    the plan never paid anything, as the store has it. Raises Refused."""
    if by != person and plan in runs.plans_of(connection, by):
        short = plan.rsplit(".", 1)[-1]
        help = f"`{person}` opens it, or somebody for him whom `{short}` does not pay (`--by`)"
        raise Refused(f"`{by}` is paid by `{short}` too, and disputes no pay of `{person}`", help)


def refuse_early(connection: Connection, plan: str, period: Period, day: date) -> None:
    """Nobody disputes what was closed before it was, nor what is open before it begins. Raises
    WrongUse."""
    closed = keeping.closed_on(connection, plan, period)
    short = plan.rsplit(".", 1)[-1]
    if closed is not None and day < closed:
        message = f"`{short}` was closed for {period} on {closed}, and {day} is before"
        raise WrongUse(message, "name the day it is disputed, or leave `--on` out for today")
    if day < period.start:
        message = f"{period} begins on {period.start}, and {day} is before"
        raise WrongUse(message, "name the day it is disputed, or leave `--on` out for today")


def refuse_twice(
    connection: Connection, plan: str, person: str, period: Period, line: str | None
) -> None:
    """What waits for an answer is not disputed again. Raises Refused."""
    for found in disputes.listed(connection, plan=plan, person=person, of=period):
        if found.line == line and found.status is Status.OPEN:
            about = "this line" if line is not None else "this statement"
            help = f"it is to be answered by {found.deadline}; withdraw it to write another"
            raise Refused(f"dispute {found.number} about {about} is open", help)


def _events(statement: Statement) -> list[str]:
    return [*(x.event for x in statement.lines), *(m.event for m in statement.movements)]
