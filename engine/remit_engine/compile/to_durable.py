"""To durable-rules: one rule of a watch as a ruleset of that library, within what it does rightly.

Attributes and values are small whole numbers, and no text of a policy reaches the library. A rule
has two sides: what is asked while its alert is not open, and while it is. Each is a disjunction of
cases, a case an `and` of conditions on constants; an event fires one case at most, and one is
enough. Measured limits of the library are kept with room; what they forbid is `Unsafe`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

Condition = tuple[int, int]
"""The number of an attribute, and a mask of the values that it may have: bit 0 less, bit 1 equal,
bit 2 greater. 3 (unknown) never makes anything true."""

Case = tuple[Condition, ...]
"""All must hold; each attribute is named once."""

VALUES = 4  # less, equal, greater, unknown
KNOWN = 0b111
MOST_CASES = 60  # of a side: from 65 branches that one message matches on, error 303
MOST_CONDITIONS = 28  # of a case, the two before them included: from 32 on, error 113
MOST_ATTRIBUTES = 200  # of a message: from 253 on, error 302

_TESTS: dict[int, tuple[tuple[str, int], ...]] = {
    0b001: (("", 0),),
    0b010: (("", 1),),
    0b100: (("", 2),),
    0b011: (("$lte", 1),),
    0b101: (("$lte", 2), ("$neq", 1)),
    0b110: (("$gte", 1), ("$lte", 2)),
    0b111: (("$lte", 2),),
}


class Unsafe(Exception):
    """What the library could not be trusted with; the text says why, for people."""


def definition(attributes: int, idle: Sequence[Case], open: Sequence[Case]) -> dict[str, Any]:
    """The ruleset as the library reads it, without actions: name of a rule -> rule.

    attributes: how many there are, named `a0`, `a1`, …; idle, open: the cases of the two sides.
    Raises `Unsafe`.
    """
    if attributes > MOST_ATTRIBUTES:
        raise Unsafe(f"it compares {attributes} things, and {MOST_ATTRIBUTES} are safe")
    rules = {}
    for side, cases in enumerate((idle, open)):
        if len(cases) > MOST_CASES:
            raise Unsafe(f"it has {len(cases)} cases, and {MOST_CASES} are safe")
        if len({frozenset(case) for case in cases}) < len(cases):
            raise Unsafe("a case is there twice")
        for n, case in enumerate(cases):
            rules[f"r{side}_{n}"] = {"all": [{"m": {"$and": _conditions(side, case, attributes)}}]}
    return rules


def message(number: int, side: int, values: Sequence[int]) -> dict[str, Any]:
    """The event that asks one side of a ruleset. number: none is used twice in a process."""
    named = {f"a{n}": value for n, value in enumerate(values)}
    return {"evt": 1, "open": side, "id": f"e{number}", "sid": "s", **named}


def _conditions(side: int, case: Case, attributes: int) -> list[dict[str, Any]]:
    """Few-valued attributes first: they are shared by all cases, and branch least."""
    found: list[dict[str, Any]] = [{"evt": 1}, {"open": side}]
    for number, mask in sorted(case):
        if not 0 <= number < attributes:
            raise Unsafe(f"there is no attribute {number}")
        found += _tests(f"a{number}", mask)
    if len({number for number, _ in case}) < len(case):
        raise Unsafe("a case names an attribute twice")
    if len(found) > MOST_CONDITIONS:
        raise Unsafe(f"a case has {len(found)} conditions, and {MOST_CONDITIONS} are safe")
    return found


def _tests(name: str, mask: int) -> Iterator[dict[str, Any]]:
    if mask not in _TESTS:
        raise Unsafe(f"{mask} is no set of signs")
    for operator, value in _TESTS[mask]:
        test: dict[str, Any] = {name: value}
        yield {operator: test} if operator else test
