"""Requests that two texts answer differently, found by trying where the texts differ."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from remit_engine.analysis.difference.plain import plainer
from remit_engine.analysis.difference.pools import Pools
from remit_engine.analysis.difference.told import Told, told
from remit_engine.analysis.difference.touched import Question
from remit_engine.analysis.difference.trial import NOBODY, Trials
from remit_engine.analysis.difference.understood import understood
from remit_engine.judging.interpreter import Interpreter
from remit_engine.judging.verdict import Judge
from remit_engine.people.party import Holding
from remit_engine.request import Request
from remit_engine.rules.ir import GRANT, Model, Rule
from remit_engine.rules.totals import totals_of

TRIES = 24
"""So many requests are made up for a question before it is given up."""
MOST_GUIDES = 6
FEW = 4
_WEIGHT = ("limit", "steps", "chain")
_CLEAR = ("permit", "needs", "escalate", "deny")


@dataclass(frozen=True, slots=True)
class Witness:
    """A request with both answers to it. apart: in what they differ."""

    request: Request
    old: Told
    new: Told

    @property
    def apart(self) -> str:
        """In what the answers differ."""
        return self.old.apart(self.new)


@dataclass(frozen=True, slots=True)
class Search:
    """Looks for witnesses on one pair of texts. judges: of the old and of the new text."""

    models: tuple[Model, Model]
    judges: tuple[Judge, Judge]
    today: date
    tries: int = TRIES

    def witness(
        self, question: Question, pools: Pools, offered: Iterable[Request] = ()
    ) -> Witness | None:
        """The weightiest witness found, among the requests offered and others made up."""
        best: Witness | None = None
        for request in itertools.chain(offered, self._requests(question, pools)):
            found = self.asked(request)
            if found is not None and (best is None or _rank(found) < _rank(best)):
                best = found
            if best is not None and _rank(best) == 0:
                break
        return self.plain(best) if best is not None else None

    def asked(self, request: Request) -> Witness | None:
        """The request as a witness, where both texts read it and answer it differently."""
        if not all(understood(request, model) for model in self.models):
            return None
        old, new = (
            told(request, model, NOBODY, judge)
            for model, judge in zip(self.models, self.judges, strict=True)
        )
        return Witness(request, old, new) if old != new else None

    def plain(self, witness: Witness) -> Witness | None:
        """The same by the reference interpreter, without the facts that it does not need."""
        reference = replace(self, judges=(Interpreter(), Interpreter()))
        kept = (witness.apart, witness.old.outcome, witness.new.outcome)

        def same(request: Request) -> bool:
            found = reference.asked(request)
            return found is not None and kept == (
                found.apart,
                found.old.outcome,
                found.new.outcome,
            )

        plain = plainer(witness.request, self.today, same)
        return reference.asked(_said_in(speaker(plain, self.models), plain))

    def others(self, question: Question, pools: Pools, first: Witness) -> tuple[Witness, ...]:
        """Further witnesses, each of another turn of the outcome, one a changed rule at most."""
        trials = self._trials(question, pools)
        seen = {_turn(first)}
        found: list[Witness] = []
        here = frozenset({question.position})
        for side, rule in self._guides(question)[:MOST_GUIDES]:
            if rule is not None and rule.concerns(here):
                one = self._turned(side, rule, trials, seen)
                if one is not None:
                    seen.add(_turn(one))
                    found.append(one)
        return tuple(found)

    def _turned(
        self, side: int, rule: Rule, trials: Trials, seen: set[tuple[str, str]]
    ) -> Witness | None:
        for _ in range(FEW):
            for request in trials.measuring(trials.made(side, rule)):
                found = self.asked(request)
                if found is not None and _rank(found) == 0 and _turn(found) not in seen:
                    return self.plain(found)
        return None

    @staticmethod
    def by(position: str, request: Request) -> Request:
        """The same request by a holder of another position."""
        attributes = {**request.actor.attributes, "position": position}
        actor = replace(request.actor, holdings=(Holding(position),), attributes=attributes)
        return replace(request, actor=actor)

    def _requests(self, question: Question, pools: Pools) -> Iterator[Request]:
        trials = self._trials(question, pools)
        guides = self._guides(question)
        for i in range(self.tries if question.direct else self.tries // 2):
            side, rule = guides[i % len(guides)]
            yield from trials.measuring(trials.made(side, rule))

    def _trials(self, question: Question, pools: Pools) -> Trials:
        rnd = Random(f"{question.action} {question.verb} {question.position}")
        return Trials(question, self.models, pools, rnd, self.today)

    def _guides(self, question: Question) -> list[tuple[int, Rule | None]]:
        """The rules around which requests are made up: those that changed, else those by which
        others decide."""
        changed = [*((0, r) for r in question.old), *((1, r) for r in question.new)]
        given = [
            (side, rule)
            for side, model in enumerate(self.models)
            for rule in model.actions[question.action].by_kind.get((GRANT, question.verb), ())
        ]
        return [*changed] or [*given] or [(1, None)]


def speaker(request: Request, models: tuple[Model, Model]) -> Model:
    """The model, of two texts, that knows every fact and total of a request: the new one if it
    does."""
    old, new = models
    facts = new.program.actions[request.action].fields.keys()
    known = request.facts.keys() <= facts
    return new if known and request.totals.keys() <= totals_of(new, request.action).keys() else old


def _said_in(model: Model, request: Request) -> Request:
    """The request without what one text does not know."""
    facts = model.program.actions[request.action].fields
    totals = totals_of(model, request.action)
    return replace(
        request,
        facts={k: v for k, v in request.facts.items() if k in facts},
        totals={k: v for k, v in request.totals.items() if k in totals},
    )


def _turn(witness: Witness) -> tuple[str, str]:
    return (witness.old.outcome, witness.new.outcome)


def _rank(witness: Witness) -> int:
    """How telling a witness is: a clear answer against another, down to another chain."""
    if witness.apart == "outcome":
        return sum(told.outcome not in _CLEAR for told in (witness.old, witness.new))
    return 3 + _WEIGHT.index(witness.apart)
