"""The sample packs have no open finding, and no waiver that waives nothing."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from remit_api.wiring import load_directory
from remit_dsl.loader import load
from remit_dsl.program import Program
from remit_engine.analysis.answer import Answer, Status
from remit_engine.analysis.prove import QUESTIONS, prove
from remit_engine.analysis.scope import Scope
from remit_engine.people.directory import Directory
from remit_engine.rules.lower import lower

PACK = Path(__file__).parents[2] / "policies"
TODAY = date(2026, 2, 10)
LATER = date(2027, 2, 10)

# The folders that are read together, as in the suites of the pack, and the directory beside them.
PACKS: dict[str, tuple[tuple[str, ...], str | None]] = {
    "sales": (("sales", "common"), "sales/directory.yaml"),
    "hotel": (("hotel", "common"), None),
    "showroom": (("showroom", "common"), None),
    "property": (("property", "common"), None),
    "newco": (("newco", "common"), None),
    "ladder": (("ladder", "common"), None),
    "service": (("service",), None),
    "all": ((".",), "sales/directory.yaml"),
}
WAIVING = ("sales", "hotel", "property", "all")


@cache
def program(pack: str) -> Program:
    folders, _ = PACKS[pack]
    found, faults = load([PACK / folder for folder in folders])
    assert found is not None, "\n".join(f"{d.span}: {d.message}" for d in faults)
    return found


@cache
def people(pack: str) -> Directory:
    file = PACKS[pack][1]
    if file is None:
        return Directory.empty()
    return load_directory(PACK / file, program(pack))[0]


@cache
def answers(pack: str, today: date = TODAY, solver: bool = False) -> tuple[Answer, ...]:
    scope = Scope(today, people(pack), solver=solver)
    return tuple(prove(lower(program(pack)), scope))


def told(found: tuple[Answer, ...]) -> list[str]:
    return [f"{a.finding.span}: {a.finding.message}" for a in found if a.finding and a.open]


def test_every_folder_is_asked() -> None:
    folders = {p.parent.name for p in PACK.glob("*/*.remit")}
    assert folders == {folder for read, _ in PACKS.values() for folder in read} - {"."}


@pytest.mark.parametrize("pack", PACKS)
def test_nothing_is_open(pack: str) -> None:
    assert told(answers(pack)) == []


@pytest.mark.parametrize("pack", PACKS)
def test_nothing_opens_when_what_has_ended_is_over(pack: str) -> None:
    assert told(answers(pack, LATER)) == []


@pytest.mark.parametrize("pack", PACKS)
def test_nothing_is_left_for_the_solver(pack: str) -> None:
    assert [a.status for a in answers(pack)] == [a.status for a in answers(pack, solver=True)]
    assert Status.UNKNOWN not in {a.status for a in answers(pack)}


def test_the_company_pack_is_asked_every_question() -> None:
    assert {a.question for a in answers("sales")} == set(QUESTIONS)


@pytest.mark.parametrize("pack", WAIVING)
def test_every_waiver_waives_something(pack: str) -> None:
    reasons = {w.because.text for w in program(pack).waivers}
    assert {a.waived for a in answers(pack) if a.waived} == reasons


@pytest.mark.parametrize("pack", PACKS)
def test_what_is_waived_was_refuted(pack: str) -> None:
    assert {a.status for a in answers(pack) if a.waived} <= {Status.REFUTED}


def test_waivers_say_why_in_two_languages() -> None:
    for waiver in program("all").waivers:
        assert waiver.because.localized("zh") != waiver.because.text, waiver.span
