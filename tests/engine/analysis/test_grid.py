"""The search over cells against a look at every choice of classes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.analysis.test_formula import in_box
from remit_engine.analysis.columns import AS_OF, FACT, TRUTHS, Column, Columns
from remit_engine.analysis.formula import Box
from remit_engine.analysis.goal import Applies, Both, Goal, Neither
from remit_engine.analysis.grid import (
    OTHER,
    Cell,
    Class,
    Decide,
    Grid,
    TooManySteps,
    bits,
    grid,
)
from remit_engine.analysis.sets import (
    EVERYWHERE,
    HIGHEST,
    Symbols,
    ValueSet,
    before,
    compared,
    sample,
    stretch,
    symbols,
)
from remit_engine.analysis.space import decision

FROM_ZERO = stretch(before(Fraction(0)), HIGHEST)
ENUM = ("a", "b", "c")
STEPS = 100_000


def columns() -> Columns:
    made = Columns()
    for column in (
        Column("x", FACT, "line"),
        Column("n", FACT, "line", whole=True, range=FROM_ZERO),
        Column("e", FACT, "enum", members=ENUM),
        Column("t", FACT, "text"),
        Column("f", FACT, "boolean", members=TRUTHS),
        Column(AS_OF, FACT, "line", whole=True, range=FROM_ZERO),
    ):
        made.add(column)
    return made


def some_values(rnd: Random, key: str) -> ValueSet:
    match key:
        case "x":
            first = compared(
                rnd.choice(("<", "<=", ">", ">=", "!=")), Fraction(rnd.randrange(-2, 3))
            )
            return first.meet(compared(rnd.choice((">", "<=")), Fraction(rnd.randrange(-2, 3))))
        case "e":
            return Symbols(frozenset(rnd.sample(ENUM, rnd.randrange(1, 3))), rnd.random() < 0.5)
        case "t":
            return Symbols(frozenset(rnd.sample(("u", "v"), 1)), rnd.random() < 0.5)
        case "f":
            return symbols([rnd.random() < 0.5])
    return compared(rnd.choice(("<", "<=", ">", ">=", "=")), Fraction(rnd.randrange(-1, 4)), True)


def some_boxes(rnd: Random) -> list[Box]:
    found: list[Box] = []
    for _ in range(rnd.randrange(1, 7)):
        keys = rnd.sample(("x", "n", "e", "t", "f", AS_OF), rnd.randrange(4))
        values = {k: some_values(rnd, k) for k in keys}
        found.append({k: v for k, v in values.items() if not v.empty})
    return found


def some_goal(rnd: Random, leaves: Sequence[Applies], depth: int = 2) -> Goal:
    if depth == 0 or rnd.random() < 0.2:
        return rnd.choice(leaves)
    parts = tuple(some_goal(rnd, leaves, depth - 1) for _ in range(rnd.randrange(1, 4)))
    return rnd.choice((Both, Neither))(parts)


def truth(goal: Goal, met: int, masks: Mapping[Applies, int]) -> bool:
    """Whether a goal holds where exactly these boxes are met."""
    match goal:
        case Applies():
            return bool(met & masks[goal])
        case Both():
            return all(truth(g, met, masks) for g in goal.goals)
        case Neither():
            return not any(truth(g, met, masks) for g in goal.goals)
    raise TypeError(goal)


class Case:
    """Random boxes, a random goal about some of them, and every point that matters."""

    def __init__(self, seed: int) -> None:
        rnd = Random(seed)
        self.rnd = rnd
        self.boxes = some_boxes(rnd)
        order = rnd.sample(("x", "n", "e"), rnd.randrange(3))
        self.grid = grid(self.boxes, columns(), order)
        leaves = [Applies("sure", (), str(i)) for i in range(rnd.randrange(1, 4))]
        self.masks = {leaf: rnd.randrange(1 << len(self.boxes)) for leaf in leaves}
        self.goal = some_goal(rnd, leaves)
        self.decide: Decide = decision(self.goal, self.masks)  # type: ignore[arg-type]

    def met(self, classes: Mapping[str, Class]) -> int:
        """The boxes that a point of a cell meets."""
        at = point(classes)
        return sum(1 << i for i, box in enumerate(self.boxes) if in_box(box, at))

    def holds(self, classes: Mapping[str, Class], alive: int | None = None) -> bool:
        met = self.met(classes)
        return truth(self.goal, met if alive is None else met & alive, self.masks)

    def everywhere(self) -> Iterator[dict[str, Class]]:
        """Every choice of classes."""
        keys = [c.column.key for c in self.grid.columns]
        for chosen in itertools.product(*(c.classes for c in self.grid.columns)):
            yield dict(zip(keys, chosen, strict=True))

    def same_in(self, cell: Cell) -> Iterator[dict[str, Class]]:
        """The choices that agree with a cell in what is relevant."""
        for classes in self.everywhere():
            if all(classes[k] == cell.classes[k] for k in cell.relevant):
                yield classes


def point(classes: Mapping[str, Class]) -> dict[str, object]:
    """One value of each class."""
    return {
        k: sample(*c, k in ("n", AS_OF)) if isinstance(c, tuple) else c for k, c in classes.items()
    }


cases = st.integers(0, 10**9).map(Case)


@given(cases)
@settings(max_examples=120)
def test_a_cell_is_found_exactly_where_there_is_one(case: Case) -> None:
    found = list(case.grid.cells(case.decide, STEPS))
    exists = any(case.holds(c) for c in case.everywhere())
    assert bool(found) == exists
    for cell in found:
        assert cell.classes.keys() == {c.column.key for c in case.grid.columns}
        assert case.holds(cell.classes)


@given(cases)
@settings(max_examples=120)
def test_what_is_relevant_suffices(case: Case) -> None:
    for cell in case.grid.cells(case.decide, STEPS):
        assert set(cell.relevant) <= cell.classes.keys()
        assert all(case.holds(classes) for classes in case.same_in(cell))


@given(cases)
@settings(max_examples=80)
def test_nothing_relevant_could_be_left_out(case: Case) -> None:
    for cell in case.grid.cells(case.decide, STEPS):
        for key in cell.relevant:
            kept = set(cell.relevant) - {key}
            alive, settled = case.grid.possible, case.grid.every
            for c in case.grid.columns:
                if c.column.key in kept:
                    alive &= c.masks[c.classes.index(cell.classes[c.column.key])]
                else:
                    settled &= c.full
            assert case.decide(alive, alive & settled) is not True


def _or(masks: Iterator[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found


@given(cases)
@settings(max_examples=100)
def test_classes_are_uniform_and_cover_the_range(case: Case) -> None:
    for c in case.grid.columns:
        for k, mask in zip(c.classes, c.masks, strict=True):
            for i, box in enumerate(case.boxes):
                wanted = c.column.key not in box or in_box(
                    {c.column.key: box[c.column.key]}, point({c.column.key: k})
                )
                assert bool(mask >> i & 1) == wanted
                assert bool(c.rows[i] >> c.classes.index(k) & 1) == wanted
        if c.column.kind == "line":
            union = EVERYWHERE.complement()
            for k in c.classes:
                assert isinstance(k, tuple)
                assert union.meet(stretch(*k)).empty
                union = union.join(stretch(*k))
            assert union == c.column.range


@given(cases)
@settings(max_examples=100)
def test_inside_a_region_only(case: Case) -> None:
    region = case.rnd.randrange(len(case.boxes))
    found = list(case.grid.cells(case.decide, STEPS, None, region))
    inside = [c for c in case.everywhere() if case.met(c) >> region & 1]
    assert bool(found) == any(case.holds(c) for c in inside)
    for cell in found:
        assert case.met(cell.classes) >> region & 1
        assert case.holds(cell.classes)
        assert all(case.holds(c) for c in case.same_in(cell))


@given(cases)
@settings(max_examples=80)
def test_of_the_boxes_that_count_only(case: Case) -> None:
    alive = case.rnd.randrange(1 << len(case.boxes))
    found = list(case.grid.cells(case.decide, STEPS, alive))
    assert bool(found) == any(case.holds(c, alive) for c in case.everywhere())
    assert all(case.holds(cell.classes, alive) for cell in found)


@given(cases)
@settings(max_examples=80)
def test_masks_of_possible_meeting_and_inside(case: Case) -> None:
    points = [case.met(c) for c in case.everywhere()]
    assert case.grid.possible == _or(iter(points))
    for i in range(len(case.boxes)):
        mine = [p for p in points if p >> i & 1]
        if mine:
            # pairs of boxes meet in columns one by one, so this is exact
            assert case.grid.meeting(i) & case.grid.possible == _or(iter(mine))
        for j in range(len(case.boxes)):
            if case.grid.possible >> i & 1:
                assert case.grid.inside(i, j) == all(p >> j & 1 for p in mine)


@given(cases)
@settings(max_examples=80)
def test_the_first_column_goes_up_and_backwards_down(case: Case) -> None:
    if not case.grid.columns:
        return
    first = case.grid.columns[0]
    key = first.column.key
    good = [
        k for k in first.classes if any(c[key] == k and case.holds(c) for c in case.everywhere())
    ]
    up = next(case.grid.cells(case.decide, STEPS), None)
    down = next(case.grid.backwards(key).cells(case.decide, STEPS), None)
    assert (up is not None) == bool(good) == (down is not None)
    if up is not None and down is not None:
        assert first.classes.index(up.classes[key]) <= first.classes.index(good[0])
        assert case.holds({**up.classes})
        assert case.holds({**down.classes})
        if key in down.relevant:
            assert down.classes[key] == good[-1]
        if key in up.relevant:
            assert up.classes[key] == good[0]


@given(cases)
@settings(max_examples=80)
def test_backwards_twice_is_the_same(case: Case) -> None:
    for c in case.grid.columns:
        key = c.column.key
        turned = case.grid.backwards(key)
        assert turned.backwards(key).columns == case.grid.columns
        assert bool(list(turned.cells(case.decide, STEPS))) == bool(
            list(case.grid.cells(case.decide, STEPS))
        )


@given(cases)
@settings(max_examples=80)
def test_along_one_column(case: Case) -> None:
    for cell in itertools.islice(case.grid.cells(case.decide, STEPS), 3):
        for c in case.grid.columns:
            key = c.column.key
            found = list(case.grid.along(cell, key, case.decide))
            assert all(case.holds(other.classes) for other in found)
            assert all(key in other.relevant for other in found)
            assert cell.classes[key] in [other.classes[key] for other in found]
            for other in found:
                assert {k: v for k, v in other.classes.items() if k != key} == {
                    k: v for k, v in cell.classes.items() if k != key
                }
                assert all(case.holds(same) for same in case.same_in(other))


def test_along_a_column_that_no_box_asks_for_gives_nothing() -> None:
    made = grid([{"f": symbols([True])}], columns())
    always: Decide = lambda alive, settled: True  # noqa: E731
    cell = next(made.cells(always, STEPS))
    assert list(made.along(cell, "x", always)) == []


# --- by hand -------------------------------------------------------------------------------


def some_of(mask: int) -> Decide:
    return decision(leaf := Applies("sure", (), ""), {leaf: mask})


def lines(count: int) -> Grid:
    """Boxes over columns of their own."""
    made = Columns()
    for i in range(count):
        made.add(Column(f"b{i}", FACT, "boolean", members=TRUTHS))
    return grid([{f"b{i}": symbols([True])} for i in range(count)], made)


def never_all(count: int) -> Decide:
    """Never true, and not told before all columns are looked at."""

    def decide(alive: int, settled: int) -> bool | None:
        return None if settled != alive else False

    return decide


def test_too_many_steps() -> None:
    made = lines(12)
    with pytest.raises(TooManySteps):
        list(made.cells(never_all(12), 500))
    assert list(made.cells(never_all(12), 10_000)) == []


def test_steps_are_counted_up_to_the_limit_itself() -> None:
    made = lines(3)
    needed = next(n for n in range(1, 100) if not _tires(made, n))
    assert _tires(made, needed - 1)
    assert 2**3 <= needed <= 2**4


def _tires(made: Grid, steps: int) -> bool:
    try:
        list(made.cells(never_all(3), steps))
    except TooManySteps:
        return True
    return False


def test_no_boxes_are_one_cell_or_none() -> None:
    made = grid([], columns())
    assert [c.classes for c in made.cells(lambda a, s: True, 1)] == [{}]
    assert list(made.cells(lambda a, s: False, 1)) == []
    assert made.possible == 0


def test_a_region_that_nothing_meets_has_no_cells() -> None:
    made = grid([{"n": compared("<", Fraction(0), True)}, {}], columns())
    assert made.possible == 0b10
    assert list(made.cells(lambda a, s: True, 9, None, 0)) == []


def test_a_text_that_no_box_names_is_a_class() -> None:
    made = grid([{"t": Symbols(frozenset({"u", OTHER}), True)}], columns())
    (cell,) = made.cells(some_of(1), 9)
    assert cell.classes["t"] == OTHER + "?"
    assert cell.relevant == ("t",)


def test_texts_outside_of_every_name_and_enums_within_their_members() -> None:
    made = grid([{"e": Symbols(frozenset(ENUM[:2]), True)}], columns())
    (cell,) = made.cells(some_of(1), 9)
    assert cell.classes == {"e": "c"}
    nothing = grid([{"e": Symbols(frozenset(ENUM), True)}], columns())
    assert list(nothing.cells(some_of(1), 9)) == []


def test_numbers_from_zero_up_come_before_those_below() -> None:
    made = grid([{"x": compared("<", Fraction(5))}], columns())
    (cell,) = made.cells(some_of(1), 9)
    assert cell.classes["x"] == compared("<", Fraction(5)).stretches[0]
    split = grid([{"x": compared("!=", Fraction(0))}], columns())
    assert [c.classes["x"] for c in split.cells(some_of(1), 9)] == [
        compared(">", Fraction(0)).stretches[0]
    ]


def test_bits() -> None:
    assert list(bits(0)) == []
    assert list(bits(0b1011)) == [0, 1, 3]
    assert list(bits(1 << 500)) == [500]
