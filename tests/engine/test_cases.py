"""One text case, every back end (`tests/cases/README.md`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pytest

from engine.asking import DAY, loaded, peopled
from engine.case_files import Case, read_cases, shown
from remit_engine.engine import Engine
from remit_engine.people.directory import Directory
from remit_engine.reading.request_reader import read_request
from remit_engine.rules.ir import Model
from remit_engine.rules.lower import lower

CASES = read_cases()
BACK_ENDS: dict[str, Callable[[Model, Directory], Engine]] = {
    "interpreter": lambda model, directory: Engine(model, directory, reference=True),
    "python": Engine,
}


@lru_cache
def engine(back_end: str, policy: str, directory: str | None) -> Engine:
    """One engine for all requests of a file, so that kept answers are tried as well."""
    model = lower(loaded(policy))
    return BACK_ENDS[back_end](model, peopled(directory, model))


@pytest.mark.parametrize("back_end", BACK_ENDS)
@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.file}: {c.title}")
def test_case(case: Case, back_end: str) -> None:
    asked = engine(back_end, case.policy, case.directory)
    request = read_request(case.request, asked.model, asked.directory, default_as_of=DAY)
    found = shown(asked.decide(request), case.expect)
    if back_end in case.never:
        assert found != case.expect, f"{back_end} can say it after all: take the mark away"
    else:
        assert found == case.expect


def test_there_are_cases_and_each_expects_an_outcome() -> None:
    assert len(CASES) > 50
    assert not [c.title for c in CASES if "outcome" not in c.expect]
    assert len({(c.file, c.title) for c in CASES}) == len(CASES)
