"""Two texts at once: along the axis of each place, the pair of answers that both give.

Where both read the same rules in the same ranges, the answers of one are those of the other;
else the stretches of both are cut into one another. Stretches with pairs that are compared alike
are one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from remit_engine.batch.part import Part
from remit_engine.batch.places import Answers, Places
from remit_engine.batch.sorting import Sorter
from remit_engine.compile.sql_bands import LEAST, MOST, Stretch
from remit_engine.compile.sql_cuts import Point
from remit_engine.compile.sql_forms import Axis
from remit_engine.compile.to_sql import IRREGULAR
from remit_engine.decision import Outcome
from remit_engine.rules.ir import Model
from remit_engine.warehouse.warehouse import Row

A = TypeVar("A")
B = TypeVar("B")
Told = tuple[Outcome, tuple[str, ...]]
"""An answer: its outcome, and the ids of the rules that decided."""

Pair = tuple[Told, Told]
"""What the old text answers and the new one."""

Band = tuple[int, int, int]
"""From a whole number to another, both included, and the number of the pair."""

Line = tuple[str | None, list[tuple[int, int, A]]]
"""The SQL of an axis, and what stands along it; None: there is one stretch, everything."""


class NotAlong(Exception):
    """Something is not told along one axis, so each text has to judge the rows by itself."""


@dataclass(slots=True)
class Kept(Places):
    """Places that keep what stands along their axes until it is asked for."""

    lines: list[tuple[Axis | None, Iterable[tuple[Stretch, Row]]]] = field(default_factory=list)
    signatures: list[Any] = field(default_factory=list)

    def add(
        self, signature: Hashable, axis: Axis | None, bands: Iterable[tuple[Stretch, Row]]
    ) -> int:
        """See Places."""
        place = self._known[signature] = len(self.lines)
        self.lines.append((axis, bands))
        self.signatures.append(signature)
        return place

    def add_sampled(self, signature: Hashable, points: Iterable[Point]) -> int:
        """A place without answers: rows would have to be looked up."""
        self.sampled = True
        self._known[signature] = IRREGULAR
        return IRREGULAR


@dataclass(slots=True)
class _Side:
    """One text: its combinations in their places."""

    sorter: Sorter
    own: Kept
    reach: Kept
    answers: Answers
    ids: tuple[str, ...]
    names: Mapping[int, str]
    axes: dict[str, Axis]
    contents: dict[Hashable, int]
    _content: list[int] = field(default_factory=list)
    _own: dict[int, Line[tuple[int, int]]] = field(default_factory=dict)
    _reach: dict[int, Line[int]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, part: Part, model: Model, axes: dict[str, Axis], contents: dict[Hashable, int]
    ) -> _Side:
        own = Kept("own", ("answer", "opened"), (IRREGULAR, 0))
        reach = Kept("reach", ("able",), (IRREGULAR,))
        part.own, part.reach = own, reach
        ids = tuple(rule.id for rule in model.rules)
        return cls(part.sorter(), own, reach, part.answers, ids, part.how.names, axes, contents)

    def placed(self, rows: Iterable[Row]) -> Iterator[tuple[int, int, int]]:
        """The number of each row, with its places."""
        known: dict[Row, tuple[int, int]] = {}
        for number, *combination in rows:
            key = tuple(combination)
            found = known.get(key)
            if found is None:
                found = known[key] = self.sorter.place(key)
            yield number, *found

    def read(self, own: int) -> Hashable:
        """All that the answers along a place hang on, the same number for the same in both
        texts."""
        nobody, numbers = self.own.signatures[own]
        every = self.sorter.variants.every
        while len(self._content) < len(every):
            variant = every[len(self._content)]
            rule, plain = variant.rule, variant.plain
            said = None if plain is None else (
                rule.id, rule.kind, self._text(plain.axis), plain.applies,
                plain.inside, plain.lets, plain.bars, plain.silent,
            )  # fmt: skip
            self._content.append(self.contents.setdefault(said, len(self.contents)))
        return nobody, tuple([self._content[n] for n in numbers])

    def letting(self, reach: int) -> Hashable:
        """The same of a place of everybody's."""
        if reach == IRREGULAR:
            return None
        axis, able = self.reach.signatures[reach]
        return self._text(axis), able

    def own_line(self, place: int) -> Line[tuple[int, int]]:
        """Answer, and 1 where it is for others to say."""
        found = self._own.get(place)
        if found is None:
            axis, bands = self.own.lines[place]
            told = [(low, high, (a[0], a[1])) for (low, high), a in bands]
            found = self._own[place] = self._text(axis), told
        return found

    def reach_line(self, place: int) -> Line[int]:
        """1 where somebody may."""
        if place == IRREGULAR:
            return None, [(LEAST, MOST, IRREGULAR)]
        found = self._reach.get(place)
        if found is None:
            axis, bands = self.reach.lines[place]
            told = [(low, high, a[0]) for (low, high), a in bands]
            found = self._reach[place] = self._text(axis), told
        return found

    def answered(self, own: int, reach: int) -> Line[int | None]:
        """The numbers of answers along a place; None where there is none."""
        axis, bands = self.own_line(own)
        if not any(opened for _, _, (_, opened) in bands):
            return axis, [(low, high, a) for low, high, (a, _) in bands]
        other, able = self.reach_line(reach)
        if axis is not None and other is not None and axis != other:
            raise NotAlong
        return axis or other, [
            (low, high, a if not opened else None if one < 0 else a + one)
            for low, high, (a, opened), one in crossed(bands, able)
        ]

    def told(self, number: int) -> Told:
        """An answer with the ids of its rules."""
        outcome, rules = self.answers.all[number]
        return outcome, tuple([self.ids[i] for i in rules])

    def _text(self, axis: Axis | None) -> str | None:
        if axis is None:
            return None
        text = axis.sql(self.names)
        self.axes.setdefault(text, axis)
        return text


