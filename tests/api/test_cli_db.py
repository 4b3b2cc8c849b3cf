"""`remit db …`: a store brought up to date, copied and verified."""

from __future__ import annotations

import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sql

from engine.storage.ledgers import court, ledger, outcomes, pending
from engine.storage.stores import address
from remit_engine.storage import api_keys, schema, tables
from remit_engine.storage.api_keys import ApiKey
from remit_engine.storage.opening import connected, open_store, writing
from remit_engine.storage.tables import pay


@pytest.fixture
def cli(remit):
    """`remit` with words and paths."""
    return lambda *words: remit(*map(str, words))


@pytest.fixture
def file(tmp_path):
    """A store with two decisions and a key."""
    path = tmp_path / "remit.db"
    store = open_store(f"sqlite:///{path}")
    found = ledger(store).record([pending("mo", 9_000), pending("mo", 1_001)], court())
    assert outcomes(found) == ["permit", "escalate"]
    with writing(store) as connection:
        now, none = datetime(2026, 3, 15, tzinfo=UTC), frozenset[str]()
        roles = frozenset(["machine"])
        api_keys.made(connection, ApiKey("k", "0" * 64, "shop", None, roles, none, now, "ada"))
    store.dispose()
    return path


def test_verify_says_what_was_altered(cli, file):
    good = cli("db", "verify", "--database", file)
    assert good.code == 0
    assert "2 decisions, 1 change, nothing was altered" in good.out
    said = cli("db", "verify", "--database", file, "--json").document
    both = ("--expect", said["last"][:12], "--expect", said["last_change"][:12])
    assert cli("db", "verify", "--database", file, *both).code == 0
    assert cli("db", "verify", "--database", file, "--expect", "0" * 12).code == 8
    with sqlite3.connect(file) as raw:
        raw.execute("UPDATE api_key SET roles = '[\"administrator\"]'")
    bad = cli("db", "verify", "--database", file)
    assert bad.code == 8
    assert 'altered: api key (["k"]): it was altered' in bad.out
    with sqlite3.connect(file) as raw:
        raw.execute("UPDATE decision SET outcome = 'deny' WHERE seq = 1")
    bad = cli("db", "verify", "--database", file)
    assert bad.code == 8
    assert "altered: decision 1 (dec_" in bad.out
    assert "its hash does not fit" in bad.out


def test_a_copy_is_a_store(cli, file, tmp_path):
    copy = tmp_path / "copy.db"
    assert cli("db", "backup", copy, "--database", file).code == 0
    assert "2 decisions" in cli("db", "verify", "--database", copy).out
    again = cli("db", "backup", copy, "--database", file)
    assert again.code != 0
    assert "is there already" in again.err
    assert not list(tmp_path.glob(".*.part"))
    nowhere = cli("db", "backup", tmp_path / "no" / "copy.db", "--database", file)
    assert nowhere.code == 74
    assert cli("db", "backup", copy, "--database", tmp_path / "no.db").code != 0


def test_upgrade_says_from_where_to_where(cli, tmp_path):
    path = tmp_path / "old.db"
    old = connected(f"sqlite:///{path}")
    with writing(old) as connection:
        of_pay = [t for t in vars(pay).values() if isinstance(t, sql.Table)]
        tables.metadata.create_all(connection, tables=of_pay)
    old.dispose()
    head = schema.head()
    assert f"at step {head} now" in cli("db", "upgrade", "--database", path).out
    assert "up to date" in cli("db", "upgrade", "--database", path).out
    told = cli("db", "upgrade", "--database", path, "--json").document
    assert told == {"before": head, "now": head}


def test_postgres_is_copied_by_pg_dump_without_telling_the_password(cli, tmp_path, monkeypatch):
    url = address("postgres", tmp_path)
    open_store(url).dispose()
    monkeypatch.setenv("PATH", str(tmp_path))
    without = cli("db", "backup", tmp_path / "x", "--database", url)
    assert without.code != 0
    assert "there is no `pg_dump`" in without.err
    script = tmp_path / "pg_dump"
    script.write_text(
        f"#!{sys.executable}\nimport os, sys\n"
        "file = next(a for a in sys.argv if a.startswith('--file='))[7:]\n"
        "open(file, 'w').write(' '.join(sys.argv) + ' ' + os.environ.get('PGPASSWORD', ''))\n"
    )
    script.chmod(0o755)
    secret = url.replace("remit@", "remit:hush@")
    assert cli("db", "backup", tmp_path / "x", "--database", secret).code == 0
    *words, password = Path(tmp_path / "x").read_text().split(" ")
    assert password == "hush"
    assert "hush" not in " ".join(words)
    script.write_text(f"#!{sys.executable}\nimport sys\nsys.exit('no such base')\n")
    failed = cli("db", "backup", tmp_path / "y", "--database", url)
    assert "`pg_dump` failed: no such base" in failed.err


@pytest.mark.parametrize(
    ("words", "maker"),
    [
        (("key", "list"), "`remit key create`"),
        (("key", "revoke", "x"), "`remit key create`"),
        (("db", "verify"), "`remit serve --database`"),
        (("db", "backup", "copy.db"), "`remit serve --database`"),
    ],
)
def test_who_has_no_store_is_told_what_makes_one(remit, words, maker):
    ran = remit(*words, "--database", "none.db")
    assert ran.err.splitlines() == [
        "error: there is no store `none.db`",
        f"help: {maker} makes one",
    ]
