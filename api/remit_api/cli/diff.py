"""`remit diff`: what a new policy text says and answers otherwise than an old one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from remit_api.cli.diff_report import show
from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import AsOf, Json, Verbose
from remit_api.cli.output import Screen, screen
from remit_api.cli.session import read_day
from remit_api.diff_document import document
from remit_api.revisions import read_revisions
from remit_engine.analysis.difference.difference import difference
from remit_engine.rules.lower import lower

Old = Annotated[
    str, typer.Argument(metavar="OLD", help="A file, a folder, or a git revision: REV or REV:PATH.")
]
New = Annotated[str, typer.Argument(metavar="NEW", help="The same for the new text.")]
TextOnly = Annotated[
    bool,
    typer.Option("--text-only", help="Compare what the texts say, and look for no requests."),
]


def diff(
    old: Old,
    new: New,
    as_of: AsOf = None,
    text_only: TextOnly = False,
    as_json: Json = False,
    verbose: Verbose = False,
) -> ExitCode:
    """Say what differs in meaning between two policy texts, and which requests they answer
    differently.

    Layout, comments and the order of files, declarations and rules are no difference. Each
    question that may now be answered differently comes with a request that shows it, or with the
    reason why that could not be settled.
    """
    view = screen(as_json=as_json, verbose=verbose)
    today = read_day(as_of)
    with view.patience("reading policies") as each:
        sides = read_revisions(old, new, each)
    for side in sides:
        view.remark(f"{side.name}: {side.commit or 'on disk'}, {side.program.digest}")
    models = (lower(sides[0].program), lower(sides[1].program))
    with _progress(view) as asked:
        found = difference(*models, today=today, answers=not text_only, each=asked)
    if as_json:
        view.block(document(found, sides, models))
    else:
        show(found, models, view)
    return ExitCode.DIFFERS if found.matters else ExitCode.OK


@contextmanager
def _progress(view: Screen) -> Iterator[Callable[[int, int], None]]:
    """How many questions are compared, on standard error where a person watches."""
    if not view.err.is_terminal:
        yield lambda done, of: None
        return
    columns = (TextColumn("comparing answers"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=view.err, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
