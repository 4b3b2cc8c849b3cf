"""A changed plan, event, scorecard or allocation is a difference, item by item."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from remit_dsl.loader import check_text
from remit_dsl.printing.formatter import format
from remit_dsl.source import Source
from remit_engine.analysis.difference.change import Weight, sentence
from remit_engine.analysis.difference.difference import difference
from remit_engine.rules.lower import lower

TEXT = (Path(__file__).parents[2] / "dsl" / "pay" / "every_form.remit").read_text(encoding="utf-8")


def changes(old: str, new: str):
    programs = [check_text(text)[0] for text in (old, new)]
    assert all(p is not None for p in programs)
    one, two = (lower(p) for p in programs if p is not None)
    return difference(one, two, today=date(2026, 6, 1)).changes


def told(old: str, new: str) -> list[str]:
    assert TEXT.count(old) == 1, old
    return [sentence(c) for c in changes(TEXT, TEXT.replace(old, new))]


CHANGES = {
    ("cap       80_000 per year", "cap 90_000 per year"): (
        "plan field_sales: cap moved from cap 80_000 per year to cap 90_000 per year"
    ),
    ("leavers   keep 30 days", ""): (
        "plan field_sales: leavers was keep 30 days, and is no longer said"
    ),
    ("when net > 0 and", "when net > 5 and"): (
        "plan field_sales: condition was net > 0 and payee.region in north, and is now "
        "net > 5 and payee.region in north"
    ),
    ("of all reports", "of direct reports"): (
        "plan all_override: on moved from field_sales of all reports to field_sales of direct "
        "reports"
    ),
    ("payable = by_team rounded", "payable = 2 * by_team rounded"): (
        "plan split_plan: step payable moved from by_team rounded half up to 0.01 to "
        "2 * by_team rounded half up to 0.01"
    ),
    ("{ up to 10 -> 1%  otherwise", "{ up to 10 -> 1.5%  otherwise"): (
        "plan field_sales: step bonus, up to 10.00 CNY moved from 1% to 1.5%"
    ),
    ("at 1_000 -> 1% at 2_000 -> 2%", "at 1_000 -> 1.5% at 2_000 -> 2%"): (
        "plan covered: step pace, at 1,000.00 CNY moved from 1% to 1.5%"
    ),
    (
        "pace = interpolated rates on credit {",
        "pace = interpolated rates on credit year to date {",
    ): (
        "plan covered: step pace moved from interpolated rates on credit to interpolated rates on "
        "credit year to date"
    ),
    ("remainders in order", "remainders to largest"): (
        "plan fee: remainders moved from order to largest"
    ),
    ("nothing under 60%", "nothing under 50%"): (
        "scorecard appraisal: item lost moved from weight 10%, lower is better, target 2, "
        "floor 0%, cap 100%, nothing under 60%, value payee.weight to weight 10%, lower is "
        "better, target 2, floor 0%, cap 100%, nothing under 50%, value payee.weight"
    ),
    ("132_000_000", "133_000_000"): (
        "allocation target_2026: amendment of 2026-07-01 moved from 132_000_000 to 133_000_000"
    ),
    ("  due: date\n", "  due: date\n  note: text\n"): (
        "event Sale: field note is now text, and was not said"
    ),
    ("2026-07-01 -> 3.5%", "2026-07-01 -> 3.6%"): (
        "top_rate: value moved from 3.5% to 3.6%, from 2026-07-01 (read by: plan field_sales)"
    ),
}


@pytest.mark.parametrize("edit", CHANGES)
def test_what_changed_is_told_item_by_item(edit: tuple[str, str]) -> None:
    assert told(*edit) == [CHANGES[edit]]


def test_a_plan_that_is_gone() -> None:
    at = TEXT.index("commission fee3")
    end = TEXT.index("scorecard appraisal")
    (change,) = changes(TEXT, TEXT[:at] + TEXT[end:])
    assert sentence(change).startswith("plan removed: fee3")


def test_layout_and_spelling_are_no_difference() -> None:
    formatted = format(Source("x.remit", TEXT))
    assert isinstance(formatted, str)
    assert changes(TEXT, formatted.replace("0.5%", "5‰")) == ()


def test_a_source_is_wording() -> None:
    (change,) = changes(TEXT, TEXT.replace('"S003 part 12"', '"S003 part 13"'))
    assert change.weight is Weight.WORDING
