"""The difference of two policy texts: what they say, and what they answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from remit_engine.analysis.difference.change import Change
from remit_engine.analysis.difference.comparison import Compared, Comparison
from remit_engine.analysis.difference.structure import changes
from remit_engine.analysis.difference.touched import touched
from remit_engine.analysis.difference.witness import TRIES
from remit_engine.rules.ir import Model

Each = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Difference:
    """changes: what the texts say differently. compared: the questions that they may answer
    differently; any other question is answered alike."""

    changes: tuple[Change, ...]
    compared: tuple[Compared, ...]

    @property
    def empty(self) -> bool:
        """True when the texts mean the same and are worded the same."""
        return not self.changes

    @property
    def matters(self) -> bool:
        """True when more than wording differs."""
        return any(c.matters for c in self.changes)


def difference(
    old: Model,
    new: Model,
    *,
    today: date,
    answers: bool = True,
    tries: int = TRIES,
    each: Each | None = None,
) -> Difference:
    """Everything in which two texts differ.

    answers: whether requests are looked for. each: told how many questions are done, of how many.
    """
    found = changes(old, new)
    questions = touched(old, new) if answers else ()
    comparison = Comparison.of(old, new, today, tries)
    compared: list[Compared] = []
    for done, answer in enumerate(comparison.compare(questions), 1):
        compared.append(answer)
        if each is not None:
            each(done, len(questions))
    order = {(q.action, q.verb, q.position): i for i, q in enumerate(questions)}
    compared.sort(key=lambda c: order[c.question.action, c.question.verb, c.question.position])
    return Difference(found, tuple(compared))
