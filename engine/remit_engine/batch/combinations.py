"""What the rules say in a combination: everything of a row but the numbers that stand on axes."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from remit_engine.batch.layouts import AS_OF, Reading
from remit_engine.batch.values import Irregular
from remit_engine.compile.python_slots import MISSING, slot_value
from remit_engine.compile.sql_bands import Plain, plain
from remit_engine.compile.sql_columns import ABOUT_PEOPLE, TOTALS, Path
from remit_engine.compile.sql_cuts import Point
from remit_engine.compile.sql_forms import Polynomial, TooComplex
from remit_engine.compile.sql_keys import hangs_on_the_day, nested
from remit_engine.compile.sql_rules import Reading as RuleReading
from remit_engine.compile.sql_rules import reading
from remit_engine.compile.to_sql import AXIS
from remit_engine.compile.unsupported import Unsupported
from remit_engine.judging.evaluate import Environment, Within
from remit_engine.people.party import Party
from remit_engine.rules.dependence import facts_in, read_by
from remit_engine.rules.ir import Model, Rule

MOST_LISTS = 256
"""So many different readings of all rules are kept as lists."""

Values = tuple[Any, ...]
"""By key: its value, something for a number on an axis, None where it is not stated."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A combination as rules are read in it. people: what tells its parties from others;
    `actor` None: nobody's attributes are known, and no column states them."""

    era: int
    day: date
    values: Values
    actor: Party | None
    requester: Party | None
    people: Hashable


@dataclass(frozen=True, slots=True)
class Variant:
    """One way in which a rule is read; equal numbers are equal readings."""

    number: int
    rule: Rule
    points: frozenset[Point]
    plain: Plain | None
    never: bool
    doubtful: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Reads:
    """What a rule reads: some keys, attributes of people, values that hang on the day. There is
    one object for all rules that read the same."""

    keys: tuple[int, ...]
    people: bool
    dated: bool


