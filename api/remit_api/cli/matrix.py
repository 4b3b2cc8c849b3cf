"""`remit matrix`: positions against actions, for a wall, a spreadsheet or a program."""

from __future__ import annotations

import csv
import enum
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated

import typer

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import AsOf, Json, Language, LanguageOption, Paths, Policies, Verbose
from remit_api.cli.output import Screen, screen
from remit_api.cli.phrases import phrase
from remit_api.cli.session import Asked, Session, open_session, stray
from remit_api.question_reader import action_named
from remit_dsl.program import Program
from remit_engine.explanation.naming import position_label
from remit_engine.explanation.wire import to_json
from remit_engine.questions import MatrixCell


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


Column = tuple[str, str]
"""An action and a verb."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells by place, with the positions and the columns in the order of the policy."""

    positions: tuple[str, ...]
    columns: tuple[Column, ...]
    cells: dict[tuple[str, Column], MatrixCell]

    def text(self, position: str, column: Column) -> str:
        """The limits of a place; `*` marks a condition, an empty text that there is no right."""
        cell = self.cells.get((position, column))
        if cell is None:
            return ""
        return "; ".join(dict.fromkeys(cell.limits)) + (" *" if cell.conditional else "")

    @property
    def conditional(self) -> bool:
        """True when some limit has a condition."""
        return any(cell.conditional for cell in self.cells.values())


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
    _write(grid(cells, session.loaded.program), layout, view, session, language)
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


def grid(cells: Sequence[MatrixCell], program: Program) -> Grid:
    """The cells of a matrix, ordered."""
    by_place = {(cell.position, (cell.action, cell.verb)): cell for cell in cells}
    held = {cell.position for cell in cells}
    order = {name: number for number, name in enumerate(program.actions)}
    seen = dict.fromkeys((cell.action, cell.verb) for cell in cells)
    columns = sorted(seen, key=lambda column: order[column[0]])
    return Grid(tuple(p for p in program.positions if p in held), tuple(columns), by_place)


def _write(found: Grid, layout: Layout, view: Screen, session: Session, language: Language) -> None:
    model = session.loaded.engine.model
    labels = {p: position_label(p, model, language) for p in found.positions}
    if layout is Layout.TABLE:
        _tables(found, labels, view, session, language)
        return
    header = [
        phrase("position", language),
        *(f"{action.rsplit('.', 1)[-1]} {verb}" for action, verb in found.columns),
    ]
    rows = [[labels[p], *(found.text(p, c) for c in found.columns)] for p in found.positions]
    view.block(_csv([header, *rows]) if layout is Layout.CSV else _markdown([header, *rows]))


def _tables(
    found: Grid, labels: dict[str, str], view: Screen, session: Session, language: Language
) -> None:
    """A table for each action, so that each fits on a page."""
    program = session.loaded.program
    if not found.columns:
        view.line((phrase("no matrix", language, day=session.today), "bold"))
        return
    view.line((phrase("matrix", language, day=session.today), "bold"))
    for action, columns in groupby(found.columns, lambda column: column[0]):
        of_action = list(columns)
        label = program.actions[action].label
        view.line()
        shown = f"  {label.localized(language)}" if label else ""
        view.line((action.rsplit(".", 1)[-1], "bold"), shown)
        rows = [
            (labels[p], *(found.text(p, c) or "·" for c in of_action))
            for p in found.positions
            if any((p, c) in found.cells for c in of_action)
        ]
        head = (phrase("position", language), *(verb for _, verb in of_action))
        view.table(head, rows, indent=2)
    view.line()
    note = phrase("conditional", language) if found.conditional else ""
    view.line((phrase("no right", language) + note, "dim"))


def _csv(lines: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()


def _markdown(lines: Sequence[Sequence[str]]) -> str:
    ruled = [lines[0], ["---"] * len(lines[0]), *lines[1:]]
    shown = (" | ".join(cell.replace("|", "\\|") for cell in line) for line in ruled)
    return "\n".join(f"| {line} |" for line in shown)
