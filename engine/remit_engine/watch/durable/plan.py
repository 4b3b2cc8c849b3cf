"""Which rules the library holds, as what, and which it cannot hold safely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from remit_engine.compile.to_durable import Unsafe, definition
from remit_engine.watch.durable.cases import atoms, cases
from remit_engine.watch.durable.frames import MOST_RULES, Setup, WireRule
from remit_engine.watch.rulesets import Ruleset, RuleShape

Key = tuple[str, str]
"""The name of a ruleset, the id of a rule."""


@dataclass(frozen=True, slots=True)
class Held:
    """number: of the rule in `setup`. atoms: its attributes, in order."""

    number: int
    atoms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """held: what the library is asked. left: why the others are asked of the plain matcher."""

    setup: Setup
    held: Mapping[Key, Held]
    left: Mapping[Key, str]


def plan(rulesets: Mapping[str, Ruleset]) -> Plan:
    """The plan for all rules."""
    rules: list[WireRule] = []
    held: dict[Key, Held] = {}
    left: dict[Key, str] = {}
    for name, ruleset in rulesets.items():
        for rule in ruleset.rules:
            used = atoms(rule.begin) | atoms(rule.clear)
            named = tuple(a for a in ruleset.atoms if a in used)
            try:
                if len(rules) >= MOST_RULES:
                    raise Unsafe(f"there are more than {MOST_RULES:_} rules")
                rules.append(_wired(rule, named))
                held[name, rule.id] = Held(len(rules) - 1, named)
            except Unsafe as fault:
                left[name, rule.id] = str(fault)
    return Plan(Setup(rules), held, left)


def _wired(rule: RuleShape, named: tuple[str, ...]) -> WireRule:
    """A rule as it is sent. Raises `Unsafe`."""
    numbers = {name: n for n, name in enumerate(named)}
    idle, open = cases(rule.begin, numbers), cases(rule.clear, numbers)
    definition(len(named), idle, open)
    return WireRule(len(named), [list(case) for case in idle], [list(case) for case in open])
