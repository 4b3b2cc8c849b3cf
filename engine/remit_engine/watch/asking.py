"""The signs of atoms: expressions read in the facts of a subject or a row, on a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import Any, cast

from remit_dsl import expressions as x
from remit_dsl.program import Policy
from remit_engine.judging.evaluate import Environment, truth
from remit_engine.judging.unknown import Truth, Unknown, missing
from remit_engine.people.directory import Directory
from remit_engine.rules.ir import Model
from remit_engine.rules.names import is_person
from remit_engine.watch.accumulators import ONE, ZERO, Between
from remit_engine.watch.closures import Reader, reader
from remit_engine.watch.entry import Entry, as_date, value_at
from remit_engine.watch.matching import EQUAL, GREATER, LESS, UNKNOWN
from remit_engine.watch.plan import CountPlan, SequencePlan
from remit_engine.watch.reads import COUNT, SEQUENCE
from remit_engine.watch.rulesets import Question
from remit_engine.watch.shapes import people_in, shapes

_NOTHING: Mapping[str, Any] = {}


class Asker:
    """Reads expressions for one program and directory."""

    def __init__(self, model: Model, directory: Directory) -> None:
        self.model = model
        self.directory = directory
        self._signers: dict[int, tuple[Question, Callable[[Environment], int]]] = {}
        self._peopled = {s.name: s.fields for s in shapes(model.program) if s.peopled}

    def facts(self, kind: str, facts: Mapping[str, Any], day: int) -> Mapping[str, Any]:
        """The facts of an event or record, with people as they are on a day; who is not in the
        directory is unknown."""
        if kind not in self._peopled:
            return facts
        found = dict(facts)
        for path, id in people_in(facts, self._peopled[kind], self.model.program):
            party = self.directory.party(id, as_date(day))
            _put(found, path, missing(".".join(path)) if party is None else party)
        return found

    def named(self, event: str, path: tuple[str, ...], id: str, day: int) -> Any:
        """Who or what a field of an event names by this id: a person as he is on the day, of a
        record nothing but its id."""
        fields = self.model.program.events[event].fields
        for step in path[:-1]:
            fields = self.model.program.records[fields[step].type.name or ""].fields
        if not is_person(fields[path[-1]].type):
            return {"id": id}
        party = self.directory.party(id, as_date(day))
        return missing(".".join(path)) if party is None else party

    def environment(
        self,
        facts: Mapping[str, Any],
        day: int,
        counts: Mapping[str, Any] = _NOTHING,
        sequences: Mapping[str, Any] = _NOTHING,
    ) -> Environment:
        """Where expressions are read at a point."""
        today = as_date(day)
        known = {**facts, "as_of": today, COUNT: counts, SEQUENCE: sequences}
        return Environment(self.model, today, known, self.directory.within, {})

    def sign(self, question: Question, env: Environment) -> int:
        """The sign of a comparison, or of a condition by itself."""
        known = self._signers.get(id(question))
        if known is None:
            known = self._signers[id(question)] = question, _signer(question)
        return known[1](env)

    def weight(self, plan: CountPlan, day: int, row: Entry) -> Fraction | Between | None:
        """What a row adds to a count or sum on a day: None where it is not counted."""
        spec, counted = plan.spec, self.judge(plan.spec.where, day, row)
        if counted is False:
            return None
        value = ONE if spec.field is None else value_at(row.facts, spec.field)
        if value is None:
            return Between(frozenset(spec.field or ()))
        if counted is True:
            return cast(Fraction, value)
        return Between(least=min(value, ZERO), most=max(value, ZERO))

    def judge(self, where: x.Expression | None, day: int, row: Entry) -> Truth:
        """A condition over the fields of a row."""
        if where is None:
            return True
        return truth(where, self.environment(self.facts(row.kind, row.facts, day), day))

    def meant(self, plan: SequencePlan, day: int, row: Entry) -> Truth:
        """Whether a row may be the second of a sequence, on a day."""
        return self.judge(plan.spec.where, day, row)


def _signer(question: Question) -> Callable[[Environment], int]:
    """What gives the sign of a comparison, or of a condition by itself."""
    if question.left is None:
        raise TypeError("a question without an expression")
    left, kind = reader(question.left), question.left.type
    if question.right is None:
        return partial(_truth, left)
    ordered = kind.numeric or kind.kind == "date"
    return partial(_sign, question.signs, ordered, left, reader(question.right))


def _truth(read: Reader, env: Environment) -> int:
    value = read(env)
    return UNKNOWN if isinstance(value, Unknown) else GREATER if value else EQUAL


def _sign(
    signs: frozenset[int] | None, ordered: bool, one: Reader, other: Reader, env: Environment
) -> int:
    left, right = one(env), other(env)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _in_doubt(signs, left, right)
    if left == right:
        return EQUAL
    return LESS if ordered and left < right else GREATER


def _in_doubt(signs: frozenset[int] | None, left: Any, right: Any) -> int:
    """The sign of what may be several numbers: known where all that it may be make the atom true,
    or all make it false."""
    one, other = _ends(left), _ends(right)
    if one is None or other is None:
        return UNKNOWN
    (low, high), (least, most) = one, other
    possible = {EQUAL}
    possible |= {LESS} if low is None or most is None or low < most else set()
    possible |= {GREATER} if high is None or least is None or high > least else set()
    if (high is not None and least is not None and high < least) or (
        low is not None and most is not None and low > most
    ):
        possible.discard(EQUAL)
    if len(possible) > 1 and (signs is None or (possible & signs and not possible <= signs)):
        return UNKNOWN
    return max(possible)


def _ends(value: Any) -> tuple[Fraction | None, Fraction | None] | None:
    if isinstance(value, Between):
        return value.least, value.most
    return None if isinstance(value, Unknown) else (value, value)


def in_force(policy: Policy, day: int) -> int:
    """The sign of the atom `force`."""
    today = as_date(day)
    started = policy.start is None or policy.start <= today
    ended = policy.effective_until is not None and policy.effective_until <= today
    return GREATER if started and not ended else EQUAL


def _put(facts: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        facts[step] = dict(facts[step])
        facts = facts[step]
    facts[path[-1]] = value
