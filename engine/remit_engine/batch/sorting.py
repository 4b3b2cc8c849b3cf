"""Sorting combinations into places: those of the asker's own rules, and those of everybody's."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from remit_engine.batch.combinations import Scene, Values, Variant, Variants, stating
from remit_engine.batch.layouts import Reading
from remit_engine.batch.parties import Parties
from remit_engine.batch.places import Answers, Places
from remit_engine.batch.values import Irregular, stated
from remit_engine.compile.sql_bands import Plain, bands, reach
from remit_engine.compile.sql_forms import Axis
from remit_engine.compile.to_sql import IRREGULAR
from remit_engine.people.party import Party
from remit_engine.rules.ir import PROHIBITION, Model


@dataclass(slots=True)
class Sorter:
    """Sorts the combinations of one verb of an action. days: a day of each era and staff."""

    how: Reading
    model: Model
    parties: Parties
    variants: Variants
    days: dict[tuple[int, int], date]
    answers: Answers
    own: Places
    reach: Places
    _nobody: dict[int, bool] = field(default_factory=dict)
    _reached: dict[Hashable, int] = field(default_factory=dict)
    _masks: dict[Hashable, int] = field(default_factory=dict)
    _owned: dict[Hashable, int] = field(default_factory=dict)
    _fits: dict[Hashable, tuple[list[Any], int]] = field(default_factory=dict)
    _cells: list[dict[Any, Any]] = field(default_factory=list)
    _cuts: list[tuple[int, int]] = field(default_factory=list)
    _of_others: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        at = 0
        for key in self.how.keys:
            width = len(key.parts)
            self._cuts.append((at, at + width))
            self._cells.append({})
            self._of_others.append(key.column.path[0] != "actor")
            at += width

    def place(self, row: Sequence[Any]) -> tuple[int, int]:
        """The places of a combination: of `party, era, staff` and the parts of its keys."""
        party, era, staff, *parts = row
        if party < 0:
            return IRREGULAR, IRREGULAR
        try:
            values = self._values(parts)
            own = self._own(party, era, staff, values)
        except Irregular:
            return IRREGULAR, IRREGULAR
        return own, self._others(party, era, staff, values)

    def _others(self, party: int, era: int, staff: int, values: Values) -> int:
        asked = tuple(
            [v if kept else None for v, kept in zip(values, self._of_others, strict=True)]
        )
        whole = (self.parties.requesters[party], era, staff, asked)
        found = self._reached.get(whole)
        if found is None:
            try:
                found = self._reach(party, era, staff, asked)
            except Irregular:
                found = IRREGULAR
            self._reached[whole] = found
        return found

    def _values(self, parts: Sequence[Any]) -> Values:
        found = []
        for n, (start, end) in enumerate(self._cuts):
            cells = parts[start] if end == start + 1 else tuple(parts[start:end])
            known = self._cells[n]
            value = known.get(cells, self)
            if value is self:
                key, kind = self.how.keys[n], self.how.kinds[n]
                value = known[cells] = stated(key, parts[start:end], kind, self.model.program)
            found.append(value)
        return tuple(found)

    # --- the asker's own rules -----------------------------------------------------------------

    def _own(self, party: int, era: int, staff: int, values: Values) -> int:
        asking = self.parties.asking[party]
        actor = stating(asking.actor, self.how, values) if self.how.of_actor else asking.actor
        day = self.days[era, staff]
        scene = Scene(era, day, values, actor, asking.requester, party)
        slots, fitting = self._fitting(scene)
        mask = fitting & self._concerned(actor)
        nobody = self._given_to_nobody(era, day)
        asked = (mask, nobody, self.variants.hangs_on(scene, slots))
        place = self._owned.get(asked)
        if place is not None:
            return place
        met = self.variants.of(mask, scene, slots)
        along = one_axis([v.plain for v in met])
        if along is None:
            return self._own_sampled(party, era, met)
        place = self._owned[asked] = self._own_along(nobody, along, met)
        return place

    def _own_sampled(self, party: int, era: int, met: Sequence[Variant]) -> int:
        signature = (party, era, tuple([v.number for v in met]))
        place = self.own.find(signature)
        if place is None:
            points = {point for v in met for point in v.points}
            place = self.own.add_sampled(signature, points)
        return place

    def _own_along(self, nobody: bool, along: Along, met: Sequence[Variant]) -> int:
        signature = (nobody, tuple([v.number for v in met]))
        place = self.own.find(signature)
        if place is None:
            found = ((s, self.answers.number(f, nobody)) for s, f in bands(along[1]))
            place = self.own.add(signature, along[0], found)
        return place

    def _fitting(self, scene: Scene) -> tuple[list[Any], int]:
        """The slots of a scene with the rules that may apply to anybody."""
        if self.variants.reads_parties:
            slots = self.variants.slots(scene)
            return slots, self.how.table.index.fitting(scene.day, slots)
        key = (scene.era, scene.values)
        found = self._fits.get(key)
        if found is None:
            slots = self.variants.slots(scene)
            found = self._fits[key] = slots, self.how.table.index.fitting(scene.day, slots)
        return found

    def _concerned(self, actor: Party) -> int:
        """The rules that speak about a party."""
        key = (actor.positions, actor.barred)
        found = self._masks.get(key)
        if found is None:
            found = self._masks[key] = self.how.table.index.concerned(*key)
        return found

    def _given_to_nobody(self, era: int, day: date) -> bool:
        if era not in self._nobody:
            layout = self.how.layout
            given = self.model.actions[layout.action].granted(layout.verb, day)
            self._nobody[era] = not given
        return self._nobody[era]

    # --- everybody's ---------------------------------------------------------------------------

    def _reach(self, party: int, era: int, staff: int, values: Values) -> int:
        asking = self.parties.asking[party]
        day = self.days[era, staff]
        scene = Scene(era, day, values, None, asking.requester, (party, None))
        slots, mask = self._fitting(scene)
        if not self.variants.reads_people(mask):
            met = self.variants.of(mask, scene, slots)
            along = one_axis([v.plain for v in met])
            if along is not None and self._single(met):
                return self._reached_along(along)
        else:
            met = self._by_holder(scene, mask)
        numbers = tuple(sorted({v.number for v in met}))
        signature = (self.parties.requesters[party], era, staff, numbers)
        place = self.reach.find(signature)
        if place is None:
            points = {point for v in met for point in v.points}
            place = self.reach.add_sampled(signature, points)
        return place

    def _reached_along(self, along: Along) -> int:
        """Combinations in which the same numbers can be let share a place, whatever the rules."""
        axis, rules = along
        able = tuple(reach(rules, self.model.program.positions))
        signature = (axis, able)
        place = self.reach.find(signature)
        if place is None:
            place = self.reach.add(signature, axis, ((s, (int(a),)) for s, a in able))
        return place

    def _single(self, met: Iterable[Variant]) -> bool:
        """Whether each position may be looked at alone: nobody is barred by another he holds."""
        bars = any(v.rule.kind == PROHIBITION and v.rule.positions is not None for v in met)
        return not (bars and self.parties.directory.people)

    def _by_holder(self, scene: Scene, mask: int) -> list[Variant]:
        """What the rules say to each class of those who may be asked."""
        layout = self.how.layout
        given = self.model.actions[layout.action].granted(layout.verb, scene.day)
        positions = self.model.program.positions if None in given else [p for p in given if p]
        found: list[Variant] = []
        for n, holder in enumerate(self.parties.holders(sorted(positions), scene.day)):
            theirs = replace(scene, actor=holder, people=(scene.people, n))
            found += self.variants.of(mask, theirs, self.variants.slots(theirs))
        return found


Along = tuple[Axis | None, list[Plain]]
"""Plain rules and the one axis they stand on."""


def one_axis(rules: Iterable[Plain | None]) -> Along | None:
    """The rules with their axis, where all are plain and stand on one at most."""
    found: list[Plain] = []
    axis: Axis | None = None
    for rule in rules:
        if rule is None:
            return None
        if rule.axis is not None:
            if axis is not None and rule.axis is not axis:
                return None
            axis = rule.axis
        found.append(rule)
    return axis, found
