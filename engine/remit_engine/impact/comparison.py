"""One past request under both texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from remit_engine.decision import Outcome
from remit_engine.impact.counts import Group
from remit_engine.impact.replayer import Reply
from remit_engine.request import Request


@dataclass(frozen=True, slots=True)
class Compared:
    """What both texts answer to a request; `request` is as the new text reads it."""

    request: Request
    old: Reply
    new: Reply
    group: Group
    amount: Fraction | None
    currency: str | None


def compared(
    request: Request, old: Reply, new: Reply, amount: Fraction | None, currency: str | None
) -> Compared:
    """The comparison of two replies to a request."""
    group = Group.of(request.action, request.verb, positions(request), old, new)
    return Compared(request, old, new, group, amount, currency)


def recorded(outcome: Outcome, new: Reply) -> Reply:
    """A recorded outcome as a reply. Of its rules nothing is known for sure: they are taken to be
    those of today, so that only outcomes are compared."""
    if outcome is new.outcome:
        return new
    return Reply(outcome, recorded=True)


def positions(request: Request) -> str:
    """The positions of the one who asked to act, by their short names."""
    return named(request.actor.positions)


def named(held: Iterable[str]) -> str:
    """Positions (qualified names) as one text."""
    return ", ".join(sorted({p.rsplit(".", 1)[-1] for p in held})) or "no position"
