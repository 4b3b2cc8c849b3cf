"""`remit serve` refuses what cannot be served before it listens."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from remit_api.cli.exit_codes import ExitCode


def test_the_demo_stays_on_this_machine(house):
    ran = house("serve", "--demo", "--host", "0.0.0.0")
    assert ran.code == ExitCode.USAGE
    assert "others can reach" in ran.err


def test_a_policy_with_errors_is_shown(house):
    Path("policies/sales.remit").write_text("policy broken {", encoding="utf-8")
    ran = house("serve")
    assert ran.code == ExitCode.INVALID_POLICY
    assert "sales.remit:1" in ran.err


def test_a_zone_there_is_not(house):
    ran = house("serve", "--zone", "Mars/Olympus")
    assert ran.code == ExitCode.USAGE
    assert "there is no time zone `Mars/Olympus`" in ran.err


def test_a_database_of_something_else(house):
    Path("notes.db").write_text("no database at all, and long enough for a header", "utf-8")
    ran = house("serve", "--database", "notes.db")
    assert ran.code == ExitCode.IO
    assert "`notes.db` is not a database" in ran.err


def test_a_port_that_is_taken(house):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = house("serve", "--demo", "--port", str(port))
    assert ran.code == ExitCode.IO
    assert f"the service cannot listen on `127.0.0.1:{port}`: address already in use" in ran.err
    assert "answers on" not in ran.err + ran.out, "nothing is said that is not so"
    assert "Bearer" not in ran.err + ran.out


@pytest.mark.parametrize(
    "url", ["remit.example.com", "http://remit.example.com", "https://", "https://a.example/?b=c"]
)
def test_an_address_that_is_not_handed_out(house, url):
    ran = house("serve", "--public-url", url)
    assert ran.code == ExitCode.USAGE
    assert f"`{url}` is not an address to hand out" in ran.err


def test_a_mapping_with_faults(house):
    Path("authzen.yaml").write_text("subjects: {user: group}\nresources: {}\n", encoding="utf-8")
    ran = house("serve", "--authzen", "authzen.yaml")
    assert ran.code == ExitCode.INVALID_REQUEST
    assert "subjects.user" in ran.err


def test_a_mapping_that_is_not_there(house):
    ran = house("serve", "--authzen", "nowhere.yaml")
    assert ran.code == ExitCode.USAGE
    assert "nowhere.yaml" in ran.err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("erp", "`erp` is no name with its place"),
        ("ERP=.", "`ERP=.` is no name with its place"),
        ("erp=", "`erp=` is no name with its place"),
        ("erp=nowhere", "there is no folder `nowhere`"),
        ("erp=sqlite:///nowhere.db", "there is no database file"),
    ],
)
def test_a_place_of_data_that_is_none(house, given, said):
    ran = house("serve", "--pay-data", given)
    assert ran.code == 2
    assert said in ran.err
