"""`remit explain CODE|QUESTION`: what a diagnostic means, why it happens, how to repair it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import Json
from remit_api.cli.output import Screen, screen
from remit_api.cli.prove_words import FINDINGS, HOLDS
from remit_api.failures import WrongUse
from remit_dsl.catalogue import CATALOGUE, Entry
from remit_dsl.suggest import distance, nearest

Code = Annotated[
    str | None,
    typer.Argument(
        metavar="CODE", help="Such as E0107, or dead_end; without it, all codes are listed."
    ),
]


def explain(code: Code = None, as_json: Json = False) -> ExitCode:
    """Explain a diagnostic code: title, cause, repair and an example; of a question of `prove`
    (such as dead_end) all codes it finds."""
    view = screen(as_json=as_json)
    if code is None:
        _list(view)
    else:
        name = code.strip().upper()
        if name.lower() in FINDINGS:
            _question(name.lower(), view)
        elif name not in CATALOGUE:
            codes = [known for known in CATALOGUE if distance(name, known, 1) <= 1]
            near = nearest(name, codes) or nearest(name.lower(), FINDINGS)
            help = f"did you mean `{near}`?" if near else "`remit explain` lists all codes"
            raise WrongUse(f"there is no diagnostic `{code}`", help)
        else:
            _one(name, CATALOGUE[name], view)
    return ExitCode.OK


def _question(name: str, view: Screen) -> None:
    """A question of `remit prove`: what is proven, and every finding there may be."""
    codes = FINDINGS[name]
    if view.as_json:
        found = [_document(code, CATALOGUE[code]) for code in codes]
        view.data({"question": name, "proven": HOLDS[name], "findings": found})
        return
    view.line((name, "bold"), f"  a question of `remit prove`; proven: {HOLDS[name]}")
    for code in codes:
        view.line()
        _one(code, CATALOGUE[code], view)


def _list(view: Screen) -> None:
    if view.as_json:
        view.data([_document(code, entry) for code, entry in sorted(CATALOGUE.items())])
        return
    for code, entry in sorted(CATALOGUE.items()):
        view.line((code, "bold"), f"  {entry.title}")


def _one(code: str, entry: Entry, view: Screen) -> None:
    if view.as_json:
        view.data(_document(code, entry))
        return
    view.line((code, "bold"), f"  {entry.title}")
    for title, body in (("Cause", entry.cause), ("Repair", entry.repair)):
        view.line()
        view.line((title, "bold"))
        view.line(f"  {body}")
    if entry.example:
        view.line()
        view.line(("Example", "bold"), " (wrong)")
        for line in entry.example.strip("\n").split("\n"):
            view.line(f"  {line}")


def _document(code: str, entry: Entry) -> dict[str, Any]:
    severity = "warning" if code.startswith("W") else "error"
    return {
        "code": code,
        "severity": severity,
        "title": entry.title,
        "cause": entry.cause,
        "repair": entry.repair,
        "example": entry.example,
    }
