"""`remit prove`: what the policy text means over all requests, or the request that breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import AsOf, DirectoryFile, Json, NoDirectory, Paths, Policies, Verbose
from remit_api.cli.output import Screen, screen
from remit_api.cli.prove_document import document
from remit_api.cli.prove_report import Proof, show
from remit_api.cli.session import read_day, some
from remit_api.failures import WrongUse
from remit_api.files import policy_paths
from remit_api.wiring import find_directory, load_directory
from remit_dsl.diagnostics import errors
from remit_dsl.loader import load
from remit_dsl.program import Program
from remit_dsl.suggest import nearest
from remit_engine.analysis import prove as analysis
from remit_engine.analysis.answer import Answer
from remit_engine.analysis.scope import SOON, Scope
from remit_engine.analysis.tables import table_faults
from remit_engine.engine import Engine
from remit_engine.people.directory import Directory
from remit_engine.reading.request_document import statable
from remit_engine.rules.ir import Model
from remit_engine.rules.lower import lower
from remit_engine.suite.shrinking import shrunk

Questions = Annotated[
    list[str] | None,
    typer.Option("--question", "-q", metavar="NAME", help="Only this question; repeatable."),
]
Soon = Annotated[
    int, typer.Option("--soon", metavar="DAYS", help="An end within so many days is told.", min=0)
]
Solver = Annotated[
    bool | None,
    typer.Option(
        "--solver/--no-solver",
        help="Ask z3 for what the exact procedure leaves open. [where it is installed]",
        show_default=False,
    ),
]
All = Annotated[
    bool, typer.Option("--all", help="Name every answer, what was proven and waived as well.")
]
Brief = Annotated[
    bool, typer.Option("--brief", help="One line for each finding: code, place, sentence.")
]


def prove(
    paths: Paths = None,
    policy: Policies = None,
    question: Questions = None,
    directory: DirectoryFile = None,
    no_directory: NoDirectory = False,
    as_of: AsOf = None,
    soon: Soon = SOON,
    solver: Solver = None,
    everything: All = False,
    brief: Brief = False,
    as_json: Json = False,
    verbose: Verbose = False,
) -> ExitCode:
    """Look for faults of meaning over all requests: gaps, dead ends, rules that never apply, a
    superior who may do less than his report.

    Each finding comes with requests that show it, as cases for a test suite. What is meant as it
    is, is waived in the policy with its reason.
    """
    view = screen(as_json=as_json, verbose=verbose)
    names = _known(question or ())
    read = policy_paths([*(policy or ()), *(paths or ())])
    if directory is None and not no_directory:
        directory = find_directory(read)
    view.remark(f"directory: {directory or 'none'}")
    proof = _proof(read, directory, names, view, _scope(read_day(as_of), soon, solver))
    if as_json:
        view.block(document(proof))
    else:
        show(proof, view, everything=everything, brief=brief)
    return proof.code


def _known(names: Sequence[str]) -> tuple[str, ...]:
    """The questions named, in the order they are asked; all where none is named."""
    for name in names:
        if name not in analysis.QUESTIONS:
            near = nearest(name, analysis.QUESTIONS)
            help = (
                f"did you mean `{near}`?" if near else f"there are {some(list(analysis.QUESTIONS))}"
            )
            raise WrongUse(f"there is no question `{name}`", help)
    return tuple(n for n in analysis.QUESTIONS if n in names or not names)


def _scope(today: date, soon: int, solver: bool | None) -> Scope:
    """The bounds of the questions; a solver that is wished for must be there."""
    there = find_spec("z3") is not None
    if solver and not there:
        raise WrongUse("there is no solver here", "install it with `pip install 'remit[prove]'`")
    return Scope(today, soon=soon, solver=there if solver is None else solver)


def _proof(
    paths: Sequence[Path],
    people: Path | None,
    names: tuple[str, ...],
    view: Screen,
    scope: Scope,
) -> Proof:
    """The answers; where the text has errors, only those about tables."""
    with view.patience("reading policies") as each:
        program, found = load(paths, each)
    if program is None:
        answers = table_faults(found) if "tables" in names else []
        told = {a.finding for a in answers}
        rest = tuple(d for d in errors(found) if d not in told)
        return Proof(tuple(answers), names, None, Directory.empty(), rest)
    directory = _people(people, program)
    model = lower(program)
    with _progress(view, names) as asking:
        answers = analysis.prove(model, replace(scope, directory=directory), names, asking)
    return Proof(tuple(_shown(answers, model, directory)), names, model, directory)


def _shown(answers: Sequence[Answer], model: Model, directory: Directory) -> Iterator[Answer]:
    """The answers with the fewest facts; of people no directory knows, as without a directory."""
    if not any(a.witness for a in answers):
        yield from answers
        return
    here, nowhere = Engine(model, directory), Engine(model)
    for answer in answers:
        witness = shrunk(answer.witness, here)
        if not all(statable(a.request, model, directory) for a in witness):
            witness = shrunk(answer.witness, nowhere)
        yield replace(answer, witness=witness)


def _people(path: Path | None, program: Program) -> Directory:
    """The directory of a file, nobody without one; `InvalidPolicy` when it has errors."""
    return Directory.empty() if path is None else load_directory(path, program)[0]


@contextmanager
def _progress(view: Screen, names: Sequence[str]) -> Iterator[Callable[[str], None]]:
    """Which question is being answered, on standard error where a person watches."""
    if not view.err.is_terminal:
        yield lambda name: None
        return
    columns = (TextColumn("asking {task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=view.err, transient=True) as bar:
        task = bar.add_task("", total=len(names))
        yield lambda name: bar.update(task, description=name, completed=names.index(name))
