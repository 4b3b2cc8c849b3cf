"""Runs of pay in the store: kept whole, and read back."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from remit_engine.commission.basis.periods import Period
from remit_engine.commission.closed.changes import Change, Value
from remit_engine.commission.closed.closing import Comparison, Difference, Version, named, obstacles
from remit_engine.commission.closed.document import (
    Document,
    change_document,
    difference_document,
    digest,
    uncounted_document,
)
from remit_engine.commission.statement import Run, Statement, Uncounted
from remit_engine.storage import remarks, statement_rows, tables
from remit_engine.storage.faults import NotKept
from remit_engine.storage.remarks import Remarks
from remit_engine.storage.tables import Row


@dataclass(frozen=True, slots=True)
class RunHead:
    """What is known of a run beside what it gives. number: 0 while it is not kept. period: the one
    asked for. plans: with their currencies. data: where it was read. engine: what computed it."""

    number: int
    period: Period
    policy: str
    day: date
    data: str
    engine: str
    plans: Mapping[str, str | None]

    @property
    def version(self) -> Version:
        """The version of what it gives."""
        return Version(self.number, self.policy, self.day)


def next_number(connection: Connection) -> int:
    """The number that the next run gets."""
    return (connection.scalar(sql.select(sql.func.max(tables.run.c.id))) or 0) + 1


def closed_periods(connection: Connection, plan: str) -> list[Period]:
    """The closed periods of a plan, in the order they were closed."""
    c = tables.closing.c
    asked = sql.select(c.period).where(c.plan == plan).order_by(c.id)
    return list(connection.scalars(asked))


def keep(
    connection: Connection,
    head: RunHead,
    run: Run,
    comparison: Comparison,
    told: Remarks | None = None,
) -> None:
    """Keep a run: the statements of open periods, its differences to closed ones, and what it says
    of those. `comparison` is made in the same writing transaction, so that nothing is closed in
    between, and `head` has the number of `next_number`. told: what is shown beside it."""
    closed = {plan: closed_periods(connection, plan) for plan in head.plans}
    connection.execute(tables.run.insert(), _run_row(head))
    plans = [
        {
            "run": head.number,
            "plan": plan,
            "currency": currency,
            "closings": len(closed[plan]),
            "faults": json.dumps(_faults(run, plan, head, comparison), ensure_ascii=False),
        }
        for plan, currency in head.plans.items()
    ]
    _insert(connection, tables.run_plan, plans)
    statement_rows.write(connection, head.number, _wanted(run, closed, comparison.differences))
    uncounted = ({"run": head.number, **uncounted_document(u)} for u in run.uncounted)
    _insert(connection, tables.uncounted, uncounted)
    differences = (_difference_row(head.number, d) for d in comparison.differences)
    _insert(connection, tables.difference, differences)
    remarks.keep(connection, head.number, told or Remarks(bases=run.base))


def head_of(connection: Connection, number: int) -> RunHead:
    """A kept run; raises NotKept where there is none of the number."""
    row = connection.execute(sql.select(tables.run).where(tables.run.c.id == number)).mappings()
    found = row.one_or_none()
    if found is None:
        raise NotKept(f"there is no run {number} in the store")
    c = tables.run_plan.c
    plans = connection.execute(sql.select(c.plan, c.currency).where(c.run == number).order_by(c.id))
    return RunHead(
        number, found["period"], found["policy"], found["day"], found["data"],
        found["engine"], {row.plan: row.currency for row in plans},
    )  # fmt: skip


def listed(
    connection: Connection,
    limit: int,
    *,
    before: int | None = None,
    person: str | None = None,
    plan: str | None = None,
    of: Period | None = None,
) -> list[RunHead]:
    """The latest runs first. before: only those of a smaller number. person: only those with a
    statement of his. plan, of: only those of a plan, or of a period."""
    r, p, s = tables.run.c, tables.run_plan.c, tables.statement.c
    asked = sql.select(r.id).order_by(r.id.desc()).limit(limit)
    if before is not None:
        asked = asked.where(r.id < before)
    if person is not None:
        asked = asked.where(sql.exists().where(s.run == r.id, s.person == person))
    if plan is not None:
        asked = asked.where(sql.exists().where(p.run == r.id, p.plan == plan))
    if of is not None:
        asked = asked.where(r.period == of)
    return [head_of(connection, number) for number in connection.scalars(asked).all()]


def latest(connection: Connection, plan: str, asked: Period) -> int:
    """The last run of a plan for a period; raises NotKept where there is none."""
    r, p = tables.run.c, tables.run_plan.c
    found = connection.scalar(
        sql.select(sql.func.max(r.id))
        .join(tables.run_plan, p.run == r.id)
        .where(p.plan == plan, r.period == asked)
    )
    if found is None:
        help = "make one, and keep it"
        raise NotKept(f"no run of `{plan}` for {asked} is in the store", help)
    return int(found)


def plans_for(connection: Connection, asked: Period) -> list[str]:
    """The plans of all runs for a period."""
    r, p = tables.run.c, tables.run_plan.c
    found = sql.select(p.plan).join(tables.run, p.run == r.id).where(r.period == asked).distinct()
    return list(connection.scalars(found.order_by(p.plan)))


def latest_of_each(connection: Connection) -> dict[str, int]:
    """The number of the last run of each plan, whatever its period."""
    c = tables.run_plan.c
    asked = sql.select(c.plan, sql.func.max(c.run)).group_by(c.plan)
    return {plan: int(number) for plan, number in connection.execute(asked)}


def statements(
    connection: Connection,
    number: int,
    plan: str | None,
    of: Period | None,
    person: str | None = None,
) -> Iterator[Statement]:
    """The statements of a run, of one plan, period and person where they are named."""
    c = tables.statement.c
    wanted = [c.run == number]
    wanted += [c.plan == plan] if plan is not None else []
    wanted += [c.period == of] if of is not None else []
    wanted += [c.person == person] if person is not None else []
    return (statement for _, statement in statement_rows.read(connection, *wanted))


def open_periods(connection: Connection, number: int, plan: str) -> list[Period]:
    """The periods of a plan that a run gives statements for and that are not closed, in order."""
    c = tables.statement.c
    asked = sql.select(c.period).where(c.run == number, c.plan == plan).distinct()
    done = closed_periods(connection, plan)
    return sorted(p for p in connection.scalars(asked) if p not in done)


def persons(connection: Connection, number: int, plan: str, of: Period) -> list[str]:
    """Who has a statement of a plan and period."""
    c = tables.statement.c
    asked = sql.select(c.person).where(c.run == number, c.plan == plan, c.period == of)
    return list(connection.scalars(asked.order_by(c.person)))


def plans_of(connection: Connection, person: str) -> set[str]:
    """The plans that ever gave a person a statement."""
    c = tables.statement.c
    return set(connection.scalars(sql.select(c.plan).where(c.person == person).distinct()))


def uncounted(connection: Connection, number: int) -> tuple[Uncounted, ...]:
    """What a run did not count."""
    c = tables.uncounted.c
    asked = sql.select(c.plan, c.event, c.place, c.reason, c.fault).where(c.run == number)
    return tuple(Uncounted(*row) for row in connection.execute(asked.order_by(c.id)))


@dataclass(frozen=True, slots=True)
class Total:
    """What a run pays by a plan for its period. statements: how many; due and differences: sums."""

    statements: int
    due: Fraction
    differences: Fraction


def totals(connection: Connection, head: RunHead) -> dict[str, Total]:
    """What a run pays by each of its plans."""
    s, d = tables.statement.c, tables.difference.c
    asked = sql.select(s.plan, s.due).where(s.run == head.number, s.period == head.period)
    due: dict[str, list[Fraction]] = {plan: [] for plan in head.plans}
    for plan, amount in connection.execute(asked):
        due[plan].append(amount or Fraction(0))
    more = dict.fromkeys(head.plans, Fraction(0))
    posted = sql.select(d.plan, d.amount).where(d.run == head.number, d.posted == head.period)
    for plan, amount in connection.execute(posted):
        more[plan] += amount
    return {p: Total(len(own), sum(own, Fraction(0)), more[p]) for p, own in due.items()}


def uncounted_page(
    connection: Connection, number: int, after: int | None, limit: int
) -> list[tuple[int, Uncounted]]:
    """What a run did not count, in order, behind an id, each with its id."""
    c = tables.uncounted.c
    asked = sql.select(tables.uncounted).where(c.run == number, c.id > (after or 0))
    rows = connection.execute(asked.order_by(c.id).limit(limit)).mappings()
    names = ("plan", "event", "place", "reason", "fault")
    return [(row["id"], Uncounted(*(row[name] for name in names))) for row in rows]


def uncounted_counts(connection: Connection, number: int) -> tuple[int, int]:
    """How many rows a run did not count, and how many of them are at fault."""
    c = tables.uncounted.c
    asked = sql.select(sql.func.count(), sql.func.count().filter(c.fault)).where(c.run == number)
    rows, faults = connection.execute(asked).one()
    return rows, faults


def differences(connection: Connection, *conditions: sql.ColumnElement[bool]) -> list[Difference]:
    """The differences that fit, in order, without the statements they stand on."""
    c = tables.difference.c
    rows = connection.execute(sql.select(tables.difference).where(*conditions).order_by(c.id))
    heads: dict[int, RunHead] = {}
    return [difference_of(connection, row, heads) for row in rows.mappings()]


def posted(connection: Connection, number: int) -> list[Difference]:
    """The differences of a run."""
    return differences(connection, tables.difference.c.run == number)


def plans(connection: Connection) -> list[str]:
    """The plans of all runs."""
    c = tables.run_plan.c
    return list(connection.scalars(sql.select(c.plan).distinct().order_by(c.plan)))


def difference_of(connection: Connection, row: Row, heads: dict[int, RunHead]) -> Difference:
    """A difference from its row. heads: runs that were read already."""
    for number in (row["old_run"], row["run"]):
        if number not in heads:
            heads[number] = head_of(connection, number)
    old, new = heads[row["old_run"]].version, heads[row["run"]].version
    changes = tuple(_change(change) for change in json.loads(row["changes"]))
    key = (row["plan"], row["person"], row["period"], row["posted"])
    return Difference(*key, row["amount"], old, new, None, changes)


def moment() -> str:
    """Now, in UTC, to the second."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"


