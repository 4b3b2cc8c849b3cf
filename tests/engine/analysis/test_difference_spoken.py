"""Words by which a request may name a thing, and what became of them."""

from __future__ import annotations

import pytest

from engine.asking import loaded
from remit_engine.analysis.difference.change import Change, Weight, sentence
from remit_engine.analysis.difference.structure import changes
from remit_engine.rules.lower import lower

HOUSE = """policy house { currency CNY }
enum Region { east "East" zh "东"  west "West" }
position boss "Boss" { also called "Chef" }
position mgr "Manager" { reports to boss }
action pay "Pay out" { amount money  region Region  limit on amount }
action send { amount money  limit on amount }
right release "Let go" implies review
authority pay { boss may approve any  mgr may release up to 10 when region = east }
"""
LOST = ", and means nothing now: a request that says it is no longer understood"


def moved(*edits: tuple[str, str]) -> list[Change]:
    text = HOUSE
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    found = changes(lower(loaded(HOUSE)), lower(loaded(text)))
    return [c for c in found if c.subject == "word"]


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        ([(' { also called "Chef" }', ""), ("to boss", 'to boss also called "chef"')],
         ["the word `Chef` meant position boss, and means mgr now"]),
        ([('"East"', '"x"'), ('"West"', '"East"'), ('"x"', '"West"')],
         ["the word `East` meant Region east, and means west now",
          "the word `West` meant Region west, and means east now"]),
        ([('"东"', '"东方"')], ["the word `东` meant Region east" + LOST]),
        ([('"Manager"', '"Head"')], ["the word `Manager` meant position mgr" + LOST]),
        ([('"Pay out"', '"Pay"')], ["the word `Pay out` meant action pay" + LOST]),
        ([('"Let go"', '"Let it go"')], ["the word `Let go` meant verb release" + LOST]),
        ([('"Manager"', '"CHEF"')],
         ["the word `Chef` meant position boss, and means boss or mgr now",
          "the word `Manager` meant position mgr" + LOST]),
        ([("action send", 'action send "Pay out"')],
         ["the word `Pay out` meant action pay, and means pay or send now"]),
        ([("position mgr", "position Chef\nposition mgr")],
         ["the word `Chef` meant position boss, and means Chef now"]),
    ],
)  # fmt: skip
def test_a_word_that_means_something_else(edits, said):
    found = moved(*edits)
    assert [sentence(c) for c in found] == said
    assert {c.weight for c in found} == {Weight.ANSWERS}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"Boss"', '"BOSS"'),
        ('"Pay out"', '" pay out "'),
        ('"Manager"', '"Manager" fr "Gérant"'),
        ('also called "Chef"', 'also called "Chef"  also called "Head"'),
        ("action send {", 'action send "Send" {'),
        ("action send { amount money  limit on amount }", ""),
        ('position boss "Boss"', 'position extra "Extra"\nposition boss "Boss"'),
    ],
)
def test_new_words_other_letters_and_things_that_are_gone(old, new):
    """A thing that came or is gone is told itself; a new word takes nothing away."""
    assert moved((old, new)) == []


def test_a_word_of_a_thing_that_is_gone_passes_to_another():
    found = moved(("action send", 'action give "Pay out"'), ('pay "Pay out"', "pay"))
    assert [sentence(c) for c in found] == [
        "the word `Pay out` meant action pay, and means give now"
    ]


def test_one_word_for_a_position_and_an_action_is_kept_apart():
    old = HOUSE.replace('"Boss"', '"Pay out"')
    new = old.replace('pay "Pay out"', 'pay "Paying"')
    found = changes(lower(loaded(old)), lower(loaded(new)))
    assert [sentence(c) for c in found if c.subject == "word"] == [
        "the word `Pay out` meant action pay" + LOST
    ]
