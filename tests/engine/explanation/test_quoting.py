"""Conditions put into words mean what they are."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.asking import PEOPLE, House
from engine.generators import Maker, Written, condition, documents, examples, written
from remit_engine.explanation.quoting import conjuncts_written
from remit_engine.judging.evaluate import Environment, truth
from remit_engine.judging.unknown import conjunction
from remit_engine.reading.request_reader import read_request
from remit_engine.rules.ir import Rule

FACTS = """
record Order { region: text  note: text optional  total: money }
record Person { territory: set of text }
action pay "Pay" { amount money  urgent boolean  special boolean  order Order  limit on amount }
"""


def told(sentence: str) -> str | None:
    """The condition of one sentence on paying as `remit may` tells it."""
    house = House(f"{PEOPLE}{FACTS}authority pay {{ manager may approve any {sentence} }}")
    (power,) = house.reference.may(house.request("manager").actor, house.as_of)
    return power.condition


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("when order.note is absent", "order.note is absent"),
        ("unless order.note is absent", "not (order.note is absent)"),
        ("unless order.note is given", "not (order.note is given)"),
        ('when order.region not in ("a", "b")', 'order.region not in ("a", "b")'),
        ("when order.region not in actor.territory", "order.region not in actor.territory"),
        ("when urgent and order.note is absent", "urgent and order.note is absent"),
        ("when urgent or order.note is absent", "urgent or order.note is absent"),
        ("when (urgent or special) and amount > 5", "(urgent or special) and amount > 5"),
        ("when urgent unless (special) or (amount > 5)",
         "urgent and not ((special) or (amount > 5))"),
        ("when urgent or special unless amount > 5", "(urgent or special) and not (amount > 5)"),
        ("when not (urgent and special)", "not (urgent and special)"),
        ('when order.region = "a or b" and urgent', 'order.region = "a or b" and urgent'),
    ],
)  # fmt: skip
def test_a_condition_in_words(sentence: str, words: str) -> None:
    assert told(sentence) == words


def clause(m: Maker) -> str:
    """`when C unless D` with conditions whose parentheses may be left out."""
    parts = []
    for word in ("when", "unless"):
        if m.chance(75):
            c = condition(m, 3)
            bare = c[1:-1] if c.startswith("(") and m.chance(50) and whole(c) else c
            parts.append(f"{word} {bare}")
    return " ".join(parts) or f"when {condition(m, 2)}"


def whole(text: str) -> bool:
    """True when the first parenthesis closes at the end."""
    depth = 0
    for i, mark in enumerate(text):
        depth += {"(": 1, ")": -1}.get(mark, 0)
        if depth == 0:
            return i == len(text) - 1
    return False


def ruled(w: Written, sentences: list[str]) -> tuple[str, House, tuple[Rule, ...]]:
    text = w.text(statements=[f"c{i}: boss may approve {s}" for i, s in enumerate(sentences)])
    house = House(text, w.directory)
    return text, house, house.model.rules


@given(st.randoms(use_true_random=False))
@settings(max_examples=examples(60, 5_000), deadline=None)
def test_a_condition_put_into_words_and_read_back_means_the_same(rnd: Random) -> None:
    w = written(rnd)
    m = Maker(rnd, kind=w.kind, measure=w.measure)
    _, house, rules = ruled(w, [f"any {clause(m)}" for _ in range(4)])
    words = [" and ".join(conjuncts_written(r.condition, house.model.program)) for r in rules]
    _, again, read = ruled(w, [f"any when {said}" for said in words])
    for document in documents(rnd, w, 4):
        request = read_request(document, house.model, house.directory)
        env = Environment(house.model, request.as_of, request.facts, house.directory.within, {})
        env_again = Environment(
            again.model, request.as_of, request.facts, again.directory.within, {}
        )
        for rule, other, said in zip(rules, read, words, strict=True):
            meant = conjunction(truth(c, env) for c in rule.condition)
            found = conjunction(truth(c, env_again) for c in other.condition)
            assert known(meant) == known(found), said


def known(value: object) -> object:
    return value if isinstance(value, bool) else "unknown"
