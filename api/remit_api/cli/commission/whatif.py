"""`remit commission whatif PERSON --sale … --or …`: what would I earn?"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated

import typer

from remit_api.cli.commission.options import (
    DataOption,
    PeriodOption,
    PersonArgument,
    PlanOption,
    PolicyArguments,
    StoreOption,
    data_of,
    period_of,
    texts_of,
)
from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import Json, Language, LanguageOption, Verbose
from remit_api.cli.output import Screen, screen
from remit_api.cli.progress import phases
from remit_api.failures import WrongUse
from remit_api.pay import keeping
from remit_api.pay.alternatives import cells
from remit_api.pay.amounts import money, signed, with_code
from remit_api.pay.report import called
from remit_api.pay.running import ALL, chosen, read_data
from remit_api.pay.whatif import (
    AS_IT_IS,
    NOTHING,
    Answer,
    Key,
    Supposed,
    WhatIf,
    answered,
    whatif_document,
)

Sale = Annotated[
    str | None,
    typer.Option("--sale", metavar="FIELDS", help="One sale more: 'net=90_000 date=2026-03-20'."),
]
Change = Annotated[
    str | None,
    typer.Option("--change", metavar="EVENT FIELDS", help="One sale changed: 'S-123 net=85_000'."),
]
Or = Annotated[
    list[str] | None,
    typer.Option(
        "--or",
        metavar="FIELDS",
        help="Another alternative; fields that are not named are as in the first; repeatable.",
    ),
]
EventOption = Annotated[
    str | None,
    typer.Option("--event", metavar="EVENT", help="What is sold. [the only event that fits]"),
]
HELD = "held back"


def whatif(
    person: PersonArgument,
    policies: PolicyArguments = None,
    period: PeriodOption = None,
    data: DataOption = None,
    store: StoreOption = None,
    sale: Sale = None,
    change: Change = None,
    other: Or = None,
    event: EventOption = None,
    plan: PlanOption = None,
    language: LanguageOption = Language.EN,
    as_json: Json = False,
    verbose: Verbose = False,
) -> ExitCode:
    """What a person would be paid with one sale more (--sale), or with one changed (--change), and
    with each alternative to it (--or): in the period, and in later ones where money is held.

    Who made the sale is the person, where it is not said. With --store what was closed is said
    beside what the data give. Nothing is kept.
    """
    view = screen(as_json=as_json, verbose=verbose)
    asked, place = period_of(period), data_of(data)
    texts = texts_of(policies, language, view)
    plans = chosen(plan or ALL, texts, asked)
    closed = _closed(store, plans, person)
    with phases(view, "pay") as told:
        read = read_data(place, texts, plans, told, view.remark)
        question = WhatIf(texts, plans, person, asked)
        found = answered(question, read, _supposed(sale, change, other or (), event), told, closed)
    if as_json:
        view.data(whatif_document(found))
    else:
        _show(called(person, read.names), found, view)
    return ExitCode.OK if found.certain else ExitCode.FAILED


def _closed(store: str | None, plans: Sequence[str], person: str) -> dict[Key, Fraction]:
    """What the store has closed for a person."""
    if store is None:
        return {}
    with keeping.opened(store, reads=True) as kept, kept.reading() as connection:
        return keeping.closed_dues(connection, plans, person)


def _supposed(
    sale: str | None, change: str | None, others: Sequence[str], event: str | None
) -> Supposed:
    """The alternatives as they stand on the command line."""
    if (sale is None) == (change is None):
        help = "`--sale 'net=90_000 date=2026-03-20'`, or `--change 'S-123 net=85_000'`"
        raise WrongUse("name one sale more, or one that is changed", help)
    id, option, first = None, "--sale", sale or ""
    if change is not None:
        (id, _, first), option = change.strip().partition(" "), "--change"
    start = cells(first, option)
    fields = [start, *({**start, **cells(text, "--or")} for text in others)]
    words = [text.strip() for text in (first, *others)]
    told = words if id is None else [f"{id} {text}" for text in words]
    return Supposed(fields, told, id, event)


def _show(person: str, answer: Answer, view: Screen) -> None:
    found, note = answer.outcomes, answer.asked.texts.note
    names = [chr(ord("A") + n) for n in range(len(found) - 1)]
    view.line((f"{person}, what if", "bold"))
    for name, o in zip(names, found[1:], strict=True):
        view.line(f"  {name}: {o.text}")
        for trouble in o.troubles:
            view.line("     ", ("not certain", "bold red"), f": {trouble}")
        for said in answer.notes(o):
            view.line("     ", (said, "bold yellow"))
    view.line()
    rows = []
    for plan, period in answer.keys:
        plan_note = note(plan)
        dues = [money(o.due.get((plan, period), NOTHING), plan_note.currency) for o in found]
        rows.append([str(period), plan_note.short, plan_note.currency or "", *dues])
    for plan in answer.waiting:
        plan_note = note(plan)
        held = [money(o.waiting.get(plan, NOTHING), plan_note.currency) for o in found]
        rows.append([HELD, plan_note.short, plan_note.currency or "", *held])
    _table(["period", "plan", "", AS_IT_IS, *names], rows, view)
    view.line()
    for (plan, period), due in answer.settled:
        plan_note = note(plan)
        view.line(
            f"{plan_note.short} {period} is closed with {with_code(due, plan_note.currency)}; ",
            "what is another by now is a difference of the open period",
        )
    _compare(names, answer, view)


def _compare(names: Sequence[str], answer: Answer, view: Screen) -> None:
    for currency in answer.currencies:
        totals = [answer.total(o, currency) for o in answer.outcomes]
        code = f" {currency}" if currency else ""
        for name, total in zip(names, totals[1:], strict=True):
            more = (signed(total - totals[0], currency) + code, "bold")
            view.line(f"{name} against {AS_IT_IS}: ", more)
        for name, total in list(zip(names, totals[1:], strict=True))[1:]:
            view.line(f"{name} against A: ", (signed(total - totals[1], currency) + code, "bold"))


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], view: Screen) -> None:
    widths = [max(len(r[i]) for r in (header, *rows)) for i in range(len(header))]
    shown = [
        [c if i < 3 else c.rjust(w) for i, (c, w) in enumerate(zip(r, widths, strict=True))]
        for r in (header, *rows)
    ]
    view.table(shown[0], shown[1:], indent=2)
