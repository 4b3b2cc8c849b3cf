"""What is kept of answers belongs to whom it was given, in threads too."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from remit_dsl.loader import check_text
from remit_engine import fast
from remit_engine.engine import Engine
from remit_engine.people.party import Holding, Party
from remit_engine.request import Request

POLICY = """
policy p { owner boss currency CNY }
position boss
position clerk { reports to boss }
action act { amount money  limit on amount }
authority act { clerk may approve up to 5  boss may approve any }
"""


@pytest.fixture
def kept() -> fast.Fast:
    program, found = check_text(POLICY)
    assert found == []
    assert program is not None
    engine = Engine(program)
    assert engine._fast is not None
    return engine._fast


@pytest.fixture
def hasty() -> Iterator[None]:
    """Threads that take turns all the time."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def asked(name: str) -> Request:
    party = Party(name, (Holding("p.clerk"),), {"position": "p.clerk"})
    return Request("p.act", party, date(2026, 3, 1))


def test_no_two_persons_have_one_number(kept: fast.Fast, hasty: None) -> None:
    def numbers(thread: int) -> list[int]:
        return [kept._identity(asked(f"{thread}.{n}")) for n in range(3_000)]

    with ThreadPoolExecutor(8) as threads:
        found = [n for some in threads.map(numbers, range(8)) for n in some]
    assert len(set(found)) == len(found)


def test_the_numbers_of_persons_are_bounded_and_never_given_twice(
    kept: fast.Fast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fast, "MOST_PERSONS", 10)
    found = [kept._identity(asked(str(n))) for n in range(100)]
    assert len(set(found)) == 100
    assert len(kept._identities) <= 11
    assert kept._identity(asked("99")) == found[-1]
