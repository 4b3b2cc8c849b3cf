"""Faults in plans, scorecards and allocations: one each, with its cure.

`pay/faults.txt` holds the cases: `### NAME HEAD`, the text after the head, `---`, code and message,
and the help (an empty line for none).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dsl.expect import check
from remit_dsl.catalogue import CATALOGUE

HEADS = {
    "P": """policy p { owner board currency CNY }
position rep { reports to boss }
position boss
record Person { team: text }
"""
}
HEADS["HEAD"] = (
    HEADS["P"]
    + """event Sale {
  id: text
  date: date
  net: money
  seller: Person
  team: text
  paid_on: date optional
}
"""
)
CASES = re.findall(
    r"^### (\w+) (\w+)\n(.*?)^---\n(\w+) ([^\n]*)\n([^\n]*)\n",
    Path(__file__).with_name("pay").joinpath("faults.txt").read_text(encoding="utf-8"),
    re.DOTALL | re.MULTILINE,
)
PLAN = """commission sales {{
  pays rep
  period month
  from Sale by date
  credit net to seller
  {items}
}}
"""


def of_plan(*items: str, before: str = ""):
    return check(HEADS["HEAD"] + before + PLAN.format(items="\n  ".join(items)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_one_fault_with_its_cure(case: tuple[str, ...]) -> None:
    _, head, text, code, message, help = case
    check(HEADS[head] + text).only(code).says(message).helps(help or None)


def test_there_are_many_cases_and_they_are_of_many_codes() -> None:
    codes = {case[3] for case in CASES}
    assert len(CASES) > 50
    assert len(codes & {c for c in CATALOGUE if c[1:3] == "09"}) > 18


# --- what is not a fault -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("currency", "step", "less", "cure"),
    [
        ("CNY", "0.001", "a cent", "0.01"),
        ("JPY", "0.01", "the smallest amount of JPY", "1"),
        ("KWD", "0.0001", "the smallest amount of KWD", "0.001"),
    ],
)
def test_payable_is_rounded_to_what_its_currency_has(
    currency: str, step: str, less: str, cure: str
) -> None:
    text = HEADS["HEAD"].replace("currency CNY", f"currency {currency}") + (
        "commission c { pays rep  period month  from Sale by date  credit net to seller\n"
        "payable = 1% of credit rounded half up to STEP }"
    )
    check(text.replace("STEP", cure)).fine()
    check(text.replace("STEP", step)).only("E0913").says(
        f"`payable` is rounded to less than {less}"
    ).helps(f"write `rounded half up to {cure}`")


def test_a_pool_is_rounded_to_what_its_currency_has() -> None:
    text = HEADS["HEAD"].replace("currency CNY", "currency JPY") + (
        "commission c { pays rep  period month  from Sale by date  credit net\n"
        "pool 1% of credit rounded half up to 0.01  share equally  remainders to largest }"
    )
    check(text.replace("0.01", "1")).fine()
    check(text).only("E0913").helps("end it with `rounded half up to 1`")


def test_a_ratio_of_two_amounts_is_a_percent_or_a_number_as_each_use_needs() -> None:
    of_plan(
        "quota 500",
        "attainment = credit / quota",
        "earned = whole rates on attainment { up to 80% -> 10%  over -> 20% }",
        "bonus = if attainment >= 100% then 50 CNY else 0 CNY",
        "payable = (earned * 100 CNY + attainment * bonus) rounded half up to 0.01",
    ).silent()


def test_a_condition_may_be_a_step() -> None:
    of_plan(
        "big = credit > 5", "payable = (if big then credit else 0) rounded half up to 0.01"
    ).silent()


def test_a_plan_may_pay_in_another_currency_at_the_rate_of_the_day() -> None:
    check(
        HEADS["HEAD"]
        + "exchange CNY to EUR { from 2026-01-01 -> 0.13 }\n"
        + PLAN.format(items="currency EUR\n  payable = credit rounded half up to 0.01").replace(
            "credit net", "credit net as EUR"
        )
    ).silent()


def test_words_of_items_are_names_of_steps_before_a_sign_and_names_in_expressions() -> None:
    of_plan(
        "pool = 1% of credit",
        "share = pool / 2",
        "hold = share + 1 CNY",
        "draw = hold",
        "period = draw",
        "cap 5",
        "payable = period rounded half up to 0.01",
    ).silent()


# --- warnings --------------------------------------------------------------------------------

PAID = "payable = earned rounded half up to 0.01"


def test_more_sales_that_pay_less_are_shown_with_amounts() -> None:
    of_plan("earned = whole rates on credit { up to 100_000 -> 3%  over -> 2% }", PAID).only(
        "W0901"
    ).says(
        "more sales pay less: from 100,000.00 to 100,000.01 the pay falls from 3,000.00 to 2,000.00"
    )


def test_a_falling_rate_is_seen_on_the_days_of_a_parameter() -> None:
    of_plan(
        "earned = whole rates on credit { under 1_000 -> 3%  over -> top }",
        PAID,
        before="parameter top: percent { from 2026-01-01 -> 4%  from 2026-07-01 -> 2.5% }\n",
    ).only("W0901").says(
        "more sales pay less: from 999.99 to 1,000.00 the pay falls from 30.00 to 25.00 "
        "from 2026-07-01 on"
    )


@pytest.mark.parametrize(
    "scale",
    [
        "marginal rates on credit { up to 100_000 -> 3%  over -> 2% }",
        "whole rates on credit { up to 100_000 -> 2%  over -> 2% }",
        "interpolated rates on credit { under -> 1%  at 10 -> 1%  at 100 -> 3%  over -> 3% }",
    ],
)
def test_nothing_is_said_where_more_sales_never_pay_less(scale: str) -> None:
    of_plan(f"earned = {scale}", PAID).silent()


@pytest.mark.parametrize(
    ("values", "gap"),
    [
        ("from 2026-02-01 -> 5", "from 2026-01-01 to 2026-01-31"),
        ("from 2026-01-01 until 2026-11-01 -> 5", "from 2026-11-01 to 2026-12-31"),
        (
            "from 2026-01-01 -> 5 from 2026-03-01 -> unset from 2026-04-01 -> 5",
            "from 2026-03-01 to 2026-03-31",
        ),
    ],
)
def test_a_plan_period_with_no_quota(values: str, gap: str) -> None:
    report = of_plan(
        "effective from 2026-01-01 until 2027-01-01",
        "quota goal",
        "payable = credit / quota * 5 CNY rounded half up to 0.01",
        before=f"parameter goal: money {{ {values} }}\n",
    )
    report.but("W0502", "W0506").only("W0903").says(
        f"a plan period with no quota: `goal` has no value {gap}"
    )


def test_a_quota_for_every_day_is_silent() -> None:
    of_plan(
        "effective from 2026-01-01 until 2027-01-01",
        "quota goal",
        "payable = credit / quota * 5 CNY rounded half up to 0.01",
        before="parameter goal: money { from 2025-01-01 -> 5  from 2026-07-01 -> 6 }\n",
    ).silent()


def test_two_plans_for_one_position_differ_in_their_condition() -> None:
    pay = "payable = 1% of credit rounded half up to 0.01"
    one = PLAN.format(items=pay)
    two = one.replace("sales", "again")
    both = check(HEADS["HEAD"] + one + two)
    both.only("W0905").points("sales", "plan `sales`")
    check(HEADS["HEAD"] + one + two.replace("by date", "by date when net > 5")).silent()
    check(HEADS["HEAD"] + one + two.replace("period month", "period quarter")).silent()


CARD = """scorecard card {{
  of rep
  period month
  item met {{ weight 100%  higher is better  target {target}  value {value} }}
  score
}}
"""


@pytest.mark.parametrize(
    ("target", "value"),
    [
        ("100%", "payee.sold / payee.goal"),
        ("1.5", "payee.sold / payee.goal"),
        ("2.5", "payee.visits"),
        ("5_000", "payee.sold"),
    ],
)
def test_a_target_has_the_type_of_what_is_measured(target: str, value: str) -> None:
    person = "record Person { sold: money  goal: money  visits: integer }\n"
    text = CARD.format(target=target, value=value)
    head = "policy p { owner board currency CNY }\nposition rep\n"
    check(head + person + text).silent()


def test_a_target_of_another_type_is_a_fault() -> None:
    text = CARD.format(target="50%", value="payee.sold")
    head = "policy p { owner board currency CNY }\nposition rep\nrecord Person { sold: money }\n"
    check(head + text).only("E0301").says(
        "`50%` is a percent where money in CNY is needed"
    ).underlines("50%")
