"""Faults planted in small policies: each is found, at its place, with a request that shows it.

What is expected was written by hand from the text of each policy. A line of a policy that a
finding may point at ends in `# here`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from engine.asking import peopled
from remit_dsl.diagnostics import Diagnostic, errors
from remit_dsl.loader import load
from remit_engine.analysis.answer import Answer, Asked, Status
from remit_engine.analysis.prove import QUESTIONS, prove
from remit_engine.analysis.scope import Scope
from remit_engine.analysis.tables import table_faults
from remit_engine.decision import Outcome
from remit_engine.engine import Engine
from remit_engine.reading.directory_reader import read_directory_text
from remit_engine.rules.ir import Model
from remit_engine.rules.lower import lower
from remit_engine.suite import read_suite_text, run_suite
from remit_engine.suite.case_writer import case_text

PLANTED = Path(__file__).parent / "planted"
TODAY = date(2026, 3, 1)
SCOPE = Scope(TODAY)
HERE = "# here"
YES = frozenset({Outcome.PERMIT, Outcome.NEEDS})

Shows = Callable[[tuple[Asked, ...]], bool]


@dataclass(frozen=True)
class Planted:
    """positions: those it is about, the one complained of first. says: words of the message, its
    help or its notes. shows: what is true of the witness; None where none is needed. also: what
    other questions must say of the same text."""

    file: str
    question: str
    code: str
    positions: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    shows: Shows | None = None
    also: frozenset[str] = frozenset()


def fact(asked: Asked, path: str) -> object:
    at: object = asked.request.facts
    for step in path.split("."):
        at = at[step]  # type: ignore[index]
    return at


def percent(low: str, high: str) -> Callable[[Asked], bool]:
    """The rate is over `low` and up to `high`, both in percent."""

    def holds(asked: Asked) -> bool:
        rate = fact(asked, "rate")
        return isinstance(rate, Fraction) and Fraction(low) / 100 < rate <= Fraction(high) / 100

    return holds


def each(*conditions: Callable[[Asked], bool]) -> Shows:
    """There are requests, and of each all of these are true."""
    return lambda witness: bool(witness) and all(c(a) for a in witness for c in conditions)


def below_may_more(*conditions: Callable[[Asked], bool]) -> Shows:
    """The clerk may, and the manager may not do the very same."""

    def holds(witness: tuple[Asked, ...]) -> bool:
        by = {a.request.actor.shown: a for a in witness}
        manager, clerk = by["manager"], by["clerk"]
        same = replace(manager.request, actor=clerk.request.actor) == clerk.request
        answers = clerk.outcome in YES and manager.outcome not in YES
        return len(witness) == 2 and same and answers and all(c(clerk) for c in conditions)

    return holds


def answered(*outcomes: Outcome) -> Callable[[Asked], bool]:
    return lambda asked: asked.outcome in outcomes


MANAGER_CLERK = ("shop.manager", "shop.clerk")

PLANTS = (
    Planted(
        "gap_at_the_boundary", "dead_end", "W0804",
        says=("200,000",),
        shows=each(lambda a: fact(a, "total") == 200_000, answered(Outcome.DENY)),
        also=frozenset({"W0805"}),  # what the manager may, his director may not
    ),
    Planted(
        "dead_end_above", "dead_end", "W0804",
        says=("35%",),
        shows=each(percent("35", "40"), answered(Outcome.DENY)),
    ),
    Planted(
        "dead_end_for_a_loan", "dead_end", "W0804",
        says=("loan",),
        shows=each(lambda a: fact(a, "kind") == "loan", answered(Outcome.DENY)),
    ),
    Planted(
        "each_for_his_unit",
        "monotone",
        "W0805",
        ("shop.director", "shop.head"),
        shows=each(lambda a: fact(a, "unit") == a.request.actor.attributes["unit"]),
    ),
    Planted(
        "not_monotone_but_for_himself",
        "monotone",
        "W0805",
        MANAGER_CLERK,
        shows=below_may_more(),
    ),
    Planted("shadowed", "shadowed", "W0802", says=("discount.narrow", "discount.wide")),
    Planted("emptied", "emptied", "W0803", says=("discount.sale", "discount.floor")),
    Planted("never_by_numbers", "unreachable", "W0801", says=("discount.small",)),
    Planted("never_by_a_parameter", "unreachable", "W0801", says=("discount.small",)),
    Planted("never_by_dates", "unreachable", "W0801", says=("discount.early",)),
    Planted(
        "not_monotone", "monotone", "W0805", MANAGER_CLERK,
        says=("manager", "clerk"),
        shows=below_may_more(percent("8", "10")),
    ),
    Planted(
        "not_monotone_in_one_region", "monotone", "W0805", MANAGER_CLERK,
        says=("manager", "clerk"),
        shows=below_may_more(percent("4", "6"), lambda a: fact(a, "region") == "west"),
    ),
    Planted(
        "not_monotone_from_july", "monotone", "W0805", MANAGER_CLERK,
        says=("manager", "clerk"),
        shows=below_may_more(
            percent("10", "12"), lambda a: a.request.as_of >= date(2026, 7, 1)
        ),
    ),
    Planted("delegation_to_the_reviewer", "separation", "W0807", says=("controller",)),
    Planted("both_hands", "separation", "W0806", says=("manager",)),
    Planted(
        "power_without_accountability", "accountability", "W0808", ("shop.manager",),
        says=("manager",),
    ),
    Planted(
        "accountability_without_power", "accountability", "W0809", ("shop.collector",),
        says=("collector", "collection of receivables"),
    ),
    Planted(
        "contradiction", "contradiction", "W0810", ("shop.manager",),
        says=("manager", "recommend", "approve"),
    ),
    Planted("gap_of_a_day", "dates", "W0811", says=("2026-06-30",)),
    Planted("gap_of_a_parameter", "dates", "W0811", says=("2026-06-01", "clerk_limit")),
    Planted("ends_soon", "dates", "W0812", says=("2026-04-01",)),
    Planted("swapped_date", "dates", "W0813", says=("2026-01-07", "2026-07-01")),
    Planted("unset_parameter", "unset", "W0814", says=("clerk_limit", "half_limit")),
)  # fmt: skip


@cache
def model(file: str) -> Model:
    program, found = load([PLANTED / f"{file}.remit"])
    assert program is not None, found
    return lower(program)


def asked(file: str, question: str) -> list[Answer]:
    return prove(model(file), SCOPE, (question,))


def places(finding: Diagnostic) -> list[str]:
    """The lines that a finding points at."""
    spans = [finding.span, *(r.span for r in finding.related)]
    return [Path(s.file).read_text(encoding="utf-8").splitlines()[s.line - 1] for s in spans]


def words(finding: Diagnostic) -> str:
    notes = [r.message for r in finding.related]
    return "\n".join([finding.message, finding.help or "", *notes])


def here(file: str) -> list[str]:
    lines = (PLANTED / f"{file}.remit").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.endswith(HERE)]


def the_one(answers: list[Answer], code: str) -> Answer:
    """The answer that tells of the fault; no other is open."""
    (found,) = [a for a in answers if a.open]
    assert found.status is Status.REFUTED, found
    assert found.finding is not None
    assert found.finding.code == code
    return found


@pytest.mark.parametrize("plant", PLANTS, ids=lambda p: p.file)
def test_the_fault_is_found_where_it_is(plant: Planted) -> None:
    found = the_one(asked(plant.file, plant.question), plant.code)
    assert found.question == plant.question
    assert found.finding is not None
    lines = places(found.finding)
    assert lines[0] in here(plant.file), lines
    for word in plant.says:
        assert word in words(found.finding)
    if plant.positions:
        assert found.about.positions == plant.positions


@pytest.mark.parametrize("plant", [p for p in PLANTS if p.shows], ids=lambda p: p.file)
def test_the_witness_shows_it(plant: Planted) -> None:
    witness = the_one(asked(plant.file, plant.question), plant.code).witness
    assert plant.shows is not None
    assert plant.shows(witness), witness
    engine = Engine(model(plant.file), reference=True)
    assert all(engine.decide(a.request).outcome == a.outcome for a in witness)


@pytest.mark.parametrize("plant", [p for p in PLANTS if p.shows], ids=lambda p: p.file)
def test_the_case_of_a_finding_can_be_pasted(plant: Planted) -> None:
    witness = the_one(asked(plant.file, plant.question), plant.code).witness
    engine = Engine(model(plant.file))
    text = case_text(plant.file, witness, engine.model)
    suite, found = read_suite_text("planted.test.yaml", f"cases:\n{text}", engine)
    assert suite is not None, (text, found)
    results = run_suite(suite, engine).results
    assert [r.failures for r in results] == [()] * len(witness)
    read = [(r.request.actor.positions, r.request.as_of) for r in results if r.request]
    assert read == [(a.request.actor.positions, a.request.as_of) for a in witness]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda p: p.file)
def test_no_other_question_complains(plant: Planted) -> None:
    found = [a.finding for a in prove(model(plant.file), SCOPE) if a.open]
    assert {d.code for d in found if d} == {plant.code} | plant.also


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_sound_policy_has_no_fault(question: str) -> None:
    answers = asked("sound", question)
    assert [a for a in answers if a.status is not Status.PROVEN] == []


# --- faults for which there is no program, or no people ------------------------------------


@pytest.mark.parametrize(
    ("file", "code", "says"),
    [("overlap_by_a_cent", "E0421", "100.01"), ("gap_in_a_table", "E0422", "100")],
)
def test_a_fault_of_a_table_is_refuted_too(file: str, code: str, says: str) -> None:
    program, found = load([PLANTED / f"{file}.remit"])
    assert program is None
    refuted = the_one(table_faults(found), code)
    assert refuted.finding is not None
    assert says in refuted.finding.message
    assert places(refuted.finding)[0] in here(file)
    assert refuted.question == "tables"


def test_a_circle_of_delegations_is_an_error_of_the_directory() -> None:
    at = model("cycle_of_delegation")
    people = (PLANTED / "cycle_of_delegation.yaml").read_text(encoding="utf-8")
    directory, found = read_directory_text("people.yaml", people, at)
    assert directory is None
    assert [d.code for d in errors(found)] == ["E0631"]


def test_without_the_second_entry_there_is_no_circle() -> None:
    people = (PLANTED / "cycle_of_delegation.yaml").read_text(encoding="utf-8")
    kept = "\n".join(people.splitlines()[:-1])
    assert peopled(kept, model("cycle_of_delegation")).delegations


def test_every_planted_file_is_used() -> None:
    used = {p.file for p in PLANTS} | {
        "overlap_by_a_cent", "gap_in_a_table", "cycle_of_delegation", "sound",
    }  # fmt: skip
    assert {p.stem for p in PLANTED.iterdir()} == used
