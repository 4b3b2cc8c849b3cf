"""`remit explain CODE`: what a diagnostic means, why it happens, how to repair it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import Json
from remit_api.cli.output import Screen, screen
from remit_api.failures import WrongUse
from remit_dsl.catalogue import CATALOGUE, Entry
from remit_dsl.suggest import nearest

Code = Annotated[
    str | None,
    typer.Argument(metavar="CODE", help="Such as E0107; without it, all codes are listed."),
]


def explain(code: Code = None, as_json: Json = False) -> ExitCode:
    """Explain a diagnostic code: title, cause, repair and an example."""
    view = screen(as_json=as_json)
    if code is None:
        _list(view)
    else:
        name = code.strip().upper()
        if name not in CATALOGUE:
            near = nearest(name, CATALOGUE)
            help = f"did you mean `{near}`?" if near else "`remit explain` lists all codes"
            raise WrongUse(f"there is no diagnostic `{code}`", help)
        _one(name, CATALOGUE[name], view)
    return ExitCode.OK


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
