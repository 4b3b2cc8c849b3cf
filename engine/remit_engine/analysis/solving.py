"""A goal put to the solver, which reads the rules by itself."""

from __future__ import annotations

from dataclasses import replace

from remit_dsl.program import Limit
from remit_engine.analysis.columns import GIVEN
from remit_engine.analysis.goal import THIS, Applies, Both, Goal, Inside, Met
from remit_engine.analysis.judgement import SURE
from remit_engine.analysis.space import Space
from remit_engine.compile.smt_values import Bit, every, no, some
from remit_engine.compile.to_smt import Formulas, Solver, Undecided
from remit_engine.request import Request

ANY = Limit("any")


def solve(solver: Solver, space: Space, verb: str, goal: Goal, position: str) -> Request | None:
    """A request that the goal describes, by a holder of the position; None when there is none.

    Raises Undecided, Unsupported.
    """
    formulas = solver.question(space.action, verb)
    wanted = _bit(goal, formulas)
    if isinstance(wanted, bool):
        wanted = formulas.domain if wanted else formulas.never
    bounds = [formulas.unused] if space.fresh else []
    if space.since is not None:
        bounds.append(formulas.as_of >= space.since.toordinal())
    solution = formulas.solve(wanted, *bounds)
    if solution is None and any(_of_requester(key) for key in space.columns.by_key):
        raise Undecided("the solver leaves the requester unnamed")
    return None if solution is None else solution.request(position)


def _bit(goal: Goal, formulas: Formulas) -> Bit:
    match goal:
        case Applies():
            if goal.holder != THIS:
                raise Undecided("the solver knows one holder alone")
            read = formulas.sure if goal.mode == SURE else formulas.possible
            return some(*(read(r, goal.position) for r in goal.rules))
        case Met():
            free = (
                replace(r, limit=ANY, bound=None, index=-1_000_000 - r.index) for r in goal.rules
            )
            return some(*(formulas.sure(r, goal.position) for r in free))
        case Inside():
            raise Undecided("the solver was not told what was found before")
        case Both():
            return every(*(_bit(g, formulas) for g in goal.goals))
    return every(*(no(_bit(g, formulas)) for g in goal.goals))


def _of_requester(key: str) -> bool:
    name = key.removeprefix(GIVEN)
    return name == "requester" or "requester." in name
