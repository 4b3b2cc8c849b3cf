"""A past request as it is asked again: what was said, what was recorded, what is of no use."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

from remit_api.batch.recorded import REQUEST, question_of
from remit_api.batch.results import ANSWER
from remit_api.failures import BadFacts
from remit_api.question import Question
from remit_engine.decision import Outcome
from remit_engine.request import Problem

OUTCOME, ERROR = "outcome", "error"
RESULTS = frozenset({"row", *ANSWER, ERROR, REQUEST}) - {"as_of"}
"""The columns of a results file, which are no facts unless an action says so."""

Roots = Callable[[Any], Collection[str] | None]
"""The names of the facts of an action, by what it is called; None for one there is not."""


@dataclass(frozen=True, slots=True)
class Past:
    """A past request. outcome: as recorded, if it was. unused: what belongs to no fact."""

    question: Question
    outcome: Outcome | None
    unused: tuple[str, ...]


def past(given: Question, defaults: Question, roots: Roots) -> Past:
    """The request of a row. A row of a results file brings its whole question as `request`."""
    own = given
    written, recorded = said(given, REQUEST), said(given, OUTCOME)
    known = roots(given.over(defaults).members.get("action")) or ()
    if written is not None and REQUEST not in known:
        own = question_of(written)
    elif said(given, ERROR) is not None and recorded is None and ERROR not in known:
        raise BadFacts([Problem("", f"it was not answered: {said(given, ERROR)}")])
    question = own.over(defaults)
    declared = roots(question.members.get("action"))
    if declared is None:
        return Past(question, _outcome(recorded), ())
    kept, unused = _kept(question, declared)
    outcome = None if OUTCOME in declared else _outcome(recorded)
    return Past(kept, outcome, unused)


def said(question: Question, name: str) -> Any:
    """What a row says in a column, in words or as a value."""
    return question.words.facts.get(name, question.facts.get(name))


def _outcome(recorded: Any) -> Outcome | None:
    if recorded is None:
        return None
    if recorded not in tuple(Outcome):
        known = ", ".join(Outcome)
        raise BadFacts([Problem(OUTCOME, f"`{recorded}` is not an outcome: they are {known}")])
    return Outcome(recorded)


def _kept(question: Question, roots: Collection[str]) -> tuple[Question, tuple[str, ...]]:
    """The question without what the action does not know, and the names of that."""
    words = {p: t for p, t in question.words.facts.items() if p.split(".", 1)[0] in roots}
    facts = {name: value for name, value in question.facts.items() if name in roots}
    names = (*question.words.facts, *(n for n, value in question.facts.items() if value != {}))
    unused = [n for n in names if n.split(".", 1)[0] not in roots and n not in RESULTS]
    kept = replace(question, facts=facts, words=replace(question.words, facts=words))
    return kept, tuple(unused)
