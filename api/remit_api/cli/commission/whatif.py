"""`remit commission whatif PERSON --sale … --or …`: what would I earn?"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, Any

import typer

from remit_api.cli.commission.options import (
    DataOption,
    PeriodOption,
    PersonArgument,
    PlanOption,
    PolicyArguments,
    data_of,
    period_of,
    texts_of,
)
from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import Json, Language, LanguageOption, Verbose
from remit_api.cli.output import Screen, screen
from remit_api.cli.progress import phases
from remit_api.failures import WrongUse
from remit_api.pay.alternatives import (
    Alternative,
    Meant,
    Outcome,
    cells,
    event_of,
    first_period,
    last_period,
    outcome,
    with_change,
    with_sale,
)
from remit_api.pay.amounts import money, signed
from remit_api.pay.report import called
from remit_api.pay.running import ALL, Phase, Texts, chosen, compute, read_data
from remit_dsl.suggest import nearest
from remit_engine.commission.dataset import Dataset
from remit_engine.commission.document import amount
from remit_engine.commission.periods import Period

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
AS_IT_IS = "as it is"
HELD = "held back"
Key = tuple[str, Period]


def whatif(
    person: PersonArgument,
    policies: PolicyArguments = None,
    period: PeriodOption = None,
    data: DataOption = None,
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

    Who made the sale is the person, where it is not said. Nothing is kept.
    """
    view = screen(as_json=as_json, verbose=verbose)
    asked, place = period_of(period), data_of(data)
    texts = texts_of(policies, language, view)
    plans = chosen(plan or ALL, texts, asked)
    with phases(view, "pay") as told:
        read = read_data(place, texts, plans, told, view.remark)
        _refuse_nobody(person, read)
        alternatives = _alternatives(texts, read, plans, person, (sale, change, other, event))
        found = _outcomes(texts, read, plans, person, alternatives, asked, told)
    if as_json:
        view.data(_document(texts, person, asked, found))
    else:
        _show(texts, called(person, read.names), found, view)
    return ExitCode.FAILED if any(o.troubles for o in found) else ExitCode.OK


Said = tuple[str | None, str | None, list[str] | None, str | None]


def _alternatives(
    texts: Texts, data: Dataset, plans: Sequence[str], person: str, said: Said
) -> list[Alternative]:
    sale, change, others, event = said
    if (sale is None) == (change is None):
        help = "`--sale 'net=90_000 date=2026-03-20'`, or `--change 'S-123 net=85_000'`"
        raise WrongUse("name one sale more, or one that is changed", help)
    id, option = "", "--sale"
    first = sale or ""
    if change is not None:
        (id, _, first), option = change.strip().partition(" "), "--change"
    start = cells(first, option)
    fields = [start, *({**start, **cells(text, "--or")} for text in others or ())]
    named = list(dict.fromkeys(name for of in fields for name in of))
    meant = event_of(texts, plans, event, Meant(data, person, id or None, named))
    words = [first.strip(), *(text.strip() for text in others or ())]
    if change is None:
        return [
            with_sale(texts, data, meant, person, given, text)
            for given, text in zip(fields, words, strict=True)
        ]
    return [
        with_change(texts, data, meant, id, given, f"{id} {text}")
        for given, text in zip(fields, words, strict=True)
    ]


def _outcomes(
    texts: Texts,
    data: Dataset,
    plans: Sequence[str],
    person: str,
    alternatives: Sequence[Alternative],
    asked: Period,
    told: Phase,
) -> list[Outcome]:
    """As it is, and each alternative, up to the last period that a date of theirs lies in."""
    since, through = first_period(alternatives, asked), last_period(alternatives, asked)
    start = compute(texts, data, plans, through, told).run
    found = [outcome(start, AS_IT_IS, person, since, None)]
    for each in alternatives:
        made = compute(texts, each.data, plans, through, told).run
        found.append(outcome(made, each.text, person, since, each.row))
    return found


def _refuse_nobody(person: str, data: Dataset) -> None:
    if person not in data.people:
        near = nearest(person, data.people)
        help = f"did you mean `{near}`?" if near else None
        raise WrongUse(f"nobody in the data is `{person}`", help)


def _keys(found: Sequence[Outcome]) -> list[Key]:
    """The plans and periods in which something differs; where nothing does, all of them."""
    every = sorted({key for o in found for key in o.due}, key=lambda key: (key[1], key[0]))
    differing = [key for key in every if len({o.due.get(key, Fraction(0)) for o in found}) > 1]
    return differing or every


def _waiting(found: Sequence[Outcome]) -> list[str]:
    """The plans that still hold back another amount in one alternative than in another."""
    every = dict.fromkeys(plan for o in found for plan in o.waiting)
    return [plan for plan in every if len({o.waiting.get(plan, Fraction(0)) for o in found}) > 1]


def _show(texts: Texts, person: str, found: Sequence[Outcome], view: Screen) -> None:
    names = [chr(ord("A") + n) for n in range(len(found) - 1)]
    view.line((f"{person}, what if", "bold"))
    for name, o in zip(names, found[1:], strict=True):
        view.line(f"  {name}: {o.text}")
        for trouble in o.troubles:
            view.line("     ", ("not certain", "bold red"), f": {trouble}")
    view.line()
    rows = []
    for plan, period in _keys(found):
        note = texts.note(plan)
        dues = [money(o.due.get((plan, period), Fraction(0)), note.currency) for o in found]
        rows.append([str(period), note.short, note.currency or "", *dues])
    for plan in _waiting(found):
        note = texts.note(plan)
        held = [money(o.waiting.get(plan, Fraction(0)), note.currency) for o in found]
        rows.append([HELD, note.short, note.currency or "", *held])
    _table(["period", "plan", "", AS_IT_IS, *names], rows, view)
    view.line()
    _compare(texts, names, found, view)


def _compare(texts: Texts, names: Sequence[str], found: Sequence[Outcome], view: Screen) -> None:
    for currency in _currencies(texts, found):
        totals = [_total(texts, o, currency) for o in found]
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


def _currencies(texts: Texts, found: Sequence[Outcome]) -> list[str | None]:
    return list(dict.fromkeys(texts.note(plan).currency for plan, _ in _keys(found)))


def _total(texts: Texts, o: Outcome, currency: str | None) -> Fraction:
    own = (due for (plan, _), due in o.due.items() if texts.note(plan).currency == currency)
    return sum(own, Fraction(0))


def _document(texts: Texts, person: str, asked: Period, found: Sequence[Outcome]) -> dict[str, Any]:
    keys = _keys(found)
    return {
        "person": person,
        "period": str(asked),
        "policy": {"digest": texts.digest},
        "alternatives": [
            {
                "text": o.text,
                "due": [
                    {
                        "plan": plan,
                        "period": str(period),
                        "currency": texts.note(plan).currency,
                        "amount": amount(o.due.get((plan, period), Fraction(0))),
                    }
                    for plan, period in keys
                ],
                "totals": [
                    {
                        "currency": c,
                        "amount": amount(_total(texts, o, c)),
                        "difference": amount(_total(texts, o, c) - _total(texts, found[0], c)),
                    }
                    for c in _currencies(texts, found)
                ],
                "held": [
                    {
                        "plan": plan,
                        "currency": texts.note(plan).currency,
                        "amount": amount(o.waiting.get(plan, Fraction(0))),
                    }
                    for plan in _waiting(found)
                ],
                "troubles": list(o.troubles),
            }
            for o in found
        ],
    }
