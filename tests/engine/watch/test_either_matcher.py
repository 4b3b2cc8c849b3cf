"""The examples worked by hand, with durable-rules beside: it never has to be corrected.

In CI every sixth of them, at night all.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from engine.generators import NIGHTLY
from engine.watch import (
    following,
    test_counts,
    test_crossings,
    test_duties,
    test_late,
    test_rows,
    test_windows,
)
from engine.watch.libraries import needs_durable
from remit_engine.watch.durable.matcher import Durable
from remit_engine.watch.rulesets import rulesets
from remit_engine.watch.watcher import Watcher

pytestmark = needs_durable


def by_hand() -> Iterator[Any]:
    """Every test of a module that asks for nothing."""
    for module in (
        test_counts,
        test_crossings,
        test_duties,
        test_late,
        test_rows,
        test_windows,
    ):
        for name, test in vars(module).items():
            if name.startswith("test_") and not inspect.signature(test).parameters:
                yield pytest.param(test, id=f"{module.__name__.rsplit('.', 1)[-1]}:{name}")


EXAMPLES = list(by_hand())[:: 1 if NIGHTLY else 6]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_with_durable_rules(example: Callable[[], None], monkeypatch) -> None:
    made: list[tuple[Watcher, Durable]] = []

    def watcher(program: Any, directory: Any, *matcher: Any, **more: Any) -> Watcher:
        durable = Durable(rulesets(program))
        made.append((Watcher(program, directory, durable, **more), durable))
        return made[-1][0]

    monkeypatch.setattr(following, "Watcher", watcher)
    example()
    for one, durable in made:
        assert one.mismatches == 0
        assert (durable.tally.lost, durable.tally.left) == (0, {})
        one.close()
