"""Formulas beside the reference interpreter: what both say of the same complete request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import z3

from engine.asking import House
from engine.generators import KINDS, POSITIONS, REGIONS, Maker, Written, _about, _day, _near, _text
from remit_engine.compile.to_smt import Formulas, Solution, Solver
from remit_engine.judging.capacities import cases
from remit_engine.judging.interpreter import Interpreter
from remit_engine.judging.ruling import within
from remit_engine.judging.unknown import Truth
from remit_engine.judging.verdict import Case
from remit_engine.request import Request
from remit_engine.rules.ir import GRANT, Rule


def truths(case: Case) -> dict[int, Truth]:
    """By rule: whether it applies, and for a grant lets it pass; what is not there is False."""
    return {
        v.rule.index: within(v) if v.rule.kind == GRANT else v.applies
        for v in Interpreter().verdicts(case)
    }


class Asked:
    """One verb of a house, asked of both."""

    def __init__(self, house: House, verb: str = "approve", action: str | None = None) -> None:
        self.house = house
        self.action = action or house.only_action
        solver = Solver(house.model, house.directory)
        self.formulas: Formulas = solver.question(self.action, verb)
        self.rules = house.model.actions[self.action].rules

    def rule(self, label: str) -> Rule:
        (found,) = (r for r in self.rules if r.id.endswith(f".{label}"))
        return found

    def position(self, name: str) -> str:
        (found,) = (p for p in self.house.model.program.positions if p.endswith(f".{name}"))
        return found

    def sure(self, label: str, position: str = "boss") -> z3.BoolRef:
        return self.formulas.sure(self.rule(label), self.position(position))

    def possible(self, label: str, position: str = "boss") -> z3.BoolRef:
        return self.formulas.possible(self.rule(label), self.position(position))

    def told(self, request: Request) -> dict[int, Truth]:
        """What the interpreter says of every rule."""
        house = self.house
        (case,) = cases(request, request.actor, house.model, house.directory)
        found = truths(case)
        return {r.index: found.get(r.index, False) for r in self.rules}

    def agrees(self, request: Request) -> dict[int, Truth]:
        """What both say of every rule; that they say the same is asserted."""
        (held,) = request.actor.holdings
        told = self.told(request)
        made = {
            r.index: (
                self.formulas.sure(r, held.position),
                self.formulas.possible(r, held.position),
            )
            for r in self.rules
        }
        pairs = list(self.formulas.pairs(request))
        for rule in self.rules:
            sure, possible = (settled(f, pairs) for f in made[rule.index])
            wanted = told[rule.index]
            assert (sure, possible) == (wanted is True, wanted is not False), (rule.id, wanted)
        return told

    def replayed(self, found: Solution, label: str, position: str = "boss") -> Truth:
        """What the interpreter says of one rule on what the solver found."""
        case = self.formulas.case(found, self.position(position))
        return truths(case).get(self.rule(label).index, False)

    def says(self, label: str, position: str = "boss", **facts: Any) -> Truth:
        """What both say of one rule on one complete request."""
        members: dict[str, Any] = {"totals": facts.pop("totals", {})}
        if "as_of" in facts:
            members["as_of"] = facts.pop("as_of")
        actor = {"position": position, "attributes": facts.pop("actor", {})}
        request = self.house.request(
            actor, self.action, verb=self.formulas.verb, **members, **facts
        )
        return self.agrees(request)[self.rule(label).index]


def settled(formula: z3.BoolRef, pairs: list[tuple[Any, Any]]) -> bool:
    """The truth of a formula whose every constant has a value."""
    value = z3.simplify(z3.substitute(formula, *pairs))
    assert z3.is_true(value) or z3.is_false(value), f"left open: {value}"
    return bool(z3.is_true(value))


# --- complete requests -------------------------------------------------------------------


def complete(m: Maker, w: Written, position: str, verb: str, lines: int = 2) -> dict[str, Any]:
    """A document that gives every fact, or says that it is absent."""
    order = {
        "total": _near(m, w, "money"),
        "region": m.pick(REGIONS),
        "lines": [_line(m, w) for _ in range(m.count(0, lines))],
        **_optional(m, margin=_near(m, w, "percent"), kind=m.pick(KINDS)),
    }
    facts = {
        "amount": _near(m, w, "money"),
        "rate": _near(m, w, "percent"),
        "count": _near(m, w, "integer"),
        "order": order,
        "urgent": m.chance(50),
        **_optional(m, special=m.chance(50), due=_day(m, w), reason=_text(m)),
        **_optional(m, subject=_holder(m, w, m.pick(POSITIONS))),
    }
    actor = _holder(m, w, position)
    totals = dict(_totals(m, w))
    return {"actor": actor, "verb": verb, "as_of": _day(m, w), "facts": facts, "totals": totals}


def _optional(m: Maker, **members: Any) -> Mapping[str, Any]:
    return {name: value if m.chance(70) else None for name, value in members.items()}


def _line(m: Maker, w: Written) -> dict[str, Any]:
    line = {"amount": _near(m, w, "money"), "kind": m.pick(KINDS)}
    return {**line, **_optional(m, note=_text(m))}


def _holder(m: Maker, w: Written, position: str) -> dict[str, Any]:
    stated = _optional(m, trained=m.chance(50), grade=_near(m, w, "integer"))
    quota = _optional(m, quota=_near(m, w, "money"))
    territory = list(dict.fromkeys(m.some(REGIONS, 2)))
    return {"position": position, "attributes": {**stated, **quota, "territory": territory}}


def _totals(m: Maker, w: Written) -> Iterator[tuple[str, Any]]:
    names = ("month", "quarter", "year")
    for name in (*names, *(f"reason per {n}" for n in names), "reason over 60 days"):
        value = abs(_about(m, w, w.kind))
        yield name, Decimal("0.5") if w.kind == "percent" and value >= 1 else value
