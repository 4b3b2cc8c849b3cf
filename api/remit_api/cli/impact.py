"""`remit impact NEW --against SOURCE`: past requests under an old text and a new one."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from remit_api.cli import impact_report
from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import (
    ActionOption,
    AsOf,
    DirectoryFile,
    Json,
    NoDirectory,
    Requester,
    Verbose,
    Words,
)
from remit_api.cli.output import Screen, screen
from remit_api.cli.progress import phases, rows_done
from remit_api.cli.session import read_day
from remit_api.facts import sort_words
from remit_api.failures import BadFacts, MissingFile, WrongUse
from remit_api.past.document import document
from remit_api.past.replay import Replay, Side
from remit_api.past.run import run, run_many
from remit_api.past.sides import open_sides
from remit_api.past.source import is_url, open_past, shown_source
from remit_api.past.summary import Summary
from remit_api.question import Question
from remit_api.question import Words as Said
from remit_dsl.suggest import nearest
from remit_dsl.uncollected import uncollected
from remit_engine.impact import money_facts
from remit_engine.request import Problem
from remit_engine.rules.names import names_of

Members = Mapping[str, str | None]

Against = Annotated[
    str | None,
    typer.Option(
        "--against",
        metavar="FILE|URL",
        help="Past requests: .csv, .jsonl or .parquet, or a database such as sqlite:///log.db.",
        show_default=False,
    ),
]
Old = Annotated[
    list[str] | None,
    typer.Option(
        "--old",
        metavar="POLICY|REV:PATH",
        help="The text to compare with; without it, the recorded outcomes. Repeatable.",
    ),
]
Table = Annotated[
    str | None, typer.Option("--table", metavar="NAME", help="The table of the database.")
]
NewAsOf = Annotated[
    str | None,
    typer.Option("--new-as-of", metavar="DATE", help="Ask the new text on this day for all rows."),
]
ListFile = Annotated[
    Path | None,
    typer.Option("--list", metavar="FILE", help="Write every changed row: .csv, .jsonl, .parquet."),
]
Limit = Annotated[
    int, typer.Option("--limit", metavar="N", min=0, help="So many changed rows are shown.")
]
Money = Annotated[
    str | None,
    typer.Option("--money", metavar="FACT", help="The fact whose money counts: order.total."),
]
RowByRow = Annotated[
    bool, typer.Option("--row-by-row", help="Read large Parquet files row by row, not in SQL.")
]
VerbOption = Annotated[
    str | None,
    typer.Option("--verb", metavar="VERB", help="The right asked about where a row is silent."),
]


def impact(
    words: Words = None,
    against: Against = None,
    old: Old = None,
    table: Table = None,
    directory: DirectoryFile = None,
    no_directory: NoDirectory = False,
    action: ActionOption = None,
    verb: VerbOption = None,
    requester: Requester = None,
    as_of: AsOf = None,
    new_as_of: NewAsOf = None,
    list_file: ListFile = None,
    limit: Limit = 10,
    money: Money = None,
    row_by_row: RowByRow = False,
    as_json: Json = False,
    verbose: Verbose = False,
) -> ExitCode:
    """Replay past requests under a new text: which answers change, for whom, for how much money.

    The rows are those of a batch (see `remit decide --help`), or answers that a batch has written.
    With --old each is put to both texts; without it, the new answer is compared with the outcome
    the row records. What a row leaves open is taken from the command line. NEW and OLD are files,
    folders, or revisions in git such as HEAD~1:policies.
    """
    view = screen(as_json=as_json, verbose=verbose)
    if against is None:
        help = "`--against decisions.jsonl`, or a database with `--table`"
        raise WrongUse("no past requests were named", help)
    sorted_words = sort_words(words or ())
    if list_file is not None:
        _refuse_list(list_file, against)
    with ExitStack() as texts:
        texts.enter_context(uncollected())
        with view.patience("reading policies") as each:
            older, newer = open_sides(sorted_words.paths, old or (), directory, no_directory, each)
        _refuse_money(money, older, newer)
        members = {"action": action, "verb": verb, "requester": requester}
        _refuse_slips(members, older, newer)
        said = Question(_members(members, as_of, newer), {}, Said(sorted_words.facts))
        rows = open_past(against, table)
        later = read_day(new_as_of, "--new-as-of") if new_as_of is not None else None
        replay = Replay(older, newer, said, money, later)
        summary = None
        if not row_by_row and not is_url(against):
            with phases(view, "replaying") as step:
                summary = run_many(Path(against), rows, replay, list_file, limit, step, view.remark)
        if summary is None:
            texts.close()  # rows that are read one by one leave circles
            with rows_done(view, rows.length, "replaying") as advanced:
                summary = run(rows, replay, list_file, limit, advanced)
        source = shown_source(against)
        _refuse_nothing(summary, source)
        if as_json:
            view.data(document(summary, replay, source, rows.ids))
        else:
            impact_report.show(summary, replay, source, rows.ids, view)
            _tell_list(list_file, summary, view)
    return ExitCode.FAILED if summary.errors else ExitCode.OK


def _members(members: Members, as_of: str | None, new: Side) -> dict[str, object]:
    """What the command line says for rows that do not."""
    given: dict[str, object] = {name: value for name, value in members.items() if value}
    actions = list(new.program.actions.values())
    if len(actions) == 1:
        given.setdefault("action", actions[0].short)
    if as_of is not None:
        given["as_of"] = read_day(as_of)
    return given


def _refuse_slips(members: Members, old: Side | None, new: Side) -> None:
    """An action or a verb that neither text knows ends the replay before its first row."""
    sides = [side for side in (new, old) if side is not None]
    problems = []
    for member in ("action", "verb"):
        word = members[member]
        lookups = [getattr(names_of(side.engine.model), f"{member}s") for side in sides]
        wrong = [lookup.wrong(word, member) for lookup in lookups] if word else []
        if wrong and all(wrong):
            problems.append(Problem(member, str(wrong[0])))
    if problems:
        raise BadFacts(problems)


def _refuse_list(out: Path, against: str) -> None:
    if not is_url(against) and out.resolve() == Path(against).resolve():
        raise WrongUse("the list would overwrite the requests", "name another file for `--list`")
    if not out.resolve().parent.is_dir():
        raise MissingFile(out, f"there is no folder `{out.parent}` to write to")


def _refuse_money(wanted: str | None, old: Side | None, new: Side) -> None:
    """A fact that is no money of any action would count nothing."""
    if wanted is None:
        return
    sides = [side for side in (new, old) if side is not None]
    known = dict.fromkeys(
        str(fact)
        for side in sides
        for action in side.program.actions
        for fact in money_facts(action, side.engine.model)
    )
    if wanted not in known:
        near = nearest(wanted, known)
        listed = ", ".join(f"`{name}`" for name in list(known)[:12]) or "none"
        help = f"did you mean `{near}`?" if near else f"the facts with money are {listed}"
        raise WrongUse(f"no action has money in `{wanted}`", help)


def _refuse_nothing(summary: Summary, against: str) -> None:
    if summary.rows and summary.unrecorded == summary.rows:
        message = f"`{against}` records no outcomes, so there is nothing to compare with"
        raise WrongUse(message, "name the text that was in force with `--old`")


def _tell_list(out: Path | None, summary: Summary, view: Screen) -> None:
    if out is not None:
        view.line()
        errors = f" and {summary.errors:,} that could not be replayed" if summary.errors else ""
        view.line(f"the changed rows{errors} are in {out}")
