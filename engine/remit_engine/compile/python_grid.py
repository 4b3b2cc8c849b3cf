"""Cells: stretches of requests on which the answer is one and the same.

Where every condition compares one fact with what is fixed for the day, the space of requests falls
into cells: one value for each discrete fact, and for each number a stretch between two of the
numbers it is compared with (or one such number itself). A cell's answer is found once, by the same
path as any other, and kept; finding a request's cell costs a few look-ups however many rules
there are. Actions whose rules compare facts with one another have no such cells (`plan` is None).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from remit_dsl import expressions as x
from remit_dsl.program import Program
from remit_engine.compile.python_index import RuleIndex
from remit_engine.compile.python_slots import MISSING
from remit_engine.compile.scaled import Scaled, scaled
from remit_engine.compile.to_python import Compiled
from remit_engine.judging.evaluate import Environment, evaluate
from remit_engine.judging.unknown import Unknown
from remit_engine.rules.dependence import facts_in
from remit_engine.rules.ir import Model, Rule

_DISCRETE = frozenset({"enum", "boolean", "text", "position", "set"})
MOST_CELLS = 50_000


@dataclass(frozen=True, slots=True)
class Plan:
    """How the requests of one (action, verb) fall into cells.

    discrete, numeric: indices of the slots of each kind; measure: the slot of the measure.
    """

    action: str
    verb: str
    slots: tuple[x.Fact, ...]
    discrete: tuple[int, ...]
    numeric: tuple[int, ...]
    measure: int | None
    index: RuleIndex


def plan(action: str, verb: str, compiled: Compiled, model: Model) -> Plan | None:
    """The plan of an (action, verb), or None where cells do not exist."""
    table = compiled.table(action, verb)
    measure = model.actions[action].action.measure
    if measure is not None and (measure.summed_by is not None or not _number(measure.value)):
        return None
    if not all(_has_cells(rule, model.program) for rule in table.index.rules):
        return None
    caps = (d.cap for d in model.actions[action].delegations)
    if not all(_fixed(cap, model.program) for cap in caps if cap is not None):
        return None
    numeric = tuple(i for i, fact in enumerate(table.slots) if _number(fact))
    discrete = tuple(i for i, fact in enumerate(table.slots) if _discrete(fact))
    if len(numeric) + len(discrete) != len(table.slots):
        return None
    place = None
    if measure is not None and isinstance(measure.value, x.Fact):
        paths = [fact.path for fact in table.slots]
        place = paths.index(measure.value.path)
    return Plan(action, verb, table.slots, discrete, numeric, place, table.index)


def _number(e: x.Expression) -> bool:
    return isinstance(e, x.Fact) and (
        (e.type.numeric or e.type.kind == "date") and e.path != ("as_of",)
    )


def _has_cells(rule: Rule, program: Program) -> bool:
    if rule.limit is not None and rule.limit.totals:
        return False
    if rule.bound is not None and not all(_fixed(e, program) for e in rule.bound.ends):
        return False
    return all(_condition_has_cells(c, program) for c in rule.condition)


def _condition_has_cells(e: x.Expression, program: Program) -> bool:
    match e:
        case x.AllOf() | x.AnyOf() | x.Not():
            return all(_condition_has_cells(c, program) for c in x.children(e))
        case x.Fact():
            return e.type.kind == "boolean"
        case x.Compare():
            left, right = e.left, e.right
            if _number(left) or _number(right):
                return (_number(left) and _fixed(right, program)) or (
                    _number(right) and _fixed(left, program)
                )
            return all(_discrete(s) or _fixed(s, program) for s in (left, right))
        case x.Contains():
            return _discrete(e.item) and (
                isinstance(e.collection, x.Constant) or _discrete(e.collection)
            )
    return _fixed(e, program)


def _discrete(e: x.Expression) -> bool:
    kind = e.type.element if e.type.element is not None else e.type
    return isinstance(e, x.Fact) and e.type.kind in _DISCRETE and kind.kind in _DISCRETE


def _fixed(e: x.Expression, program: Program) -> bool:
    """Reads no fact: its value hangs on the day alone."""
    return next(facts_in(e, program), None) is None


Axes = tuple[tuple[Scaled | date, ...], ...]


def axes(
    plan: Plan,
    slots: Sequence[Any],
    env: Environment,
    caps: Iterable[Fraction],
    shown: Collection[str],
) -> Axes:
    """For each numeric slot the ascending numbers it is compared with in the rules that may apply
    to anybody with these discrete facts, and in the grants of the positions `shown` (an answer
    shows why they do not apply); for the measure also the `caps` of delegations."""
    as_of = env.as_of
    # others are asked as well (who delegated, who is above), and have attributes of their own
    slots = [
        MISSING if fact.path[0] == "actor" else value
        for fact, value in zip(plan.slots, slots, strict=True)
    ]
    mask = plan.index.fitting(as_of, slots)
    mask |= plan.index.candidates(shown, (), as_of, [MISSING] * len(slots))
    found: dict[int, set[Any]] = {i: set() for i in plan.numeric}
    places = {fact.path: i for i, fact in enumerate(plan.slots)}
    if plan.measure is not None:
        found[plan.measure].update(scaled(cap) for cap in caps)
    for bit in plan.index.chosen(mask):
        rule = plan.index.rules[bit]
        for condition in plan.index.rest[bit]:
            _collect(condition, places, found, env)
        if rule.bound is not None and plan.measure is not None:
            found[plan.measure].update(_known(rule.bound.ends, env))
    return tuple(tuple(sorted(found[i])) for i in plan.numeric)


def _collect(
    e: x.Expression,
    places: dict[tuple[str, ...], int],
    found: dict[int, set[Any]],
    env: Environment,
) -> None:
    if isinstance(e, x.Compare):
        for one, other in ((e.left, e.right), (e.right, e.left)):
            if isinstance(one, x.Fact) and _number(one):
                found[places[one.path]].update(_known([other], env))
    else:
        for child in x.children(e):
            _collect(child, places, found, env)


def _known(ends: Iterable[x.Expression], env: Environment) -> list[Any]:
    values = [evaluate(e, env) for e in ends]
    return [
        scaled(v) if isinstance(v, Fraction) else v for v in values if not isinstance(v, Unknown)
    ]


class Cells:
    """A bounded memo from cells to answers for one plan.

    `find(actor, day, f)` is generated: it gives the kept answer for slots `f`, or raises KeyError
    (not kept yet) or TypeError (a number is missing).
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._cells: dict[tuple[Any, ...], tuple[Any, dict[Any, Any]]] = {}
        self._kept = 0
        self.source = _source(plan)
        scope: dict[str, Any] = {
            "cells": self._cells,
            "below": bisect_left,
            "upto": bisect_right,
        }
        exec(compile(self.source, "<remit>", "exec"), scope)
        self.find: Callable[[Any, Any, Sequence[Any]], Any] = scope["find"]

    def keep(self, actor: Any, day: Any, f: Sequence[Any], on: Axes, answer: Any) -> None:
        """Keep the answer of the cell that slots `f` lie in; `on` are its axes."""
        if self._kept >= MOST_CELLS:
            self._cells.clear()
            self._kept = 0
        self._kept += 1
        key = (actor, day, *(f[i] for i in self.plan.discrete))
        kept = on[0] if len(on) == 1 else on
        stands, answers = self._cells.setdefault(key, (kept, {}))
        if stands != kept:
            raise AssertionError("a cell's axes must hang on its key alone")
        places = tuple(
            bisect_left(a, f[i]) + bisect_right(a, f[i])
            for a, i in zip(on, self.plan.numeric, strict=True)
        )
        answers[places[0] if len(places) == 1 else places] = answer


