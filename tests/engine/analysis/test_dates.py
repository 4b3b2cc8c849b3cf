"""Gaps, ends, and months written for days."""

from __future__ import annotations

from datetime import date

import pytest

from engine.analysis.findings import HOUSE, Found, ask
from engine.asking import loaded
from remit_engine.analysis.answer import Status
from remit_engine.analysis.dates import dates
from remit_engine.analysis.swaps import swapped
from remit_engine.analysis.waivers import apply

USED = "authority pay { clerk may approve up to top }\n"


def rules(*texts: str, today: str = "2026-03-01", soon: int = 60) -> Found:
    return ask(dates, HOUSE + "authority pay {\n" + "\n".join(texts) + "\n}\n", today, soon=soon)


def values(*texts: str, today: str = "2026-03-01", soon: int = 60) -> Found:
    written = "\n".join(texts)
    return ask(dates, HOUSE + f"parameter top: money {{\n{written}\n}}\n{USED}", today, soon=soon)


# --- gaps ----------------------------------------------------------------------------------

FIRST = "first: clerk may approve up to 5 from 2026-01-01 until 2026-06-30"
SECOND = "second: clerk may approve up to 9 from 2026-07-01"


def test_until_taken_for_the_last_day() -> None:
    found = rules(FIRST, SECOND)
    found.says("W0811 nothing lets `clerk` approve in action `pay` on 2026-06-30")
    found.underlines(FIRST).points(f"the next begins on 2026-07-01: {SECOND}")
    found.helps(
        "`until` is the first day on which it holds no more: write `until 2026-07-01` here, "
        "`from 2026-06-30` there, or give the reason: "
        '`waive dates at pay.first because "…"`'
    )
    about = next(a.about for a in found.answers if a.finding)
    assert (about.action, about.verb) == ("house.pay", "approve")
    assert about.rules == ("pay.first", "pay.second")
    rules(FIRST.replace("06-30", "07-01"), SECOND).silent()


def test_a_gap_of_several_days_counts_them() -> None:
    rules(FIRST, SECOND.replace("07-01", "07-15")).says(
        "W0811 nothing lets `clerk` approve in action `pay` from 2026-06-30 to 2026-07-14 (15 days)"
    )


def test_a_gap_that_is_over_is_of_no_interest() -> None:
    assert len(rules(FIRST, SECOND, today="2026-06-30").open) == 1
    rules(FIRST, SECOND, today="2026-07-01").silent()


def test_a_near_miss_beside_another_rule_is_one_too() -> None:
    found = rules(FIRST, SECOND, "small: clerk may approve up to 1 when urgent")
    found.says("W0811 neither this rule nor the one from 2026-07-01 holds on 2026-06-30")
    wide = SECOND.replace("07-01", "07-15")
    rules(FIRST, wide, "small: clerk may approve up to 1 when urgent").silent()
    rules(
        FIRST, SECOND, "third: clerk may approve up to 7 from 2026-06-30 until 2026-08-01"
    ).silent()


def test_who_is_given_the_verb_in_another_way_has_no_gap() -> None:
    rules(FIRST, SECOND.replace("07-01", "07-15"), "anyone may approve up to 1").silent()
    implied = "right sign implies approve\n"
    text = (
        f"authority pay {{ {FIRST} {SECOND.replace('07-01', '07-15')} clerk may sign up to 1 }}\n"
    )
    ask(dates, HOUSE + implied + text).silent()
    other = SECOND.replace("clerk", "manager")
    rules(FIRST, other, today="2026-03-01").silent()


def test_bars_and_steps_that_miss_each_other_by_a_day() -> None:
    grant = "clerk may approve any"
    bar = "nobody may approve over 5 {}"
    missed = "neither this rule nor the one from 2026-07-01 holds on 2026-06-30"
    one, two = "from 2026-01-01 until 2026-06-30", "from 2026-07-01"
    rules(grant, "a: " + bar.format(one), "b: " + bar.format(two)).says(f"W0811 {missed}")
    step = "approve needs review by manager {}"
    rules(grant, "a: " + step.format(one), "b: " + step.format(two)).says(f"W0811 {missed}")
    rules(grant, "a: " + bar.format(one), "b: " + bar.format("from 2026-07-02")).silent()


