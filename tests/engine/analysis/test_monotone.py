"""A superior who may less than his report, from small policies; expectations are read off them."""

from __future__ import annotations

from datetime import date

import pytest

from engine.analysis.probing import agreed, fact, outcomes, plain, probe, statuses, the_open
from remit_engine.analysis.answer import Answer, Status

HOUSE = """policy house { owner director currency CNY }
position clerk { reports to manager }
position manager { reports to director }
position director
enum Region { north { beijing hebei } east { shanghai } }
record Person { territory: set of Region  trained: boolean optional }
action pay { amount money  a money  region Region  urgent boolean  note text optional
  limit on amount }
"""
TOP = "\ndirector may approve any"


def policy(text: str, before: str = "") -> str:
    return f"{HOUSE}{before}authority pay {{ {text}{TOP} }}\n"


def status(text: str, before: str = "") -> str:
    """Of the manager above the clerk; the director may any."""
    return statuses(probe("monotone", policy(text, before)))["manager/clerk"]


def slip(text: str, before: str = "") -> Answer:
    """The one answer that is open: the clerk may and his manager may not, as the engines say."""
    found = probe("monotone", policy(text, before))
    agreed(policy(text, before), found)
    answer = the_open(found)
    low, high = answer.witness
    assert answer.about.positions == ("house.manager", "house.clerk")
    assert (low.request.actor.shown, high.request.actor.shown) == ("clerk", "manager")
    assert low.outcome in ("permit", "needs")
    assert high.outcome not in ("permit", "needs")
    assert low.request.facts == high.request.facts
    assert low.request.totals == high.request.totals
    return answer


def message(answer: Answer) -> str:
    return plain(answer.finding)


RISING = [
    "clerk may approve up to 5\nmanager may approve up to 5",
    "clerk may approve under 5\nmanager may approve up to 5",
    "clerk may approve up to 5 when urgent\nmanager may approve up to 5",
    "clerk may approve up to 5\nclerk may not approve over 3\nmanager may approve up to 3",
    "clerk may approve up to 9\nnobody may approve over 3\nmanager may approve up to 3",
    (
        "clerk may approve up to 5\n"
        "manager may approve up to 3 when urgent\n"
        "manager may approve any when not urgent or amount > 2"
    ),
    "clerk may approve up to 5\nsuperiors inherit",
    "clerk may approve any when region in north\nmanager may approve any when region != shanghai",
    (
        "clerk may approve any when region in actor.territory\n"
        "manager may approve any when region in actor.territory"
    ),
    "clerk may approve up to 5 each, 10 per month\nmanager may approve up to 5 each, 10 per month",
    "clerk may approve up to 5 each, 10 per month\nmanager may approve up to 10",
    "clerk may approve up to 5\nmanager may approve unset",
    "clerk may approve up to min(a, 5)\nmanager may approve up to min(a, 5)",
    "clerk may approve up to min(a, 5)\nmanager may approve up to 5",
    "clerk may approve up to min(a, 5)\nmanager may approve up to a",
    "clerk may approve any when note is given\nmanager may approve any when note is given",
    "clerk may approve up to 5\nmanager may approve up to 9\nmanager may not approve over 7",
    "clerk may approve up to 5 until 2026-02-01\nmanager may approve up to 3",
    "manager may approve up to 3",
    "clerk may approve unset\nmanager may approve up to 3",
]


@pytest.mark.parametrize("text", RISING)
def test_rising(text: str) -> None:
    found = statuses(probe("monotone", policy(text)))
    assert set(found.values()) == {"proven"}, found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("clerk may approve up to 5\nmanager may approve under 5", "`amount` is 5"),
        ("clerk may approve up to 5\nmanager may approve up to 4.99", "over 4.99 and up to 5"),
        (
            "clerk may approve up to 5\nmanager may approve any when urgent",
            "`urgent` does not hold",
        ),
        (
            (
                "clerk may approve up to 5\n"
                "manager may approve up to 9\n"
                "manager may not approve over 4"
            ),
            "over 4 and up to 5",
        ),
        (
            "clerk may approve any when region in north\n"
            "manager may approve any when region in (beijing, hebei)",
            "`region` is `north`",
        ),
        (
            "clerk may approve any when region in actor.territory\n"
            "manager may approve any when region = north",
            "",
        ),
        ("clerk may approve up to a\nmanager may approve up to a - 1", ""),
        ("clerk may approve any when actor holds clerk\nmanager may approve up to 3", "over 3"),
    ],
)
def test_falling(text: str, told: str) -> None:
    assert told in message(slip(text))


def test_a_superior_without_any_right() -> None:
    answer = slip("clerk may approve up to 5")
    assert answer.finding is not None
    assert message(answer).endswith("and his superior `manager` has no such right")
    (related,) = answer.finding.related
    assert related.message == "`manager` has no such right at all"


def test_only_from_a_day_on() -> None:
    before = "parameter top: money { from 2026-01-01 -> 5  from 2026-07-01 -> 12 }\n"
    answer = slip("clerk may approve up to top\nmanager may approve up to 10", before)
    assert "over 10 and up to 12" in message(answer)
    assert all(a.request.as_of >= date(2026, 7, 1) for a in answer.witness)
    over = before.replace("2026-07-01 -> 12", "2026-07-01 -> 10")
    assert status("clerk may approve up to top\nmanager may approve up to 10", over) == "proven"


def test_the_day_that_a_grant_hangs_on_is_told() -> None:
    before = "parameter top: money { from 2026-01-01 -> 5  from 2026-07-01 -> 12 }\n"
    answer = slip("clerk may approve up to top\nmanager may approve up to 10", before)
    assert "from 2026-07-01" in message(answer)


