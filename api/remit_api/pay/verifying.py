"""Whether what was closed and disputed is what was kept, for every door."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.engine import Connection

from remit_engine.storage.closings import ClosingHead
from remit_engine.storage.seals import GENESIS
from remit_engine.storage.verification import Altered, AlteredDispute, verified, verified_disputes

SHORTEST = 8
"""Characters of a hash that somebody wrote down."""


@dataclass(frozen=True, slots=True)
class Verified:
    """Closed periods and disputes, what is altered of them, and the last hash of both chains.
    closings_fit, disputes_fit: whether the last hash is the one that was written down elsewhere."""

    closings: tuple[ClosingHead, ...]
    altered: tuple[Altered, ...]
    last: str
    closings_fit: bool
    disputes: int
    altered_disputes: tuple[AlteredDispute, ...]
    last_dispute: str
    disputes_fit: bool

    @property
    def sound(self) -> bool:
        """Whether nothing was altered."""
        found = self.altered or self.altered_disputes
        return not found and self.closings_fit and self.disputes_fit


def verify(
    connection: Connection, expect: str | None = None, expect_disputes: str | None = None
) -> Verified:
    """Compute all hashes anew. expect, expect_disputes: the last ones, or their beginnings."""
    found = list(verified(connection))
    count, last_dispute, disputes = verified_disputes(connection)
    last = found[-1][0].hash if found else GENESIS
    return Verified(
        tuple(head for head, _ in found),
        tuple(each for _, told in found for each in told),
        last,
        fits(expect, last),
        count,
        disputes,
        last_dispute,
        fits(expect_disputes, last_dispute),
    )


def fits(expected: str | None, last: str) -> bool:
    """Whether a hash begins with what was written down of it."""
    if expected is None:
        return True
    return len(expected) >= SHORTEST and last.startswith(expected.lower())