def test_a_gap_between_values() -> None:
    one, two = "from 2026-01-01 until 2026-06-30 -> 5", "from 2026-07-01 -> 6"
    found = values(one, two).says("W0811 `top` has no value on 2026-06-30")
    found.underlines(one).points(f"the next begins on 2026-07-01: {two}")
    values(one, "from 2026-06-30 until 2026-07-01 -> unset", two).silent()


def test_a_gap_between_rates() -> None:
    text = "exchange USD to CNY { from 2026-01-01 until 2026-06-30 -> 7  from 2026-07-02 -> 8 }\n"
    found = ask(dates, HOUSE + text)
    found.says("W0811 there is no rate from USD to CNY from 2026-06-30 to 2026-07-01 (2 days)")


def version(name: str, days: str, document: str = "HG-12") -> str:
    return (
        f'policy {name} {{ document "{document}" owner o currency CNY effective {days} }}\n'
        "use house\nauthority pay { clerk may approve up to 5 }\n"
    )


def test_a_gap_between_two_versions_is_told_once() -> None:
    texts = {
        "house.remit": HOUSE,
        "a.remit": version("old", "from 2025-01-01 until 2026-06-30"),
        "b.remit": version("new", "from 2026-07-01"),
    }
    found = ask(dates, texts)
    found.says("W0811 no version of document `HG-12` is in force on 2026-06-30").underlines("old")
    texts["b.remit"] = version("new", "from 2026-07-01", "HG-13")
    found = ask(dates, texts)
    found.says("W0811 nothing lets `clerk` approve in action `pay` on 2026-06-30")


# --- ends ----------------------------------------------------------------------------------


def test_a_right_that_ends_soon() -> None:
    rule = "clerk may approve any until 2026-04-01"
    found = rules(rule)
    found.says("W0812 nothing lets `clerk` approve in action `pay` from 2026-04-01 on, in 31 days")
    found.underlines(rule).helps("write what holds from 2026-04-01 on, or a later `until`")
    rules(rule, soon=30).silent()
    assert len(rules(rule, soon=31).open) == 1
    rules(rule, "next: clerk may approve any from 2026-04-01").silent()
    assert "tomorrow" in rules(rule, today="2026-03-31").open[0].message


def test_a_bar_that_ends_is_nothing_to_wonder_at() -> None:
    rules("clerk may approve any", "nobody may approve over 5 until 2026-04-01").silent()


def test_a_right_that_was_never_renewed() -> None:
    rule = "clerk may approve any until 2026-02-01"
    rules(rule, "manager may approve any").silent()
    found = rules(rule, "manager may recommend any")
    found.says("W0812 nobody may approve in action `pay` since 2026-02-01").underlines(rule)
    found.points("the action is declared here: pay")


def test_a_value_that_ends_soon_or_is_over() -> None:
    one = "from 2026-01-01 until 2026-04-01 -> 5"
    found = values(one)
    found.says(
        "W0812 `top` has no value from 2026-04-01 on, in 31 days, "
        "and rule `pay.clerk.approve` depends on it"
    )
    found.underlines(one)
    found.points("rule `pay.clerk.approve` depends on it: clerk may approve up to top")
    over = values(one, today="2026-04-01")
    over.says(
        "W0812 `top` has no value since 2026-04-01, and rule `pay.clerk.approve` depends on it"
    )
    unread = HOUSE + f"parameter top: money {{ {one} }}\n"
    ask(dates, unread, "2026-05-01").silent()


def test_a_policy_that_ends_is_told_once() -> None:
    text = HOUSE.replace("owner", "effective from 2026-01-01 until 2026-04-01 owner")
    found = ask(dates, text + "authority pay { clerk may approve any  manager may approve any }\n")
    found.says("W0812 policy `house` is not in force from 2026-04-01 on, in 31 days")
    found.underlines("house")


OVER = HOUSE.replace("owner", "effective from 2026-01-01 until 2026-02-20 owner")
RIGHTS = "authority pay { clerk may approve any  manager may approve any }\n"
ENDED = (
    "W0824 policy `house` is not in force since 2026-02-20, so none of its rules holds on "
    "2026-03-01"
)


