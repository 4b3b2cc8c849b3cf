"""A watch taken apart: its rules about subjects, and each rule about rows. A part knows nothing of
the others, so an entry that comes late concerns few of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from remit_dsl.program import Program
from remit_dsl.watch import Watch, WatchRule
from remit_engine.watch.crossings import Key
from remit_engine.watch.entry import Entry, value_at
from remit_engine.watch.log import Log
from remit_engine.watch.plan import WatchPlan, plan_of
from remit_engine.watch.reads import of_each, renamed
from remit_engine.watch.rows import touched


@dataclass(frozen=True, slots=True)
class Part:
    """plan: of the watch with these rules alone. at: the number of its rule about rows among those
    of the watch; None: it is the part about subjects."""

    plan: WatchPlan
    at: int | None

    def has(self, rows: tuple[str, ...] | None, key: Key) -> bool:
        """Whether an alert is of one of its rules, and of one of these rows; None: of any."""
        rule, row = key
        return (rows is None or row in rows) and any(rule == r.id for r in self.plan.watch.rules)

    def concerned(self, key: Any, entry: Entry, log: Log) -> tuple[str, ...] | None:
        """The ids of the rows that an entry concerns; None where that is the whole part."""
        if self._moves(key, entry):
            return None
        return tuple(row.id for rows in self.plan.rows for row in touched(rows, key, entry, log))

    def _moves(self, key: Any, entry: Entry) -> bool:
        """Whether an entry may change what is asked about the subject itself."""
        plan, kind = self.plan, entry.kind
        if plan.watch.kind == "record" and kind == plan.watch.on:
            return not plan.hangs.roots.keys().isdisjoint(entry.facts)
        return any(
            event == kind and value_at(entry.facts, path) == key for event, path in plan.counting
        )


def parts(plan: WatchPlan, program: Program) -> tuple[Part, ...]:
    """The parts of a watch, that about subjects first."""
    return tuple(_parts(plan, program))


def _parts(plan: WatchPlan, program: Program) -> Iterator[Part]:
    about = tuple(rule for rule in plan.watch.rules if rule.rows is None)
    if about:
        yield Part(_plan(plan, about, program), None)
    for at, rows in enumerate(plan.rows):
        yield Part(_plan(plan, (rows.rule,), program), at)


def _plan(plan: WatchPlan, rules: tuple[WatchRule, ...], program: Program) -> WatchPlan:
    """Of these rules alone. Its subjects are known where those of the watch are."""
    return replace(plan_of(_with(plan.watch, rules, program), program), naming=plan.naming)


def _with(watch: Watch, rules: tuple[WatchRule, ...], program: Program) -> Watch:
    ids = frozenset(c.id for c in watch.counts) | frozenset(s.id for s in watch.sequences)
    conditions = (e for rule in rules for e in (rule.condition, rule.until) if e is not None)
    read = of_each((renamed(e, ids) for e in conditions), program).counted
    return replace(
        watch,
        rules=rules,
        counts=tuple(c for c in watch.counts if c.id in read),
        sequences=tuple(s for s in watch.sequences if s.id in read),
    )
