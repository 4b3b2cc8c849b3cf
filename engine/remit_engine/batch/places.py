"""Places: the stretches of axes in which rows get one answer, as rows of the tables of the text."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field

from remit_engine.compile.sql_bands import ANYWHERE, LEAST, MOST, Found, Stretch, by_axis, stretches
from remit_engine.compile.sql_cuts import Point
from remit_engine.compile.sql_forms import Axis
from remit_engine.compile.to_sql import IRREGULAR, LOOKED_UP
from remit_engine.compile.to_sql import Places as Text
from remit_engine.decision import Outcome

MOST_SLOTS = 16
NO_STRETCH = -1

Row = tuple[int, ...]


@dataclass(slots=True)
class Answers:
    """All answers met, numbered. Where others have to say, the number is that of `deny`, and the
    next one is `escalate`."""

    all: list[tuple[Outcome, tuple[int, ...]]] = field(default_factory=list)
    _known: dict[tuple[Found, bool], tuple[int, int]] = field(default_factory=dict)

    def number(self, found: Found, nobody: bool) -> tuple[int, int]:
        """The number, and 1 where it is for others to say. nobody: no grant gives it to anyone."""
        numbered = self._known.get((found, nobody))
        if numbered is None:
            numbered = self._known[found, nobody] = self._new(found, nobody)
        return numbered

    def _new(self, found: Found, nobody: bool) -> tuple[int, int]:
        outcome, rules = found
        at = len(self.all)
        if outcome is None and nobody:
            outcome = Outcome.UNDEFINED
        if outcome is not None:
            self.all.append((outcome, rules))
            return at, 0
        self.all += [(Outcome.DENY, rules), (Outcome.ESCALATE, rules)]
        return at, 1


@dataclass(slots=True)
class Places:
    """Places of one kind, by signature. irregular: the answers of a place that has none."""

    name: str
    answers: tuple[str, ...]
    irregular: Row
    axes: dict[Axis, int] = field(default_factory=dict)
    sampled: bool = False
    _known: dict[Hashable, int] = field(default_factory=dict)
    _chosen: list[tuple[int, ...]] = field(default_factory=list)
    _bands: list[list[Row]] = field(default_factory=lambda: [[]])
    _stretches: int = 0

    def find(self, signature: Hashable) -> int | None:
        """The place of a signature met before."""
        return self._known.get(signature)

    def add(
        self, signature: Hashable, axis: Axis | None, bands: Iterable[tuple[Stretch, Row]]
    ) -> int:
        """A place whose answers along its one axis are known."""
        place = self._new(signature, () if axis is None else (axis,))
        for (low, high), answers in bands:
            self._bands[0].append((place, low, high, NO_STRETCH, *answers))
        return place

    def add_sampled(self, signature: Hashable, points: Iterable[Point]) -> int:
        """A place in which a row of each stretch is to be looked up."""
        cuts = by_axis(points)
        if len(cuts) > MOST_SLOTS:
            self._known[signature] = IRREGULAR
            return IRREGULAR
        self.sampled = True
        place = self._new(signature, tuple(cuts))
        unknown = (LOOKED_UP,) + (0,) * (len(self.answers) - 1)
        for slot, lengths in enumerate([stretches(p) for p in cuts.values()] or [[ANYWHERE]]):
            for low, high in lengths:
                row = (place, low, high, self._stretches)
                self._stretches += 1
                self._bands[slot].append((*row, *unknown) if slot == 0 else row)
        return place

    def _new(self, signature: Hashable, axes: tuple[Axis, ...]) -> int:
        place = self._known[signature] = len(self._chosen)
        self._chosen.append(tuple(self.axes.setdefault(a, len(self.axes)) for a in axes))
        while len(self._bands) < len(axes):
            self._bands.append([])
        return place

    def chosen(self, place: int) -> Row:
        """The axis that stands in each slot."""
        axes = () if place == IRREGULAR else self._chosen[place]
        return axes + (IRREGULAR,) * (len(self._bands) - len(axes))

    def bands(self, slot: int) -> Iterator[Row]:
        """The rows of the table of a slot: every place has some in every slot."""
        first = slot == 0
        yield from self._bands[slot]
        everything = (LEAST, MOST, NO_STRETCH)
        yield (IRREGULAR, *everything, *self.irregular) if first else (IRREGULAR, *everything)
        for place, axes in enumerate(self._chosen):
            if len(axes) <= slot and not first:
                yield (place, *everything)

    def text(self) -> Text:
        """What the text has to know of them."""
        return Text(self.name, len(self._bands), tuple(self.axes), self.answers)


def own_places() -> Places:
    """Places by the asker's own rules."""
    return Places("own", ("answer", "opened"), (IRREGULAR, 0))


def reach_places() -> Places:
    """Places by whether anybody may."""
    return Places("reach", ("able",), (IRREGULAR,))
