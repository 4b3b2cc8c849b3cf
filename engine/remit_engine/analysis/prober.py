"""Looking for a request that a goal describes: exactly, then by the solver, always replayed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from remit_engine.analysis.answer import Asked, Status
from remit_engine.analysis.concrete import Maker
from remit_engine.analysis.findings import named
from remit_engine.analysis.formula import TooEntangled
from remit_engine.analysis.goal import Applies, Goal
from remit_engine.analysis.grid import Cell, TooManySteps
from remit_engine.analysis.regions import Region, widened
from remit_engine.analysis.scope import Scope
from remit_engine.analysis.solving import solve
from remit_engine.analysis.space import Plan, Space
from remit_engine.compile.to_smt import Solver, SolverMissing, Undecided
from remit_engine.compile.unsupported import Unsupported
from remit_engine.request import Request
from remit_engine.rules.ir import Model

MOST_CELLS = 24
Shows = Callable[[Request], tuple[Asked, ...]]
"""Replays a request: what it shows, or () when it does not show what it should."""


@dataclass(frozen=True, slots=True)
class Found:
    """REFUTED with what was found, PROVEN that there is nothing to find, or UNKNOWN and why."""

    status: Status
    witness: tuple[Asked, ...] = ()
    cell: Cell | None = None
    region: Region | None = None
    """how far round the cell the same holds; None where the solver found it"""
    why: str | None = None

    @property
    def nothing(self) -> bool:
        """True when it is proven that there is no such request."""
        return self.status is Status.PROVEN


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: a request to exercise a verb, put by a holder of a position, that the
    goal describes and `shows` confirms."""

    verb: str
    position: str
    goal: Goal
    shows: Shows


ENTANGLED = "its conditions are too entangled to be taken apart"
EXHAUSTED = "there are too many cases to look at each"
HANGING = "it hangs on values that hang on one another, and no request was found that shows it"
_TANGLED = Found(Status.UNKNOWN, why=ENTANGLED)
_TIRED = Found(Status.UNKNOWN, why=EXHAUSTED)


@dataclass(slots=True)
class Prober:
    """Asks goals of a model; spaces are made once."""

    model: Model
    scope: Scope
    _solver: Solver | None = None
    _spaces: dict[tuple[str, bool, bool], Space] = field(default_factory=dict)

    def space(self, action: str, *, fresh: bool = False, ever: bool = False) -> Space:
        """The requests on an action from the day of the scope on (`ever`: on all days)."""
        key = (action, fresh, ever)
        if key not in self._spaces:
            since = None if ever else self.scope.today
            self._spaces[key] = Space(self.model, action, since, fresh)
        return self._spaces[key]

    def find(self, space: Space, sought: Sought, within: Applies | None = None) -> Found:
        """A request that the goal describes and `shows` confirms.

        within: see `Plan.cells`.
        """
        return next(self.each(space, sought, within))

    def each(
        self,
        space: Space,
        sought: Sought,
        within: Applies | None = None,
        lowest: str | None = None,
    ) -> Iterator[Found]:
        """What `find` gives, then what it gives outside of the regions given, until nothing is left
        or something is unknown.

        lowest: a column of which the smallest value is looked for; where that takes too long, the
        smallest for the other facts of some request found.
        """
        try:
            plan: Plan | None = space.plan(sought.goal, () if lowest is None else (lowest,))
        except TooEntangled:
            plan = None
        first = True
        while True:
            found = _TANGLED if plan is None else self._in(plan, space, sought, within, lowest)
            # the solver does not know what was found before, and would find it again
            yield self._settled(found, space, sought) if first else found
            first = False
            if plan is None or found.status is not Status.REFUTED or not found.region:
                return
            plan = plan.without(found.region)

    def _in(
        self, plan: Plan, space: Space, sought: Sought, within: Applies | None, lowest: str | None
    ) -> Found:
        steps = self.scope.steps
        try:
            if lowest is None:
                return self._among(plan, plan.cells(steps, within), space, sought)
            try:
                return self._among(plan, plan.cells(steps // 4), space, sought)
            except TooManySteps:
                return self._lowered(plan, space, sought, lowest)
        except TooManySteps:
            return _TIRED

    def _lowered(self, plan: Plan, space: Space, sought: Sought, key: str) -> Found:
        """From the highest value down."""
        down = plan.backwards(key)
        found = self._among(down, down.cells(self.scope.steps), space, sought)
        if found.cell is None or found.status is not Status.REFUTED:
            return found
        along = plan.grid.along(found.cell, key, plan.decide)
        lower = self._among(plan, along, space, sought)
        return lower if lower.status is Status.REFUTED else found

    def _among(self, plan: Plan, cells: Iterable[Cell], space: Space, sought: Sought) -> Found:
        maker = Maker(space, self.scope.today, left=max(400, self.scope.steps // 50))
        hanging: Cell | None = None
        for i, cell in enumerate(cells):
            for request in maker.requests(cell, sought.verb, sought.position):
                witness = sought.shows(request)
                if witness:
                    region = widened(plan.grid, cell, plan.decide)
                    return Found(Status.REFUTED, witness, cell, region)
            hanging = hanging or cell
            if i >= MOST_CELLS:
                break
        if hanging is None:
            return Found(Status.PROVEN)
        return Found(Status.UNKNOWN, cell=hanging, why=_hangs_on(hanging, space))

    # --- the solver --------------------------------------------------------------------------

    def _settled(self, found: Found, space: Space, sought: Sought) -> Found:
        """The solver's answer where the exact procedure has none."""
        if found.status is not Status.UNKNOWN:
            return found
        if not self.scope.solver:
            return replace(found, why=f"{found.why}; a solver may settle it (`--solver`)")
        if self._solver is None:
            try:
                self._solver = Solver(self.model)
            except SolverMissing as missing:
                return replace(found, why=f"{found.why}; for a solver, {missing}")
        try:
            request = solve(self._solver, space, sought.verb, sought.goal, sought.position)
        except (Undecided, Unsupported) as fault:
            return replace(found, why=f"{found.why}, and {fault}")
        if request is None:
            return Found(Status.PROVEN)
        witness = sought.shows(request)
        if witness:
            return Found(Status.REFUTED, witness)
        return replace(found, why="a request was found that the interpreter answers otherwise")


def _hangs_on(cell: Cell, space: Space) -> str:
    keys = [k for k in cell.classes if not space.columns[k].free]
    shown = ", ".join(dict.fromkeys(f"`{named(space.columns[k], space)}`" for k in keys[:3]))
    if not keys:
        return "a request was found that the interpreter answers otherwise"
    return f"it hangs on {shown}, and no request was found that shows it"
