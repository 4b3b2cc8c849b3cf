"""Grants that others cover, and grants that prohibitions empty."""

from __future__ import annotations

import pytest

from engine.analysis.probing import agreed, outcomes, probe, statuses, the_open
from remit_engine.analysis.answer import Status

HOUSE = """policy house { owner director currency CNY }
position clerk { reports to manager }
position manager { reports to director }
position director
enum Region { north { beijing hebei } east { shanghai } }
record Person { territory: set of Region optional }
right release implies review
action pay { amount money  a money  region Region  urgent boolean  note text optional
  limit on amount }
"""


def policy(text: str) -> str:
    return f"{HOUSE}authority pay {{ {text} }}\n"


def shadowed(text: str) -> dict[str, str]:
    return statuses(probe("shadowed", policy(text)))


def emptied(text: str) -> dict[str, str]:
    return statuses(probe("emptied", policy(text)))


# --- shadowed ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "status"),
    [
        ("clerk may approve up to 10", "refuted"),
        ("clerk may approve under 10", "refuted"),
        ("clerk may approve up to 10.01", "proven"),
        ("clerk may approve any", "proven"),
        ("clerk may approve up to 5 when urgent", "refuted"),
        ("clerk may approve between 10 and 11", "proven"),
        ("clerk may approve between 9 and 10", "refuted"),
        ("clerk may approve up to 10 each, 10 per month", "refuted"),
        ("clerk may approve up to min(a, 10)", "refuted"),
        ("clerk may approve up to max(a, 10)", "proven"),
        ("clerk may review up to 10", "proven"),
        ("manager may approve up to 10", "proven"),
        ("clerk may approve up to 5 from 2027-01-01", "refuted"),
    ],
)
def test_behind_a_wider_one(second: str, status: str) -> None:
    told = shadowed(f"wide: clerk may approve up to 10\nother: {second}")
    assert told["other"] == status


def test_of_two_alike_one_is_told() -> None:
    assert shadowed("a: clerk may approve up to 5\nb: clerk may approve up to 5") == {
        "a": "proven", "b": "refuted",
    }  # fmt: skip


def test_behind_two_others_only_together() -> None:
    low, high = "low: clerk may approve between 0 and 5", "high: clerk may approve between 5 and 10"
    middle = "middle: clerk may approve between 3 and 7"
    found = probe("shadowed", policy(f"{low}\n{middle}\n{high}"))
    assert statuses(found) == {"low": "proven", "middle": "refuted", "high": "proven"}
    found.says(
        "W0802 `pay.middle` gives nothing that `pay.low` and `pay.high` do not give together"
    )
    found.points(f"this gives it already: {low}", f"this gives it already: {high}")
    assert shadowed(f"{low}\n{middle}") == {"low": "proven", "middle": "proven"}
    gap = high.replace("between 5", "between 5.01")
    assert shadowed(f"{low}\n{middle}\n{gap}")["middle"] == "proven"


def test_by_two_regions_together_but_not_by_one_member_less() -> None:
    east = "e: clerk may approve any when region in east\n"
    all_of = "all: clerk may approve any when region in (beijing, hebei, shanghai)"
    whole = "n: clerk may approve any when region in north\n"
    assert shadowed(whole + east + all_of) == {"n": "proven", "e": "proven", "all": "refuted"}
    exact = whole.replace("in north", "= north")
    assert shadowed(exact + east + all_of) == {"n": "proven", "e": "proven", "all": "proven"}


def test_by_what_is_given_and_what_is_absent_together() -> None:
    text = (
        "whole: clerk may approve up to 5\n"
        "given: clerk may approve any when note is given\n"
        "absent: clerk may approve any when note is absent"
    )
    assert shadowed(text)["whole"] == "refuted"
    valued = text.replace("note is given", 'note = "x"').replace("note is absent", 'note != "x"')
    assert shadowed(valued)["whole"] == "proven"  # neither is true where the note is absent


def test_for_one_of_two_positions_only_is_no_shadow() -> None:
    text = "both: clerk, manager may approve up to 5\nmore: manager may approve up to 10\n"
    assert shadowed(text) == {"both": "proven", "more": "proven"}
    assert shadowed(text + "rest: clerk may approve up to 6")["both"] == "refuted"


def test_by_inheritance() -> None:
    text = "low: clerk may approve up to 5\nhigh: manager may approve up to 3\nsuperiors inherit"
    assert shadowed(text) == {"low": "proven", "high": "refuted"}


def test_an_implied_right_is_not_given_in_vain() -> None:
    text = "r: clerk may release up to 5\nv: clerk may review up to 5"
    assert shadowed(text) == {"r": "proven", "v": "refuted"}
    assert shadowed("r: clerk may release up to 5\nv: clerk may review up to 6") == {
        "r": "proven", "v": "proven",
    }  # fmt: skip
    wide = "r: clerk may release up to 5\nv: clerk may review any"
    assert shadowed(wide) == {"r": "proven", "v": "proven"}  # the release itself is more


def test_days_cover_what_lies_ahead_and_not_what_was() -> None:
    text = (
        "old: clerk may approve up to 5 until 2026-06-01\nnew: clerk may approve up to {} from {}"
    )
    assert shadowed(text.format(9, "2026-06-01"))["old"] == "proven"
    assert shadowed(text.format(9, "2026-02-01"))["old"] == "refuted"  # asked on 2026-03-01
    assert shadowed(text.format(4, "2026-02-01"))["old"] == "proven"


