"""What a run of test suites came to, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from remit_dsl.diagnostics import Diagnostic
from remit_dsl.render import as_dict
from remit_engine.suite import SuiteResult

Broken = tuple[str, Sequence[Diagnostic]]
"""A suite that could not be read: its name, and what is wrong with it."""


def suites_document(results: Sequence[SuiteResult], broken: Sequence[Broken]) -> dict[str, Any]:
    """`ok` where every suite was read and every case passed; cases with their failures."""
    failed = sum(len(result.failed) for result in results)
    return {
        "ok": not broken and not failed,
        "cases": sum(len(result.every) for result in results),
        "failed": failed,
        "suites": [_suite(result) for result in results],
        "broken": [
            {"file": name, "diagnostics": [as_dict(d) for d in found]} for name, found in broken
        ],
    }


def _suite(result: SuiteResult) -> dict[str, Any]:
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
            for case in result.every
        ],
    }
