"""Disputes: somebody says that a line or a statement is not right, and gets an answer in time.

A dispute never changes a closed statement. Where it is accepted, data or policy are mended, and the
next run posts the difference.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from remit_engine.commission.basis.periods import Period


class Status(enum.StrEnum):
    """Where a dispute stands; only an open one can still move."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Settled(Exception):
    """A dispute that is no longer open, or was not yet, was to be answered or withdrawn."""


class NotHis(Exception):
    """A dispute was to be withdrawn by somebody whose it is not."""


class OwnPay(NotHis):
    """A dispute was to be answered by the person whose pay it is about."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The end of a dispute: how, in which words, by whom, when. for_finance: he withdraws it for
    finance, and not as the payee."""

    status: Status
    outcome: str
    by: str
    on: date
    for_finance: bool = False

    @property
    def said_by(self) -> str:
        """By whom, as it is kept."""
        return f"{self.by}, for finance" if self.for_finance else self.by


@dataclass(frozen=True, slots=True)
class Dispute:
    """About a statement of `person`, or one of its lines (`line`: the event).

    expected: what he thinks is right: the credit of the line, the due of the statement; None where
    he does not say. deadline: the last day for an answer. number None: not kept yet.
    """

    number: int | None
    plan: str
    person: str
    period: Period
    line: str | None
    expected: Fraction | None
    reason: str
    by: str
    on: date
    deadline: date
    answer: Answer | None = None

    @property
    def status(self) -> Status:
        """Where it stands."""
        return self.answer.status if self.answer else Status.OPEN

    def overdue(self, day: date) -> bool:
        """True when it is still open after its deadline."""
        return self.answer is None and day > self.deadline

    def answered(self, answer: Answer) -> Dispute:
        """The dispute with its end; raises Settled when it has one already, or was opened later,
        NotHis when it is withdrawn neither by the payee nor for finance, and OwnPay when the payee
        answers it himself."""
        if self.answer is not None:
            raise Settled(
                f"dispute {self.number} was {self.answer.status} on {self.answer.on} "
                f"by {self.answer.by}"
            )
        if answer.on < self.on:
            raise Settled(
                f"dispute {self.number} was opened on {self.on}, and is not settled before that"
            )
        withdrawn = answer.status is Status.WITHDRAWN
        if withdrawn and not answer.for_finance and answer.by != self.person:
            raise NotHis(f"dispute {self.number} is of `{self.person}`, and not of `{answer.by}`")
        if not withdrawn and answer.by == self.person:
            raise OwnPay(
                f"dispute {self.number} is about the pay of `{self.person}`, who does not answer it"
            )
        return replace(self, answer=replace(answer, by=answer.said_by, for_finance=False))
