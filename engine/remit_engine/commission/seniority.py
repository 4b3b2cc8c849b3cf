"""Who is in a plan since always, where the plan asks how long somebody is in it."""

from __future__ import annotations

from remit_dsl.expressions import Fact
from remit_dsl.pay import Plan
from remit_engine.commission.basis.membership import People
from remit_engine.commission.reading.needs import nodes

MONTHS = ("months_in_plan",)


def since_always(plan: Plan, people: People) -> tuple[str, ...]:
    """The ids, in order, of those who hold a position of the plan without a first day, and so are
    past every `until month`; nobody where the plan does not count months."""
    if not _counts_months(plan):
        return ()
    found = (
        person
        for person, held in people.items()
        if any(s.start is None and s.position in plan.pays for s in held)
    )
    return tuple(sorted(found))


def _counts_months(plan: Plan) -> bool:
    limited = (plan.guarantee, plan.draw)
    if any(item is not None and item.until_month is not None for item in limited):
        return True
    return any(isinstance(n, Fact) and n.path == MONTHS for n in nodes((plan,)))
