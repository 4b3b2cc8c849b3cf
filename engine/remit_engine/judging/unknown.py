"""What cannot be said: missing facts and faults, in three-valued (Kleene) logic.

A condition is True, False or `Unknown`. `Unknown.may` says which of the two some completion of
the missing facts could still make of it; a fault (a division by zero, an unset parameter) is an
Unknown that no fact can cure, so it may become neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from remit_dsl.source import Span

CAN_BE_TRUE = 1
CAN_BE_FALSE = 2
EITHER = CAN_BE_TRUE | CAN_BE_FALSE


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """kind: `division by zero`, `no row`, `several rows`, `unset`, `not in force`, `no rate`,
    `empty list`, `date out of range`, `reversed`; subject: the parameter, table, … it is about."""

    kind: str
    subject: str
    span: Span


@dataclass(frozen=True, slots=True)
class Unknown:
    """missing: paths of the facts it hangs on; faults: what went wrong; may: see the module."""

    missing: frozenset[str] = frozenset()
    faults: frozenset[Fault] = frozenset()
    may: int = EITHER

    @property
    def can_be_true(self) -> bool:
        """Whether some completion makes it true."""
        return bool(self.may & CAN_BE_TRUE)

    @property
    def can_be_false(self) -> bool:
        """Whether some completion makes it false."""
        return bool(self.may & CAN_BE_FALSE)


Truth = bool | Unknown


def missing(path: str) -> Unknown:
    """A fact that is not there."""
    return Unknown(frozenset({path}))


def fault(kind: str, subject: str, span: Span) -> Unknown:
    """Something that no fact can cure."""
    return Unknown(faults=frozenset({Fault(kind, subject, span)}), may=0)


def merged(values: Iterable[Any]) -> Unknown:
    """The Unknown of an operation that needs all of its operands, some of them Unknown."""
    unknowns = [v for v in values if isinstance(v, Unknown)]
    return Unknown(
        frozenset().union(*(u.missing for u in unknowns)),
        frozenset().union(*(u.faults for u in unknowns)),
        EITHER if all(u.may for u in unknowns) else 0,
    )


def negation(value: Truth) -> Truth:
    """Kleene not."""
    if isinstance(value, Unknown):
        swapped = (CAN_BE_FALSE if value.can_be_true else 0) | (
            CAN_BE_TRUE if value.can_be_false else 0
        )
        return Unknown(value.missing, value.faults, swapped)
    return not value


def conjunction(values: Iterable[Truth]) -> Truth:
    """Kleene and: False wins over Unknown."""
    unknowns: list[Unknown] = []
    for value in values:
        if value is False:
            return False
        if isinstance(value, Unknown):
            unknowns.append(value)
    if not unknowns:
        return True
    may = (CAN_BE_TRUE if all(u.can_be_true for u in unknowns) else 0) | (
        CAN_BE_FALSE if any(u.can_be_false for u in unknowns) else 0
    )
    whole = merged(unknowns)
    return Unknown(whole.missing, whole.faults, may)


def disjunction(values: Iterable[Truth]) -> Truth:
    """Kleene or: True wins over Unknown."""
    return negation(conjunction(negation(v) for v in values))
