"""`remit check`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from remit_api.cli import check as command
from remit_dsl.diagnostics import Diagnostic
from remit_dsl.source import NOWHERE
from remit_engine.analysis.answer import About, unknown


def test_no_faults(house):
    ran = house("check")
    assert ran.code == 0
    assert ran.first == "no faults in 1 policy, 5 positions, 1 action and 5 rules"


def test_a_fault_with_its_place(house, file):
    file("policies/b.remit", "policy b { currency EUR }\nposition x { reports to y }\n")
    ran = house("check")
    assert ran.code == 3
    assert "policies/b.remit:2:25" in ran.err
    assert "^" in ran.err
    assert ran.first.startswith("1 error; `remit explain E")


def test_the_directory_is_checked_as_well(house, file):
    file("policies/directory.yaml", "people: [{id: a, positions: [{position: sales_manger}]}]\n")
    ran = house("check")
    assert ran.code == 3
    assert "unknown position `sales_manger`" in ran.err
    assert "did you mean `sales_manager`?" in ran.err
    assert house("check", "--no-directory").code == 0


def test_json(house, file):
    assert house("check", "--json").document["ok"] is True
    file("policies/b.remit", "policy b { currency EUR }\nposition x { reports to y }\n")
    ran = house("check", "--json")
    assert ran.code == 3
    assert ran.err == ""
    (found,) = ran.document["diagnostics"]
    assert found["code"].startswith("E")


def test_nothing_there(remit):
    assert remit("check").code == 2
    ran = remit("check", "nowhere.remit")
    assert ran.code == 2
    assert "there is no file or folder `nowhere.remit`" in ran.err


def test_a_folder_without_policies(remit, file):
    file("empty/note.txt", "x")
    ran = remit("check", "empty")
    assert ran.code in (2, 3)
    assert ran.err


# --- the fast questions of `remit prove` ---------------------------------------------------


def planted(name: str) -> str:
    folder = Path(__file__).parents[1] / "engine" / "analysis" / "planted"
    return (folder / f"{name}.remit").read_text(encoding="utf-8")


def test_what_does_not_hold_over_all_requests_is_a_warning(remit, file):
    file("p.remit", planted("not_monotone"))
    ran = remit("check", "p.remit")
    assert ran.code == 0
    assert "warning[W0805]: " in ran.err
    assert ran.err.count("--> p.remit:") == 2
    assert ran.first == "no errors, 1 warning; `remit explain W0805` says more"
    assert remit("check", "p.remit", "--strict").code == 3
    (found,) = remit("check", "p.remit", "--json").document["diagnostics"]
    assert (found["code"], found["severity"]) == ("W0805", "warning")


def test_proofs_can_be_left_out(remit, file):
    file("p.remit", planted("not_monotone"))
    ran = remit("check", "p.remit", "--no-proofs", "--strict")
    assert (ran.code, ran.err) == (0, "")
    assert ran.first.startswith("no faults in ")


def test_what_is_waived_is_not_told(remit, file):
    waiver = 'waive monotone on discount for manager because "he is new"\n'
    file("p.remit", planted("not_monotone") + waiver)
    assert remit("check", "p.remit", "--strict").code == 0


def test_a_policy_with_errors_is_not_asked(remit, file):
    file("p.remit", planted("not_monotone").replace("clerk    may", "clark    may"))
    ran = remit("check", "p.remit")
    assert ran.code == 3
    assert "W08" not in ran.err


def test_a_directory_with_errors_keeps_proofs_away_and_is_told(remit, file):
    file("p.remit", planted("not_monotone"))
    file("directory.yaml", "people: [{id: a, positions: [{position: clark}]}]\n")
    ran = remit("check", "p.remit")
    assert ran.code == 3
    assert "unknown position `clark`" in ran.err
    assert "W08" not in ran.err


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("gap_of_a_parameter", {"W0506"}),
        ("unset_parameter", {"W0502"}),
        ("gap_of_a_day", {"W0811"}),
        ("ends_soon", set()),
        ("sound", set()),
    ],
)
def test_nothing_is_told_twice_and_no_end_that_is_near(remit, file, monkeypatch, name, codes):
    class Day(date):
        @classmethod
        def today(cls):
            return cls(2026, 3, 1)

    monkeypatch.setattr(command, "date", Day)
    file("p.remit", planted(name))
    found = remit("check", "p.remit", "--json").document["diagnostics"]
    assert {d["code"] for d in found} == codes


def test_what_is_left_open_is_said_to_who_asks(remit, file, monkeypatch):
    file("p.remit", planted("sound"))
    left = unknown("dead_end", About(), Diagnostic(NOWHERE, "W0815", "not settled"), "too hard")
    monkeypatch.setattr(command, "prove", lambda model, scope: [left])
    ran = remit("check", "p.remit", "--verbose", "--strict")
    assert ran.code == 0
    assert "1 question left open: `remit prove` tries harder" in ran.err


def test_a_policy_that_is_over_is_said(house):
    path = Path("policies/sales.remit")
    text = path.read_text(encoding="utf-8")
    ended = text.replace("from 2026-01-01", "from 2025-01-01 until 2025-11-01", 1)
    path.write_text(ended, encoding="utf-8")
    said = "warning[W0824]: policy `sales` is not in force since 2025-11-01"
    assert said in house("check").err
    ran = house("prove")
    assert ran.code == 5
    assert said in ran.out
    assert "W0824" not in house("prove", "--as-of", "2025-10-01", "--question", "dates").out
