"""`remit commission dispute open PERSON PLAN`: this line or statement is not right."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

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
from remit_api.failures import WrongUse
from remit_api.files import policy_paths
from remit_api.pay import keeping
from remit_api.pay.disputing import (
    PARAMETER,
    amount_of,
    last_day,
    refuse_colleague,
    refuse_early,
    refuse_strange,
    refuse_twice,
)
from remit_api.pay.running import answer_days, open_texts
from remit_engine.commission.closed.dispute import Dispute
from remit_engine.commission.closed.document import dispute_document
from remit_engine.storage import disputes, remarks

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
    """Dispute a statement, or one line of it: the payee does, or somebody for him whom the plan
    does not pay. Nothing that was closed changes by it.

    An answer is due by --deadline, or --days later, or as many days later as the parameter
    dispute_days of the policies in --policy says.
    """
    view = screen(as_json=as_json)
    if reason is None or not reason.strip():
        raise WrongUse("a dispute needs a reason", 'say it with `--reason "…"`')
    asked, day, who = period_of(period), day_of(on), doer(by)
    last = _deadline(day, days, deadline, policy)
    with keeping.opened(store_of(store)) as kept, kept.writing() as connection:
        name = keeping.plan_named(connection, plan)
        refuse_strange(connection, name, person, asked, line)
        refuse_colleague(connection, name, person, who)
        refuse_early(connection, name, asked, day)
        refuse_twice(connection, name, person, asked, line)
        wanted = None if expected is None else amount_of(expected)
        made = Dispute(None, name, person, asked, line, wanted, reason.strip(), who, day, last)
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
    return last_day(day, days, "name the last day with `--deadline DATE`")