class Outcomes:
    """A bounded memo from cells to bare outcomes for one plan.

    Unlike an explained decision, an outcome at a point is that just below it where every
    comparison of the slot says so (`_closed_above`): such a slot is looked up once, not twice.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._cells: dict[tuple[Any, ...], tuple[Any, Any]] = {}
        self._axes: dict[tuple[Any, ...], Axes] = {}
        self._equal: dict[Any, Any] = {}
        self._met: set[tuple[Any, ...]] = set()
        self._kept = 0
        self._once = _closed_above(plan)

    def checking(
        self, eras: Mapping[date, int], miss: Callable[[Any, date, Any], Any]
    ) -> Callable[[Any, date, Any], Any]:
        """`check(actor, as_of, f)`, generated: the kept outcome for slots `f`, else what `miss`
        answers. eras: the stretch between turning days of each day met."""
        scope: dict[str, Any] = {
            "cells": self._cells,
            "eras": eras,
            "miss": miss,
            "below": bisect_left,
            "upto": bisect_right,
        }
        exec(compile(_check_source(self.plan, self._once), "<remit>", "exec"), scope)
        made: Callable[[Any, date, Any], Any] = scope["check"]
        return made

    def met(self, era: int, f: Sequence[Any]) -> bool:
        """Whether requests with these discrete slots have been met before: then it pays to keep
        their answers."""
        there = (era, *(f[i] for i in self.plan.discrete))
        if there in self._met:
            return True
        if len(self._met) >= MOST_CELLS:
            self._met.clear()
        self._met.add(there)
        return False

    def keep(
        self, actor: Any, era: int, f: Sequence[Any], on: Callable[[], Axes], answer: Any
    ) -> None:
        """Keep the outcome of the cell that slots `f` lie in; `on` finds its axes, which hang on
        the era and the discrete slots alone."""
        if self._kept >= MOST_CELLS:
            for memo in (self._cells, self._axes, self._equal):
                memo.clear()
            self._kept = 0
        self._kept += 1
        numeric, same = self.plan.numeric, self._equal.setdefault
        there = (era, *(f[i] for i in self.plan.discrete))
        found = self._axes.get(there)
        if found is None:
            found = tuple(tuple(same(point, point) for point in axis) for axis in on())
            self._axes[there] = found
        places = tuple(
            bisect_left(a, f[i]) + (0 if i in self._once else bisect_right(a, f[i]))
            for a, i in zip(found, numeric, strict=True)
        )
        if len(numeric) == 1:
            (axis,), (place,) = found, places
            room = len(axis) * (1 if numeric[0] in self._once else 2) + 1
            _, answers = self._cells.setdefault((actor, *there), (axis, [None] * room))
            answers[place] = same(answer, answer)
        else:
            _, answers = self._cells.setdefault((actor, *there), (found, {}))
            answers[places] = same(answer, answer)


def _closed_above(plan: Plan) -> frozenset[int]:
    """The numeric slots whose every comparison answers for a point as for what is just below."""
    open_above: set[tuple[str, ...]] = set()
    for rule, rest in zip(plan.index.rules, plan.index.rest, strict=True):
        for condition in rest:
            _open_above(condition, open_above)
        bound = rule.bound
        if plan.measure is not None and bound and bound.side not in ("up to", "over"):
            open_above.add(plan.slots[plan.measure].path)
    return frozenset(i for i in plan.numeric if plan.slots[i].path not in open_above)


def _open_above(e: x.Expression, found: set[tuple[str, ...]]) -> None:
    if isinstance(e, x.Compare):
        for one, closing in ((e.left, ("<=", ">")), (e.right, (">=", "<"))):
            if isinstance(one, x.Fact) and e.operator not in closing:
                found.add(one.path)
    for child in x.children(e):
        _open_above(child, found)


def _check_source(plan: Plan, once: frozenset[int]) -> str:
    """The source of `check`: the discrete key, then the place on each axis."""
    names = [f"f{i}" for i in range(len(plan.slots))]
    key = "".join(f", f{i}" for i in plan.discrete)
    lines = ["def check(actor, as_of, f):", "    try:"]
    if names:
        lines.append(f"        {', '.join(names)}, = f")
    lines.append(f"        axes, answers = cells[actor, eras[as_of]{key}]")
    if len(plan.numeric) == 1:
        lines.append(f"        kept = answers[{_place('axes', plan.numeric[0], once)}]")
    else:
        lines += [f"        a{n} = axes[{n}]" for n in range(len(plan.numeric))]
        places = "".join(f"{_place(f'a{n}', i, once)}, " for n, i in enumerate(plan.numeric))
        lines.append(f"        kept = answers.get(({places}))")
    lines += ["        if kept is not None:", "            return kept"]
    lines += ["    except (KeyError, TypeError):", "        pass"]
    lines.append("    return miss(actor, as_of, f)")
    return "\n".join(lines)


def _place(axis: str, slot: int, once: frozenset[int]) -> str:
    place = f"below({axis}, f{slot})"
    return place if slot in once else f"{place} + upto({axis}, f{slot})"


def _source(plan: Plan) -> str:
    """The source of `find`: the discrete key, then the place on each axis.

    A place counts the points below a number and the points up to it, so that being at a point
    (odd) and between two (even) differ.
    """
    key = "".join(f", f[{i}]" for i in plan.discrete)
    lines = ["def find(actor, day, f):", f"    axes, answers = cells[actor, day{key}]"]
    if len(plan.numeric) == 1:
        lines.append(f"    v = f[{plan.numeric[0]}]")
        lines.append("    return answers[below(axes, v) + upto(axes, v)]")
        return "\n".join(lines)
    for n, i in enumerate(plan.numeric):
        lines.append(f"    a{n} = axes[{n}]; v{n} = f[{i}]")
    places = "".join(f"below(a{n}, v{n}) + upto(a{n}, v{n}), " for n in range(len(plan.numeric)))
    lines.append(f"    return answers[({places})]")
    return "\n".join(lines)