def test_the_condition_of_the_grant_is_told() -> None:
    text = "clerk may approve any when urgent\nmanager may approve up to 10"
    assert "`urgent` holds" in message(slip(text))


def test_only_until_a_day() -> None:
    text = "clerk may approve up to 5\nmanager may approve up to 3 until 2026-06-01\n"
    answer = slip(text + "manager may approve any from 2026-06-01")
    assert "until 2026-06-01" in message(answer)
    assert all(a.request.as_of < date(2026, 6, 1) for a in answer.witness)
    gap = slip("clerk may approve up to 5\nmanager may approve any until 2026-06-01\n"
               "manager may approve any from 2026-06-02")  # fmt: skip
    assert {a.request.as_of for a in gap.witness} == {date(2026, 6, 1)}


def test_what_is_over_by_the_day_asked_is_of_no_interest() -> None:
    text = "clerk may approve up to 5 until 2026-03-01\nmanager may approve up to 3"
    assert status(text) == "proven"
    assert status(text.replace("03-01", "03-02")) == "refuted"


def test_a_month_of_the_superior_against_single_amounts_of_the_report() -> None:
    text = "clerk may approve up to 20_000\nmanager may approve up to 30_000 each, 50_000 per month"
    answer = slip(text)
    low = answer.witness[0].request
    assert fact(answer.witness[0], "amount") <= 20_000
    assert low.totals["month"] + fact(answer.witness[0], "amount") > 50_000


def test_a_smaller_month_of_the_superior() -> None:
    text = (
        "clerk may approve up to 5 each, 10 per month\n"
        "manager may approve up to 5 each, {} per month"
    )
    low = slip(text.format(9)).witness[0]
    assert 9 < low.request.totals["month"] + fact(low, "amount") <= 10
    assert status(text.format(10)) == "proven"


def test_a_total_by_customer_does_not_stand_for_that_of_the_month() -> None:
    text = (
        "clerk may approve up to 5 each, 10 per month\nmanager may approve up to 5 each, 10 per {}"
    )
    assert status(text.format("quarter")) == "refuted"
    assert status(text.format("month")) == "proven"


def test_an_optional_fact_that_is_absent() -> None:
    """The clerk may without a note; of the manager it is not known then, so he is not refused."""
    text = "clerk may approve up to 5\nmanager may approve any when {}"
    assert status(text.format('note = "x"')) == "refuted"
    assert fact(slip(text.format('note = "x"')).witness[0], "note") not in (None, "x")
    assert fact(slip(text.format("note is given")).witness[0], "note") is None
    either = "(note is absent or note is given)"
    assert status(text.format(either)) == "proven"


def test_the_superior_is_asked_with_the_territory_of_his_report() -> None:
    text = (
        "clerk may approve any when region in actor.territory\n"
        "manager may approve any when region in actor.territory and actor.trained"
    )
    answer = slip(text)
    low, high = (a.request for a in answer.witness)
    assert low.facts["region"] in low.actor.attributes["territory"]
    assert low.actor.attributes["territory"] == high.actor.attributes["territory"]
    assert low.actor.attributes["trained"] is False


def test_a_prohibition_for_the_superior_alone() -> None:
    answer = slip("clerk, manager may approve any\nbar: manager may not approve when urgent")
    assert fact(answer.witness[0], "urgent") is True
    assert answer.witness[1].outcome == "deny"
    assert answer.finding is not None
    assert [r.message for r in answer.finding.related] == [
        "what `manager` may", "what `manager` may not",
    ]  # fmt: skip


def test_a_prohibition_that_waits_for_a_fact_is_no_refusal() -> None:
    text = 'clerk, manager may approve any\nbar: manager may not approve when note = "x"'
    assert fact(slip(text).witness[0], "note") == "x"


def test_a_step_that_is_asked_of_the_superior_only_is_no_less() -> None:
    text = (
        "clerk, manager may approve any\n"
        "review_it: approve needs review by director when actor holds manager"
    )
    assert status(text) == "proven"


def test_the_requester_bar_is_alike_for_both() -> None:
    assert status("clerk, manager may approve any\nrequester may not approve") == "proven"


def test_verbs_are_asked_apart_and_advice_is_not() -> None:
    text = (
        "clerk may sign up to 5\n"
        "manager may sign up to 3\n"
        "director may sign any\n"
        "clerk may review any"
    )
    found = probe("monotone", policy(text))
    assert [(a.about.verb, str(a.status)) for a in found.answers] == [
        ("sign", "refuted"), ("sign", "proven"),
    ]  # fmt: skip


def test_the_next_superior_alone_is_compared() -> None:
    text = f"{HOUSE}authority pay {{ clerk may approve up to 5\ndirector may approve up to 3 }}"
    assert statuses(probe("monotone", text)) == {"manager/clerk": "refuted"}


def test_the_help_names_a_waiver_that_fits() -> None:
    text = policy("clerk may approve up to 5\nmanager may approve up to 4")
    found = probe("monotone", text)
    found.helps(
        "raise what the superior may, or give the reason: "
        '`waive monotone on pay for manager because "…"`'
    )
    assert outcomes(found) == ["clerk permit", "manager escalate"]


def test_unknown_by_too_few_steps() -> None:
    text = policy("clerk may approve up to 5\nmanager may approve up to 4 when urgent")
    answers = probe("monotone", text, steps=0).answers
    assert {a.status for a in answers} == {Status.UNKNOWN}
