"""Amounts of pay as people read them."""

from __future__ import annotations

from fractions import Fraction

from remit_engine.commission.closed.changes import Value
from remit_engine.commission.statement import Stage
from remit_engine.text import currency_places, grouped, number_text, plain


def money(value: Fraction | None, currency: str | None) -> str:
    """`4,812.35`, with the currency's decimals and more where there are more; `–` for none."""
    if value is None:
        return "–"
    return grouped(plain(value, currency_places(currency)))


def with_code(value: Fraction | None, currency: str | None) -> str:
    """`4,812.35 CNY`."""
    text = money(value, currency)
    return f"{text} {currency}" if currency and value is not None else text


def signed(value: Fraction, currency: str | None) -> str:
    """`+50.00`, `-12.30`."""
    return f"+{money(value, currency)}" if value > 0 else money(value, currency)


def percent(value: Fraction) -> str:
    """A rate as it is, to four places after the point: `2.2%`, `66.6667%`."""
    cut = Fraction(round(value * 1_000_000), 1_000_000)
    return number_text(cut, "percent")


def result(stage: Stage, currency: str | None) -> str:
    """What a stage gave."""
    if stage.value is None:
        return "–"
    if stage.kind == "money":
        return money(stage.value, currency)
    return number_text(stage.value, stage.kind)


def changed(value: Value, kind: str, currency: str | None) -> str:
    """One side of a change; `nothing` where there is none."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, str):
        return value
    return money(value, currency) if kind == "money" else number_text(value, kind)
