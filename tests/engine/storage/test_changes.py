"""Whatever is altered in versions, publications, delegations and keys is found, and named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sql
from alembic import command
from sqlalchemy.engine import Engine

from engine.commission.runs import JANUARY, run_of, statement
from engine.storage.ledgers import court, ledger, pending
from engine.storage.stores import address, store
from engine.storage.stores import keep as keep_run
from engine.storage.test_tampering import after, altered, others, rows
from remit_dsl.source import Span
from remit_engine.people.directory import DelegationEntry
from remit_engine.storage import (
    api_keys,
    audit,
    changes,
    delegations,
    jobs,
    schema,
    tables,
    versions,
)
from remit_engine.storage.api_keys import ApiKey
from remit_engine.storage.changes import KEPT
from remit_engine.storage.delegations import Lent
from remit_engine.storage.idempotency import Key, answer, forget, keep
from remit_engine.storage.jobs import Order
from remit_engine.storage.opening import connected, reading, upgraded, writing
from remit_engine.storage.versions import Findings

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
MOMENT = NOW.isoformat()
FOUND = Findings([], {"ok": True}, {"rows": 0})
ENTRY = DelegationEntry(
    giver="mo", taker="ann", action="house.pay", verbs=frozenset(["approve"]), limit=None,
    starts=date(2026, 3, 1), ends=date(2026, 4, 1), reason="leave", approved_by=None,
    span=Span("", 1, 1, 0, 0),
)  # fmt: skip


def fill(opened: Engine) -> None:
    """Every way in which such a row is written."""
    with writing(opened) as connection:
        versions.seed(connection, {"a.remit": "one"}, "people: []", "ada", FOUND)
        draft = versions.draft(connection, {"a.remit": "two"}, "ada", note="more")
        versions.draft(connection, {"a.remit": "two"}, "ben", based_on=draft.id)
        people = versions.keep_directory(connection, "people: [1]", "ada", note="one more")
        versions.keep_directory(connection, "people: [1]", "ben", based_on=people.id)
        versions.publish(connection, draft.id, people.id, "fin", FOUND, note="now")
        waits = Lent("dlg_1", ENTRY, "mo", MOMENT, waits_for="house.director")
        lent = delegations.approve(
            connection, delegations.add(connection, waits), "dee", date(2026, 3, 2), MOMENT
        )
        delegations.end(connection, lent, "mo", date(2026, 3, 9), MOMENT)
        delegations.add(connection, Lent("dlg_2", ENTRY, "mo", MOMENT))
        for id in ("k1", "k2"):
            roles, none = frozenset(["machine"]), frozenset[str]()
            made = ApiKey(id, "0" * 64, "shop", "mo", roles, none, NOW, "ada", expires=NOW)
            api_keys.made(connection, made)
        api_keys.revoked(connection, "k2", "ada", NOW)
        keep(connection, Key("ann", "kept", "body"), 201, "/v1/x", "{}")
        for person in ("fin", None):
            order = Order("fin", person, "all", JANUARY, "events", "auto")
            jobs.ordered(connection, order, MOMENT)
            job = jobs.claimed(connection, "here", MOMENT)
            assert job is not None
            run = keep_run(connection, run_of([statement("field", "ann", JANUARY, 1)]), JANUARY)
            jobs.done(connection, job, run, (), MOMENT)
    book = ledger(opened)
    book.record([pending("ann", 100, key="paid")], replace(court(), revision=5))


@pytest.fixture(params=["sqlite", "postgres"], scope="module")
def kept(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with store(request.param, tmp_path_factory.mktemp("changes")) as opened:
        fill(opened)
        yield opened


def test_nothing_is_found_where_nothing_was_altered(kept: Engine) -> None:
    with reading(kept) as connection:
        found = audit.verified(connection)
    assert found.broken == []
    assert (found.rows, found.changed) == (1, rows(kept, tables.change)[-1]["hash"])
    assert found.changes == len(rows(kept, tables.change)) > 15
    for table in KEPT.values():
        assert rows(kept, table), table.name


COLUMNS = [(table.name, column.name) for table in KEPT.values() for column in table.c]


@pytest.mark.parametrize(("table", "name"), COLUMNS)
def test_an_altered_column_is_found_with_its_row(kept: Engine, table: str, name: str) -> None:
    subject, column, tried = KEPT[table], KEPT[table].c[name], 0
    for row in rows(kept, subject):
        for value in others(row[name], column):
            with suppress(sql.exc.IntegrityError):  # the database itself does not take it
                found = after(kept, altered(subject, row, column, value))
                named = {b.id for b in found if b.what == table.replace("_", " ")}
                assert changes.key_of(subject, row) in named, (row, value, found)
            tried += 1
    assert tried


@pytest.mark.parametrize("name", [c.name for c in tables.change.c])
def test_an_altered_change_is_found_with_its_number(kept: Engine, name: str) -> None:
    column = tables.change.c[name]
    few = slice(None, None, 1 if kept.dialect.name == "sqlite" else 8)
    for row in rows(kept, tables.change)[few]:
        for value in others(row[name], column):
            with suppress(sql.exc.IntegrityError):
                found = after(kept, altered(tables.change, row, column, value))
                near = {row["seq"], row["seq"] + 1, value}  # the one after it, or its new number
                assert near & {b.seq for b in found}, (row, value, found)
                assert {b.what for b in found} & {"change"}


@pytest.mark.parametrize("table", [t for t in KEPT if t != "policy_version"])
def test_a_row_that_is_gone_is_missed(kept: Engine, table: str) -> None:
    subject = KEPT[table]
    row = rows(kept, subject)[-1]
    where = [c == row[c.name] for c in subject.primary_key]
    with suppress(sql.exc.IntegrityError):
        found = after(kept, subject.delete().where(*where))
        told = [(b.what, b.id, b.message) for b in found]
        assert told == [(table.replace("_", " "), changes.key_of(subject, row), "it is gone")]


def test_a_row_that_was_put_in_is_found(kept: Engine) -> None:
    row = {**rows(kept, tables.api_key)[0], "id": "k9"}
    (found,) = after(kept, tables.api_key.insert().values(row))
    assert (found.what, found.id) == ("api key", '["k9"]')
    assert found.message == "it was put in: no change says so"


def test_what_was_cut_off_at_the_end_changes_the_last_hash(kept: Engine) -> None:
    last = rows(kept, tables.change)[-1]
    found = after(
        kept,
        tables.change.delete().where(tables.change.c.seq == last["seq"]),
        tables.idempotency.delete().where(tables.idempotency.c.key == "paid"),
    )
    assert found == []  # which is why the last hash is written down elsewhere
    with reading(kept) as connection:
        assert changes.head(connection) == (last["seq"], last["hash"])


def test_what_is_forgotten_is_not_missed(tmp_path: Path) -> None:
    with store("sqlite", tmp_path) as opened:
        with writing(opened) as connection:
            for number in range(3):
                keep(connection, Key("ann", f"k{number}", "b"), 200, None, "{}")
            assert forget(connection, datetime.now(UTC) + timedelta(days=1)) == 3
            assert forget(connection, datetime.now(UTC) + timedelta(days=1)) == 0
            keep(connection, Key("ann", "k1", "another"), 200, None, "{}")  # it may come anew
        with reading(opened) as connection:
            assert list(changes.verified(connection)) == []
            assert answer(connection, Key("ann", "k0", "b")) is None
        with writing(opened) as connection:
            keep(connection, Key("ann", "k2", "b"), 200, None, "{}")
            connection.execute(tables.idempotency.delete())
        with reading(opened) as connection:
            told = [(a.key, a.message) for a in changes.verified(connection)]
        assert told == [('["ann","k1"]', "it is gone"), ('["ann","k2"]', "it is gone")]


def typed(opened: Engine, table: sql.Table) -> list[dict[str, Any]]:
    with reading(opened) as connection:
        return [dict(row) for row in connection.execute(sql.select(table)).mappings()]


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_what_stood_before_there_were_changes_is_their_beginning(kind: str, tmp_path: Path) -> None:
    with store("memory", tmp_path) as filled:
        fill(filled)
        later = ("run_maker",)  # made after there were changes
        kept_rows = {n: typed(filled, table) for n, table in KEPT.items() if n not in later}
    opened = connected(address(kind, tmp_path))
    with writing(opened) as connection:
        command.upgrade(schema._config({"connection": connection}), "0007")
        for name, found in kept_rows.items():
            for row in found:
                connection.execute(KEPT[name].insert().values(row))
    assert upgraded(opened) == "0007"
    with reading(opened) as connection:
        assert list(changes.verified(connection)) == []
        assert changes.head(connection)[0] == sum(map(len, kept_rows.values()))
    with writing(opened) as connection:
        connection.execute(tables.delegation.update().values(reason="another"))
        told = [a.what for a in changes.verified(connection)]
    assert told == ["delegation", "delegation"]
    opened.dispose()
