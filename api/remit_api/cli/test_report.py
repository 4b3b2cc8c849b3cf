"""What a run of test suites came to, for people and for programs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.output import Screen, plural
from remit_api.cli.report import diagnostics
from remit_api.suite_document import suites_document
from remit_api.wiring import sources_of
from remit_dsl.diagnostics import Diagnostic
from remit_engine.engine import Engine
from remit_engine.suite import CaseResult, Coverage, SuiteResult, WatchResult, coverage


@dataclass(frozen=True, slots=True)
class Run:
    """What came of all suites. broken: suites that could not be read."""

    results: tuple[SuiteResult, ...]
    engines: tuple[Engine, ...]
    broken: tuple[tuple[Path, tuple[Diagnostic, ...]], ...]

    @property
    def failed(self) -> tuple[CaseResult | WatchResult, ...]:
        """The cases that did not pass."""
        return tuple(case for result in self.results for case in result.failed)

    @property
    def cases(self) -> int:
        """How many cases were asked."""
        return sum(len(result.every) for result in self.results)

    @property
    def code(self) -> ExitCode:
        """How the run ends."""
        if self.broken:
            return ExitCode.INVALID_POLICY
        return ExitCode.FAILED if self.failed else ExitCode.OK


def coverages(run: Run) -> list[Coverage]:
    """One coverage for each engine, over all suites it answered."""
    by_engine: dict[int, tuple[Engine, list[CaseResult]]] = {}
    for result, engine in zip(run.results, run.engines, strict=True):
        by_engine.setdefault(id(engine), (engine, []))[1].extend(result.results)
    return [coverage(engine, cases) for engine, cases in by_engine.values()]


def show(run: Run, tried: Sequence[Coverage], view: Screen) -> None:
    """What failed, what was not tried, and the count, on the screen."""
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
    for case in result.every:
        if not case.passed:
            view.line(("fails", "bold red"), f"   {case.case.name}  ", (case.place, "dim"))
            for failure in case.failures:
                view.line(f"        {failure}")
        elif view.verbose:
            view.line(("passes", "green"), f"  {case.case.name}  ", (case.place, "dim"))


def _show_coverage(tried: Coverage, view: Screen) -> None:
    counts = _counts(tried)
    said = ", ".join(f"{what} {done} of {every}" for what, (done, every) in counts.items())
    view.line(("coverage", "bold"), f"  {said}")
    for sentence in _uncovered(tried):
        view.line(f"  {sentence}")
    view.line()


def _uncovered(tried: Coverage) -> list[str]:
    """The sentences with paths as from here, as everywhere else."""
    here = f"({Path.cwd()}{os.sep}"
    return [sentence.replace(here, "(") for sentence in tried.uncovered()]


def _counts(tried: Coverage) -> dict[str, tuple[int, int]]:
    """What was tried, out of how many."""
    return {
        "rules": (sum(bool(r.roles) for r in tried.rules), len(tried.rules)),
        "table rows": (sum(r.reached for r in tried.rows), len(tried.rows)),
        "limits at": (sum(b.at for b in tried.boundaries), len(tried.boundaries)),
        "limits beyond": (sum(b.beyond for b in tried.boundaries), len(tried.boundaries)),
    }


def document(run: Run, tried: Sequence[Coverage]) -> dict[str, Any]:
    """The same as a JSON document."""
    document = suites_document(run.results, [(str(path), found) for path, found in run.broken])
    if tried:
        document["coverage"] = [
            {
                "covered": {k: {"tried": a, "of": b} for k, (a, b) in _counts(one).items()},
                "uncovered": _uncovered(one),
            }
            for one in tried
        ]
    return document