def _wanted(
    run: Run, closed: Mapping[str, Collection[Period]], found: Iterable[Difference]
) -> Iterator[Statement]:
    differing = {(d.plan, d.person, d.period) for d in found}
    for key, statement in run.statements.items():
        if key[2] not in closed.get(key[0], ()) or key in differing:
            yield statement


def _faults(run: Run, plan: str, head: RunHead, comparison: Comparison) -> list[str]:
    unsettled = [s for s in comparison.unsettled if s.plan == plan]
    late = [named(s.person, s.period, s.fault) for s in unsettled]
    return list(dict.fromkeys([*obstacles(run, plan, head.period.last), *late]))


def _run_row(head: RunHead) -> dict[str, Any]:
    return {
        "id": head.number,
        "period": head.period,
        "policy": head.policy,
        "day": head.day,
        "made": moment(),
        "data": head.data,
        "engine": head.engine,
    }


def _difference_row(number: int, difference: Difference) -> dict[str, Any]:
    return {
        "run": number,
        "plan": difference.plan,
        "person": difference.person,
        "period": difference.period,
        "posted": difference.posted,
        "amount": difference.amount,
        "old_run": difference.old.run,
        "changes": json.dumps([change_document(c) for c in difference.changes], ensure_ascii=False),
        "digest": digest(difference_document(difference)),
    }


def _change(told: Document) -> Change:
    old, new = (_value(told[side], told["number"]) for side in ("old", "new"))
    return Change(told["about"], told["name"], told["what"], old, new, told["kind"])


def _value(told: str | None, number: bool) -> Value:
    return Fraction(told) if number and told is not None else told


def _insert(connection: Connection, table: sql.Table, rows: Iterable[dict[str, Any]]) -> None:
    given = list(rows)
    if given:
        connection.execute(table.insert(), given)
