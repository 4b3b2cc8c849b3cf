"""The formulas mean what the interpreter says, over random programs and complete requests."""

from __future__ import annotations

from random import Random

import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.asking import House
from engine.compile.solving import Asked, complete, truths
from engine.generators import POSITIONS, Maker, Written, examples, written
from remit_engine.judging.unknown import Truth
from remit_engine.reading.request_reader import read_request
from remit_engine.request import Request

RANDOM = st.randoms(use_true_random=False)


def built(w: Written, verb: str) -> Asked:
    return Asked(House(w.text(), w.directory), verb)


def requests(rnd: Random, w: Written, asked: Asked, count: int, lines: int = 2) -> list[Request]:
    m = Maker(rnd, kind=w.kind)
    house, verb = asked.house, asked.formulas.verb
    granted = [p for p, v in w.granted if v == verb]
    documents = (
        {"action": asked.action, **complete(m, w, m.pick((*granted, *POSITIONS)), verb, lines)}
        for _ in range(count)
    )
    return [read_request(d, house.model, house.directory) for d in documents]


@given(RANDOM)
@settings(max_examples=examples(80, 4_000), deadline=None)
def test_formulas_say_of_a_complete_request_what_the_interpreter_says(rnd: Random) -> None:
    w = written(rnd)
    asked = built(w, w.granted[0][1])
    for request in requests(rnd, w, asked, 5):
        asked.agrees(request)


@given(RANDOM)
@settings(max_examples=examples(40, 2_000), deadline=None)
def test_what_the_solver_finds_replays(rnd: Random) -> None:
    """Two random demands on two rules and two holders; the same facts must serve both."""
    w = written(rnd)
    asked = built(w, w.granted[0][1])
    rules = [r for r in asked.rules if asked.formulas.verb in r.verbs]
    positions = [f"p.{p}" for p, _ in w.granted]
    for _ in range(3):
        demands = [
            (rnd.choice(rules), rnd.choice(positions), rnd.choice(tuple(_DEMANDS)))
            for _ in range(2)
        ]
        formulas = [_formula(asked, *demand) for demand in demands]
        found = asked.formulas.solve(*formulas)
        if found is None:
            continue
        for rule, position, wanted in demands:
            truth = truths(asked.formulas.case(found, position)).get(rule.index, False)
            assert _holds(truth, wanted), (rule.id, position, wanted)
        assert asked.formulas.solve(asked.formulas.exactly(found.request(position))) is not None


@given(RANDOM)
@settings(max_examples=examples(60, 3_000), deadline=None)
def test_what_has_no_solution_has_none_among_random_requests(rnd: Random) -> None:
    """Longer lists too: what is said of them all together must leave room for the truth."""
    w = written(rnd)
    asked = built(w, w.granted[0][1])
    for request in requests(rnd, w, asked, 3, lines=5):
        told, position = asked.told(request), request.actor.holdings[0].position
        said = [_is(asked, r, position, told[r.index]) for r in asked.rules]
        solver = z3.Solver()
        solver.add(asked.formulas.exactly(request), *said)
        assert solver.check() == z3.sat


_DEMANDS = {"sure": True, "possible": True, "not sure": False, "not possible": False}


def _formula(asked: Asked, rule: object, position: str, wanted: str) -> z3.BoolRef:
    word = wanted.removeprefix("not ")
    formula: z3.BoolRef = getattr(asked.formulas, word)(rule, position)
    return formula if _DEMANDS[wanted] else z3.Not(formula)


def _holds(truth: Truth, wanted: str) -> bool:
    word = wanted.removeprefix("not ")
    return (truth is True if word == "sure" else truth is not False) is _DEMANDS[wanted]


def _is(asked: Asked, rule: object, position: str, truth: Truth) -> z3.BoolRef:
    sure = _formula(asked, rule, position, "sure")
    possible = _formula(asked, rule, position, "possible")
    return z3.And(sure == (truth is True), possible == (truth is not False))
