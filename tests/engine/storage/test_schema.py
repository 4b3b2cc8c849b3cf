"""The tables of a store: made by migrations, the same as the metadata, older ones adopted."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sql
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from engine.commission.runs import JANUARY, run_of, statement
from engine.storage.stores import address, closed
from remit_engine.storage import closings, schema, tables
from remit_engine.storage.faults import Behind, Unstorable
from remit_engine.storage.opening import connected, open_store, reading, upgraded, writing
from remit_engine.storage.tables import pay
from remit_engine.storage.verification import verified

PAY = [t for t in vars(pay).values() if isinstance(t, sql.Table)]


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def url(request, tmp_path):
    return address(request.param, tmp_path)


def test_migrations_make_what_the_metadata_says(url):
    store = open_store(url)
    with reading(store) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
        assert schema.state(connection) is schema.State.CURRENT
    store.dispose()


def test_sqlite_has_the_very_same_statements(tmp_path):
    migrated = open_store(address("sqlite", tmp_path))
    made = sql.create_engine("sqlite://")
    with made.connect() as connection:
        tables.metadata.create_all(connection)
        wanted = statements(connection)
    with reading(migrated) as connection:
        found = statements(connection)
    assert {n: s for n, s in found.items() if n != "alembic_version"} == wanted


def statements(connection):
    """The words of what made each table and index, by name, in no order of their own."""
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {n: sorted(re.findall(r"[\w.]+", s)) for n, s in rows if not n.startswith("sqlite_")}


def test_a_store_from_before_migrations_is_adopted_with_all_that_is_in_it(url):
    store = connected(url)
    with writing(store) as connection:
        older = [t for t in PAY if t.name != "dispute_answer"]  # each remit made what was missing
        tables.metadata.create_all(connection, tables=older)
    closed(store, run_of([statement("field", "ann", JANUARY, 100, {"S1": 1000})]), JANUARY)
    if store.dialect.name == "postgresql":
        with pytest.raises(Behind, match="an earlier remit") as caught:
            open_store(url)
        assert caught.value.help is not None
        assert "`remit db upgrade`" in caught.value.help
    assert upgraded(store) is None
    again = store if url == "sqlite://" else open_store(url)
    with reading(again) as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []
        assert [h.period for h in closings.heads(connection)] == [JANUARY]
        assert not [told for _, found in verified(connection) for told in found]
    assert upgraded(again) == schema.head()
    again.dispose()
    store.dispose()


def test_a_file_from_before_migrations_is_brought_up_to_date_when_it_is_opened(tmp_path):
    url = address("sqlite", tmp_path)
    store = connected(url)
    with writing(store) as connection:
        tables.metadata.create_all(connection, tables=PAY)
    closed(store, run_of([statement("field", "ann", JANUARY, 100)]), JANUARY)
    store.dispose()
    store = open_store(url)
    with reading(store) as connection:
        assert schema.step_of(connection) == schema.head()
        assert [h.period for h in closings.heads(connection)] == [JANUARY]
    store.dispose()


def test_a_store_of_a_later_remit_is_left_alone(url):
    store = open_store(url)
    with writing(store) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Behind, match="step 9999, which this remit does not know"):
        upgraded(store)
    if url != "sqlite://":
        with pytest.raises(Behind, match="step 9999"):
            open_store(url)
    store.dispose()


def test_an_upgrade_that_fails_leaves_the_store_as_it_was(url):
    """A table of another program stands where ours belongs."""
    store = connected(url)
    with writing(store) as connection:
        tables.metadata.create_all(connection, tables=PAY)
        connection.exec_driver_sql("CREATE TABLE event (other INTEGER)")
    with pytest.raises(sql.exc.DatabaseError, match="event"):
        upgraded(store)
    with reading(store) as connection:
        assert schema.step_of(connection) is None
        assert not sql.inspect(connection).has_table("decision")
    store.dispose()


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_text_that_no_database_keeps_is_refused_before_it_gets_there(url, text):
    store = open_store(url)
    row = {"kind": text, "id": "1", "happened": "x", "received": "x", "by": "x", "body": "{}"}
    with writing(store) as connection, pytest.raises(sql.exc.StatementError) as caught:
        connection.execute(tables.event.insert(), row)
    assert isinstance(caught.value.orig, Unstorable)
    store.dispose()


def test_amounts_are_exact_text_in_every_table():
    columns = [c for t in tables.metadata.tables.values() for c in t.columns]
    assert not [c for c in columns if isinstance(c.type, sql.Float | sql.Numeric)]
