"""What a question looks for: a statement about which rules apply to which positions.

One goal is read twice: by the exact search over cells, and by the solver.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remit_dsl.program import BUILT_IN_VERBS
from remit_dsl.validation.validate import implied
from remit_engine.analysis.formula import Box
from remit_engine.rules.ir import GRANT, REQUIREMENT, ActionRules, Model, Rule

THIS, SOME, EVERY = "this", "some", "every"
DECIDING = ("approve", "sign", "adjudicate")


@dataclass(frozen=True, slots=True, eq=False)
class Applies:
    """Some of the rules apply to an unnamed holder of the position: `sure` or `possible`.

    holder: to the one who asks (`this`), to `some` holder with whatever attributes, or to `every`.
    """

    mode: str
    rules: tuple[Rule, ...]
    position: str
    holder: str = THIS


@dataclass(frozen=True, slots=True, eq=False)
class Met:
    """The conditions of some of the rules are surely met, whatever their limits say."""

    rules: tuple[Rule, ...]
    position: str


@dataclass(frozen=True, slots=True, eq=False)
class Inside:
    """The request lies in one of some boxes (asked beside rules that speak of a position)."""

    boxes: tuple[Box, ...]
    position: str


@dataclass(frozen=True, slots=True)
class Both:
    """All of the goals."""

    goals: tuple[Goal, ...]


@dataclass(frozen=True, slots=True)
class Neither:
    """None of the goals."""

    goals: tuple[Goal, ...]


Leaf = Applies | Met | Inside
Goal = Leaf | Both | Neither


def both(*goals: Goal) -> Goal:
    """All of them."""
    return goals[0] if len(goals) == 1 else Both(tuple(goals))


def neither(*goals: Goal) -> Goal:
    """None of them."""
    return Neither(tuple(goals))


def leaves(goal: Goal) -> list[Leaf]:
    """Every statement about rules in a goal."""
    if isinstance(goal, Leaf):
        return [goal]
    return [leaf for g in goal.goals for leaf in leaves(g)]


@dataclass(frozen=True, slots=True)
class Sides:
    """The rules on one verb of an action that speak about a position."""

    grants: tuple[Rule, ...]
    bars: tuple[Rule, ...]
    demands: tuple[Rule, ...]


def sides(rules: ActionRules, verb: str, position: str) -> Sides:
    """The rules that speak about a holder of a position."""
    concerned = [r for r in rules.rules if verb in r.verbs and r.concerns(frozenset({position}))]
    return Sides(
        tuple(r for r in concerned if r.kind == GRANT),
        tuple(r for r in concerned if r.kind not in (GRANT, REQUIREMENT)),
        tuple(r for r in concerned if r.kind == REQUIREMENT),
    )


def able(rules: ActionRules, verb: str, position: str, open_demands: Sequence[Rule] = ()) -> Goal:
    """The position may, at once or with steps done (`permit` or `needs`).

    open_demands: requirements that may be unsettled (a fact they read may be absent).
    """
    mine = sides(rules, verb, position)
    return both(
        Applies("sure", mine.grants, position),
        neither(
            Applies("possible", mine.bars, position),
            *(
                both(Applies("possible", (r,), position), neither(Applies("sure", (r,), position)))
                for r in open_demands
            ),
        ),
    )


def positions_given(model: Model, action: str, verb: str) -> tuple[str, ...]:
    """The positions that some grant gives a verb of an action, on whatever day."""
    found: dict[str, None] = {}
    for rule in model.actions[action].rules:
        if rule.kind == GRANT and verb in rule.verbs:
            found.update(dict.fromkeys(rule.positions or model.program.positions))
    return tuple(p for p in model.program.positions if p in found)


def deciding(model: Model, rules: ActionRules) -> tuple[str, ...]:
    """The verbs of an action that decide: those that always do, what implies them, and rights of
    the policy's own that some grant gives up to a limit. The other built-in verbs advise."""
    program = model.program
    always = {v for v in model.verbs if implied(program, v).intersection(DECIDING)}
    limited = {
        r.verb for r in rules.rules if r.kind == GRANT and (r.bound or (r.limit and r.limit.totals))
    }
    given = {v for r in rules.rules if r.kind == GRANT for v in r.verbs}
    return tuple(sorted(given & (always | (limited - set(BUILT_IN_VERBS)))))
