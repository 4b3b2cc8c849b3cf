"""Policy tests: suites of questions with the answers their owner expects."""

from __future__ import annotations

from remit_engine.suite.cases import Expectation, ExpectedExtent, Suite, SuiteCase
from remit_engine.suite.coverage import Coverage, coverage
from remit_engine.suite.junit import junit_xml
from remit_engine.suite.reader import (
    LoadedSuite,
    read_suite,
    read_suite_text,
    read_suites,
    suite_files,
)
from remit_engine.suite.runner import CaseResult, SuiteResult, run_case, run_suite
from remit_engine.suite.watch_runner import WatchResult

__all__ = [
    "CaseResult",
    "Coverage",
    "Expectation",
    "ExpectedExtent",
    "LoadedSuite",
    "Suite",
    "SuiteCase",
    "SuiteResult",
    "WatchResult",
    "coverage",
    "junit_xml",
    "read_suite",
    "read_suite_text",
    "read_suites",
    "run_case",
    "run_suite",
    "suite_files",
]
