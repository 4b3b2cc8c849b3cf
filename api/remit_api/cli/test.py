"""`remit test`: the questions of the test suites, and where an answer is not the expected one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import Json, Paths
from remit_api.cli.output import Screen, plural, screen
from remit_api.cli.report import diagnostics
from remit_api.failures import WrongUse
from remit_api.files import policy_paths, write_text
from remit_api.wiring import sources_of
from remit_dsl.diagnostics import Diagnostic
from remit_dsl.render import as_dict
from remit_engine.engine import Engine
from remit_engine.suite import (
    CaseResult,
    Coverage,
    SuiteResult,
    coverage,
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


@dataclass(frozen=True, slots=True)
class Run:
    """What came of all suites. broken: suites that could not be read."""

    results: tuple[SuiteResult, ...]
    engines: tuple[Engine, ...]
    broken: tuple[tuple[Path, tuple[Diagnostic, ...]], ...]

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        """The cases that did not pass."""
        return tuple(case for result in self.results for case in result.failed)

    @property
    def cases(self) -> int:
        """How many cases were asked."""
        return sum(len(result.results) for result in self.results)

    @property
    def code(self) -> ExitCode:
        """How the run ends."""
        if self.broken:
            return ExitCode.INVALID_POLICY
        return ExitCode.FAILED if self.failed else ExitCode.OK


def run_tests(
    paths: Paths = None,
    junit: Junit = None,
    covered: Covered = False,
    as_json: Json = False,
    verbose: Verbosely = False,
) -> ExitCode:
    """Run the *.test.yaml suites of files and folders; exit 1 when a case fails."""
    view = screen(as_json=as_json, verbose=verbose)
    files = suite_files(policy_paths(paths or ()))
    if not files:
        raise WrongUse("there is no test suite there", "a suite is a file ending in .test.yaml")
    run = _run(files, view)
    tried = _coverages(run) if covered else []
    if junit is not None:
        write_text(junit, junit_xml(run.results))
    if as_json:
        view.data(_document(run, tried))
    else:
        _show(run, tried, view)
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


def _coverages(run: Run) -> list[Coverage]:
    """One coverage for each engine, over all suites it answered."""
    by_engine: dict[int, tuple[Engine, list[CaseResult]]] = {}
    for result, engine in zip(run.results, run.engines, strict=True):
        by_engine.setdefault(id(engine), (engine, []))[1].extend(result.results)
    return [coverage(engine, cases) for engine, cases in by_engine.values()]


def _show(run: Run, tried: Sequence[Coverage], view: Screen) -> None:
    for _, found in run.broken:
        diagnostics(found, sources_of(found), view)
    for result in run.results:
        _show_suite(result, view)
    for one in tried:
        _show_coverage(one, view)
    passed = run.cases - len(run.failed)
    style = "bold green" if run.code is ExitCode.OK else "bold red"
    broken = f", {plural(len(run.broken), 'suite')} cannot be read" if run.broken else ""
    suites = f" in {plural(len(run.results), 'suite')}{broken}"
    view.line((f"{passed} of {run.cases} cases pass", style), suites)


def _show_suite(result: SuiteResult, view: Screen) -> None:
    for case in result.results:
        if not case.passed:
            view.line(("fails", "bold red"), f"  {case.case.name}  ", (case.place, "dim"))
            for failure in case.failures:
                view.line(f"       {failure}")
        elif view.verbose:
            view.line(("passes", "green"), f" {case.case.name}  ", (case.place, "dim"))


def _show_coverage(tried: Coverage, view: Screen) -> None:
    counts = _counts(tried)
    said = ", ".join(f"{what} {done} of {every}" for what, (done, every) in counts.items())
    view.line(("coverage", "bold"), f"  {said}")
    for sentence in tried.uncovered():
        view.line(f"  {sentence}")
    view.line()


def _counts(tried: Coverage) -> dict[str, tuple[int, int]]:
    """What was tried, out of how many."""
    return {
        "rules": (sum(bool(r.roles) for r in tried.rules), len(tried.rules)),
        "table rows": (sum(r.reached for r in tried.rows), len(tried.rows)),
        "limits at": (sum(b.at for b in tried.boundaries), len(tried.boundaries)),
        "limits beyond": (sum(b.beyond for b in tried.boundaries), len(tried.boundaries)),
    }


def _document(run: Run, tried: Sequence[Coverage]) -> dict[str, Any]:
    document: dict[str, Any] = {
        "ok": run.code is ExitCode.OK,
        "cases": run.cases,
        "failed": len(run.failed),
        "suites": [_suite_document(result) for result in run.results],
        "broken": [
            {"file": str(path), "diagnostics": [as_dict(d) for d in found]}
            for path, found in run.broken
        ],
    }
    if tried:
        document["coverage"] = [
            {
                "covered": {k: {"tried": a, "of": b} for k, (a, b) in _counts(one).items()},
                "uncovered": one.uncovered(),
            }
            for one in tried
        ]
    return document


def _suite_document(result: SuiteResult) -> dict[str, Any]:
    return {
        "suite": result.suite.name,
        "file": result.suite.file,
        "cases": [
            {
                "name": case.case.name,
                "place": case.place,
                "passed": case.passed,
                "failures": list(case.failures),
            }
            for case in result.results
        ],
    }
