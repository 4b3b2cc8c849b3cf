"""Looking for a request that a goal describes: exactly, then by the solver, always replayed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from remit_engine.analysis.answer import Asked, Status
from remit_engine.analysis.concrete import Maker
from remit_engine.analysis.formula import TooEntangled
from remit_engine.analysis.goal import Goal
from remit_engine.analysis.grid import Cell, TooManySteps
from remit_engine.analysis.scope import Scope
from remit_engine.analysis.solving import solve
from remit_engine.analysis.space import Space
from remit_engine.compile.to_smt import Solver, SolverMissing, Undecided
from remit_engine.compile.unsupported import Unsupported
from remit_engine.ir import Model
from remit_engine.request import Request

MOST_CELLS = 24
Shows = Callable[[Request], tuple[Asked, ...]]
"""Replays a request: what it shows, or () when it does not show what it should."""


@dataclass(frozen=True, slots=True)
class Found:
    """REFUTED with what was found, PROVEN that there is nothing to find, or UNKNOWN and why."""

    status: Status
    witness: tuple[Asked, ...] = ()
    cell: Cell | None = None
    why: str | None = None

    @property
    def nothing(self) -> bool:
        """True when it is proven that there is no such request."""
        return self.status is Status.PROVEN


@dataclass(slots=True)
class Prober:
    """Asks goals of a model; spaces are made once."""

    model: Model
    scope: Scope
    _solver: Solver | None = None
    _spaces: dict[tuple[str, bool], Space] = field(default_factory=dict)

    def space(self, action: str, fresh: bool = False) -> Space:
        """The requests on an action from the day of the scope on."""
        key = (action, fresh)
        if key not in self._spaces:
            self._spaces[key] = Space(self.model, action, self.scope.today, fresh)
        return self._spaces[key]

    def find(
        self,
        space: Space,
        verb: str,
        goal: Goal,
        position: str,
        shows: Shows,
        order: Sequence[str] = (),
    ) -> Found:
        """A request by a holder of the position that the goal describes and `shows` confirms."""
        try:
            cells = space.cells(goal, self.scope.steps, order)
            found = self._among(cells, space, verb, position, shows)
        except TooEntangled:
            found = Found(Status.UNKNOWN, why="its conditions are too entangled to be taken apart")
        except TooManySteps:
            found = Found(Status.UNKNOWN, why="there are too many cases to look at each")
        if found.status is Status.UNKNOWN:
            return self._solved(found, space, verb, goal, position, shows)
        return found

    def _among(
        self, cells: Iterable[Cell], space: Space, verb: str, position: str, shows: Shows
    ) -> Found:
        maker = Maker(space, self.scope.today)
        hanging: Cell | None = None
        for i, cell in enumerate(cells):
            for request in maker.requests(cell, verb, position):
                witness = shows(request)
                if witness:
                    return Found(Status.REFUTED, witness, cell)
            hanging = hanging or cell
            if i >= MOST_CELLS:
                break
        if hanging is None:
            return Found(Status.PROVEN)
        return Found(Status.UNKNOWN, cell=hanging, why=_hangs_on(hanging, space))

    # --- the solver --------------------------------------------------------------------------

    def _solved(
        self, found: Found, space: Space, verb: str, goal: Goal, position: str, shows: Shows
    ) -> Found:
        """The solver's answer where the exact procedure has none."""
        if not self.scope.solver:
            return replace(found, why=f"{found.why}; a solver may settle it (`--solver`)")
        if self._solver is None:
            try:
                self._solver = Solver(self.model)
            except SolverMissing as missing:
                return replace(found, why=f"{found.why}; for a solver, {missing}")
        try:
            request = solve(self._solver, space, verb, goal, position)
        except (Undecided, Unsupported) as fault:
            return replace(found, why=f"{found.why}, and {fault}")
        if request is None:
            return Found(Status.PROVEN)
        witness = shows(request)
        if witness:
            return Found(Status.REFUTED, witness, found.cell)
        return replace(found, why="a request was found that the interpreter answers otherwise")


def _hangs_on(cell: Cell, space: Space) -> str:
    keys = [k for k in cell.classes if not space.columns[k].free]
    shown = ", ".join(f"`{k}`" for k in keys[:3])
    if not keys:
        return "a request was found that the interpreter answers otherwise"
    return f"it hangs on {shown}, and no request was found that shows it"
