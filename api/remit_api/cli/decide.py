"""`remit decide`: may this be done, by whom, and what is missing? Exits by the answer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from remit_api.cli import answer
from remit_api.cli.asking import decide_asking
from remit_api.cli.exit_codes import ExitCode, of_outcome
from remit_api.cli.options import (
    ActionOption,
    ActorAttributes,
    ActorOption,
    Approvals,
    AsOf,
    DirectoryFile,
    EvidenceNames,
    FactsDocument,
    Json,
    Language,
    LanguageOption,
    NoDirectory,
    Policies,
    Requester,
    Totals,
    Verb,
    Verbose,
    Words,
)
from remit_api.cli.output import is_terminal, screen
from remit_api.cli.session import Asked, open_session, with_action, with_actor
from remit_api.failures import WrongUse
from remit_engine.explanation.wire import decision_to_json

Trace = Annotated[bool, typer.Option("--trace", help="Show every comparison that was made.")]
Ask = Annotated[
    bool | None,
    typer.Option(
        "--ask/--no-ask", help="Ask for missing facts. [on a terminal]", show_default=False
    ),
]
Batch = Annotated[
    Path | None,
    typer.Option("--batch", metavar="FILE", help="Requests from .csv, .jsonl or .parquet."),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Where the answers of a batch go."),
]


def decide(
    words: Words = None,
    policy: Policies = None,
    actor: ActorOption = None,
    action: ActionOption = None,
    verb: Verb = "approve",
    directory: DirectoryFile = None,
    no_directory: NoDirectory = False,
    actor_attribute: ActorAttributes = None,
    as_of: AsOf = None,
    requester: Requester = None,
    approval: Approvals = None,
    evidence: EvidenceNames = None,
    total: Totals = None,
    facts: FactsDocument = None,
    language: LanguageOption = Language.EN,
    trace: Trace = False,
    ask: Ask = None,
    batch: Batch = None,
    out: Out = None,
    as_json: Json = False,
    verbose: Verbose = False,
) -> ExitCode:
    """Decide a request: permit, needs, escalate, deny, incomplete or undefined, and why.

    Facts are words such as rate=12% order.total=180000, or a document given with --facts; where
    both speak, the words win. A person without a directory is written PERSON@POSITION.

    A batch answers a file of requests, one a row. Its columns are actor, action, verb, as_of,
    requester, approvals (review=ann; sign=bob), evidence (a; b), totals.NAME, actor.ATTRIBUTE,
    and every fact by its path, such as order.total; JSON lines may nest them under facts. What
    a row leaves open is taken from the command line; an empty cell is a missing fact. The columns
    id and …_id are handed on. In Parquet, store amounts as DECIMAL, or as text, which is read
    as a CSV cell is: a binary fraction is not exact, and its row is refused.
    """
    asked = Asked(
        words or (), policy or (), directory, no_directory, actor, actor_attribute or (), action,
        verb, as_of, requester, approval or (), evidence or (), total or (), facts, language,
    )  # fmt: skip
    view = screen(as_json=as_json, verbose=verbose)
    if batch is not None or out is not None:
        if ask or trace:
            option = "--ask" if ask else "--trace"
            raise WrongUse(
                f"`{option}` is about one answer, and `--batch` gives many", "leave it out"
            )
        # DuckDB takes longer to load than a single answer takes to find.
        from remit_api.cli.batch import run_batch  # noqa: PLC0415

        return run_batch(asked, batch, out, view)
    if ask and facts == "-":
        raise WrongUse("`--ask` and `--facts -` both read standard input", "use one of them")
    session = with_action(with_actor(open_session(asked, view)))
    if _asks(ask, as_json):
        decision = decide_asking(session)
    else:
        decision = session.loaded.engine.decide(session.request())
    if as_json:
        view.data(decision_to_json(decision))
    else:
        answer.show(decision, view, language, session, trace=trace)
    return of_outcome(decision.outcome)


def _asks(wish: bool | None, as_json: bool) -> bool:
    """Whether to ask: as wished, else where a person sits at both ends."""
    if wish is not None:
        return wish
    return not as_json and is_terminal(sys.stdin) and is_terminal(sys.stdout)
