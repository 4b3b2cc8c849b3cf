"""Rules as formulas over atoms: alike in what they say, however they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.expect import check
from remit_engine.watch.matching import EQUAL, GREATER, LESS, UNKNOWN, Match, Message
from remit_engine.watch.plain import Plain, value
from remit_engine.watch.rulesets import And, Atom, Not, Or, Ruleset, rulesets

TESTS = Path(__file__).parents[2]
EVERY_FORM = (TESTS / "dsl" / "watch" / "every_form.remit").read_text(encoding="utf-8")
HEAD = EVERY_FORM[: EVERY_FORM.index("watch credit_usage")]
A, B = Atom("a", frozenset({GREATER})), Atom("b", frozenset({LESS, EQUAL}))


def made(text: str) -> dict[str, Ruleset]:
    return rulesets(check(HEAD + text).fine().program)


def watching(condition: str, rest: str = "") -> Ruleset:
    text = f"watch w on Customer {{ r: when {condition} notify board {rest} }}"
    return made(text)["watch.sample.w"]


def test_what_is_asked_together() -> None:
    names = list(rulesets(check(EVERY_FORM).fine().program))
    assert names == [
        "watch.sample.credit_usage",
        "rows watch.sample.credit_usage watch.sample.credit_usage.5",
        "watch.sample.cross_area",
        "watch.sample.by_product",
        "duty watch.sample.sales_manager.monthly",
        "duty watch.sample.summary",
    ]


def test_one_atom_for_two_comparisons_of_the_same_values() -> None:
    found = watching("exposure over credit_line", "until exposure at most credit_line")
    (rule,) = found.rules
    assert found.atoms == ("a1",)
    assert rule.begin == Atom("a1", frozenset({GREATER}))
    assert rule.clear == Atom("a1", frozenset({LESS, EQUAL}))


def test_and_or_not_are_taken_apart_and_the_rest_is_an_atom() -> None:
    found = watching("not (exposure over 5 or region in (east, west)) and region != east")
    (rule,) = found.rules
    over, inside = Atom("a1", frozenset({GREATER})), Atom("a2", frozenset({GREATER}))
    other = Atom("a3", frozenset({LESS, GREATER}))
    assert rule.begin == And((Not(Or((over, inside))), other))
    assert rule.clear == Not(rule.begin)
    assert [q.kind for q in found.questions] == ["compare", "truth", "compare"]


def test_a_policy_with_days_is_asked_whether_it_is_in_force() -> None:
    head = HEAD.replace("currency CNY }", "currency CNY  effective from 2026-01-01 }", 1)
    text = f"{head}watch w on Customer {{ when exposure over 5 notify board until exposure = 5 }}"
    (rule,) = rulesets(check(text).fine().program)["watch.sample.w"].rules
    force = Atom("force", frozenset({GREATER}))
    assert rule.begin == And((force, Atom("a2", frozenset({GREATER}))))
    assert rule.clear == Or((Not(force), Atom("a2", frozenset({EQUAL}))))


@pytest.mark.parametrize(
    ("formula", "signs", "expected"),
    [
        (A, {"a": GREATER}, True),
        (A, {"a": EQUAL}, False),
        (A, {"a": UNKNOWN}, None),
        (A, {}, None),
        (And((A, B)), {"a": EQUAL}, False),
        (And((A, B)), {"a": GREATER}, None),
        (Or((A, B)), {"b": LESS}, True),
        (Or((A, B)), {"b": GREATER}, None),
        (Not(Or((A, B))), {"a": EQUAL, "b": GREATER}, True),
        (Not(A), {}, None),
        (And(()), {}, True),
        (Or(()), {}, False),
    ],
)
def test_three_values(formula, signs, expected) -> None:
    assert value(formula, signs) is expected


def test_begins_where_true_and_not_open_and_clears_where_open() -> None:
    found = watching("exposure over credit_line")
    plain = Plain({found.name: found})
    (rule,) = found.rules

    def match(sign: int, *open: str) -> Match:
        (answer,) = plain.match([Message("m", found.name, "c", {"a1": sign}, frozenset(open))])
        return answer

    assert match(GREATER) == Match(begins=frozenset({rule.id}))
    assert match(GREATER, rule.id) == Match()
    assert match(EQUAL, rule.id) == Match(clears=frozenset({rule.id}))
    assert match(EQUAL) == Match()
    assert match(UNKNOWN) == match(UNKNOWN, rule.id) == Match()
