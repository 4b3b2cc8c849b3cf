"""Attacks of a hostile review on the text: sentences that must not mean what they do not say."""

from __future__ import annotations

import pytest

from remit_dsl.diagnostics import errors
from remit_dsl.loader import load_texts
from remit_dsl.program import Program

HOUSE = "policy p { currency CNY owner clerk } position clerk position boss "
PAY = "action pay { amount money  other money  rate percent optional  limit on amount } "


def codes(text: str | dict[str, str]) -> list[str]:
    """The codes of everything found, errors and warnings."""
    texts = {"p.remit": text} if isinstance(text, str) else text
    return [d.code for d in load_texts(texts)[1]]


def refused(text: str | dict[str, str]) -> bool:
    texts = {"p.remit": text} if isinstance(text, str) else text
    return bool(errors(load_texts(texts)[1]))


def sound(text: str) -> Program:
    program, found = load_texts({"p.remit": text})
    assert program is not None
    assert not errors(found)
    return program


# --- currencies ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    [
        "up to 10_000",
        "up to 10_000 each, 20_000 per month",
        "up to 5_000 + 5_000",
        "up to 5 * 2",
        "up to min(10_000, 20_000)",
        "up to max(5, amount)",
        "up to if other > 0 USD then 5 else 6",
        "any when amount < 10_000",
        "any when 10_000 > amount",
        "any when amount - 10_000 < 0 USD",
        "any when amount * 2 < 10_000 / 2",
        "any when abs(5) > amount",
        "any when amount in (1_000, 2_000)",
        "any when amount between 1 and 5",
    ],
)
def test_a_bare_amount_is_never_read_in_another_policys_currency(sentence: str) -> None:
    abroad = {
        "a.remit": "policy a { currency USD owner clerk } position clerk " + PAY,
        "b.remit": "policy b { currency CNY owner clerk } use a "
        f"authority pay {{ clerk may approve {sentence} }}",
    }
    assert refused(abroad)


# --- percents ------------------------------------------------------------------------------


RATE = "action pay { rate percent  a money  b money  limit on rate } "


def test_a_ratio_that_limits_a_percent_is_rounded_to_a_percent() -> None:
    assert refused(HOUSE + RATE + "authority pay { clerk may approve up to a / b rounded up to 1 }")
    sound(HOUSE + RATE + "authority pay { clerk may approve up to a / b rounded up to 1% }")


def test_ten_of_something_is_not_ten_percent_of_it() -> None:
    assert refused(HOUSE + PAY + "authority pay { clerk may approve up to 10 of other }")
    sound(HOUSE + PAY + "authority pay { clerk may approve up to 10% of other }")


@pytest.mark.parametrize("limit", ["5", "10 / 2", "max(5%, 3)", "a / b + 5"])
def test_a_bare_number_is_no_percent(limit: str) -> None:
    assert refused(HOUSE + RATE + f"authority pay {{ clerk may approve up to {limit} }}")


# --- numbers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "number",
    [
        "5,000",
        "5 000",
        "5__000",
        "5_",
        "05",
        "1e3",
        "5.",
        ".5",
        "１０",
        "٥",
        "5 0%",
        "max(5,000, 6)",
    ],
)
def test_a_number_is_written_in_one_way(number: str) -> None:
    assert refused(HOUSE + PAY + f"authority pay {{ clerk may approve up to {number} }}")


def test_thousands_in_a_list_are_not_two_numbers() -> None:
    text = "authority pay { nobody may approve when amount in (5,000, 6,000) }"
    assert "E0017" in codes(HOUSE + PAY + text)


# --- words ---------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["anyone", "nobody", "requester"])
def test_no_position_is_called_what_means_everybody(word: str) -> None:
    text = f"{HOUSE} position {word} {PAY} authority pay {{ clerk may approve any }}"
    assert refused(text)


@pytest.mark.parametrize(
    "text",
    [
        "parameter most: money = 10 action pay { amount money  most money  limit on amount } "
        "authority pay { clerk may approve up to most }",
        "action pay { amount money  boss position  wanted position  limit on amount } "
        "authority pay { clerk may approve any when wanted = boss }",
    ],
)
def test_a_fact_that_hides_a_name_is_told(text: str) -> None:
    assert "W0505" in codes(HOUSE + text)


@pytest.mark.parametrize(
    "end", ["\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"], ids=lambda c: f"U+{ord(c):04X}"
)
def test_a_comment_swallows_no_line_that_an_editor_shows(end: str) -> None:
    text = f"authority pay {{ clerk may approve any # a note{end} nobody may approve over 3\n }}"
    program, found = load_texts({"p.remit": HOUSE + PAY + text})
    if not errors(found):
        assert program is not None
        assert program.authorities[0].prohibitions


@pytest.mark.parametrize("twin", ["сео", "ｃｅｏ"], ids=["Cyrillic", "full width"])
def test_two_names_that_look_alike_are_told(twin: str) -> None:
    text = f"{HOUSE} position ceo position {twin} {PAY} authority pay {{ {twin} may approve any }}"
    alone = f"{HOUSE} position ceo {PAY} authority pay {{ ceo may approve any }}"
    assert set(codes(text)) - set(codes(alone)) - {"W0503"}


def test_a_bidirectional_mark_in_a_comment_is_an_error() -> None:
    assert refused(HOUSE + "# note \u202e \n" + PAY)


# --- sentences -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    [
        "clerk may approve up to 3_000, 20_000 per month",
        "clerk may approve up to 5 other > 3",
        "clerk may approve up to 5 when other > 3 when other > 4",
        "clerk may approve between 5 and other and 3",
        "nobody may approve between 1 and 5 and other > 3",
        "clerk may approve any when other > 3 and amount > 1 or amount < 0",
        "clerk may approve any when 1 < amount < 5",
        "anyone may not approve over 3",
        "nobody may approve any",
        "requester may approve any",
        "approve over 10 needs review by clerk or boss may approve any",
    ],
)
def test_a_sentence_that_can_be_misread_is_refused(sentence: str) -> None:
    assert refused(HOUSE + PAY + f"authority pay {{ {sentence} }}")


def test_two_sentences_that_run_together_are_two() -> None:
    text = "authority pay { approve over 10 needs review by clerk boss may approve any }"
    (authority,) = sound(HOUSE + PAY + text).authorities
    assert [g.positions for g in authority.grants] == [("p.boss",)]
    assert len(authority.requirements) == 1
