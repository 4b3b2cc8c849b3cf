"""Bare outcomes of plain requests straight from the masks: no request, no case, no verdicts.

Plain: a position asks, every fact is known, nothing was done yet, and the rules are grants and
prohibitions that read no attribute of people. Whatever is not plain is left to the ordinary path
(`answer` gives None), so this never decides differently, only sooner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from remit_engine.compile.python_grid import Plan
from remit_engine.compile.python_slots import MISSING
from remit_engine.compile.scaled import Scaled, scaled
from remit_engine.compile.to_python import Compiled, Table
from remit_engine.decision import Outcome
from remit_engine.judging.evaluate import Environment
from remit_engine.judging.interpreter import interval
from remit_engine.judging.interval import Interval
from remit_engine.people.directory import Directory
from remit_engine.rules.ir import GRANT, PROHIBITION, REQUIREMENT, Model, Rule

Answer = tuple[Outcome, tuple[str, ...]]
Inside = Callable[[Scaled], bool]
MOST_BOUNDS = 100_000


class _NotPlain(Exception):
    """A rule that is not read here."""


class Direct:
    """The plain requests of one plan."""

    def __init__(self, plan: Plan, compiled: Compiled, model: Model, directory: Directory) -> None:
        self._plan = plan
        self._model = model
        self._compiled = compiled
        self._table: Table = compiled.table(plan.action, plan.verb)
        self._bars = sum(
            1 << bit for bit, r in enumerate(self._table.index.rules) if r.kind == PROHIBITION
        )
        self._inside: dict[tuple[int, date], Inside | None] = {}
        self.plain = _is_plain(plan, self._table, directory)

    def answer(self, actor: str, as_of: date, f: Sequence[Any]) -> Answer | None:
        """The outcome and deciding rules, or None where the request is not plain."""
        if not self.plain or actor not in self._model.program.positions or MISSING in f:
            return None
        try:
            return self._answer(actor, as_of, f)
        except (_NotPlain, ZeroDivisionError):  # a fault: the ordinary path says which and where
            return None

    def _answer(self, actor: str, as_of: date, f: Sequence[Any]) -> Answer:
        index = self._table.index
        own = index.candidates((actor,), (actor,), as_of, f)
        applying = list(self._applying(own, as_of, f))
        bars = tuple(r.id for r, inside in applying if r.kind == PROHIBITION and inside)
        if bars:
            return Outcome.DENY, bars
        grants = [(r, inside) for r, inside in applying if r.kind == GRANT]
        sure = tuple(r.id for r, inside in grants if inside)
        if sure:
            return Outcome.PERMIT, sure
        if not self._model.actions[self._plan.action].granted(self._plan.verb, as_of):
            return Outcome.UNDEFINED, ()
        others = self._anybody(index.fitting(as_of, f), as_of, f)
        outcome = Outcome.ESCALATE if others else Outcome.DENY
        return outcome, tuple(r.id for r, _ in grants)

    def _applying(self, mask: int, as_of: date, f: Sequence[Any]) -> Iterator[tuple[Rule, bool]]:
        """The grants and prohibitions of a mask whose conditions hold, with whether the measure is
        inside their bound. Raises _NotPlain where one of them cannot be read here."""
        table, measure = self._table, self._plan.measure
        value = None if measure is None else f[measure]
        for bit in table.index.chosen(mask):
            rule = table.index.rules[bit]
            if rule.kind not in (GRANT, PROHIBITION) or not self._holds(bit, as_of, f):
                continue
            inside = self._bound(rule, as_of)
            if inside is None:
                raise _NotPlain
            yield rule, value is None or inside(value)

    def _holds(self, bit: int, as_of: date, f: Sequence[Any]) -> bool:
        if not self._table.index.rest[bit]:
            return True
        generated = self._table.conditions[bit]
        if generated.function is None:
            raise _NotPlain
        parameters = self._compiled.parameters_on(as_of) if generated.reads else ()
        if any(parameters[i] is MISSING for i in generated.reads):
            raise _NotPlain
        return generated.function(f, parameters)

    def _anybody(self, mask: int, as_of: date, f: Sequence[Any]) -> bool:
        """Whether some grant lets some position that no bar keeps from it."""
        bars = self._bars & mask
        barring = [r for r, inside in self._applying(bars, as_of, f) if inside]
        if any(r.positions is None for r in barring):
            return False
        barred = frozenset().union(*(r.positions or () for r in barring))
        everybody = self._model.program.positions.keys()
        for rule, inside in self._applying(mask & ~bars, as_of, f):
            named = everybody if rule.positions is None else rule.positions
            if inside and any(p not in barred for p in named):
                return True
        return False

    def _bound(self, rule: Rule, as_of: date) -> Inside | None:
        """The test of a rule's bound on a day; None where it cannot be read or was never fixed."""
        key = (rule.index, as_of)
        if key not in self._inside:
            if len(self._inside) >= MOST_BOUNDS:
                self._inside.clear()
            self._inside[key] = self._read_bound(rule, as_of)
        return self._inside[key]

    def _read_bound(self, rule: Rule, as_of: date) -> Inside | None:
        if rule.unset:
            return None
        if rule.bound is None:
            return lambda value: True
        env = Environment(self._model, as_of, {"as_of": as_of}, lambda a, b: True, {})
        bound = interval(rule.bound, env)
        return _test(bound) if isinstance(bound, Interval) else None


def _test(bound: Interval) -> Inside:
    low = None if bound.low is None else scaled(bound.low)
    high = None if bound.high is None else scaled(bound.high)

    def inside(value: Scaled) -> bool:
        if low is not None and (value < low or (bound.low_open and value == low)):
            return False
        return high is None or value < high or (not bound.high_open and value == high)

    return inside


def _is_plain(plan: Plan, table: Table, directory: Directory) -> bool:
    """No attribute of people, no steps; and no bar of a single position where people are known,
    since who holds one position may be barred by another."""
    rules = table.index.rules
    single = any(r.kind == PROHIBITION and r.positions is not None for r in rules)
    return (
        all(fact.path[0] not in ("actor", "requester") for fact in plan.slots)
        and all(r.kind != REQUIREMENT for r in rules)
        and not (single and directory.people)
    )
