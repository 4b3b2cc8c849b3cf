"""What a dispute says would be right, as a person writes it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from remit_api.failures import WrongUse
from remit_api.pay.disputing import amount_of


def test_an_amount_that_may_be_thousands_is_asked_about() -> None:
    with pytest.raises(WrongUse) as told:
        amount_of("300.000")
    assert told.value.message == "`300.000` may be 300 or 300,000"
    assert told.value.help == "write 300 or 300000"
    assert amount_of("300.00") == Fraction(300)
    assert amount_of("1_200.50") == Fraction("1200.5")
