"""One question put to two texts: answered differently, proven alike, or not settled."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest

from remit_engine.analysis.difference.pools import Pools
from remit_engine.analysis.difference.relevance import (
    NotToldHere,
    Relevance,
    alike,
    given_otherwise,
    reads_actor,
)
from remit_engine.analysis.difference.touched import Question
from remit_engine.analysis.difference.witness import Search, Witness
from remit_engine.compile.to_python import Compiled
from remit_engine.request import Request
from remit_engine.rules.ir import Model, Period, Rule


class Verdict(enum.StrEnum):
    """differs: a witness shows it. same: proven for every complete request by a holder of the
    position alone, running totals not below zero. unknown: neither; `why` says what stood in the
    way."""

    DIFFERS = "differs"
    SAME = "same"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Compared:
    """A question put to both texts. why: for `unknown`, what stood in the way. more: witnesses of
    other turns than the first."""

    question: Question
    verdict: Verdict
    witness: Witness | None = None
    why: str | None = None
    more: tuple[Witness, ...] = ()


_NOTHING = object()


@dataclass(slots=True)
class Comparison:
    """Compares question after question of one pair of texts; what it learns serves the next."""

    search: Search
    relevance: tuple[Relevance, Relevance]
    _pools: dict[str, Pools] = field(default_factory=dict)
    _known: dict[tuple[str, str], list[Witness]] = field(default_factory=dict)
    _days: dict[tuple[str, str], tuple[Period, ...]] = field(default_factory=dict)
    _open: dict[tuple[str, str], list[Question]] = field(default_factory=dict)
    """The questions whose deciders may decide differently, by action and verb."""

    @classmethod
    def of(cls, old: Model, new: Model, today: date, tries: int) -> Comparison:
        """The comparison of two models."""
        search = Search((old, new), (Compiled(old), Compiled(new)), today, tries)
        return cls(search, (Relevance(old, today), Relevance(new, today)))

    def compare(self, questions: Iterable[Question]) -> Iterator[Compared]:
        """The verdict on each question, in another order: whom somebody is sent to hangs on what
        the others may decide."""
        later: list[Question] = []
        for question in sorted(questions, key=lambda q: not q.direct):
            why, found = self._exactly(question)
            if question.direct and (why is not None or self._by_person(question)):
                self._open.setdefault((question.action, question.verb), []).append(question)
            if why is None:
                later.append(question)
            else:
                yield self._tried(question, why, found)
        for question in later:
            why = self._sent(question)
            if why is None:
                yield Compared(question, Verdict.SAME)
            else:
                yield self._tried(question, why, iter(()))

    def _tried(self, question: Question, why: str, found: Iterator[Request]) -> Compared:
        """Differs where a request shows it, else unknown."""
        witness = self._witness(question, found)
        if witness is None:
            return Compared(question, Verdict.UNKNOWN, None, why)
        self._known.setdefault((question.action, question.verb), []).insert(0, witness)
        more: tuple[Witness, ...] = ()
        if question.direct and len(question.old + question.new) > 2:
            more = self.search.others(question, self._pools[question.action], witness)
        return Compared(question, Verdict.DIFFERS, witness, None, more)

    def _sent(self, question: Question) -> str | None:
        """Why somebody may be sent elsewhere; None where it is proven that nobody is."""
        if question.moved:
            return "the ways to escalate changed, and no request showed a difference"
        try:
            reached = any(
                self.relevance[side].reaches(
                    question.position, question.action, question.verb, decider.position, rules
                )
                for decider in self._open.get((question.action, question.verb), ())
                if not decider.everybody and decider.position != question.position
                for side, rules in enumerate(self._unlike(decider))
            )
        except NotToldHere as why:
            return str(why)
        if reached:
            return "others may decide differently, and no request showed a difference here"
        return None

    def _by_person(self, question: Question) -> bool:
        """True when a changed rule reads who acts: of an unnamed decider that is not known."""
        models = self.search.models
        return reads_actor(question.old, models[0]) or reads_actor(question.new, models[1])

    def _exactly(self, question: Question) -> tuple[str | None, Iterator[Request]]:
        """Why it is not proven (None: it is), and requests in the places that are in doubt."""
        action, verb = question.action, question.verb
        streams: list[Iterator[Request | None]] = []
        days = self._given(action, verb)
        if not question.direct and not days:
            return None, iter(())
        try:
            for side, rules in enumerate(self._unlike(question) if question.direct else ((), ())):
                relevance = self.relevance[side]
                stream = relevance.requests(action, verb, question.position, rules, days)
                if next(stream, _NOTHING) is not _NOTHING:
                    streams.append(stream)
        except NotToldHere as why:
            return str(why), iter(())
        if not streams:
            return None, iter(())
        why_not = "there are requests where a changed rule may matter, and none made up differs"
        return why_not, _in_doubt(streams)

    def _given(self, action: str, verb: str) -> tuple[Period, ...]:
        if (action, verb) not in self._days:
            self._days[action, verb] = given_otherwise(action, verb, self.search.models)
        return self._days[action, verb]

    def _unlike(self, question: Question) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
        """The changed rules without those that only are written differently."""
        spaces = (
            self.relevance[0].space(question.action),
            self.relevance[1].space(question.action),
        )
        old, new = list(question.old), list(question.new)
        for one in question.old:
            for other in new:
                if alike(one, other, spaces, question.position):
                    old.remove(one)
                    new.remove(other)
                    break
        return tuple(old), tuple(new)

    def _witness(self, question: Question, found: Iterator[Request]) -> Witness | None:
        if question.action not in self._pools:
            self._pools[question.action] = Pools.of(question.action, self.search.models)
        known = self._known.get((question.action, question.verb), [])
        pools = self._pools[question.action]
        return self.search.witness(question, pools, self._offered(question, known, found))

    def _offered(
        self, question: Question, known: list[Witness], found: Iterator[Request]
    ) -> Iterator[Request]:
        """Requests to try first: those of other positions, then those of the cells in doubt."""
        yield from (self.search.by(question.position, w.request) for w in known[:3])
        yield from found


def _in_doubt(streams: list[Iterator[Request | None]]) -> Iterator[Request]:
    """The requests of both texts in turn, as long as they can be told."""
    try:
        for pair in zip_longest(*streams):
            yield from (request for request in pair if request is not None)
    except NotToldHere:
        return
