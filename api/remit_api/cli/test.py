"""`remit test`: the questions of the test suites, and where an answer is not the expected one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.mutation_report import Mutated, mutated, mutated_document, show_mutated
from remit_api.cli.options import Json, Paths
from remit_api.cli.output import Screen, plural, screen
from remit_api.cli.test_report import Run, coverages, document, show
from remit_api.failures import WrongUse
from remit_api.files import suite_paths, write_text
from remit_dsl.diagnostics import Diagnostic
from remit_engine.engine import Engine
from remit_engine.suite import (
    SuiteResult,
    junit_xml,
    read_suites,
    run_suite,
    suite_files,
)

Junit = Annotated[
    Path | None, typer.Option("--junit", metavar="FILE", help="Write the results as JUnit XML.")
]
Covered = Annotated[
    bool, typer.Option("--coverage", help="Say which rules, rows and limits no case has tried.")
]
Mutate = Annotated[
    bool, typer.Option("--mutate", help="Change the policies and say what no case notices.")
]
Allowed = Annotated[
    int | None,
    typer.Option(
        "--allow-unnoticed", metavar="N", min=0, help="With --mutate: let N changes go unnoticed."
    ),
]
Verbosely = Annotated[bool, typer.Option("--verbose", "-v", help="Name every case that passed.")]


def run_tests(
    paths: Paths = None,
    junit: Junit = None,
    covered: Covered = False,
    mutate: Mutate = False,
    allowed: Allowed = None,
    as_json: Json = False,
    verbose: Verbosely = False,
) -> ExitCode:
    """Run the *.test.yaml suites of files and folders; exit 1 when a case fails."""
    if allowed is not None and not mutate:
        raise WrongUse("`--allow-unnoticed` goes with `--mutate`", "add `--mutate`")
    view = screen(as_json=as_json, verbose=verbose)
    files = suite_files(suite_paths(paths or ()))
    if not files:
        raise WrongUse("there is no test suite there", "a suite is a file ending in .test.yaml")
    run = _run(files, view)
    tried = coverages(run) if covered else []
    if junit is not None:
        write_text(junit, junit_xml(run.results))
    changes = _mutated(run, view) if mutate and run.code is ExitCode.OK else None
    if as_json:
        more = {} if changes is None else {"mutation": mutated_document(changes)}
        view.data(document(run, tried) | more)
    else:
        show(run, tried, view)
        if changes is not None:
            view.line()
            show_mutated(changes, view)
        elif mutate:
            view.line(f"no changes were tried: {_first(run)}")
    unseen = changes is not None and not changes.within(allowed or 0)
    return ExitCode.FAILED if unseen else run.code


def _first(run: Run) -> str:
    """What must be put right before changes can be tried."""
    if run.broken:
        return "correct the suites that cannot be read first"
    count = len(run.failed)
    return f"correct the {plural(count, 'case')} that {'fails' if count == 1 else 'fail'} first"


def _mutated(run: Run, view: Screen) -> Mutated:
    with _progress(view, "changing", 0, "changes") as told:
        return mutated(run.engines, run.results, told)


def _run(files: Sequence[Path], view: Screen) -> Run:
    results: list[SuiteResult] = []
    engines: list[Engine] = []
    broken: list[tuple[Path, tuple[Diagnostic, ...]]] = []
    with _progress(view, "testing", len(files), "suites") as told:
        for done, (path, loaded, found) in enumerate(read_suites(files), 1):
            if loaded is None:
                broken.append((path, tuple(found)))
            else:
                results.append(run_suite(loaded.suite, loaded.engine))
                engines.append(loaded.engine)
            told(done, len(files))
    return Run(tuple(results), tuple(engines), tuple(broken))


@contextmanager
def _progress(
    view: Screen, doing: str, total: int, what: str
) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error where a person watches, else nothing."""
    if not view.err.is_terminal:
        yield lambda done, of: None
        return
    columns = (TextColumn(doing), BarColumn(), MofNCompleteColumn(), TextColumn(what))
    with Progress(*columns, console=view.err, transient=True) as bar:
        task = bar.add_task(what, total=total or None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
