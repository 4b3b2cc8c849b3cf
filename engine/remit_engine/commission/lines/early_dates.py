"""Rows that say that a line was returned, or collected, before it was (docs/pay.md section 6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from remit_engine.commission.basis.periods import Period
from remit_engine.commission.basis.terms import Terms
from remit_engine.commission.statement import Early


def early_dates(terms: Iterable[Terms], through: Period) -> tuple[Early, ...]:
    """What the rows of each plan say so, up to the end of a period."""
    return tuple(found for of, asked in dates(terms) if (found := _found(of, asked, through)))


def dates(terms: Iterable[Terms]) -> Iterator[tuple[Terms, Early]]:
    """The dates by which plans hold and reverse, each once, before anybody counted."""
    seen: set[tuple[str, str, str]] = set()
    for of in terms:
        plan = of.plan
        clauses = [(r.field, True) for r in plan.reversals if r.kind == "date"]
        if plan.hold is not None and plan.hold.kind == "date":
            clauses.append((plan.hold.field, False))
        for field, reverses in clauses:
            if plan.event is None or plan.by is None or field in (None, plan.by):
                continue
            key = (plan.event, field or "", plan.by)
            if key not in seen:
                seen.add(key)
                yield of, Early(*key, reverses)


def _found(terms: Terms, asked: Early, through: Period) -> Early | None:
    rows = [
        row.id
        for row in terms.data.events.get(asked.event, ())
        if _is_early(row.facts.get(asked.field), row.facts.get(asked.by), terms, through)
    ]
    return asked.counted(len(rows), rows[0]) if rows else None


def _is_early(day: date | None, by: date | None, terms: Terms, through: Period) -> bool:
    if day is None or by is None or day >= by:
        return False
    return by <= through.last and terms.effective(by)