def test_a_policy_that_is_over_is_told_once() -> None:
    found = ask(dates, OVER + RIGHTS)
    found.says(ENDED).underlines("house")
    found.helps(
        "write a later `until`, or the text that follows, or ask about an earlier day: "
        "`remit prove --as-of 2026-02-19`"
    )
    assert not any(a.status is Status.PROVEN for a in found.answers)
    assert len(ask(dates, OVER + RIGHTS, "2026-02-20").open) == 1
    ask(dates, OVER + RIGHTS, "2026-02-19", soon=0).silent()


def test_no_waiver_covers_that_nothing_is_in_force() -> None:
    waiver = 'waive dates because "it is meant to end"\n'
    (answer,) = ask(dates, OVER + RIGHTS + waiver).answers
    (told, idle) = apply([answer], loaded(OVER + RIGHTS + waiver))
    assert told.open
    assert idle.finding is not None
    assert idle.finding.code == "W0816"
    beside = {
        "house.remit": HOUSE,
        "old.remit": version("old", "from 2025-01-01 until 2026-02-01") + waiver,
    }
    (over,) = (a for a in ask(dates, beside).answers if a.about.name == "old")
    assert [a.waived for a in apply([over], loaded(beside))] == ["it is meant to end"]


def test_what_its_next_version_leaves_out_is_no_matter_of_dates() -> None:
    texts = {
        "house.remit": HOUSE,
        "a.remit": version("old", "from 2025-01-01 until 2026-04-01"),
        "b.remit": version("new", "from 2026-04-01").replace("clerk", "manager"),
    }
    ask(dates, texts).silent()


def test_the_ends_of_the_calendar() -> None:
    rules("clerk may approve any until 9999-12-31").silent()
    rules("clerk may approve any until 9999-12-31", today="9999-12-30").says(
        "W0812 nothing lets `clerk` approve in action `pay` from 9999-12-31 on, tomorrow"
    )
    rules("clerk may approve any from 0001-01-01", today="0001-01-01").silent()


# --- month and day -------------------------------------------------------------------------


def test_what_a_date_may_have_meant() -> None:
    assert swapped(date(2026, 1, 7)) == date(2026, 7, 1)
    assert swapped(date(2026, 1, 13)) is None
    assert swapped(date(2026, 5, 5)) is None


def test_the_one_value_that_is_not_on_the_first() -> None:
    odd = "from 2026-01-07 -> 6"
    found = values("from 2025-10-01 -> 5", odd, "from 2026-10-01 -> 7", today="2026-01-05")
    found.says(
        "W0813 month and day of 2026-01-07 may be swapped: all dates beside it are on day 1 of a "
        "month"
    )
    found.underlines(odd).helps("if 1 July is meant, write `2026-07-01`")
    found.points("compare the dates here: from 2025-10-01 -> 5")


@pytest.mark.parametrize(
    "written",
    [
        ("from 2025-10-01 -> 5", "from 2026-01-07 -> 6", "from 2026-04-01 -> 7"),
        ("from 2025-10-01 -> 5", "from 2026-01-17 -> 6", "from 2026-10-01 -> 7"),
        ("from 2025-10-03 -> 5", "from 2026-01-07 -> 6", "from 2026-10-01 -> 7"),
        ("from 2026-01-01 -> 5", "from 2026-01-07 -> 6"),
        ("from 2026-01-07 -> 6",),
    ],
    ids=["would not fit", "no month", "no pattern", "two dates", "alone"],
)
def test_dates_that_are_not_doubted(written: tuple[str, ...]) -> None:
    values(*written, today="2026-01-05").silent()


def test_a_lone_value_among_the_dates_of_its_file() -> None:
    beside = "".join(f"parameter p{i}: money {{ from 2026-01-01 -> {i} }}\n" for i in range(3))
    text = HOUSE + beside + "parameter top: money { from 2026-01-01 -> 5  from 2026-01-07 -> 6 }\n"
    found = ask(dates, text)
    found.says(
        "W0813 month and day of 2026-01-07 may be swapped: all dates beside it are on day 1 of a "
        "month"
    )
    assert found.answers[-1].about.name == "house.top"


