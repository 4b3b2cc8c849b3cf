"""Rules as formulas of an SMT solver (z3): a second, independent reading of a policy.

It checks the exact procedure of `analysis` and is checked by it. Nothing is approximated: what
has no exact form raises `Unsupported`, and where only short lists were looked at, that nothing
was found proves nothing.
"""

from __future__ import annotations

from remit_engine.compile.smt_codes import Codes
from remit_engine.compile.smt_facts import LONGEST, Facts, in_calendar
from remit_engine.compile.smt_library import SolverMissing, z3
from remit_engine.compile.smt_request import Writer
from remit_engine.compile.smt_rules import applies, concerned, measure
from remit_engine.compile.smt_scope import Scope
from remit_engine.compile.smt_solution import Reader, Solution, Undecided, too_long
from remit_engine.compile.smt_terms import Terms
from remit_engine.compile.smt_values import Bit, Condition, every, no
from remit_engine.judging.capacities import cases
from remit_engine.judging.verdict import Case
from remit_engine.people.directory import Directory
from remit_engine.request import Request
from remit_engine.rules.ir import Model, Rule

PATIENCE = 5_000
"""Milliseconds for one question."""


class Formulas:
    """The rules on one verb of one action as formulas over a complete request by whoever holds
    one position: no person is named, and nothing has been approved yet.

    The constants are shared: two formulas of one `Formulas`, for two positions even, speak of the
    same facts, the same day and the same attributes of the actor.
    """

    def __init__(self, model: Model, directory: Directory, action: str, verb: str) -> None:
        self.action = action
        self.verb = verb
        self._model = model
        self._directory = directory
        self._facts = Facts(model, action, Codes(model))
        self._terms = Terms()
        self._kept: dict[tuple[int, str], tuple[Rule, Bit, Condition]] = {}

    def sure(self, rule: Rule, position: str) -> z3.BoolRef:
        """The rule is in force, speaks about a holder of the position, and surely applies; for a
        grant: with the measure inside its bound and every total."""
        concerns, found = self._read(rule, position)
        return self._bit(every(concerns, found.true))

    def possible(self, rule: Rule, position: str) -> z3.BoolRef:
        """As `sure`, but not surely false: it applies, or that is unknown."""
        concerns, found = self._read(rule, position)
        return self._bit(every(concerns, no(found.false)))

    @property
    def as_of(self) -> z3.ArithRef:
        """The day of the request, counted as by `date.toordinal`."""
        return self._facts.as_of

    @property
    def domain(self) -> z3.BoolRef:
        """What holds of every request, as far as facts were read so far."""
        bits = [in_calendar(self.as_of), *self._measured, *self._facts.domain]
        return z3.And(*bits, *self._facts.followers.tied(bits))

    @property
    def never(self) -> z3.BoolRef:
        """What holds of no request."""
        return z3.BoolVal(False)

    @property
    def unused(self) -> z3.BoolRef:
        """That nothing is used yet of the running totals read so far."""
        return z3.And(*(total == 0 for total in self._facts.totals.values()))

    def solve(self, *assertions: z3.BoolRef, timeout_ms: int = PATIENCE) -> Solution | None:
        """A request of the domain for which all assertions hold, or None when there is none.

        Raises `Undecided` when the solver gave up, or when only a longer list might be one.
        """
        short = self._facts.short
        wanted = [self.domain, *assertions, *self._facts.followers.tied(assertions)]
        model = _asked(timeout_ms, self._bit(short), *wanted)
        if model is not None:
            return Reader(self._facts, model).solution(self.verb)
        if short is not True and _asked(timeout_ms, *wanted) is not None:
            raise Undecided(too_long())
        return None

    def exactly(self, request: Request) -> z3.BoolRef:
        """That the request is this one, in all that the formulas made so far depend on; what
        hangs on a list longer than is looked at stays open."""
        return z3.And(*(constant == value for constant, value in self.pairs(request)))

    def pairs(self, request: Request) -> list[tuple[z3.ExprRef, z3.ExprRef]]:
        """The constants read so far, each with its value in a complete request."""
        return Writer(self._facts, request).pairs()

    def case(self, solution: Solution, position: str) -> Case:
        """The solution as a case, for the interpreter to judge."""
        request = solution.request(position)
        return cases(request, request.actor, self._model, self._directory)[0]

    @property
    def _measured(self) -> list[z3.BoolRef]:
        """The measure is not negative, or unknown; it may hang on who the actor is."""
        actors = {position for _, position in self._kept} or set(self._model.program.positions)
        found = {}
        for actor in sorted(actors):
            value = measure(Scope(self._facts, actor), self._terms)
            if value is not None:
                bit = self._bit(no(every(value.known, value.term < 0)))
                found[bit.get_id()] = bit
        return list(found.values())

    def _read(self, rule: Rule, position: str) -> tuple[Bit, Condition]:
        if rule.action != self.action:
            raise ValueError(f"`{rule.id}` is no rule on `{self.action}`")
        key = (id(rule), position)  # a changed copy keeps its index
        if key not in self._kept:
            scope = Scope(self._facts, position)
            concerns = concerned(rule, self.verb, scope)
            found = Condition(False, True)
            if concerns is not False:
                found = applies(rule, scope, self._terms)
            self._kept[key] = (rule, concerns, found)
        return self._kept[key][1:]

    def _bit(self, bit: Bit) -> z3.BoolRef:
        return z3.BoolVal(bit) if isinstance(bit, bool) else bit


def _asked(timeout_ms: int, *assertions: z3.BoolRef) -> z3.ModelRef | None:
    """A model, or None when there is none."""
    solver = z3.Solver()
    solver.set("timeout", timeout_ms)
    solver.add(*assertions)
    answer = solver.check()
    if answer == z3.unknown:
        raise Undecided(f"the solver gave up: {solver.reason_unknown()}")
    return solver.model() if answer == z3.sat else None


class Solver:
    """The optional solver over one program. Raises `SolverMissing` when z3 is not installed.

    Not for several threads at once: all of z3's terms live in one place.
    """

    def __init__(self, model: Model, directory: Directory | None = None) -> None:
        if z3 is None:
            raise SolverMissing
        self._model = model
        self._directory = directory or Directory.empty()

    def question(self, action: str, verb: str) -> Formulas:
        """The formulas of one verb of an action (qualified name)."""
        if action not in self._model.actions:
            raise ValueError(f"there is no action `{action}`")
        return Formulas(self._model, self._directory, action, verb)


__all__ = ["LONGEST", "Formulas", "Solution", "Solver", "SolverMissing", "Undecided"]
