"""An index of bit masks: one integer for each value of each discrete fact, one bit for each rule.

AND-ing the masks of the values of a request leaves the rules that may apply, however many there
are. A rule's bit is missing from a mask only when a conjunct that reads nothing but that fact is
false for the value; so leaving the rule out never loses it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from remit_dsl import expressions as x
from remit_engine.compile.python_slots import MISSING
from remit_engine.judging.evaluate import Environment, truth
from remit_engine.rules.ir import GRANT, Model, Rule

_OTHER = "\0 any other text"


@dataclass(frozen=True, slots=True)
class ValueMasks:
    """The masks of one slot: by value, and for any value not listed (texts)."""

    slot: int
    masks: Mapping[Any, int]
    otherwise: int


@dataclass(frozen=True, slots=True)
class RuleIndex:
    """The rules of one (action, verb) with their masks.

    rest: for each rule the conjuncts that no mask stands for. eras: the days on which the set of
    rules in force changes, with the mask of each stretch between them.
    """

    rules: tuple[Rule, ...]
    rest: tuple[tuple[x.Expression, ...], ...]
    values: tuple[ValueMasks, ...]
    grants_of: Mapping[str, int]
    bars_of: Mapping[str, int]
    unheld_grants: int
    unheld_bars: int
    era_starts: tuple[date, ...]
    era_masks: tuple[int, ...]

    def candidates(
        self,
        positions: Collection[str],
        barred: Collection[str],
        as_of: date,
        slots: Sequence[Any],
    ) -> int:
        """The mask of the rules that may apply; slots that are MISSING exclude nothing."""
        return self.concerned(positions, barred) & self.fitting(as_of, slots)

    def concerned(self, positions: Collection[str], barred: Collection[str]) -> int:
        """The mask of the rules that speak about a holder of positions."""
        grants, bars = self.unheld_grants if positions else 0, self.unheld_bars
        for p in positions:
            grants |= self.grants_of.get(p, 0)
        for p in barred:
            bars |= self.bars_of.get(p, 0)
        return grants | bars

    def fitting(self, as_of: date, slots: Sequence[Any]) -> int:
        """The mask of the rules that may apply to anybody at all."""
        mask = self.era_masks[bisect_right(self.era_starts, as_of)]
        for v in self.values:
            value = slots[v.slot]
            if value is not MISSING:
                mask &= v.masks.get(value, v.otherwise)
        return mask

    def chosen(self, mask: int) -> list[int]:
        """The positions of the bits of a mask, ascending."""
        found = []
        bits = bin(mask)[:1:-1]  # a text is looked through faster than a long number is taken apart
        at = bits.find("1")
        while at >= 0:
            found.append(at)
            at = bits.find("1", at + 1)
        return found


def index(rules: Sequence[Rule], slots: Sequence[x.Fact], model: Model) -> RuleIndex:
    """The index of the rules that speak about one verb of one action."""
    slot_of = {fact.path: i for i, fact in enumerate(slots)}
    allowed: dict[int, dict[Any, int]] = {}
    domains = {i: _domain(fact, rules, model) for i, fact in enumerate(slots)}
    rest: list[tuple[x.Expression, ...]] = []
    every = (1 << len(rules)) - 1
    for bit, rule in enumerate(rules):
        left = []
        for conjunct in rule.condition:
            slot = _only_slot(conjunct, slot_of)
            domain = None if slot is None else domains[slot]
            if slot is None or domain is None:
                left.append(conjunct)
                continue
            holds = {v: _holds(conjunct, slots[slot], v, model) for v in domain}
            masks = allowed.setdefault(slot, dict.fromkeys(domain, every))
            for value, held in holds.items():
                if not held:
                    masks[value] &= ~(1 << bit)
        rest.append(tuple(left))
    values = []
    for slot, masks in allowed.items():
        otherwise = masks.pop(_OTHER, 0)
        values.append(ValueMasks(slot, masks, otherwise))
    return RuleIndex(
        rules=tuple(rules),
        rest=tuple(rest),
        values=tuple(values),
        **_holders(rules),
        **_eras(rules),
    )


def _domain(fact: x.Fact, rules: Sequence[Rule], model: Model) -> list[Any] | None:
    program = model.program
    match fact.type.kind:
        case "boolean":
            return [True, False]
        case "enum":
            return list(program.enums[fact.type.name or ""].members)
        case "position":
            return list(program.positions)
        case "text":
            return [*_texts(rules), _OTHER]
    return None


def _texts(rules: Sequence[Rule]) -> list[str]:
    found: dict[str, None] = {}
    queue = [c for r in rules for c in r.condition]
    while queue:
        e = queue.pop()
        if isinstance(e, x.Constant) and e.type.kind in ("text", "set", "list"):
            values = e.value if isinstance(e.value, frozenset) else {e.value}
            found.update(dict.fromkeys(v for v in sorted(map(str, values))))
        queue.extend(x.children(e))
    return list(found)


def _only_slot(e: x.Expression, slot_of: Mapping[tuple[str, ...], int]) -> int | None:
    """The one fact a conjunct reads, where it reads nothing else that may vary."""
    facts: set[tuple[str, ...]] = set()
    queue = [e]
    while queue:
        at = queue.pop()
        match at:
            case x.Fact():
                facts.add(at.path)
            case x.Constant() | x.Compare() | x.AllOf() | x.AnyOf() | x.Not() | x.Contains():
                queue.extend(x.children(at))
            case _:
                return None
    if len(facts) != 1:
        return None
    return slot_of.get(facts.pop())


def _holds(conjunct: x.Expression, fact: x.Fact, value: Any, model: Model) -> bool:
    facts: Any = value
    for step in reversed(fact.path):
        facts = {step: facts}
    env = Environment(model, date.min, facts, lambda a, b: True, {})
    return truth(conjunct, env) is True


def _holders(rules: Sequence[Rule]) -> dict[str, Any]:
    grants: dict[str, int] = {}
    bars: dict[str, int] = {}
    every = {GRANT: 0, "bar": 0}
    for bit, rule in enumerate(rules):
        kind, table = (GRANT, grants) if rule.kind == GRANT else ("bar", bars)
        if rule.positions is None:
            every[kind] |= 1 << bit
        for position in rule.positions or ():
            table[position] = table.get(position, 0) | 1 << bit
    return {
        "grants_of": grants,
        "bars_of": bars,
        "unheld_grants": every[GRANT],
        "unheld_bars": every["bar"],
    }


def _eras(rules: Sequence[Rule]) -> dict[str, Any]:
    starts = sorted({d for r in rules for d in (r.start, r.until) if d is not None})
    days = [date.min, *starts]
    masks = []
    for day in days:
        mask = 0
        for bit, rule in enumerate(rules):
            if rule.in_force(day):
                mask |= 1 << bit
        masks.append(mask)
    return {"era_starts": tuple(starts), "era_masks": tuple(masks)}
