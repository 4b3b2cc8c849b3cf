"""`remit matrix`: positions against actions, for a wall, a spreadsheet or a program."""

from __future__ import annotations

import csv
import enum
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import AsOf, Json, Language, LanguageOption, Paths, Policies, Verbose
from remit_api.cli.output import Screen, screen
from remit_api.cli.session import Asked, Session, open_session, stray
from remit_api.question_reader import action_named
from remit_engine.naming import position_label
from remit_engine.questions import MatrixCell
from remit_engine.wire import to_json


class Layout(enum.StrEnum):
    """How a matrix is written."""

    TABLE = "table"
    CSV = "csv"
    MARKDOWN = "markdown"
    JSON = "json"


Actions = Annotated[
    list[str] | None,
    typer.Option("--action", metavar="ACTION", help="Only this action; repeatable."),
]
Format = Annotated[Layout, typer.Option("--format", help="How to write it.")]


@dataclass(frozen=True, slots=True)
class Grid:
    """A matrix ready to be written: a header, and a row of texts for each position."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    conditional: bool


def matrix(
    paths: Paths = None,
    policy: Policies = None,
    action: Actions = None,
    as_of: AsOf = None,
    layout: Format = Layout.TABLE,
    language: LanguageOption = Language.EN,
    as_json: Json = False,
    verbose: Verbose = False,
) -> ExitCode:
    """Show who may do what: a row for each position, a column for each action and verb."""
    as_json = as_json or layout is Layout.JSON
    view = screen(as_json=as_json, verbose=verbose)
    asked = Asked(paths or (), policy or (), no_directory=True, as_of=as_of)
    session = open_session(asked, view)
    cells = session.loaded.engine.matrix(session.today, _named(action or (), session))
    if as_json:
        view.data({"matrix": [to_json(c) for c in cells], **session.context()})
        return ExitCode.OK
    _write(grid(cells, session, language), layout, view, session)
    return ExitCode.OK


def _named(names: Sequence[str], session: Session) -> list[str]:
    """Qualified names of the actions asked for."""
    program = session.loaded.program
    found = []
    for name in names:
        action = action_named(name, session.loaded.engine.model)
        if action is None:
            raise stray(name, [a.short for a in program.actions.values()], "action")
        found.append(action)
    return found


def grid(cells: Sequence[MatrixCell], session: Session, language: Language) -> Grid:
    """The cells as rows of texts; `*` marks a limit with a condition."""
    columns = list(dict.fromkeys((c.action, c.verb) for c in cells))
    by_place = {(c.position, c.action, c.verb): c for c in cells}
    model, program = session.loaded.engine.model, session.loaded.program
    rows = []
    for position in dict.fromkeys(c.position for c in cells):
        texts = [_cell(by_place.get((position, *column))) for column in columns]
        rows.append((position_label(position, model, language), *texts))
    header = ("position", *(f"{program.actions[a].short} {verb}" for a, verb in columns))
    return Grid(header, tuple(rows), any(c.conditional for c in cells))


def _cell(cell: MatrixCell | None) -> str:
    if cell is None or not cell.limits:
        return ""
    return "; ".join(cell.limits) + (" *" if cell.conditional else "")


def _write(found: Grid, layout: Layout, view: Screen, session: Session) -> None:
    if layout is Layout.CSV:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([found.header, *found.rows])
        view.block(text.getvalue())
        return
    if layout is Layout.MARKDOWN:
        view.block(_markdown(found))
        return
    if not found.rows:
        view.line("nobody was given any right as of ", str(session.today))
        return
    dots = [tuple(cell or "·" for cell in row) for row in found.rows]
    view.table(found.header, dots)
    view.line()
    note = ", * under a condition (`remit may` shows it)" if found.conditional else ""
    view.line((f"as of {session.today}; · no right{note}", "dim"))


def _markdown(found: Grid) -> str:
    lines = [found.header, tuple("---" for _ in found.header), *found.rows]
    shown = (" | ".join(cell.replace("|", "\\|") for cell in line) for line in lines)
    return "\n".join(f"| {line} |" for line in shown)
