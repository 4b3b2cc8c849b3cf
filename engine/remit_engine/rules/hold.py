"""A hold: what a watch forbids or asks for on a key, until its alert ends or it is lifted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from remit_dsl.parts import Label
from remit_dsl.watch import Restraint


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One restraint on one key.

    value: the key that the fact of a request is compared with, as text: a number exact, a day as
    `2026-03-01`, `true` or `false`, a position qualified; None where nobody knows it, and then
    everybody is held. rule, subject, row: of the alert.
    since: the day on which it began, as people are told. because: the reason for people. text: the
    restraint as its policy wrote it, for that policy may have been changed since.
    """

    id: str
    restraint: Restraint
    value: str | None
    alert: str
    rule: str
    subject: str
    row: str | None = None
    since: date
    because: Label | None = None
    source: str | None = None
    text: str

    @property
    def named(self) -> str:
        """The rule with whom it holds: `watch.credit_usage.full[c-1]`."""
        about = self.subject if self.row is None else f"{self.subject}/{self.row}"
        return f"{self.rule}[{about}]"
