"""Requests that two texts answer differently, found by trying where the texts differ."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from random import Random

from remit_engine.analysis.difference.plain import plainer
from remit_engine.analysis.difference.pools import Pools
from remit_engine.analysis.difference.told import Told, told
from remit_engine.analysis.difference.touched import Question
from remit_engine.analysis.difference.trial import NOBODY, Trials
from remit_engine.interpreter import Interpreter
from remit_engine.ir import Model, Rule
from remit_engine.party import Holding
from remit_engine.request import Request
from remit_engine.verdict import Judge

TRIES = 24
"""So many requests are made up for a question before it is given up."""
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
        """The request as a witness, where the texts answer it differently."""
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

        return reference.asked(plainer(witness.request, same))

    @staticmethod
    def by(position: str, request: Request) -> Request:
        """The same request by a holder of another position."""
        attributes = {**request.actor.attributes, "position": position}
        actor = replace(request.actor, holdings=(Holding(position),), attributes=attributes)
        return replace(request, actor=actor)

    def _requests(self, question: Question, pools: Pools) -> Iterator[Request]:
        rnd = Random(f"{question.action} {question.verb} {question.position}")
        trials = Trials(question, self.models, pools, rnd)
        guides: list[tuple[int, Rule | None]] = [
            *((0, r) for r in question.old),
            *((1, r) for r in question.new),
        ] or [(1, None)]
        for i in range(self.tries if question.direct else self.tries // 3):
            side, rule = guides[i % len(guides)]
            yield from trials.measuring(trials.made(side, rule))


def _rank(witness: Witness) -> int:
    """How telling a witness is: a clear answer against another, down to another chain."""
    if witness.apart == "outcome":
        return sum(told.outcome not in _CLEAR for told in (witness.old, witness.new))
    return 3 + _WEIGHT.index(witness.apart)
