"""Values that were never fixed, and what depends on them."""

from __future__ import annotations

import pytest

from engine.analysis.findings import HOUSE, ask
from remit_engine.analysis.answer import Status
from remit_engine.analysis.dependents import MOST_SHOWN
from remit_engine.analysis.unset import unset

TOP = "parameter top: money = unset\n"


def test_a_parameter_and_the_rule_that_needs_it() -> None:
    rule = "clerk may approve up to top"
    found = ask(unset, HOUSE + TOP + f"authority pay {{ {rule} }}\n")
    found.says("W0814 `top` is unset, and rule `pay.clerk.approve` depends on it")
    found.points(f"rule `pay.clerk.approve` depends on it: {rule}").underlines("unset")
    found.helps("fix the value: `= …`; until then the answer is `undefined`")
    assert found.answers[0].about.name == "house.top"


def test_through_others_to_the_last() -> None:
    text = (
        "parameter base: money = unset\nparameter double: money = 2 * base\n"
        "define cap: money = max(double, 5)\n"
        "table fee (urgent: boolean) gives money { true -> cap  false -> 1 }\n"
        "authority pay { clerk may approve up to 1 each, fee(urgent) per month\n"
        "  manager may approve any  nobody may approve over double when urgent }\n"
        "delegation of pay { at most cap }\n"
    )
    found = ask(unset, HOUSE + text)
    found.says("W0814 `base` is unset, and parameter `double` and 5 more depend on it")
    assert [r.message for r in found.open[0].related] == [
        "parameter `double` depends on it",
        "definition `cap` depends on it",
        "rule `pay.nobody.approve` depends on it",
        "table `fee` depends on it",
        "delegation of `pay` depends on it",
        "rule `pay.clerk.approve` depends on it",
    ]


def test_the_measure_and_the_rate_of_exchange() -> None:
    text = (
        "policy p { currency CNY owner o }\nparameter f: number = unset\n"
        "exchange USD to CNY { from 2026-01-01 -> f }\nposition o\n"
        "action pay { amount money USD  limit on amount as CNY }\n"
        "authority pay { o may approve any }\n"
    )
    found = ask(unset, text)
    found.says("W0814 `f` is unset, and `exchange USD to CNY` and 1 more depend on it")
    assert found.open[0].related[1].message == "the measure of action `pay` depends on it"


def test_of_many_dependents_the_last_counts_the_rest() -> None:
    rules = "\n".join(f"r{i}: clerk may approve up to {i} * top" for i in range(1, 21))
    found = ask(unset, HOUSE + TOP + f"authority pay {{ {rules} }}\n")
    found.says("W0814 `top` is unset, and rule `pay.r1` and 19 more depend on it")
    related = found.open[0].related
    assert len(related) == MOST_SHOWN
    assert related[-1].message == "rule `pay.r8` depends on it, and 12 more do"


def test_only_the_days_that_matter() -> None:
    text = (
        "parameter top: money {\n  from 2026-01-01 -> 5\n  from 2026-06-01 -> unset\n"
        "  from 2026-09-01 -> 6\n}\n"
    )

    def told(rule: str, today: str = "2026-03-01") -> int:
        text_ = HOUSE + text + f"authority pay {{ clerk may approve up to top {rule} }}\n"
        return len(ask(unset, text_, today).open)

    assert told("") == 1
    assert told("until 2026-06-01") == 0
    assert told("until 2026-06-02") == 1
    assert told("from 2026-09-01") == 0
    assert told("", "2026-08-31") == 1
    assert told("", "2026-09-01") == 0


def test_a_dated_time_is_named() -> None:
    text = (
        "parameter top: money {\n  from 2026-01-01 -> unset\n  from 2026-09-01 -> 6\n}\n"
        "authority pay { clerk may approve up to top }\n"
    )
    found = ask(unset, HOUSE + text)
    found.says(
        "W0814 `top` is unset from 2026-01-01 until 2026-09-01, "
        "and rule `pay.clerk.approve` depends on it"
    )
    found.helps("fix the value: `from 2026-01-01 -> …`; until then the answer is `undefined`")
    found.underlines("from 2026-01-01 -> unset")


def test_a_value_that_begins_too_late() -> None:
    text = (
        "parameter top: money { from 2026-07-01 -> 6 }\n"
        "authority pay { clerk may approve up to top }\n"
    )
    found = ask(unset, HOUSE + text)
    found.says(
        "W0814 `top` has no value before 2026-07-01, and rule `pay.clerk.approve` depends on it"
    )
    found.helps("let it begin earlier than 2026-07-01")
    ask(unset, HOUSE + text, "2026-07-01").silent()


def test_what_leaves_nothing_undefined() -> None:
    found = ask(unset, HOUSE + TOP + "authority pay { clerk may approve any }\n").silent()
    assert [a.about.name or a.about.action for a in found.answers] == ["house.top", "house.pay"]


def test_a_right_whose_limit_was_never_fixed() -> None:
    rule = "limitless: clerk, manager may approve unset"
    found = ask(unset, HOUSE + f"authority pay {{ {rule}  director may approve any }}\n")
    message = "may approve in action `pay`, up to a limit that was never fixed"
    found.says(f"W0814 `clerk` {message}", f"W0814 `manager` {message}").underlines(rule)
    found.helps("write the limit: `may approve up to …`; until then the answer is `undefined`")
    about = found.answers[1].about
    assert (about.positions, about.rules) == (("house.manager",), ("pay.limitless",))
    anyone = ask(unset, HOUSE + "authority pay { anyone may approve unset }\n")
    anyone.says(f"W0814 anyone {message}")


@pytest.mark.parametrize("days", ["until 2026-03-01", "from 2025-01-01 until 2026-02-01"])
def test_a_right_that_is_over_is_of_no_interest(days: str) -> None:
    ask(unset, HOUSE + f"authority pay {{ clerk may approve unset {days} }}\n").silent()


def test_a_long_chain() -> None:
    chain = "".join(f"parameter p{i}: money = p{i - 1} + 1\n" for i in range(1, 400))
    text = (
        "parameter p0: money = unset\n" + chain + "authority pay { clerk may approve up to p399 }"
    )
    found = ask(unset, HOUSE + text)
    found.says("W0814 `p0` is unset, and parameter `p1` and 399 more depend on it")
    assert found.answers[0].status is Status.REFUTED
