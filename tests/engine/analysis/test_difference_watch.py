"""A changed watch or duty is a difference, rule by rule; another order or layout is none."""

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

FORMS = Path(__file__).parents[2] / "dsl" / "watch" / "every_form.remit"
TEXT = FORMS.read_text(encoding="utf-8")


def changes(old: str, new: str):
    programs = [check_text(text)[0] for text in (old, new)]
    assert all(p is not None for p in programs)
    one, two = (lower(p) for p in programs if p is not None)
    return difference(one, two, today=date(2026, 6, 1)).changes


def replaced(old: str, new: str, text: str = TEXT) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


CHANGES = {
    ("over 80% of credit_line   notify", "over 85% of credit_line   notify"): [
        "watch credit_usage: near: when moved from exposure over 80% of credit_line to exposure "
        "over 85% of credit_line"
    ],
    ("until exposure at most 75% of credit_line", ""): [
        "watch credit_usage: near: until was exposure at most 75% of credit_line, and is no "
        "longer said"
    ],
    ("freeze credit_release", "freeze order_acceptance"): [
        "watch credit_usage: full: freeze order_acceptance is now order_acceptance by customer.id, "
        "and was not said",
        "watch credit_usage: full: freeze credit_release was credit_release by customer.id, and is "
        "no longer said",
    ],
    ("raise critical to finance_controller", "raise warning to finance_controller"): [
        "watch credit_usage: full: raise moved from critical to finance_controller to warning to "
        "finance_controller"
    ],
    ('zh "信用额度已用完"', 'zh "额度已用完"'): [
        'watch credit_usage: full: because moved from "the credit line is used up" zh '
        '"信用额度已用完" to "the credit line is used up" zh "额度已用完"'
    ],
    ("stays unpaid 60 days after due", "stays unpaid 61 days after due"): [
        "watch credit_usage: rule is now when an Invoice by customer stays unpaid 61 days after "
        "due, with sum of Payment.amount by invoice < amount, and region = east, notify "
        "sales_manager, raise info to sales_manager, and was not said",
        "watch credit_usage: rule was when an Invoice by customer stays unpaid 60 days after "
        "due, with sum of Payment.amount by invoice < amount, and region = east, notify "
        "sales_manager, raise info to sales_manager, and is no longer said",
    ],
    ("within 30 days      notify", "within 31 days      notify"): [
        "watch credit_usage: rule is now when 3 Return by customer within 31 days, notify "
        "sales_manager, raise info to sales_manager, and was not said",
        "watch credit_usage: rule was when 3 Return by customer within 30 days, notify "
        "sales_manager, raise info to sales_manager, and is no longer said",
    ],
    ("under 5 -> 1  otherwise", "under 6 -> 1  otherwise"): [
        "watch credit_usage: rule is now when usage over 3, with exposure / credit_line * bands "
        "of exposure { under 6 -> 1 otherwise -> 2 }, raise info, and was not said",
        "watch credit_usage: rule was when usage over 3, with exposure / credit_line * bands of "
        "exposure { under 5 -> 1 otherwise -> 2 }, raise info, and is no longer said",
    ],
    ("on Return by product", "on Return by customer"): [
        "watch by_product: on moved from Return by product to Return by customer.id",
        "watch by_product: rule is now when 10 Return within 30 days, notify sales_manager, "
        "raise info to sales_manager, and was not said",
        "watch by_product: rule was when 10 Return within 30 days, notify sales_manager, raise "
        "info to sales_manager, and is no longer said",
    ],
    ("weekly by friday", "weekly by monday"): [
        "duty summary: frequency moved from weekly by friday to weekly by monday"
    ],
    ("where (kind = monthly_report)", "where (kind = daily_report)"): [
        "duty summary: with moved from Report by author where kind = monthly_report to Report by "
        "author where kind = daily_report"
    ],
    ("require review by sales_director", "require approve by sales_director"): [
        "watch cross_area: rule is now when not (ship_to in seller.territory), require "
        "order_acceptance approve by sales_director on order_acceptance by customer.id = "
        "account.id, raise warning to sales_director, and was not said",
        "watch cross_area: rule was when not (ship_to in seller.territory), require "
        "order_acceptance review by sales_director on order_acceptance by customer.id = "
        "account.id, raise warning to sales_director, and is no longer said",
    ],
}


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_a_change_is_told_in_words(old: str, new: str) -> None:
    found = [sentence(c) for c in changes(TEXT, replaced(old, new))]
    assert found == CHANGES[old, new]


def test_a_watch_that_comes_or_goes() -> None:
    start = TEXT.index("watch by_product")
    end = TEXT.index("duty sales_manager")
    (gone,) = changes(TEXT, TEXT[:start] + TEXT[end:])
    assert sentence(gone).startswith("watch removed: by_product")
    (new,) = changes(TEXT[:start] + TEXT[end:], TEXT)
    assert sentence(new).startswith("new watch: by_product")
    assert new.weight is Weight.ANSWERS


def test_layout_and_order_are_no_change() -> None:
    laid_out = format(Source("watch.remit", TEXT))
    assert laid_out is not None
    first, second = TEXT.index("  when 3 Return"), TEXT.index("  when sum of Return")
    third = TEXT.index("  unpaid of Invoice")
    swapped = TEXT[:first] + TEXT[second:third] + TEXT[first:second] + TEXT[third:]
    assert changes(TEXT, laid_out) == ()
    assert changes(TEXT, swapped) == ()


def test_a_name_for_a_condition_is_no_change_of_the_rule() -> None:
    value = "many = count of Return by customer within 30 days"
    rule = "when 3 Return by customer within 30 days      notify"
    named = replaced(rule, f"{value}\n  when many >= 3 notify")
    assert changes(TEXT, named) == ()


def test_a_parameter_that_a_watch_reads_names_it() -> None:
    text = replaced("exposure over 80% of credit_line", "exposure over line of credit_line")
    text += "parameter line: percent { from 2026-01-01 -> 80% }\n"
    (moved,) = changes(text, text.replace("-> 80%", "-> 85%"))
    assert sentence(moved).endswith("(read by: watch credit_usage)")


def test_of_two_steps_on_one_action_each_counts() -> None:
    one = "require review by sales_director on order_acceptance by customer = account"
    two = f"{one} require review by general_manager on order_acceptance by customer = account"
    both = replaced(one, two)
    new, old = (sentence(c) for c in changes(TEXT, both))
    assert "account.id, review by general_manager on order_acceptance by" in new
    assert "general_manager" not in old
    second = both.replace("review by general_manager", "approve by general_manager")
    new, old = (sentence(c) for c in changes(both, second))
    assert "approve by general_manager" in new
    first = both.replace("review by sales_director", "approve by sales_director")
    assert len(changes(both, first)) == 2  # the first of two counts as the second does
