"""The OpenAPI document and the service say the same: schemathesis asks what the document allows.

REMIT_SCHEMATHESIS is how many cases an operation gets; a few without it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as limits
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from remit_api.http.app import create_app

from .conftest import SetClock

CASES = int(os.environ.get("REMIT_SCHEMATHESIS", "4"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def caller_of(path: str) -> str:
    """Somebody who may."""
    return "ma.lin" if path.startswith("/v1/keys") else "chen.jing"


def operations(schema: Any) -> list[Any]:
    return [found.ok() for found in schema.get_all_operations()]


def failures(operation: Any, mode: GenerationMode, caller: str) -> list[str]:
    """What an operation did that the document does not say."""
    found: list[str] = []

    @limits(
        max_examples=CASES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        headers = {"X-Test-Caller": caller}
        try:
            case.call_and_validate(checks=CHECKS, headers=headers)
        except Exception as fault:
            found.append(f"{operation.label}: {fault}")

    with suppress(Unsatisfiable):  # an operation without a body or a parameter has nothing wrong
        ask()
    return found


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_nothing_undocumented_happens(mode: GenerationMode, settings: Any, desk: Any) -> None:
    app = create_app(settings, SetClock(), desk)
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)  # which starts and ends it
    asked = operations(schema)
    assert len(asked) > 10
    found = [
        failure
        for operation in asked
        for failure in failures(operation, mode, caller_of(operation.path))
    ]
    assert not found, "\n\n".join(found[:5])
