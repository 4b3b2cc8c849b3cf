"""Every expression of a watch or a duty, in reading order, and every event they look at."""

from __future__ import annotations

from collections.abc import Iterator

from remit_dsl.expressions import Expression
from remit_dsl.watch import Duty, Rows, Watch


def of_watch(watch: Watch) -> Iterator[Expression]:
    """Conditions of rules, what clears them, and conditions on what is counted."""
    for rule in watch.rules:
        yield rule.condition
        if rule.rows is not None:
            yield from _of_rows(rule.rows)
        if rule.until is not None:
            yield rule.until
    yield from (c.where for c in watch.counts if c.where is not None)
    yield from (s.where for s in watch.sequences if s.where is not None)


def _of_rows(rows: Rows) -> Iterator[Expression]:
    if rows.where is not None:
        yield rows.where
    yield rows.condition
    yield from (c.where for c in rows.counts if c.where is not None)


def of_duty(duty: Duty) -> Iterator[Expression]:
    """The condition on what shows that it was done."""
    if duty.where is not None:
        yield duty.where


def events_of_watch(watch: Watch) -> frozenset[str]:
    """The events a watch is on, counts, or asks row by row."""
    found = set() if watch.kind == "record" else {watch.on}
    found |= {c.event for c in watch.counts}
    found |= {name for s in watch.sequences for name in (s.first, s.second)}
    for rows in (rule.rows for rule in watch.rules if rule.rows is not None):
        found |= {rows.event, *(c.event for c in rows.counts)}
    return frozenset(found)


def events_of_duty(duty: Duty) -> frozenset[str]:
    """The event a duty comes from, and the one that shows it was done."""
    return frozenset(name for name in (duty.after, duty.event) if name is not None)