@dataclass(slots=True)
class Variants:
    """The ways in which the rules on one verb of an action are read."""

    how: Reading
    model: Model
    within: Within
    every: list[Variant] = field(default_factory=list)
    """by their numbers"""
    _known: list[dict[Hashable, Variant]] = field(default_factory=list)
    _reads: dict[bool, list[_Reads | None]] = field(default_factory=dict)
    _same: dict[Hashable, _Reads] = field(default_factory=dict)
    _all: dict[bool, _Reads] = field(default_factory=dict)
    _lists: dict[Hashable, list[Variant | None]] = field(default_factory=dict)
    _slots: tuple[tuple[int, int], ...] = ()
    _people: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        places = {key.column.path: i for i, key in enumerate(self.how.keys)}
        facts = list(enumerate(self.how.table.slots))
        self._people = tuple(i for i, f in facts if f.path[0] in ABOUT_PEOPLE)
        self._slots = tuple(
            (i, places[f.path])
            for i, f in facts
            if f.path in places and f.path[0] not in ABOUT_PEOPLE
        )
        self._known = [{} for _ in self.how.rules]
        self._reads = {whole: [None] * len(self.how.rules) for whole in (True, False)}

    @property
    def reads_parties(self) -> bool:
        """Whether some rule asks for attributes of people."""
        return bool(self._people)

    def slots(self, scene: Scene) -> list[Any]:
        """The values by slot, as the masks are asked."""
        found: list[Any] = [MISSING] * len(self.how.table.slots)
        for slot, key in self._slots:
            value = scene.values[key]
            if value is not None:
                found[slot] = value
        if self._people:
            facts = self._parties(scene)
            for slot in self._people:
                found[slot] = slot_value(self.how.table.slots[slot].path, facts)
        return found

    def hangs_on(self, scene: Scene, slots: Sequence[Any]) -> Hashable:
        """All that the reading of any rule hangs on: where it is equal, so are the variants."""
        whole = self._is_whole(slots)
        reads = self._all.get(whole)
        if reads is None:
            every = [self._looked_at(bit, whole) for bit in range(len(self.how.rules))]
            keys = tuple(sorted({i for one in every for i in one.keys}))
            people, dated = any(one.people for one in every), any(one.dated for one in every)
            reads = self._all[whole] = _Reads(keys, people, dated)
        return self._key(reads, whole, scene)

    def of(self, mask: int, scene: Scene, slots: Sequence[Any]) -> list[Variant]:
        """The rules of a mask that are not known not to apply. Raises Irregular."""
        known = self._list(self.hangs_on(scene, slots))
        whole = self._is_whole(slots)
        found = []
        for bit in self.how.table.index.chosen(mask):
            variant = known[bit]
            if variant is None:
                variant = known[bit] = self._variant(bit, whole, scene)
            if variant.doubtful:
                raise Irregular
            if not variant.never:
                found.append(variant)
        return found

    def _is_whole(self, slots: Sequence[Any]) -> bool:
        """Whether the masks do not stand for the conditions, because a value is missing."""
        return MISSING in slots and any(slots[i] is MISSING for i in self.how.table.indexed)

    def _list(self, key: Hashable) -> list[Variant | None]:
        """The variants met so far, by rule, where all that they hang on is the same."""
        found = self._lists.get(key)
        if found is None:
            if len(self._lists) >= MOST_LISTS:
                self._lists.clear()
            found = self._lists[key] = [None] * len(self.how.rules)
        return found

    def _variant(self, bit: int, whole: bool, scene: Scene) -> Variant:
        key = self._key(self._looked_at(bit, whole), whole, scene)
        return self._known[bit].get(key) or self._met(bit, whole, scene, key)

    def reads_people(self, mask: int) -> bool:
        """Whether one of the rules asks for attributes of people."""
        if not self._people:
            return False
        chosen = self.how.table.index.chosen(mask)
        return any(self._looked_at(bit, True).people for bit in chosen)

    def _key(self, reads: _Reads, whole: bool, scene: Scene) -> Hashable:
        """All that the reading of a rule that reads so much hangs on."""
        era = scene.era if reads.dated else None
        people = scene.people if reads.people else None
        return whole, era, people, tuple([scene.values[i] for i in reads.keys])

    def _met(self, bit: int, whole: bool, scene: Scene, key: Hashable) -> Variant:
        """A way of reading a rule that was not met before."""
        rule = self.how.rules[bit]
        read = self._read(bit, whole, scene)
        doubtful = read.doubtful and not read.never
        found = Variant(len(self.every), rule, read.points, plain(rule, read), read.never, doubtful)
        self._known[bit][key] = found
        self.every.append(found)
        return found

    def _looked_at(self, bit: int, whole: bool) -> _Reads:
        """What a rule reads."""
        known = self._reads[whole][bit]
        if known is not None:
            return known
        rule = self.how.rules[bit]
        program = self.model.program
        measure = self.model.actions[rule.action].action.measure
        asked = list(rule.condition if whole else self.how.table.index.rest[bit])
        asked += [e for e in read_by(rule) if e not in rule.condition]
        if measure is not None:
            asked.append(measure.value)
        paths = {f.path for e in asked for f in facts_in(e, program)}
        keys = tuple(
            i
            for i, key in enumerate(self.how.keys)
            if key.column.path[0] == TOTALS or any(key.column.path[: len(p)] == p for p in paths)
        )
        dated = any(hangs_on_the_day(e, program) for e in asked)
        dated = dated or (self.how.exact_days and AS_OF in paths)
        made = _Reads(keys, any(p[0] in ABOUT_PEOPLE for p in paths), dated)
        found = self._same.setdefault((made.keys, made.people, made.dated), made)
        self._reads[whole][bit] = found
        return found

    def _read(self, bit: int, whole: bool, scene: Scene) -> RuleReading:
        rule = self.how.rules[bit]
        rest = rule.condition if whole else self.how.table.index.rest[bit]
        measure = self.model.actions[rule.action].action.measure
        env = Environment(self.model, scene.day, self._facts(scene), self.within, {})
        try:
            return reading(rule, rest, measure, env, self._numbers(scene))
        except (Unsupported, TooComplex):
            raise Irregular from None

    def _numbers(self, scene: Scene) -> Mapping[Path, Polynomial]:
        stated = {AS_OF}
        for key, value in zip(self.how.keys, scene.values, strict=True):
            if key.mode == AXIS and value is not None:
                stated.add(key.column.path)
        return {p: n for p, n in self.how.numbers.items() if p in stated}

    def _facts(self, scene: Scene) -> dict[str, Any]:
        values = {
            key.column.path: value
            for key, value in zip(self.how.keys, scene.values, strict=True)
            if value is not None and key.column.path[0] not in (TOTALS, *ABOUT_PEOPLE)
        }
        return {**nested(values), **self._parties(scene), "as_of": scene.day}

    def _parties(self, scene: Scene) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if scene.actor is not None:
            found["actor"] = scene.actor
        if scene.requester is not None:
            found["requester"] = scene.requester
        return found


def stating(party: Party, how: Reading, values: Values) -> Party:
    """A party with the attributes that columns state of it. Raises Irregular for a person."""
    stated = {
        key.column.path[1]: value
        for key, value in zip(how.keys, values, strict=True)
        if key.column.path[0] == "actor" and value is not None
    }
    if not stated:
        return party
    if party.person is not None:
        raise Irregular
    return replace(party, attributes={**party.attributes, **stated})
