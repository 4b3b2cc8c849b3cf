"""What stops one row or one statement of pay, in one plain sentence."""

from __future__ import annotations

from typing import Any

from remit_dsl.expressions import Expression
from remit_engine.commission.basis.periods import Period
from remit_engine.explanation.reason import fault_text
from remit_engine.judging.evaluate import Environment, evaluate
from remit_engine.judging.unknown import Unknown


class AtFault(Exception):
    """A row or a statement cannot be computed. Raised while it is, and caught where it ends: it
    becomes an `Uncounted` row or the `fault` of a statement, and never leaves the package."""


def demanded(e: Expression, env: Environment, what: str) -> Any:
    """The value of an expression. Raises AtFault, naming `what` needed it, when there is none."""
    value = evaluate(e, env)
    if isinstance(value, Unknown):
        raise AtFault(f"{what} {because(value)}")
    return value


def stands_on(period: Period) -> AtFault:
    """The fault of what needs an earlier statement that has one itself."""
    return AtFault(f"it stands on the statement for {period}, which is at fault")


def because(unknown: Unknown) -> str:
    """Why there is no value: `needs X, which is not given`, or what went wrong, and where."""
    if unknown.missing:
        names = " and ".join(f"`{name}`" for name in sorted(unknown.missing))
        verb = "is" if len(unknown.missing) == 1 else "are"
        return f"needs {names}, which {verb} not given"
    told = "; ".join(fault_text(f, "en") for f in sorted(unknown.faults))
    return f"cannot be computed: {told}"
