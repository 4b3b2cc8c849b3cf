"""Asks every question of a suite and says where the answer is not the expected one."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from remit_engine.decision import Decision
from remit_engine.engine import Engine
from remit_engine.reading.request_reader import read_request
from remit_engine.request import InvalidRequest, Request
from remit_engine.suite.cases import Suite, SuiteCase
from remit_engine.suite.comparison import differences
from remit_engine.suite.watch_runner import WatchResult, run_watch_case


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case with what was wrong; request and decision are None where it was refused."""

    case: SuiteCase
    failures: tuple[str, ...]
    request: Request | None
    decision: Decision | None
    seconds: float

    @property
    def passed(self) -> bool:
        """True when the answer was the expected one."""
        return not self.failures

    @property
    def place(self) -> str:
        """`file:line` of the case."""
        return f"{self.case.span.file}:{self.case.span.line}"


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """The results of a suite in the order of its cases. watched: of those about what is watched."""

    suite: Suite
    results: tuple[CaseResult, ...]
    watched: tuple[WatchResult, ...] = ()

    @property
    def every(self) -> tuple[CaseResult | WatchResult, ...]:
        """All results, of both kinds."""
        return (*self.results, *self.watched)

    @property
    def failed(self) -> tuple[CaseResult | WatchResult, ...]:
        """Those that did not pass."""
        return tuple(r for r in self.every if not r.passed)

    @property
    def seconds(self) -> float:
        """The time all cases took."""
        return sum(r.seconds for r in self.every)


def run_suite(
    suite: Suite, engine: Engine, each: Callable[[CaseResult], None] | None = None
) -> SuiteResult:
    """Runs all cases; `each` hears of every result about a question at once, for a progress bar."""
    results = []
    for case in suite.cases:
        result = run_case(case, suite, engine)
        results.append(result)
        if each is not None:
            each(result)
    program, directory = engine.model.program, engine.directory
    watched = tuple(run_watch_case(case, program, directory) for case in suite.watching)
    return SuiteResult(suite, tuple(results), watched)


def run_case(case: SuiteCase, suite: Suite, engine: Engine) -> CaseResult:
    """Asks one question."""
    began = time.perf_counter()
    try:
        failures, request, decision = _asked(case, suite, engine)
    except Exception as error:
        error.add_note(f"in the case `{case.name}` ({case.span})")
        raise
    return CaseResult(case, tuple(failures), request, decision, time.perf_counter() - began)


def _asked(
    case: SuiteCase, suite: Suite, engine: Engine
) -> tuple[list[str], Request | None, Decision | None]:
    try:
        request = read_request(
            case.document, engine.model, engine.directory, default_as_of=suite.as_of
        )
    except InvalidRequest as error:
        return _refused(case, error), None, None
    decision = engine.decide(request)
    if case.expect.error is not None:
        said = f"expected a refusal of `{case.expect.error}`, got {decision.outcome}"
        return [said], request, decision
    failures = [
        f"`{path}` is not known to `{request.action}`, so it was ignored"
        for path in request.ignored
        if _stated(case.own, path)
    ]
    failures += differences(case.expect, decision, request, engine)
    return failures, request, decision


def _refused(case: SuiteCase, error: InvalidRequest) -> list[str]:
    """What is wrong when a request is refused: nothing, if the case expects just that."""
    expected = case.expect.error
    paths = [p.path for p in error.problems]
    if expected is not None and any(_at(path, expected) for path in paths):
        return []
    said = "; ".join(f"`{p.path}`: {p.message}" for p in error.problems)
    if expected is not None:
        return [f"expected a refusal of `{expected}`, got one of {said}"]
    return [f"the request was refused: {said}"]


def _at(path: str, expected: str) -> bool:
    """True at the path expected or below it."""
    return path == expected or path.startswith((f"{expected}.", f"{expected}["))


def _stated(own: Mapping[str, Any], path: str) -> bool:
    """True when the case itself, not the defaults, gives the member at a path."""
    at: Any = own
    for step in path.partition("[")[0].split("."):
        if not isinstance(at, Mapping) or step not in at:
            return isinstance(at, list | tuple) and step in at
        at = at[step]
    return True
