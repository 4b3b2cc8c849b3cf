"""Which watches an entry of a kind concerns, and by which of its fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from remit_engine.watch.entry import Entry, value_at
from remit_engine.watch.plan import Path, RowsPlan, WatchPlan


@dataclass(frozen=True, slots=True)
class Route:
    """What entries of one kind are to one watch.

    own: the entry itself is a subject, or an observation of one. paths: where keys of subjects
    stand. rows: rules whose rows they are. links: rules about rows that they link to.
    """

    number: int
    plan: WatchPlan
    own: bool
    paths: tuple[Path, ...]
    rows: tuple[int, ...]
    links: tuple[tuple[RowsPlan, Path], ...]

    def keys(self, entry: Entry) -> Iterator[tuple[Any, bool]]:
        """The subjects an entry belongs to, and whether it makes them known."""
        if self.own:
            yield entry.id, True
        for path in self.paths:
            key = value_at(entry.facts, path)
            if key is not None:
                yield key, self.plan.watch.kind != "event"


def routes(plans: tuple[WatchPlan, ...]) -> dict[str, tuple[Route, ...]]:
    """The routes of each kind of entry, in the order of the watches."""
    found: dict[str, list[Route]] = defaultdict(list)
    for number, plan in enumerate(plans):
        for kind in _kinds(plan):
            found[kind].append(_route(number, plan, kind))
    return {kind: tuple(of) for kind, of in found.items()}


def _kinds(plan: WatchPlan) -> list[str]:
    events = {event for event, _ in plan.naming}
    events |= {r.rows.event for r in plan.rows}
    events |= {c.feed[0] for r in plan.rows for c in r.counts}
    return sorted(events | {plan.watch.on})


def _route(number: int, plan: WatchPlan, kind: str) -> Route:
    return Route(
        number,
        plan,
        plan.watch.kind != "key" and kind == plan.watch.on,
        tuple(path for event, path in plan.naming if event == kind),
        tuple(at for at, rows in enumerate(plan.rows) if rows.rows.event == kind),
        tuple(
            (rows, count.feed[1])
            for rows in plan.rows
            for count in rows.counts
            if count.feed[0] == kind
        ),
    )
