"""The days on which something may change without an entry."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from remit_engine.watch.accumulators import NEVER, Counter, Follower
from remit_engine.watch.due import Due
from remit_engine.watch.plan import RowsPlan, WatchPlan
from remit_engine.watch.windows import LAST


def next_day(
    plan: WatchPlan,
    moving: Iterable[Counter | Follower],
    dues: Iterable[Due],
    turns: tuple[int, ...],
    today: int,
) -> int | None:
    """The next day on which something may change for a subject; None where there is none. turns:
    days on which somebody takes or leaves a position."""
    found = min((one.out for one in moving), default=NEVER)
    if plan.daily:
        found = min(found, today + 1)
    if plan.days:
        found = min(found, behind(plan.days, today))
    if plan.people:
        found = min(found, behind(turns, today))
    for rows, due in zip(plan.rows, dues, strict=True):
        if due.rows:
            found = min(found, _next_due(rows, due, today))
    return found if found <= LAST else None


def _next_due(plan: RowsPlan, due: Due, today: int) -> int:
    if any(c.spec.window.unit != "ever" for c in plan.counts) and due.over(today):
        return today + 1
    return due.next_day(today)


def behind(days: tuple[int, ...], today: int) -> int:
    """The first of the days behind a day; NEVER where there is none."""
    at = bisect_right(days, today)
    return days[at] if at < len(days) else NEVER


def timed(plan: WatchPlan, turns: tuple[int, ...], last: int, today: int) -> set[int]:
    """The questions that may have changed by the days since it was asked last."""
    hangs, found = plan.hangs, set(plan.hangs.daily)
    if hangs.dated and behind(plan.days, last) <= today:
        found.update(hangs.dated)
    if hangs.people and behind(turns, last) <= today:
        found.update(hangs.people)
    return found