def crossed(
    one: Sequence[tuple[int, int, A]], other: Sequence[tuple[int, int, B]]
) -> Iterator[tuple[int, int, A, B]]:
    """Two coverings of the same stretch, ascending and without gaps, cut into one another."""
    i = j = 0
    begin = one[0][0]
    while i < len(one) and j < len(other):
        end = min(one[i][1], other[j][1])
        yield begin, end, one[i][2], other[j][2]
        i += one[i][1] == end
        j += other[j][1] == end
        begin = end + 1


@dataclass(slots=True)
class Paired:
    """rows: the number of each row that both texts answer somewhere, with its place. places: the
    SQL of the axis of each, with the pairs along it; where a row has no answer there is no band.
    axes: by their SQL, over the columns of a row `r`; names: what stands for a variable. sampled:
    some rows have no answer here because one of each place would have to be looked up."""

    rows: list[tuple[int, int]] = field(default_factory=list)
    places: list[tuple[str | None, tuple[Band, ...]]] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    axes: dict[str, Axis] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    sampled: bool = False


@dataclass(slots=True)
class _Pairing:
    """same_steps: equal rules ask for equal steps under both texts."""

    old: _Side
    new: _Side
    found: Paired
    same_steps: bool
    _known: dict[tuple[int, int, int, int], int] = field(default_factory=dict)
    _places: dict[Hashable, int] = field(default_factory=dict)
    _pairs: dict[Hashable, int] = field(default_factory=dict)
    _numbers: dict[tuple[int, int], int] = field(default_factory=dict)

    def place(self, key: tuple[int, int, int, int]) -> int:
        """The place of a pair of places."""
        place = self._known.get(key)
        if place is None:
            axis, bands = self._along(*key)
            shown = (axis if len(bands) > 1 or bands[0][:2] != (LEAST, MOST) else None), bands
            place = self._places.get(shown)
            if place is None:
                place = self._places[shown] = len(self.found.places)
                self.found.places.append(shown)
            self._known[key] = place
        return place

    def _along(
        self, own: int, reach: int, own_now: int, reach_now: int
    ) -> tuple[str | None, tuple[Band, ...]]:
        axis, before = self.old.answered(own, reach)
        if self._alike(own, reach, own_now, reach_now):
            told = self.old.answers.all
            same = (
                (low, high, IRREGULAR if a is None else self._same(told[a][0]))
                for low, high, a in before
            )
            return axis, _joined(same)
        other, after = self.new.answered(own_now, reach_now)
        if axis is not None and other is not None and axis != other:
            raise NotAlong
        both = (
            (low, high, IRREGULAR if a is None or b is None else self._pair(a, b))
            for low, high, a, b in crossed(before, after)
        )
        return axis or other, _joined(both)

    def _alike(self, own: int, reach: int, own_now: int, reach_now: int) -> bool:
        """Whether both texts read the same rules in the same ranges."""
        return (
            self.same_steps
            and self.old.read(own) == self.new.read(own_now)
            and self.old.letting(reach) == self.new.letting(reach_now)
        )

    def _pair(self, before: int, after: int) -> int:
        number = self._numbers.get((before, after))
        if number is None:
            told = self.old.told(before), self.new.told(after)
            if self.same_steps and told[0] == told[1]:
                number = self._same(told[0][0])
            else:
                number = self._new(told, told)
            self._numbers[before, after] = number
        return number

    def _same(self, outcome: Outcome) -> int:
        """The pair that stands for all that are equal: of these the outcome alone is counted."""
        number = self._pairs.get(outcome)
        return self._new(outcome, ((outcome, ()), (outcome, ()))) if number is None else number

    def _new(self, key: Hashable, pair: Pair) -> int:
        number = self._pairs.get(key)
        if number is None:
            number = self._pairs[key] = len(self.found.pairs)
            self.found.pairs.append(pair)
        return number


