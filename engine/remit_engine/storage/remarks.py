"""What is kept of a run beside its statements: names, what plans stand on, where people stand.

It is shown with statements and decides nothing, so that no closing covers it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_engine.commission.climb import Climb, Rung
from remit_engine.commission.closed.document import amount
from remit_engine.storage import tables

Place = tuple[str, str]
"""(plan, person)"""


@dataclass(frozen=True, slots=True)
class Remarks:
    """names: person -> how he is called. bases: plan -> the plan it stands on. climbs: where people
    stand at the end of the period the run was asked for."""

    names: Mapping[str, str] = field(default_factory=dict)
    bases: Mapping[str, str] = field(default_factory=dict)
    climbs: Mapping[Place, Climb] = field(default_factory=dict)

    def underneath(self, plan: str) -> tuple[str, ...]:
        """The plans that a plan stands on, the nearest first."""
        base = self.bases.get(plan)
        return () if base is None else (base, *self.underneath(base))


def keep(connection: Connection, run: int, told: Remarks) -> None:
    """Keep what is told of a run."""
    rows: dict[sql.Table, list[dict[str, Any]]] = {
        tables.run_name: [{"run": run, "person": p, "name": n} for p, n in told.names.items()],
        tables.run_base: [{"run": run, "plan": p, "base": b} for p, b in told.bases.items()],
        tables.run_climb: [
            {"run": run, "plan": plan, "person": person, "climb": _written(climb)}
            for (plan, person), climb in told.climbs.items()
        ],
    }
    for table, given in rows.items():
        if given:
            connection.execute(table.insert(), given)


def read(connection: Connection, run: int, plan: str | None = None) -> Remarks:
    """What was told of a run; climbs of one plan, where it is named."""
    n, b, c = tables.run_name.c, tables.run_base.c, tables.run_climb.c
    names = connection.execute(sql.select(n.person, n.name).where(n.run == run))
    bases = connection.execute(sql.select(b.plan, b.base).where(b.run == run))
    wanted = [c.run == run, *([] if plan is None else [c.plan == plan])]
    climbs = connection.execute(sql.select(c.plan, c.person, c.climb).where(*wanted))
    return Remarks(
        {row.person: row.name for row in names},
        {row.plan: row.base for row in bases},
        {(row.plan, row.person): _climb(row.climb) for row in climbs},
    )


def names(connection: Connection) -> dict[str, str]:
    """How people are called in the latest run that says so."""
    n = tables.run_name.c
    return {row.person: row.name for row in connection.execute(
        sql.select(n.person, n.name).order_by(n.run)
    )}  # fmt: skip


def _written(climb: Climb) -> str:
    against = None if climb.against is None else [climb.against[0], amount(climb.against[1])]
    rungs = [[r.text, amount(r.low), amount(r.high), amount(r.rate)] for r in climb.rungs]
    shown = (climb.step, climb.kind, climb.over, climb.base, amount(climb.position))
    return json.dumps([*shown, against, climb.unit, rungs, climb.at], ensure_ascii=False)


def _climb(text: str) -> Climb:
    step, kind, over, base, position, against, unit, rungs, at = json.loads(text)
    told = None if against is None else (against[0], Fraction(against[1]))
    return Climb(
        step, kind, over, base, Fraction(position), told, unit,
        tuple(Rung(t, _number(low), _number(high), Fraction(rate)) for t, low, high, rate in rungs),
        at,
    )  # fmt: skip


def _number(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
