"""Timings run where they are asked for (`make bench`), never beside other tests."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "bench: measures speed; run by `make bench` alone")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if _asked_for(config):
        return
    left_out = [i for i in items if i.get_closest_marker("bench") is not None]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [i for i in items if i not in left_out]


def _asked_for(config: pytest.Config) -> bool:
    """Benchmarks are switched on, and this folder or the mark is named."""
    if config.getoption("benchmark_disable", False) or hasattr(config, "workerinput"):
        return False
    here = any(p == HERE or HERE in p.parents for p in (Path(a).resolve() for a in config.args))
    return here or "bench" in (config.getoption("markexpr", "") or "")