def _joined(bands: Iterable[Band]) -> tuple[Band, ...]:
    """Neighbours with one pair as one."""
    found: list[Band] = []
    for low, high, number in bands:
        if found and found[-1][2] == number:
            found[-1] = found[-1][0], high, number
        else:
            found.append((low, high, number))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Asked:
    """One verb of an action under one text: its rows with their combinations."""

    part: Part
    model: Model
    rows: list[Row]


def halved(old: Asked, new: Asked) -> Iterator[tuple[Asked, Asked]]:
    """The same in two pieces, which may be paired apart: whoever asks the same is in one."""
    here = {number for number, _, _, _, *facts in new.rows if hash(tuple(facts)) & 32}
    for inside in (True, False):
        yield _piece(old, here, inside), _piece(new, here, inside)


def _piece(asked: Asked, numbers: set[int], inside: bool) -> Asked:
    return replace(asked, rows=[row for row in asked.rows if (row[0] in numbers) is inside])


def paired(old: Asked, new: Asked, *, same_steps: bool) -> Paired:
    """Where the rows of both stand. Raises NotAlong."""
    if old.part.how.names != new.part.how.names:
        raise NotAlong
    found = Paired(names=new.part.how.names)
    contents: dict[Hashable, int] = {}
    before = _Side.of(old.part, old.model, found.axes, contents)
    after = _Side.of(new.part, new.model, found.axes, contents)
    pairing = _Pairing(before, after, found, same_steps)
    now = {number: places for number, *places in after.placed(new.rows)}
    for number, own, reach in before.placed(old.rows):
        own_now, reach_now = now.get(number, (IRREGULAR, IRREGULAR))
        if IRREGULAR not in (own, own_now):
            found.rows.append((number, pairing.place((own, reach, own_now, reach_now))))
    found.sampled = any(p.sampled for p in (before.own, before.reach, after.own, after.reach))
    return found


__all__ = ["Asked", "Band", "NotAlong", "Pair", "Paired", "crossed", "halved", "paired"]