def test_what_never_applies_is_no_shadow() -> None:
    assert shadowed("a: clerk may approve any\nb: clerk may approve up to -1")["b"] == "proven"
    assert shadowed("a: clerk may approve any\nb: clerk may approve any until 2026-02-01") == {
        "a": "proven", "b": "proven",
    }  # fmt: skip


def test_what_hangs_on_one_another_is_looked_at_by_requests() -> None:
    text = "wide: clerk may approve any when amount > a\nnarrow: clerk may approve any when {}"
    assert shadowed(text.format("amount > a + 1"))["narrow"] == "refuted"
    assert shadowed(text.format("amount > a - 1"))["narrow"] == "proven"
    assert shadowed(text.format("amount > 10 and a < 5"))["narrow"] in ("refuted", "unknown")


def test_a_person_of_a_set_is_no_cover_of_all() -> None:
    text = (
        "mine: clerk may approve any when region in actor.territory\nall: clerk may approve up to 5"
    )
    assert shadowed(text) == {"mine": "proven", "all": "proven"}
    assert shadowed(text.replace("up to 5", "any"))["mine"] == "refuted"


def test_the_example_of_a_shadow_is_what_the_engines_say() -> None:
    text = policy("wide: clerk may approve up to 10\nnarrow: clerk may approve up to 5")
    found = probe("shadowed", text)
    agreed(text, found)
    assert outcomes(found) == ["clerk permit"]
    found.helps(
        'leave it out, widen it, or give the reason: `waive shadowed at pay.narrow because "…"`'
    ).underlines("narrow: clerk may approve up to 5")


def test_too_few_steps_never_say_proven_or_refuted_wrongly() -> None:
    text = policy("a: clerk may approve between 0 and 5\nb: clerk may approve between 5 and 9\n"
                  "c: clerk may approve between 3 and 7")  # fmt: skip
    told = statuses(probe("shadowed", text, steps=0))
    assert told["c"] in ("refuted", "unknown")
    assert "refuted" not in (told["a"], told["b"])


# --- emptied -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bar", "status"),
    [
        ("nobody may approve over 0 when urgent", "proven"),  # nothing at all stays
        ("nobody may approve at least 0 when urgent", "refuted"),
        ("nobody may approve when urgent", "refuted"),
        ("nobody may approve", "refuted"),
        ("clerk may not approve up to 10", "refuted"),
        ("clerk may not approve under 10", "proven"),
        ("manager may not approve", "proven"),
        ("nobody may review", "proven"),
        ("requester may not approve", "proven"),
        ("nobody may approve when region in (north, east)", "refuted"),
        ("nobody may approve when region in (north, shanghai)", "proven"),
        ("nobody may approve from 2027-01-01", "proven"),
        ("nobody may approve from 2026-01-01", "refuted"),
        ("nobody may approve from 2026-04-01", "proven"),
        ('nobody may approve when note = "x"', "proven"),
        ("nobody may approve when amount <= a", "proven"),
        ("nobody may approve when amount <= max(a, 10)", "refuted"),
    ],
)
def test_by_one_prohibition(bar: str, status: str) -> None:
    assert emptied(f"give: clerk may approve up to 10 when urgent\nbar: {bar}")["give"] == status


def test_a_prohibition_that_may_apply_for_want_of_a_fact_empties_too() -> None:
    """Where the note is absent it is not known whether it is x: nothing is given surely."""
    text = (
        'give: clerk may approve any when note is absent\nbar: nobody may approve when note = "x"'
    )
    assert emptied(text)["give"] == "refuted"


def test_by_two_prohibitions_together() -> None:
    text = (
        "give: clerk may approve up to 10\n"
        "low: clerk may not approve up to 5\nhigh: clerk may not approve over {}"
    )
    found = probe("emptied", policy(text.format(5)))
    found.says(
        "W0803 `pay.give` gives `clerk` nothing: `pay.low` and `pay.high` forbid all of it together"
    )
    assert emptied(text.format("5.01"))["give"] == "proven"


def test_for_one_position_that_it_names_itself() -> None:
    text = "give: clerk, manager may approve any\nbar: clerk may not approve"
    found = probe("emptied", policy(text))
    found.says("W0803 `pay.give` gives `clerk` nothing: `pay.bar` forbids all of it")
    assert the_open(found).about.positions == ("house.clerk",)
    assert outcomes(found) == ["clerk deny"]
    found.points("this forbids it: bar: clerk may not approve")


def test_for_a_position_that_only_inherits_it_is_no_finding() -> None:
    text = "give: clerk may approve any\nbar: manager may not approve\nsuperiors inherit"
    assert emptied(text)["give"] == "proven"
    assert emptied("give: anyone may approve any\nbar: manager may not approve")["give"] == "proven"


def test_for_everybody_who_inherits_it_too() -> None:
    text = "give: clerk may approve any\nbar: nobody may approve\nsuperiors inherit"
    assert emptied(text)["give"] == "refuted"


def test_an_unset_right_is_not_empty() -> None:
    assert "give" not in emptied("give: clerk may approve unset\nbar: nobody may approve")


def test_status_of_unknown_says_why() -> None:
    text = (
        "give: clerk may approve any\n"
        "one: nobody may approve when amount > a\ntwo: nobody may approve when amount <= a"
    )
    found = probe("emptied", policy(text))
    assert statuses(found)["give"] == "refuted"
    answer = the_open(found)
    assert answer.status is Status.REFUTED
    assert set(answer.about.rules) == {"pay.give", "pay.one", "pay.two"}
