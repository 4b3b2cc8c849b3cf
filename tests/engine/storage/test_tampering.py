"""Whatever is altered in the ledger or its totals, `verified` finds it and names the row."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
import sqlalchemy as sql

from engine.storage.ledgers import DAY, LATER, court, ledger, on, pending
from engine.storage.stores import store
from remit_engine.storage import audit, history, tables
from remit_engine.storage.ledger import Recorded
from remit_engine.storage.opening import reading, writing

DECISION, CONSUMPTION = tables.decision, tables.consumption


@pytest.fixture(params=["sqlite", "postgres"], scope="module")
def kept(request, tmp_path_factory):
    with store(request.param, tmp_path_factory.mktemp("ledger")) as opened:
        book = ledger(opened)
        days = [DAY - timedelta(days=1), DAY]
        asked = [on(pending("mo", 700, house=LATER), day) for day in days]
        asked += [pending("ann", 100, house=LATER), pending("ann", 9_500, house=LATER)]
        asked += [pending("max", 10, "rent", house=LATER), pending("ann", "x", "visit")]
        found = book.record(asked, court(LATER))
        assert all(isinstance(f, Recorded) for f in found)
        with writing(opened) as connection:
            book.reverse(connection, found[1].entry.id, caller="dee", reason="no", day=DAY)
        yield opened


class GivenUp(Exception):
    """The transaction was only a trial."""


def after(kept, *statements):
    """What is found once statements have run; nothing of them stays."""
    found = []
    try:
        with writing(kept) as connection:
            for statement in statements:
                connection.execute(statement)
            found = audit.verified(connection).broken
            raise GivenUp
    except GivenUp:
        return found


def others(value, column):
    """Other values that could stand in the place of one."""
    kind = column.type
    if isinstance(kind, sql.Date):
        yield date(2026, 1, 1)
    elif isinstance(kind, sql.Integer | sql.BigInteger):
        yield (value or 0) + 1000
    else:
        yield from ("1" if value != "1" else "2", f"{value or ''}0")
    if column.nullable and value is not None:
        yield None


def rows(kept, table):
    with reading(kept) as connection:
        columns = [sql.type_coerce(c, sql.types.NullType()).label(c.name) for c in table.c]
        asked = sql.select(*columns).order_by(*table.primary_key)
        return [dict(row) for row in connection.execute(asked).mappings()]


def altered(table, row, column, value):
    where = [sql.column(c.name) == _literal(row[c.name], c) for c in table.primary_key]
    raw = sql.table(table.name, *(sql.column(c.name) for c in table.c))
    return raw.update().where(*where).values({column.name: _literal(value, column)})


def _literal(value, column):
    """As the database has it, whatever the column's type makes of it."""
    if value is None:
        return sql.null()
    if isinstance(column.type, sql.Date) and isinstance(value, date):
        return sql.literal(value, sql.Date)
    return sql.literal(value, sql.BigInteger if isinstance(value, int) else sql.Text)


def test_nothing_is_found_where_nothing_was_altered(kept):
    with reading(kept) as connection:
        found = audit.verified(connection)
    assert (found.broken, found.rows) == ([], 7)
    assert found.head == rows(kept, DECISION)[-1]["hash"]


@pytest.mark.parametrize("name", [c.name for c in DECISION.c])
def test_an_altered_column_of_a_row_is_found_with_the_row(kept, name):
    column = DECISION.c[name]
    tried = 0
    for row in rows(kept, DECISION):
        for value in others(row[name], column):
            found = after(kept, altered(DECISION, row, column, value))
            named = {b.id for b in found} | {b.seq for b in found}
            assert row["seq"] in named or row["id"] in named, (row["seq"], value, found)
            tried += 1
    assert tried >= 7


@pytest.mark.parametrize("name", [c.name for c in CONSUMPTION.c])
def test_an_altered_total_is_found(kept, name):
    column = CONSUMPTION.c[name]
    for row in rows(kept, CONSUMPTION):
        if row["amount"] != "0":  # a total of nothing says the same as none
            for value in others(row[name], column):
                found = after(kept, altered(CONSUMPTION, row, column, value))
                assert {b.what for b in found} == {"total"}, (row, value)
                assert any(row["action"] in b.message for b in found)


def test_what_sqlite_lets_stand_in_any_column_is_found(kept):
    if kept.dialect.name != "sqlite":
        return  # PostgreSQL lets nothing stand that is not of the column's type
    for name in [c.name for c in DECISION.c]:
        for value in ("x'00ff'", "1.5", "'2026-02-30'"):
            if name != "seq":
                changed = sql.text(f'UPDATE decision SET "{name}" = {value} WHERE seq = 3')
                found = after(kept, changed)
                assert 3 in {b.seq for b in found}, (name, value)


def test_rows_that_are_gone_or_put_in_are_found(kept):
    for row in rows(kept, DECISION)[:-1]:
        gone = DECISION.delete().where(DECISION.c.seq == row["seq"])
        assert any(b.seq == row["seq"] + 1 for b in after(kept, gone))
    last = rows(kept, DECISION)[-1]
    forged = {**last, "seq": 8, "id": "dec_new", "reverses": None, "previous": last["hash"]}
    raw = sql.table("decision", *(sql.column(c.name) for c in DECISION.c))
    values = {name: _literal(value, DECISION.c[name]) for name, value in forged.items()}
    found = after(kept, raw.insert().values(values))
    assert [(b.seq, b.id) for b in found] == [(8, "dec_new")]
    # whoever cuts off the end takes along what it used up
    assert any(b.what == "total" for b in after(kept, DECISION.delete().where(DECISION.c.seq == 7)))


def test_totals_that_are_gone_are_found(kept):
    for row in rows(kept, CONSUMPTION):
        if row["amount"] != "0":
            where = [c == row[c.name] for c in CONSUMPTION.primary_key if c.name != "day"]
            found = after(kept, CONSUMPTION.delete().where(*where))
            assert any("no total is kept" in b.message for b in found)
    assert after(kept, tables.dimension.delete())


def test_what_is_exported_is_verified_without_the_store(kept):
    with reading(kept) as connection:
        exported = list(history.lines(connection))
        part = list(history.lines(connection, 3, 5))
    assert not list(history.verified_lines(iter(exported)))
    assert not list(history.verified_lines(iter(part)))
    assert [json.loads(line)["seq"] for line in part] == [3, 4, 5]
    for at, line in enumerate(exported):
        row = json.loads(line)
        for name, value in row.items():
            changed = {**row, name: f"{value}0" if isinstance(value, str) else 77}
            told = [*exported[:at], json.dumps(changed), *exported[at + 1 :]]
            found = list(history.verified_lines(iter(told)))
            assert {row["id"], row["seq"]} & {x for b in found for x in (b.id, b.seq)}, name
        if 0 < at < len(exported) - 1:
            assert list(history.verified_lines(iter([*exported[:at], *exported[at + 1 :]])))
    assert [b.message for b in history.verified_lines(iter(["[]", "{"]))] == [
        "line 1 is no row of a ledger",
        "line 2 is no row of a ledger",
    ]
