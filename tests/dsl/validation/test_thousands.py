"""Amounts that two readers read differently."""

from __future__ import annotations

import pytest

from dsl.expect import Report, check

HEAD = """policy p { currency CNY  owner boss }
position boss
record Order { total: money }
action order "Order" { order Order  price money KWD  limit on order.total }
"""


def limited(words: str, more: str = "") -> Report:
    return check(f"{HEAD}{more}authority order {{ boss may approve {words} }}\n")


@pytest.mark.parametrize(
    ("written", "readings", "cure"),
    [
        ("200.000", "200 or 200,000", "write `200` or `200_000`"),
        ("1.125", "1.1250 or 1,125", "write `1.1250` or `1_125`"),
        ("20.000 CNY", "20 or 20,000", "write `20 CNY` or `20_000 CNY`"),
    ],
)
def test_an_amount_with_three_digits_after_the_point(
    written: str, readings: str, cure: str
) -> None:
    report = limited(f"up to {written}").only("E0323").underlines(written)
    report.says(f"`{written}` may be {readings}")
    report.helps(cure)


@pytest.mark.parametrize(
    "words",
    [
        "any when order.total > 200.000",
        "any when 200.000 < order.total",
        "up to 5 each, 200.000 per month",
        "any when -200.000 < order.total",
        "any when order.total > max(order.total, 200.000)",
        "any when order.total > (bands of order.total { up to 200.000 -> 5  otherwise -> 6 })",
    ],
)
def test_wherever_it_stands(words: str) -> None:
    limited(words).only("E0323")


def test_in_a_parameter() -> None:
    limited("up to cap", "parameter cap: money { from 2026-01-01 -> 200.000 }\n").only("E0323")


@pytest.mark.parametrize(
    "words",
    [
        "up to 200.00",
        "up to 200.0000",
        "up to 0.125",
        "up to 1200.125",
        "up to 1.125万",
        "any when price > 200.000 KWD",
        "any when order.total * 1.125 > 5",
        "any when order.total / 5 > 1.125 * order.total",
        "up to 5 when order.total > 12.500% of order.total",
    ],
)
def test_what_nobody_doubts(words: str) -> None:
    assert "E0323" not in limited(words).fine().codes
