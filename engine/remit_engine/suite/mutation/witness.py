"""A case that would notice a mutant: found by trying, replayed on both, ready to be pasted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from remit_dsl.types import NUMBER, Type
from remit_engine.decision import Amount, Decision, Extent
from remit_engine.engine import Engine
from remit_engine.reading.request_reader import read_request
from remit_engine.request import InvalidRequest
from remit_engine.rules.names import names_of
from remit_engine.suite.cases import Suite
from remit_engine.suite.comparison import TOOK_PART
from remit_engine.suite.mutation.bench import Unnoticed
from remit_engine.suite.mutation.case_text import case_line, flow, stated
from remit_engine.suite.mutation.mutants import Mutant
from remit_engine.suite.mutation.search import Attempt, Search
from remit_engine.suite.reader import read_suite_text
from remit_engine.suite.runner import run_case

TRIES = 400
"""Requests tried for one mutant."""
PATIENCE = 60
"""Further requests tried for another outcome, when another detail has been found."""


@dataclass(frozen=True, slots=True)
class Witness:
    """line: the case as YAML. file: the suite it goes into. answer, changed: both outcomes."""

    line: str
    file: str
    answer: str
    changed: str


def witness(unnoticed: Unnoticed, tries: int = TRIES) -> Witness | None:
    """The first case found that passes on the policy and fails on the mutant; None in vain."""
    mutant, bench = unnoticed.mutant, unnoticed.bench
    changed = bench.changed(mutant)
    replay = _Replay(Engine(bench.engine.model, bench.engine.directory, reference=True), changed)
    best, left = None, tries
    for attempt in islice(Search(mutant, bench, changed).attempts(), tries):
        found = replay.difference(attempt)
        left -= 1
        if found is not None and found.answer != found.changed:
            return replay.proved(found, attempt, mutant)
        if found is not None and best is None:
            best, left = (found, attempt), min(left, PATIENCE)
        if left == 0:
            break
    return None if best is None else replay.proved(*best, mutant)


@dataclass(frozen=True, slots=True)
class _Difference:
    """Both outcomes, and what has to be expected so that the mutant is noticed."""

    answer: str
    changed: str
    expect: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Replay:
    """The policy and the mutant, both answered by the reference interpreter."""

    policy: Engine
    mutant: Engine

    def difference(self, attempt: Attempt) -> _Difference | None:
        """How the two answers to an attempt differ in what a case can expect."""
        answers = [self.answer(engine, attempt) for engine in (self.policy, self.mutant)]
        if answers[0] is None or answers[1] is None:
            return None
        one, other = answers[0], answers[1]
        outcomes = str(one.outcome), str(other.outcome)
        if outcomes[0] != outcomes[1]:
            return _Difference(*outcomes, {"outcome": outcomes[0]})
        expect = next(self.details(one, other, attempt), None)
        if expect is None:
            return None
        return _Difference(*outcomes, {"outcome": outcomes[0], **expect})

    def answer(self, engine: Engine, attempt: Attempt) -> Decision | None:
        """The answer; None where the request cannot be read, or holds what nothing asks for."""
        document = attempt.applied(attempt.base.case.document)
        day = attempt.base.suite.as_of
        try:
            request = read_request(document, engine.model, engine.directory, default_as_of=day)
        except InvalidRequest:
            return None
        more = set(request.ignored) - set(attempt.base.request.ignored)
        return None if more else engine.decide(request)

    def details(
        self, one: Decision, other: Decision, attempt: Attempt
    ) -> Iterator[Mapping[str, Any]]:
        """Expectations of the policy's answer that the mutant's does not meet."""
        kind = self.measured(attempt)
        limit, maximum = _extent(one.limit, kind), _extent(one.maximum, kind)
        if _extent(other.limit, kind) != limit and limit is not None:
            yield {"limit": limit}
        if _extent(other.maximum, kind) != maximum and maximum is not None:
            yield {"maximum": maximum}
        if {m.path for m in one.missing} != {m.path for m in other.missing}:
            yield {"missing": sorted(m.path for m in one.missing)}
        if {n.text for n in one.needs} != {n.text for n in other.needs}:
            yield {"needs": [n.text for n in one.needs]}
        if [c.position for c in one.chain] != [c.position for c in other.chain]:
            yield {"chain": [self.word(c.position) for c in one.chain]}
        lacking = _acting(one) - _acting(other)
        if lacking:
            yield {"rules": sorted(lacking)}

    def measured(self, attempt: Attempt) -> Type:
        """The type of what the limits measure."""
        action = self.policy.model.program.actions[attempt.base.request.action]
        return action.measure.value.type if action.measure is not None else NUMBER

    def word(self, position: str) -> str:
        """The shortest name that means a position."""
        short = position.rsplit(".", 1)[-1]
        found = names_of(self.policy.model).positions.find(short)
        return short if found == (position,) else position

    def proved(self, found: _Difference, attempt: Attempt, mutant: Mutant) -> Witness | None:
        """The case, read back from its text, passing on the policy and failing on the mutant."""
        base, at = attempt.base, mutant.span
        again = f", {mutant.ordinal + 1}" if mutant.ordinal else ""
        name = f"told apart: {mutant.sentence} ({at.line}:{at.column}{again})"
        line = case_line(name, attempt.applied(base.case.own), found.expect)
        defaults = {"as_of": base.suite.as_of, **base.case.document}
        text = f"defaults: {flow(defaults)}\ncases:\n  {line}\n"
        suite, _ = read_suite_text(base.suite.file, text, self.policy)
        if suite is None or not _passes(suite, self.policy) or _passes(suite, self.mutant):
            return None
        return Witness(line, base.suite.file, found.answer, found.changed)


def _passes(suite: Suite, engine: Engine) -> bool:
    return all(run_case(case, suite, engine).passed for case in suite.cases)


def _acting(decision: Decision) -> set[str]:
    return {rule.id for rule in decision.rules if rule.role in TOOK_PART}


def _extent(extent: Extent | None, kind: Type) -> Any:
    """A limit as a case expects it; None where it cannot be written."""
    if extent is None:
        return "none"
    if extent.value is None:
        return extent.kind
    high, low = _number(extent.value, kind), extent.lower and _number(extent.lower, kind)
    if high is None or (extent.lower is not None and low is None):
        return None
    if low is not None:
        return f"between {flow(low)} and {flow(high)}" if extent.inclusive else None
    return high if extent.inclusive else f"under {flow(high)}"


def _number(amount: Amount, kind: Type) -> Any:
    return stated(amount.value, kind)
