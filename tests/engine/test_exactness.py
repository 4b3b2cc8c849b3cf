"""Exact from the text of a request to the answer: no float, no rounding that is not written."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.asking import DAY, House
from remit_engine.reading.json_reader import read_json
from remit_engine.reading.request_reader import read_request

HEAD = "policy p { currency CNY } position clerk "


def decided(sentences: str, fields: str, facts: str) -> str:
    """By JSON text, as a caller would ask."""
    house = House(f"{HEAD} action act {{ {fields} }} authority act {{ {sentences} }}")
    text = f'{{"actor": "clerk", "action": "act", "facts": {facts}}}'
    request = read_request(read_json(text), house.model, house.directory, default_as_of=DAY)
    assert "float" not in repr([type(v) for v in request.facts.values()])
    return str(house.answer(request).outcome)


def computed(kind: str, expression: str, more: str = "") -> Any:
    house = House(f"policy p {{ currency CNY }} {more} define x: {kind} = {expression}")
    return house.compiled.value("x", {}, DAY).value


class TestSumsOfDecimals:
    def test_a_tenth_and_two_tenths_are_three_tenths(self) -> None:
        fields = "a money  b money"
        facts = '{"a": 0.1, "b": 0.2}'
        assert decided("clerk may approve when a + b = 0.3", fields, facts) == "permit"
        assert decided("clerk may approve when a + b <= 0.3", fields, facts) == "permit"
        barred = "clerk may approve  nobody may approve when a + b > 0.3"
        assert decided(barred, fields, facts) == "permit"

    def test_as_a_limit(self) -> None:
        fields, facts = "a money limit on a", '{"a": 0.3}'
        assert decided("clerk may approve up to 0.1 + 0.2", fields, facts) == "permit"
        assert decided("clerk may approve under 0.1 + 0.2", fields, facts) == "deny"

    def test_ten_tenths_of_lines(self) -> None:
        lines = ", ".join('{"amount": 0.1}' for _ in range(10))
        house = House(
            HEAD
            + "record Line { amount money } ".replace("amount money", "amount: money")
            + "action act { lines list of Line } "
            "authority act { clerk may approve when sum(lines.amount) = 1 }"
        )
        request = read_request(
            read_json(f'{{"actor": "clerk", "action": "act", "facts": {{"lines": [{lines}]}}}}'),
            house.model,
            house.directory,
            default_as_of=DAY,
        )
        assert house.answer(request).outcome == "permit"


class TestBoundaries:
    @pytest.mark.parametrize("kind", ["money", "number", "percent"])
    @pytest.mark.parametrize(
        ("limit", "below", "at", "above"),
        [
            ("up to", True, True, False),
            ("under", True, False, False),
            ("between 0 and", True, True, False),
        ],
    )
    def test_limits(self, kind: str, limit: str, below: bool, at: bool, above: bool) -> None:
        unit = "%" if kind == "percent" else ""
        sentence = f"clerk may approve {limit.replace('0', '0' + unit)} 5{unit}"
        middle = "0.05" if unit else "5"
        values = {
            middle[:-1] + "4." * (not unit) + "4" * bool(unit) + "9" * 40: below,
            middle: at,
            middle + "." * (not unit) + "0" * 40 + "1": above,
        }
        for value, inside in values.items():
            found = decided(sentence, f"a {kind} limit on a", f'{{"a": {value}}}')
            assert (found == "permit") is inside, value

    @pytest.mark.parametrize(
        ("bar", "below", "at", "above"),
        [
            ("over", True, True, False),
            ("at least", True, False, False),
            ("up to", False, False, True),
            ("under", False, True, True),
        ],
    )
    def test_prohibitions(self, bar: str, below: bool, at: bool, above: bool) -> None:
        sentence = f"clerk may approve any  nobody may approve {bar} 1_000_000"
        for value, free in (("999999.999999999999999999", below), ("1000000.00", at),
                            ("1000000.000000000000000001", above)):  # fmt: skip
            found = decided(sentence, "a money limit on a", f'{{"a": {value}}}')
            assert (found == "permit") is free, value

    @pytest.mark.parametrize(
        ("operator", "below", "at", "above"),
        [
            ("<", True, False, False),
            ("<=", True, True, False),
            (">", False, False, True),
            (">=", False, True, True),
            ("=", False, True, False),
            ("!=", True, False, True),
        ],
    )
    def test_operators_mean_what_they_say(
        self, operator: str, below: bool, at: bool, above: bool
    ) -> None:
        sentence = f"clerk may approve when a {operator} 0.1"
        values = {"0.09999999999999999999": below, "0.1": at, "0.10000000000000000001": above}
        for value, holds in values.items():
            assert (decided(sentence, "a number", f'{{"a": {value}}}') == "permit") is holds


class TestLongNumbers:
    THIRTY = "123456789012345678901234567890"

    def test_thirty_digits(self) -> None:
        sentence, fields = f"clerk may approve up to {self.THIRTY}", "a money limit on a"
        assert decided(sentence, fields, f'{{"a": {self.THIRTY}}}') == "permit"
        assert decided(sentence, fields, f'{{"a": {self.THIRTY}.01}}') == "deny"
        assert decided(sentence, fields, f'{{"a": {self.THIRTY[:-1]}1}}') == "deny"

    def test_the_headroom_of_thirty_digits_is_exact(self) -> None:
        house = House(
            f"{HEAD} action act {{ a money limit on a }} "
            f"authority act {{ clerk may approve up to {self.THIRTY} }}"
        )
        answer = house.decide("clerk", a=Decimal("0.01"))
        assert answer.headroom is not None
        assert answer.headroom.value == Fraction(self.THIRTY) - Fraction(1, 100)
        assert "123,456,789,012,345,678,901,234,567,889.99" in answer.headroom.text

    def test_products_of_long_numbers(self) -> None:
        found = computed("number", f"{self.THIRTY} * {self.THIRTY} - {self.THIRTY}")
        assert found == int(self.THIRTY) ** 2 - int(self.THIRTY)

    @pytest.mark.parametrize(
        "number", ["9007199254740993", "9223372036854775808", "18446744073709551617"]
    )
    def test_beyond_what_machines_count(self, number: str) -> None:
        one_less = str(int(number) - 1)
        facts = f'{{"a": {number}}}'
        below, at = f"clerk may approve up to {one_less}", f"clerk may approve up to {number}"
        assert decided(below, "a number limit on a", facts) == "deny"
        assert decided(at, "a integer limit on a", facts) == "permit"


class TestPercents:
    @pytest.mark.parametrize("written", ["1%", "10‰", "100bp", "1.0%", "0.01 * 1"])
    def test_one_ratio_in_any_unit(self, written: str) -> None:
        sentence = (
            f"clerk may approve when rate = {written}"
            if "*" not in written
            else "clerk may approve when rate = 1%"
        )
        assert decided(sentence, "rate percent", '{"rate": 0.01}') == "permit"

    @pytest.mark.parametrize(
        "given", ['"1%"', '"10‰"', '"100bp"', "0.01", "1e-2", '"1.00%"', '"1 %"']
    )
    def test_given_in_any_unit(self, given: str) -> None:
        sentence = "clerk may approve when rate = 100bp"
        assert decided(sentence, "rate percent", f'{{"rate": {given}}}') == "permit"

    def test_neighbours(self) -> None:
        limit = "clerk may approve up to 25bp"
        assert decided(limit, "rate percent limit on rate", '{"rate": "2.5‰"}') == "permit"
        assert decided(limit, "rate percent limit on rate", '{"rate": "2.51‰"}') == "deny"
        assert decided(limit, "rate percent limit on rate", '{"rate": "0.25%"}') == "permit"

    def test_a_percent_of_money(self) -> None:
        sentence = "clerk may approve up to 2‰ of total"
        facts = '{{"amount": {}, "total": 1234567.89}}'
        fields = "amount money  total money  limit on amount"
        assert decided(sentence, fields, facts.format("2469.13578")) == "permit"
        assert decided(sentence, fields, facts.format("2469.135781")) == "deny"


class TestThirds:
    @pytest.mark.parametrize(
        ("expression", "kind", "expected"),
        [
            ("100 CNY / 3", "money", Fraction(100, 3)),
            ("100 CNY / 3 * 3", "money", 100),
            ("1 / 3 + 1 / 3 + 1 / 3", "number", 1),
            ("2 / 7 * 7 / 2", "number", 1),
            ("(10 CNY / 3) / (20 CNY / 6)", "number", 1),
        ],
    )
    def test_ratios_are_kept(self, expression: str, kind: str, expected: Any) -> None:
        assert computed(kind, expression) == expected

    def test_a_limit_of_a_third(self) -> None:
        sentence, fields = "clerk may approve up to total / 3", "a money  total money  limit on a"
        facts = '{{"a": {}, "total": 100}}'
        assert decided(sentence, fields, facts.format("33." + "3" * 30)) == "permit"
        assert decided(sentence, fields, facts.format("33." + "3" * 30 + "4")) == "deny"

    def test_three_thirds_against_the_whole(self) -> None:
        sentence = "clerk may approve when a / 3 + a / 3 + a / 3 = a"
        assert decided(sentence, "a money", '{"a": 100}') == "permit"

    def test_a_third_is_shown_as_such(self) -> None:
        house = House(
            f"{HEAD} action act {{ a money  total money  limit on a }} "
            "authority act { clerk may approve up to total / 3 }"
        )
        found = house.maximum("clerk", total=100).permit
        assert found.value is not None
        assert found.value.value == Fraction(100, 3)
        assert "33.33" in found.text
        assert "33.34" not in found.text


class TestRounding:
    """Only where it is written; ties and signs by the written rule."""

    @pytest.mark.parametrize(
        ("mode", "expected"),
        [
            ("half up", ["3", "2", "-3", "-2", "1", "-1", "4", "-4"]),
            ("half down", ["2", "2", "-2", "-2", "0", "0", "3", "-3"]),
            ("half even", ["2", "2", "-2", "-2", "0", "0", "4", "-4"]),
            ("up", ["3", "3", "-3", "-3", "1", "-1", "4", "-4"]),
            ("down", ["2", "2", "-2", "-2", "0", "0", "3", "-3"]),
        ],
    )
    def test_ties_and_signs(self, mode: str, expected: list[str]) -> None:
        values = ["2.5", "2.4999999999", "- 2.5", "- 2.4999999999", "0.5", "- 0.5", "3.5", "- 3.5"]
        found = [computed("number", f"({v}) rounded {mode} to 1") for v in values]
        assert found == [Fraction(e) for e in expected]

    @pytest.mark.parametrize(
        ("expression", "expected"),
        [
            ("2.6750 CNY rounded half up to 0.01", "2.68"),
            ("1.0050 CNY rounded half up to 0.01", "1.01"),
            ("2.6650 CNY rounded half even to 0.01", "2.66"),
            ("- 2.6650 CNY rounded half up to 0.01", "-2.67"),
            ("1_234.5 CNY rounded half up to 100", "1200"),
            ("1_250 CNY rounded half even to 100", "1200"),
            ("0.07 CNY rounded up to 0.05", "0.10"),
            ("100 CNY / 3 rounded half up to 0.01", "33.33"),
            ("200 CNY / 3 rounded half up to 0.01", "66.67"),
        ],
    )
    def test_money(self, expression: str, expected: str) -> None:
        assert computed("money", expression) == Fraction(expected)

    def test_nowhere_in_between(self) -> None:
        """Rounded parts differ from the rounded whole: where to round is part of the rule."""
        parts = "(10 CNY / 3 rounded half up to 0.01) + (10 CNY / 3 rounded half up to 0.01)"
        assert computed("money", parts) == Fraction("6.66")
        assert computed("money", "20 CNY / 3 rounded half up to 0.01") == Fraction("6.67")

    @given(
        st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=10**4),
        st.sampled_from(["half up", "half down", "half even", "up", "down"]),
        st.sampled_from(["0.01", "0.05", "1", "100"]),
    )
    @settings(max_examples=60)
    def test_against_decimal(self, value: Fraction, mode: str, step: str) -> None:
        """An oracle that knows nothing of ours: Decimal at high precision."""
        from decimal import localcontext

        word = "ROUND_" + mode.upper().replace(" ", "_")
        with localcontext() as context:
            context.prec = 200
            ticks = Fraction(value) / Fraction(step)
            exact = Decimal(ticks.numerator) / Decimal(ticks.denominator)
            expected = Fraction(exact.quantize(Decimal(1), rounding=word)) * Fraction(step)
        n, d = value.numerator, value.denominator
        text = f"({'- ' if n < 0 else ''}{abs(n)} / {d}) rounded {mode} to {step}"
        assert computed("number", text) == expected


class TestDurations:
    @pytest.mark.parametrize(
        ("expression", "expected"),
        [
            ("2026-01-31 + 1 month clipped", "2026-02-28"),
            ("2026-01-31 + 1 month rolled", "2026-03-01"),
            ("2024-01-31 + 1 month clipped", "2024-02-29"),
            ("2026-03-31 - 1 month clipped", "2026-02-28"),
            ("2024-02-29 + 1 year clipped", "2025-02-28"),
            ("2024-02-29 + 4 years clipped", "2028-02-29"),
            ("2026-01-01 + 90 days", "2026-04-01"),
            ("2026-01-01 + 2 weeks", "2026-01-15"),
            ("start of quarter of 2026-05-17", "2026-04-01"),
            ("end of quarter of 2026-05-17", "2026-06-30"),
            ("start of week of 2026-03-01", "2026-02-23"),
            ("end of year of 2026-03-01", "2026-12-31"),
        ],
    )
    def test_days(self, expression: str, expected: str) -> None:
        assert str(computed("date", expression)) == expected

    def test_beyond_the_calendar_is_a_fault_not_a_crash(self) -> None:
        house = House("policy p { currency CNY } define x: date = 9999-12-31 + 1 days")
        found = house.compiled.value("x", {}, DAY)
        assert found.value is None
        assert "calendar" in found.faults[0]
