"""Relations between people and positions."""

from __future__ import annotations

from collections.abc import Callable

from remit_engine.people.party import Holding, Party
from remit_engine.rules.ir import Model


def holdings(who: Party | str) -> tuple[Holding, ...]:
    """The positions of a party, or the position itself."""
    return who.everything if isinstance(who, Party) else (Holding(who),)


def reports_to(
    subordinate: Party | str,
    superior: Party | str,
    direct: bool,
    model: Model,
    within: Callable[[str | None, str | None], bool],
) -> bool:
    """True when a position of the one reports to a position of the other.

    `direct`: without a level between. Where both units are known, the superior's must be the
    subordinate's or above it. Nobody reports to himself.
    """
    if (
        isinstance(subordinate, Party)
        and isinstance(superior, Party)
        and subordinate.person is not None
        and subordinate.person == superior.person
    ):
        return False
    for below in holdings(subordinate):
        above = model.superiors.get(below.position, ())
        reach = above[:1] if direct else above
        for h in holdings(superior):
            if h.position in reach and within(below.unit, h.unit):
                return True
    return False
