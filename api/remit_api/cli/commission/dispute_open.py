"""`remit commission dispute open PERSON PLAN`: this line or statement is not right."""

from __future__ import annotations

import re
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.engine import Connection

from remit_api.cli.commission.dispute_words import tell
from remit_api.cli.commission.options import (
    ByOption,
    OnePlan,
    OnOption,
    PeriodOption,
    PersonArgument,
    StoreOption,
    day_of,
    period_of,
    store_of,
)
from remit_api.cli.commission.who import doer
from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import Json, Policies
from remit_api.cli.output import screen
from remit_api.cli.session import read_day
from remit_api.failures import Refused, WrongUse
from remit_api.files import policy_paths
from remit_api.pay import keeping
from remit_api.pay.running import answer_days, open_texts
from remit_dsl.suggest import nearest
from remit_engine.commission.dispute import Dispute
from remit_engine.commission.document import dispute_document
from remit_engine.commission.periods import Period
from remit_engine.commission.statement import Statement
from remit_engine.storage import disputes, remarks, runs

LineOption = Annotated[
    str | None,
    typer.Option("--line", metavar="EVENT", help="About this line. [the whole statement]"),
]
ExpectedOption = Annotated[
    str | None,
    typer.Option(
        "--expected",
        metavar="AMOUNT",
        help="What would be right: the credit of the line, or what is due.",
    ),
]
Reason = Annotated[
    str | None, typer.Option("--reason", metavar="TEXT", help="Why it is not right.")
]
Days = Annotated[
    int | None,
    typer.Option(
        "--days", metavar="N", min=0, help="An answer is due after so many days. [by the policy]"
    ),
]
Deadline = Annotated[
    str | None,
    typer.Option("--deadline", metavar="DATE", help="The last day for an answer, YYYY-MM-DD."),
]
PARAMETER = "dispute_days"
_AMOUNT = re.compile(r"[+-]?[0-9][0-9_]{0,39}(\.[0-9]{1,12})?")


def dispute_open(
    person: PersonArgument,
    plan: OnePlan,
    period: PeriodOption = None,
    store: StoreOption = None,
    line: LineOption = None,
    expected: ExpectedOption = None,
    reason: Reason = None,
    days: Days = None,
    deadline: Deadline = None,
    policy: Policies = None,
    by: ByOption = None,
    on: OnOption = None,
    as_json: Json = False,
) -> ExitCode:
    """Dispute a statement, or one line of it. Nothing that was closed changes by it.

    An answer is due by --deadline, or --days later, or as many days later as the parameter
    dispute_days of the policies in --policy says.
    """
    view = screen(as_json=as_json)
    if reason is None or not reason.strip():
        raise WrongUse("a dispute needs a reason", 'say it with `--reason "…"`')
    asked, day = period_of(period), day_of(on)
    last = _deadline(day, days, deadline, policy)
    with keeping.opened(store_of(store)) as kept, kept.writing() as connection:
        name = keeping.plan_named(connection, plan)
        _refuse_strange(connection, name, person, asked, line)
        wanted = _amount(expected)
        made = Dispute(None, name, person, asked, line, wanted, reason.strip(), doer(by), day, last)
        found = disputes.opened(connection, made)
        names = remarks.names(connection)
    if as_json:
        view.data(dispute_document(found))
    else:
        tell(found, day, view, names)
    return ExitCode.OK


def _deadline(day: date, days: int | None, deadline: str | None, policy: list[str] | None) -> date:
    if deadline is not None:
        last = read_day(deadline, "--deadline")
        if last < day:
            raise WrongUse(f"the deadline {last} is before {day}", "name a later day")
        return last
    if days is None and policy:
        paths: list[Path] = policy_paths(policy)
        days = answer_days(open_texts(paths, "en"), PARAMETER, day)
    if days is None:
        help = f"`--days 14`, or `--policy` with a parameter `{PARAMETER}`"
        if policy:
            message = f"no parameter `{PARAMETER}` of the policies says by when an answer is due"
            raise WrongUse(message, "say it with `--days 14`")
        raise WrongUse("nothing says by when an answer is due", help)
    try:
        return day + timedelta(days=days)
    except OverflowError:
        message = f"there is no calendar {days} days after {day}"
        raise WrongUse(message, "name the last day with `--deadline DATE`") from None


def _amount(written: str | None) -> Fraction | None:
    if written is None:
        return None
    if _AMOUNT.fullmatch(written.strip()) is None:
        raise WrongUse(f"`{written[:40]}` is not an amount", "write it as `1_200.50`")
    return Fraction(written.strip().replace("_", ""))


def _refuse_strange(
    connection: Connection, plan: str, person: str, period: Period, line: str | None
) -> None:
    """A dispute is about something that was told."""
    number = keeping.shown_run(connection, plan, period)
    found = next(runs.statements(connection, number, plan, period, person), None)
    if found is None:
        near = nearest(person, runs.persons(connection, number, plan, period))
        help = f"did you mean `{near}`?" if near else None
        raise Refused(f"`{person}` has no statement of `{plan}` for {period}", help)
    if line is not None and line not in _events(found):
        near = nearest(line, _events(found))
        help = f"did you mean `{near}`?" if near else "leave `--line` out for the whole statement"
        raise Refused(f"the statement has no line `{line}`", help)


def _events(statement: Statement) -> list[str]:
    return [*(x.event for x in statement.lines), *(m.event for m in statement.movements)]
