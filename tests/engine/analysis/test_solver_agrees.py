"""The exact procedure and the solver read the same rules by themselves, and never disagree."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.analysis.complete import model_of
from engine.analysis.test_answers import TODAY, looks_at_requester
from engine.generators import examples, written
from remit_engine.analysis.answer import Status
from remit_engine.analysis.goal import Applies, Goal, able, both, neither, sides
from remit_engine.analysis.judgement import POSSIBLE, SURE
from remit_engine.analysis.prober import Prober, Sought
from remit_engine.analysis.replay import asked
from remit_engine.analysis.scope import Scope
from remit_engine.analysis.solving import solve
from remit_engine.analysis.space import Space
from remit_engine.compile.to_smt import Solver, SolverMissing, Undecided
from remit_engine.compile.unsupported import Unsupported
from remit_engine.rules.ir import GRANT, Model

ACTION = "p.act"
seen: Counter[str] = Counter()


@given(st.integers(0, 10**9))
@settings(max_examples=examples(12, 400))
def test_they_agree(seed: int) -> None:
    rnd = Random(seed)
    model = model_of(written(rnd))
    if looks_at_requester(model):
        return
    prober = Prober(model, Scope(TODAY, steps=3_000))
    try:
        solver = Solver(model)
    except SolverMissing:
        pytest.skip("z3 is not installed")
    space = prober.space(ACTION)
    for verb, position, goal in goals(rnd, model, space):
        sought = Sought(verb, position, goal, lambda r: (asked(r, model),))
        exact = prober.find(space, sought).status
        try:
            solved = solve(solver, space, verb, goal, position)
        except (Undecided, Unsupported):
            seen["undecided"] += 1
            continue
        seen[exact] += 1
        if exact is Status.PROVEN:
            assert solved is None, (verb, position, goal)
        if exact is Status.REFUTED:
            assert solved is not None, (verb, position, goal)


def goals(rnd: Random, model: Model, space: Space) -> list[tuple[str, str, Goal]]:
    """Some goals of the kinds that the questions ask."""
    rules = model.actions[ACTION]
    grants = [r for r in rules.rules if r.kind == GRANT]
    found: list[tuple[str, str, Goal]] = []
    for _ in range(6):
        grant = rnd.choice(grants)
        verb = grant.verb
        low, high = rnd.sample(sorted(model.program.positions), 2)
        mine, theirs = sides(rules, verb, low), sides(rules, verb, high)
        found.append(
            (
                verb,
                low,
                both(
                    able(rules, verb, low, space.open_demands(mine.demands, low)),
                    neither(
                        both(
                            Applies(POSSIBLE, theirs.grants, high),
                            neither(Applies(SURE, theirs.bars, high)),
                        )
                    ),
                ),
            )
        )
        others = tuple(r for r in mine.grants if r is not grant)
        alone = both(Applies(SURE, (grant,), low), neither(Applies(SURE, others, low)))
        barred = both(Applies(SURE, (grant,), low), Applies(SURE, mine.bars, low))
        if grant in mine.grants:
            found += [(verb, low, alone), (verb, low, barred)]
    return found
