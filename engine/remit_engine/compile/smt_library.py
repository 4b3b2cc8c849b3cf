"""z3, which is optional: the one place that imports it."""

from __future__ import annotations

try:
    import z3
except ImportError:  # the extra `prove` is not installed; `Solver` says so
    z3 = None


class SolverMissing(Exception):
    """The solver is not installed."""

    def __init__(self) -> None:
        super().__init__("install it with `pip install 'remit[prove]'`")


__all__ = ["SolverMissing", "z3"]
