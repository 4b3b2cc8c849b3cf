"""`remit scorecard SCORECARD`: a person's score for a period item by item, or everybody's."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any

import typer

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import DirectoryFile, Json, Policies, Verbose
from remit_api.cli.output import Screen, screen
from remit_api.cli.pay_session import (
    DataPlace,
    PolicyWords,
    declared,
    figures,
    open_pay,
    read_period,
)
from remit_api.cli.session import stray
from remit_api.failures import WrongUse
from remit_api.pay.report import called
from remit_dsl.pay import Scorecard
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.scorecard import ItemScore, Score, last_held, score
from remit_engine.explanation.wire import to_json
from remit_engine.text import number_text, plain

Name = Annotated[
    str, typer.Argument(metavar="SCORECARD", help="Which scorecard.", show_default=False)
]
PeriodOption = Annotated[
    str,
    typer.Option("--period", metavar="PERIOD", help="Such as 2026-03, 2026-Q1 or 2026."),
]
PersonOption = Annotated[
    str | None,
    typer.Option("--person", metavar="ID", help="Only this person, with every item explained."),
]


def scorecard(
    name: Name,
    period: PeriodOption,
    paths: PolicyWords = None,
    data: DataPlace = None,
    person: PersonOption = None,
    policy: Policies = None,
    directory: DirectoryFile = None,
    as_json: Json = False,
    verbose: Verbose = False,
) -> ExitCode:
    """Show scores: of everybody who held a position of the scorecard in the period, or of one
    person, with each item's weight, value, target and points."""
    view = screen(as_json=as_json, verbose=verbose)
    session = open_pay([*(paths or ()), *(policy or ())], directory, view)
    card = declared(name, session.program.scorecards, "scorecard")
    when = read_period(period, card.period)
    if data is None:
        raise WrongUse("no data was named", "say where it is: `--data DIR`")
    found = session.data(data, card)
    scores = [
        score(session.model, card, found, who, when) for who in _people(card, found, person, when)
    ]
    if as_json:
        told = [{**_document(s), "name": found.names.get(s.person)} for s in scores]
        view.data({"scores": told, **session.context()})
    elif person is not None:
        _show_one(scores[0], card, found.names, view)
    else:
        _show_all(scores, card, when, found.names, view)
    return ExitCode.FAILED if any(s.fault for s in scores) else ExitCode.OK


def _people(card: Scorecard, data: Dataset, person: str | None, when: Period) -> list[str]:
    if person is None:
        return [p for p in sorted(data.people) if last_held(data, p, when, card.of)[0] is not None]
    if person not in data.people:
        raise stray(person, sorted(data.people), "person")
    return [person]


# --- words ---------------------------------------------------------------------------------


def _show_one(found: Score, card: Scorecard, names: Mapping[str, str], view: Screen) -> None:
    day = f", as of {found.as_of}" if found.as_of else ""
    view.line((_titled(card), "bold"), f": {called(found.person, names)}, {found.period}{day}")
    view.line()
    if found.items:
        _items(found, view)
    _result(found, card, view)
    view.line((f"  written in {card.span.file}:{card.span.line}", "dim"))


def _items(found: Score, view: Screen) -> None:
    head = ("item", "weight", "value", "target", "attained", "counts", "points", "")
    body = [
        (
            item.label.text if item.label else item.name,
            _percent(item.weight),
            _figure(item, item.value),
            ("" if item.higher else "at most ") + _figure(item, item.target),
            _percent(item.attainment),
            _percent(item.counted),
            _percent(item.points),
            item.fault or item.note,
        )
        for item in found.items
    ]
    weights = sum(i.weight for i in found.items if i.weight is not None)
    points = sum(i.points for i in found.items if i.points is not None)
    total = ("total", _percent(weights), "", "", "", "", _percent(points), "")
    rows = figures([(*r[:-1], "") for r in (head, *body, total)])
    notes = ["", *(r[-1] for r in body), ""]
    lines = [(*row[:-1], note) for row, note in zip(rows, notes, strict=True)]
    view.table(lines[0], lines[1:], indent=2)
    view.line()


def _result(found: Score, card: Scorecard, view: Screen) -> None:
    if found.value is None:
        view.line((f"no score: {found.fault}", "bold magenta"))
        return
    how = ""
    if card.mode is not None and found.value != found.exact:
        how = f"  ({_percent(found.exact)} rounded {card.mode})"
    view.line((f"score {_percent(found.value)}", "bold green"), how)


def _show_all(
    scores: list[Score], card: Scorecard, when: Period, names: Mapping[str, str], view: Screen
) -> None:
    view.line((_titled(card), "bold"), f": {when}")
    if not scores:
        view.line("nobody held one of its positions in the period")
        return
    view.line()
    told = ((called(s.person, names), _percent(s.value)) for s in scores)
    rows = figures([("person", "score"), *told])
    lines = [(*row, s.fault or "") for row, s in zip(rows[1:], scores, strict=True)]
    view.table((*rows[0], ""), lines, indent=2)


def _titled(card: Scorecard) -> str:
    short = card.name.rsplit(".", 1)[-1]
    return f"{short} “{card.label.text}”" if card.label else short


def _percent(value: Any) -> str:
    """A ratio to two decimals of a percent, exactly where it is no longer than that."""
    if value is None:
        return "–"
    exact = number_text(value, "percent")
    short = plain(Fraction(round(value * 10_000), 100))
    return exact if len(exact) <= len(short) + 1 else f"~{short}%"


def _figure(item: ItemScore, value: Any) -> str:
    if value is None:
        return "–"
    return number_text(value, item.kind, item.currency)


# --- JSON ----------------------------------------------------------------------------------


def _document(found: Score) -> dict[str, Any]:
    return {
        "scorecard": found.scorecard,
        "label": found.label.text if found.label else None,
        "person": found.person,
        "period": str(found.period),
        "as_of": to_json(found.as_of),
        "score": to_json(found.value),
        "exact": to_json(found.exact),
        "fault": found.fault,
        "items": [_item(item) for item in found.items],
    }


def _item(item: ItemScore) -> dict[str, Any]:
    plain_members = ("weight", "value", "target", "attainment", "floor", "cap", "least", "counted")
    return {
        "item": item.name,
        "label": item.label.text if item.label else None,
        "better": "higher" if item.higher else "lower",
        "type": item.kind,
        "currency": item.currency,
        **{name: to_json(getattr(item, name)) for name in plain_members},
        "points": to_json(item.points),
        "note": item.note,
        "fault": item.fault,
        "file": item.span.file,
        "line": item.span.line,
    }
