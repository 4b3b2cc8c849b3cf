"""A rule of a watch in the form of durable-rules, and what is not put to it."""

from __future__ import annotations

import pytest

from remit_engine.compile.to_durable import (
    MOST_ATTRIBUTES,
    MOST_CASES,
    MOST_CONDITIONS,
    Unsafe,
    definition,
    message,
)


def conditions(mask: int) -> list:
    (rule,) = definition(1, [((0, mask),)], []).values()
    return rule["all"][0]["m"]["$and"]


def test_a_rule_is_an_and_of_constants_that_begins_with_what_is_common() -> None:
    assert definition(2, [((1, 0b110), (0, 0b001))], [((0, 0b101),)]) == {
        "r0_0": {"all": [{"m": {"$and": [
            {"evt": 1}, {"open": 0}, {"a0": 0}, {"$gte": {"a1": 1}}, {"$lte": {"a1": 2}},
        ]}}]},
        "r1_0": {"all": [{"m": {"$and": [
            {"evt": 1}, {"open": 1}, {"$lte": {"a0": 2}}, {"$neq": {"a0": 1}},
        ]}}]},
    }  # fmt: skip


@pytest.mark.parametrize("mask", range(1, 8))
def test_conditions_hold_for_the_values_of_the_mask(mask: int) -> None:
    tests = {
        "$lte": lambda a, b: a <= b, "$gte": lambda a, b: a >= b, "$neq": lambda a, b: a != b,
    }  # fmt: skip
    for value in range(4):
        held = all(
            tests[op](value, operand["a0"]) if op in tests else value == operand
            for condition in conditions(mask)[2:]
            for op, operand in condition.items()
        )
        assert held is bool(1 << value & mask & 0b111)


def test_an_event_names_every_attribute_and_is_told_apart() -> None:
    assert message(7, 1, [0, 3]) == {
        "evt": 1, "open": 1, "id": "e7", "sid": "s", "a0": 0, "a1": 3,
    }  # fmt: skip


def test_what_the_library_does_wrong_is_not_put_to_it() -> None:
    many = [((n, 1),) for n in range(MOST_CASES + 1)]
    with pytest.raises(Unsafe, match="it has 61 cases, and 60 are safe"):
        definition(MOST_ATTRIBUTES, many, [])
    long = tuple((n, 0b101) for n in range(MOST_CONDITIONS // 2))
    with pytest.raises(Unsafe, match="a case has 30 conditions, and 28 are safe"):
        definition(MOST_ATTRIBUTES, [long], [])
    with pytest.raises(Unsafe, match="it compares 201 things, and 200 are safe"):
        definition(MOST_ATTRIBUTES + 1, [], [])
    definition(MOST_ATTRIBUTES, many[:-1], [long[:-1]])


@pytest.mark.parametrize(
    ("cases", "reason"),
    [
        ([((1, 1),)], "there is no attribute 1"),
        ([((0, 8),)], "8 is no set of signs"),
        ([((0, 1), (0, 2))], "a case names an attribute twice"),
        ([((0, 1),), ((0, 1),)], "a case is there twice"),
    ],
)
def test_what_is_no_case(cases, reason: str) -> None:
    with pytest.raises(Unsafe, match=reason):
        definition(1, cases, [])


def test_names_that_the_library_knows_by_a_hash_of_32_bits_are_told_apart() -> None:
    def fnv(text: str) -> int:
        hash = 2166136261
        for byte in text.encode():
            hash = (hash ^ byte) * 16777619 % 2**32
        return hash

    names = [*message(1, 0, [0] * MOST_ATTRIBUTES), "$s", "s"]
    assert len({fnv(name) for name in names}) == len(names)
