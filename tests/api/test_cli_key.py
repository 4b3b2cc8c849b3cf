"""`remit key`: made where the database is, shown once, revoked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from remit_api.cli.exit_codes import ExitCode
from remit_api.http.identity.key_text import read_key
from remit_engine.storage import api_keys
from remit_engine.storage.opening import open_store, reading


def test_a_key_from_making_to_its_end(house):
    made = house("key", "create", "--name", "shop", "--role", "machine", "--scope", "decisions")
    key = read_key(made.out.strip())
    assert made.code == ExitCode.OK
    assert key is not None
    with reading(open_store("sqlite:///remit.db")) as connection:
        kept = api_keys.of_id(connection, key.id)
    assert kept is not None
    assert key.fits(kept.digest)
    assert (kept.roles, kept.scopes) == ({"machine"}, {"decisions"})
    listed = house("key", "list")
    assert key.id in listed.out
    assert key.text not in listed.out
    assert key.text.encode() not in Path("remit.db").read_bytes()
    assert house("key", "revoke", key.id).code == ExitCode.OK
    assert "revoked" in house("key", "list").out
    again = house("key", "revoke", key.id)
    assert again.code != ExitCode.OK
    assert "was revoked before" in again.err


def test_json(house):
    made = json.loads(
        house("key", "create", "--name", "a", "--role", "auditor", "--days", "3", "--json").out
    )
    (key,) = json.loads(house("key", "list", "--json").out)["keys"]
    assert key["id"] == made["id"]
    assert key["expires"] is not None
    assert "digest" not in key
    assert json.loads(house("key", "revoke", made["id"], "--json").out)["revoked_by"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--role", "machin"], "did you mean `machine`?"),
        (["--role", "machine", "--scope", "decision"], "did you mean `decisions`?"),
        (["--role", "finance", "--person", "nobody.at.all"], "there is no person"),
        (["--role", "machine", "--until", "2020-01-01"], "expired before it is made"),
        (["--role", "machine", "--until", "2099-01-01", "--days", "2"], "the same thing"),
        (["--role", "machine", "--until", "soon"], "--until"),
    ],
)
def test_what_makes_no_key(house, words, said):
    ran = house("key", "create", "--name", "x", *words)
    assert ran.code != ExitCode.OK
    assert said in ran.err
    assert not ran.out.strip()


def test_a_key_for_a_person_of_the_directory(house):
    people = Path("policies/directory.yaml").read_text("utf-8")
    person = people.split("id: ", 1)[1].split(",")[0].split()[0]
    made = house("key", "create", "--name", "x", "--role", "finance", "--person", person)
    assert read_key(made.out.strip()) is not None


def test_a_key_that_is_not_there(house):
    house("key", "create", "--name", "x", "--role", "machine")
    ran = house("key", "revoke", "nothing")
    assert ran.code != ExitCode.OK
    assert "there is no key `nothing`" in ran.err


def test_no_keys_at_all(house):
    assert house("key", "list").code != ExitCode.OK, "there is no database"


def test_the_demo_is_one_process(house):
    ran = house("serve", "--demo", "--workers", "2")
    assert ran.code == ExitCode.USAGE
    assert "one process" in ran.err


def test_an_issuer_needs_its_audience(house):
    ran = house("serve", "--oidc-issuer", "https://issuer.example", "--oidc-roles-claim", "roles")
    assert ran.code == ExitCode.USAGE
    assert "every audience" in ran.err


def test_an_open_address_needs_a_key(house):
    ran = house("serve", "--host", "0.0.0.0")
    assert ran.code == ExitCode.USAGE
    assert "nobody can say who he is" in ran.err


def test_a_role_that_is_not_there_is_told_which_there_are(house):
    ran = house("key", "create", "--name", "x", "--role", "admin")
    assert ran.code != ExitCode.OK
    there = "`administrator`, `auditor`, `finance`, `machine`, `representative`"
    assert f"there is no role `admin`: there are {there}" in " ".join(ran.err.split())
