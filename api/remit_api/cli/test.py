"""`remit test`: the questions of the test suites, and where an answer is not the expected one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import Json, Paths
from remit_api.cli.output import Screen, screen
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
Verbosely = Annotated[bool, typer.Option("--verbose", "-v", help="Name every case that passed.")]


def run_tests(
    paths: Paths = None,
    junit: Junit = None,
    covered: Covered = False,
    as_json: Json = False,
    verbose: Verbosely = False,
) -> ExitCode:
    """Run the *.test.yaml suites of files and folders; exit 1 when a case fails."""
    view = screen(as_json=as_json, verbose=verbose)
    files = suite_files(suite_paths(paths or ()))
    if not files:
        raise WrongUse("there is no test suite there", "a suite is a file ending in .test.yaml")
    run = _run(files, view)
    tried = coverages(run) if covered else []
    if junit is not None:
        write_text(junit, junit_xml(run.results))
    if as_json:
        view.data(document(run, tried))
    else:
        show(run, tried, view)
    return run.code


def _run(files: Sequence[Path], view: Screen) -> Run:
    results: list[SuiteResult] = []
    engines: list[Engine] = []
    broken: list[tuple[Path, tuple[Diagnostic, ...]]] = []
    with _progress(view, len(files)) as advance:
        for path, loaded, found in read_suites(files):
            if loaded is None:
                broken.append((path, tuple(found)))
            else:
                results.append(run_suite(loaded.suite, loaded.engine))
                engines.append(loaded.engine)
            advance()
    return Run(tuple(results), tuple(engines), tuple(broken))


@contextmanager
def _progress(view: Screen, suites: int) -> Iterator[Callable[[], None]]:
    """A bar on standard error where a person watches, else nothing."""
    if not view.err.is_terminal:
        yield lambda: None
        return
    columns = (TextColumn("testing"), BarColumn(), MofNCompleteColumn(), TextColumn("suites"))
    with Progress(*columns, console=view.err, transient=True) as bar:
        task = bar.add_task("suites", total=suites)
        yield lambda: bar.advance(task)
