"""Tells the entries of a case to a watcher and says which alerts are not the expected ones."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from remit_dsl.program import Program
from remit_engine.people.directory import Directory
from remit_engine.suite.watch_cases import ExpectedAlert, WatchCase
from remit_engine.watch.alert import Alert
from remit_engine.watch.watcher import Taken, Watcher

MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class WatchResult:
    """A case with what was wrong."""

    case: WatchCase
    failures: tuple[str, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        """True when the alerts were the expected ones."""
        return not self.failures

    @property
    def place(self) -> str:
        """`file:line` of the case."""
        return f"{self.case.span.file}:{self.case.span.line}"


def run_watch_case(case: WatchCase, program: Program, directory: Directory) -> WatchResult:
    """Replays one case."""
    began = time.perf_counter()
    try:
        failures = tuple(_failures(case, program, directory))
    except Exception as error:
        error.add_note(f"in the case `{case.name}` ({case.span})")
        raise
    return WatchResult(case, failures, time.perf_counter() - began)


def _failures(case: WatchCase, program: Program, directory: Directory) -> Iterator[str]:
    watcher = Watcher(program, directory, since=case.since)
    until = case.until or date.max
    told = watcher.tell(case.entries, until, pass_days=case.until is not None)
    yield from _refusals(case, told.taken)
    alerts = [a for a in watcher.alerts if case.of is None or a.watch in case.of]
    yield from _differences(case.alerts, alerts)


def _refusals(case: WatchCase, taken: tuple[Taken, ...]) -> Iterator[str]:
    for number, one in enumerate(taken, 1):
        expected = number in case.refused
        if one.refused is not None and not expected:
            said = "; ".join(f"`{p.path}`: {p.message}" for p in one.refused.problems)
            yield f"entry {number} was refused: {said}"
        elif one.refused is None and expected:
            yield f"expected entry {number} to be refused, and it was taken"


def _differences(expected: tuple[ExpectedAlert, ...], alerts: list[Alert]) -> Iterator[str]:
    """Every alert is expected once; what says more chooses first."""
    left = list(alerts)
    for wanted in sorted(expected, key=lambda e: -len(e.text)):
        found = next((alert for alert in left if _fits(wanted, alert)), None)
        if found is None:
            yield f"expected an alert: {wanted.text}"
        else:
            left.remove(found)
    for alert in left[:MOST_SHOWN]:
        yield f"got an alert that is not expected: {_shown(alert)}"
    if len(left) > MOST_SHOWN:
        yield f"and {len(left) - MOST_SHOWN:,} more that are not expected"


def _fits(wanted: ExpectedAlert, alert: Alert) -> bool:
    pairs = (
        (wanted.rule, alert.rule),
        (wanted.subject, alert.subject),
        (wanted.row, alert.row),
        (wanted.began, alert.began),
        (wanted.cleared, alert.cleared),
        (wanted.open, alert.cleared is None),
    )
    return all(stated is None or stated == got for stated, got in pairs)


def _shown(alert: Alert) -> str:
    row = f", row {alert.row}" if alert.row is not None else ""
    ended = f", cleared {alert.cleared}" if alert.cleared is not None else ", open"
    return f"rule {alert.rule}, subject {alert.subject}{row}, began {alert.began}{ended}"
