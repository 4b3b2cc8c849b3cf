"""Mutants put to the cases of the suites that can notice them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from remit_engine.decision import Outcome
from remit_engine.engine import Engine
from remit_engine.request import Request
from remit_engine.rules.lower import lower
from remit_engine.suite.cases import Suite, SuiteCase
from remit_engine.suite.mutation.mutants import Mutant, mutants
from remit_engine.suite.runner import SuiteResult, run_case

Each = Callable[[int, int], None]
"""Hears how many mutants are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A case that passes, with what it asked and the outcome. roles: the rules in the answer by
    id, with what each did there."""

    case: SuiteCase
    suite: Suite
    request: Request
    outcome: Outcome
    roles: frozenset[tuple[str, str]]

    @property
    def shown(self) -> frozenset[str]:
        """The ids of the rules in the answer."""
        return frozenset(rule for rule, _ in self.roles)


@dataclass(frozen=True, slots=True)
class Bench:
    """An engine with the cases that passed on it, by action."""

    engine: Engine
    asked: Mapping[str, Sequence[Asked]]

    def relevant(self, mutant: Mutant) -> list[Asked]:
        """The cases that can notice a mutant, those in which its rule took part first."""
        found = [a for action in sorted(mutant.actions) for a in self.asked.get(action, ())]
        return sorted(found, key=lambda a: mutant.rule not in a.shown)

    def changed(self, mutant: Mutant) -> Engine:
        """The reference engine of the mutant, beside the same people."""
        return Engine(lower(mutant.make()), self.engine.directory, reference=True)

    def notices(self, mutant: Mutant) -> bool:
        """True when some case fails on the mutant."""
        asked = self.relevant(mutant)
        if not asked:
            return False
        engine = self.changed(mutant)
        return any(not run_case(a.case, a.suite, engine).passed for a in asked)


@dataclass(frozen=True, slots=True)
class Unnoticed:
    """A mutant that every case takes for the policy, and a bench on which it was tried."""

    mutant: Mutant
    bench: Bench


@dataclass(frozen=True, slots=True)
class Mutation:
    """What came of all mutants. unasked: those of actions that no case asks about, not tried."""

    noticed: int
    unnoticed: tuple[Unnoticed, ...]
    unasked: tuple[Mutant, ...]

    @property
    def tried(self) -> int:
        """How many mutants were put to the cases."""
        return self.noticed + len(self.unnoticed)


def benches(engines: Iterable[Engine], results: Iterable[SuiteResult]) -> list[Bench]:
    """One bench for each engine, with the passing cases of all suites it answered."""
    made: dict[int, tuple[Engine, dict[str, list[Asked]]]] = {}
    for engine, result in zip(engines, results, strict=True):
        _, asked = made.setdefault(id(engine), (engine, defaultdict(list)))
        for one in result.results:
            if one.passed and one.request is not None and one.decision is not None:
                told = one.decision
                roles = frozenset((r.id, r.role) for r in told.rules)
                case = Asked(one.case, result.suite, one.request, told.outcome, roles)
                asked[one.request.action].append(case)
    return [Bench(engine, dict(asked)) for engine, asked in made.values()]


def mutate(found: Sequence[Bench], each: Each | None = None) -> Mutation:
    """Tries every mutant. Where several benches hold the same text, one that notices is enough."""
    trials: dict[object, list[tuple[Mutant, Bench]]] = {}
    for bench in found:
        for mutant in mutants(bench.engine.model):
            trials.setdefault(mutant.key, []).append((mutant, bench))
    noticed, unnoticed, unasked = 0, list[Unnoticed](), list[Mutant]()
    for done, trial in enumerate(trials.values()):
        if each is not None:
            each(done, len(trials))
        askable = [(m, b) for m, b in trial if b.relevant(m)]
        if not askable:
            unasked.append(trial[0][0])
        elif any(b.notices(m) for m, b in askable):
            noticed += 1
        else:
            unnoticed.append(Unnoticed(*askable[0]))
    return Mutation(noticed, tuple(unnoticed), tuple(unasked))
