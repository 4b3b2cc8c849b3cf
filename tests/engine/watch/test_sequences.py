"""A sequence moved from point to point, beside one that is looked at whole at each."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit_dsl.watch import Window
from remit_engine.judging.unknown import Unknown, missing
from remit_engine.watch.accumulators import Follower
from remit_engine.watch.entry import place_of

DAYS = 4
SECOND, MAYBE, NOT, FIRST, NONE = "second", "maybe", "not", "first", "none"
WORTH = {SECOND: True, MAYBE: missing("x"), NOT: False}


def entry(day: int, arrival: int, what: str) -> Any:
    return SimpleNamespace(place=place_of(day, arrival), day=day, what=what)


def plan(still: bool) -> Any:
    spec = SimpleNamespace(window=Window("days", DAYS), second="w.Return")
    return SimpleNamespace(spec=spec, still=still)


class Case:
    """A follower and the rows told to it; asked: how often a row was judged."""

    def __init__(self, still: bool = True) -> None:
        self.follower = Follower(plan(still))
        self.rows: list[Any] = []
        self.asked = 0

    def judge(self, plan_: Any, day: int, row: Any) -> Any:
        self.asked += 1
        return WORTH[row.what]

    def of(self, *kinds: str) -> list[Any]:
        return [r for r in self.rows if r.what in kinds]

    def move(self, place: int, day: int) -> Any:
        seconds = self.of(SECOND, MAYBE, NOT)
        self.follower.move(self.of(FIRST), seconds, place, day, self.judge)
        return word(self.follower.value)

    def whole(self, place: int, day: int) -> Any:
        """By the words of docs/watch.md."""
        known = [r for r in self.rows if r.place <= place and r.day > day - DAYS]
        firsts = [r.place for r in known if r.what == FIRST]
        found = {r.what for r in known if firsts and r.place > min(firsts)}
        return "true" if SECOND in found else "unknown" if MAYBE in found else "false"


def word(value: Any) -> str:
    return "unknown" if isinstance(value, Unknown) else "true" if value else "false"


STEPS = st.lists(
    st.tuples(st.integers(-3, 2), st.sampled_from([SECOND, MAYBE, NOT, NOT, FIRST, NONE])),
    max_size=25,
)


@pytest.mark.parametrize("still", [True, False])
@given(STEPS)
def test_it_is_what_it_would_be_looked_at_whole(still: bool, steps: list[tuple[int, str]]) -> None:
    case, today = Case(still), 100
    for arrival, (by, what) in enumerate(steps, 1):
        day = today + by
        today = max(today, day)
        new = entry(day, arrival, what)
        case.rows = sorted([*case.rows, new], key=lambda r: r.place)
        if by < 0:  # late: back to before it, then forward again
            case.move(new.place - 1, day)
        points = sorted({r.place: r.day for r in case.rows if r.place >= new.place}.items())
        for place, of in points:
            assert case.move(place, of) == case.whole(place, of)


def test_a_row_is_judged_once() -> None:
    case = Case()
    case.rows = [entry(100, 1, FIRST)]
    for arrival in range(2, 302):
        case.rows.append(entry(100, arrival, NOT))
        assert case.move(case.rows[-1].place, 100) == "false"
    assert case.asked == 300