def test_what_was_replaced_long_ago_is_of_no_interest() -> None:
    written = ("from 2025-10-01 -> 5", "from 2026-01-07 -> 6", "from 2026-10-01 -> 7")
    assert len(values(*written, today="2026-09-30").open) == 1
    values(*written, today="2026-10-01").silent()


def test_rules_that_would_meet() -> None:
    one = "one: clerk may approve up to 5 until 2026-07-01"
    two = "two: clerk may approve up to 9 from 2026-01-07"
    found = rules(one, two)
    found.says("W0813 month and day of 2026-01-07 may be swapped: another ends on 2026-07-01")
    found.underlines(two).points(f"compare the dates here: {one}")
    found.helps("if 1 July is meant, write `2026-07-01`")
    rules(one, two.replace("01-07", "07-01")).silent()
    rules(one, two, "three: clerk may approve up to 7 from 2026-07-01").silent()


def test_the_end_is_doubted_when_the_beginning_is_a_first() -> None:
    one = "one: clerk may approve up to 5 from 2026-01-01 until 2026-01-07"
    two = "two: clerk may approve up to 9 from 2026-07-01"
    assert [d.message for d in rules(one, two, today="2026-01-02").open if d.code == "W0813"] == [
        "month and day of 2026-01-07 may be swapped: another begins on 2026-07-01"
    ]


def test_rules_that_begin_out_of_turn() -> None:
    texts = [
        f"r{i}: clerk may approve up to {i} from {day}"
        for i, day in enumerate(("2026-02-15", "2026-12-04", "2026-06-15"), 1)
    ]
    found = rules(*texts)
    found.says(
        "W0813 month and day of 2026-12-04 may be swapped: the rule beside it begins on 2026-02-15"
    )
    rules(*texts[:2]).silent()


def test_a_rule_outside_its_policy() -> None:
    text = HOUSE.replace("owner", "effective from 2026-03-01 until 2027-01-01 owner")
    rule = "clerk may approve any from 2026-01-05"
    found = ask(dates, text + f"authority pay {{ {rule} }}\n")
    found.says(
        "W0813 month and day of 2026-01-05 may be swapped: its policy holds from 2026-03-01 until "
        "2027-01-01"
    )
    found.points("compare the dates here: house")
    ask(dates, text + f"authority pay {{ {rule.replace('01-05', '01-15')} }}\n").silent()


@pytest.mark.parametrize(
    ("header", "doubted"),
    [
        ("effective from 2026-02-01 approved on 2026-10-01", "2026-10-01"),
        ("effective from 2026-01-07 approved on 2026-06-15", "2026-01-07"),
        ("effective from 2026-09-01 approved on 2026-05-10 published on 2026-03-06", "2026-03-06"),
        ("effective from 2026-02-01 approved on 2026-10-15", None),
        ("effective from 2026-02-01 approved on 2026-01-15", None),
        ("approved on 2026-12-01", None),
    ],
)
def test_a_policy_approved_after_it_began(header: str, doubted: str | None) -> None:
    text = HOUSE.replace("owner", f"{header} owner") + "authority pay { clerk may approve any }\n"
    found = ask(dates, text, "2026-01-01")
    assert [d.message.split(" may")[0] for d in found.open] == (
        [f"month and day of {doubted}"] if doubted else []
    )


# --- all of it -----------------------------------------------------------------------------


def test_everything_asked_about_is_answered() -> None:
    text = "parameter top: money = 5\nexchange USD to CNY { from 2026-01-01 -> 7 }\n" + USED
    found = ask(dates, HOUSE + text).silent()
    assert [a.about.name or a.about.positions for a in found.answers] == [
        "house",
        "house.top",
        "exchange USD to CNY",
        ("house.clerk",),
    ]


def test_many_rules_take_no_time() -> None:
    many = (
        f"r{i}: clerk may approve up to {i} when amount < {i} from 2026-01-02 until 2026-12-30"
        for i in range(1, 1500)
    )
    rules(*many).silent()
