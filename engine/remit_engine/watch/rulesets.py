"""The rules of watches and duties as formulas over atomic comparisons, for every matcher alike.

What is asked together is one ruleset: the rules of a watch about its subjects (named as the watch),
each rule about rows (`rows WATCH RULE`), each duty (`duty NAME`). Constants are an `And` or an `Or`
of nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from remit_dsl import expressions as x
from remit_dsl.program import Policy, Program
from remit_dsl.source import Span
from remit_dsl.watch import Duty, Watch, WatchRule
from remit_engine.watch.matching import EQUAL, GREATER, LESS

YES = frozenset({GREATER})
_SIGNS = {
    "<": frozenset({LESS}),
    "<=": frozenset({LESS, EQUAL}),
    "=": frozenset({EQUAL}),
    "!=": frozenset({LESS, GREATER}),
    ">": frozenset({GREATER}),
    ">=": frozenset({EQUAL, GREATER}),
}


@dataclass(frozen=True, slots=True)
class Atom:
    """signs: which of LESS, EQUAL and GREATER make it true; UNKNOWN makes it unknown, the others
    false. A sign that a message does not give is UNKNOWN."""

    name: str
    signs: frozenset[int]


@dataclass(frozen=True, slots=True)
class And:
    """Kleene and; of nothing it is true."""

    operands: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Kleene or; of nothing it is false."""

    operands: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Kleene not."""

    operand: Formula


Formula = Atom | And | Or | Not


@dataclass(frozen=True, slots=True)
class Question:
    """How the sign of an atom is found.

    kind: `compare` (the sign of left - right; of what has no order, EQUAL or GREATER), `truth` (of
    the boolean `left`), `force` (the policy is in force), `due` (today against the last day, of a
    row its date and the rule's days), `handed` (a report is there). signs: those that make its
    atom true, wherever it stands; None where it stands in several ways. row: read in the row's
    fields, not in the subject's facts.
    """

    name: str
    kind: str
    signs: frozenset[int] | None = None
    left: x.Expression | None = None
    right: x.Expression | None = None
    row: bool = False


@dataclass(frozen=True, slots=True)
class RuleShape:
    """begin: the rule is true. clear: what ends its alert (without `until`: it is false). written:
    where the atoms of its condition stand in the text, by name."""

    id: str
    begin: Formula
    clear: Formula
    written: tuple[tuple[str, Span], ...] = ()


@dataclass(frozen=True, slots=True)
class Ruleset:
    """of: the qualified name of the watch or duty. kind: `subject`, `row`, `duty`."""

    name: str
    of: str
    kind: str
    questions: tuple[Question, ...]
    rules: tuple[RuleShape, ...]

    @property
    def atoms(self) -> tuple[str, ...]:
        """The names of all atoms, in the order in which they were met."""
        return tuple(question.name for question in self.questions)


def rulesets(program: Program) -> dict[str, Ruleset]:
    """Every ruleset of a program, by name."""
    made: list[Ruleset] = []
    for watch in program.watches.values():
        made += of_watch(watch, program.policies[watch.policy])
    made += [of_duty(duty) for duty in program.duties]
    return {ruleset.name: ruleset for ruleset in made}


def of_watch(watch: Watch, policy: Policy) -> list[Ruleset]:
    """The ruleset about subjects, if there is a rule about them, and one for each about rows."""
    draft = _Draft()
    plain = tuple(draft.rule(rule, policy) for rule in watch.rules if rule.rows is None)
    made = [Ruleset(watch.name, watch.name, "subject", draft.questions, plain)] if plain else []
    for rule in watch.rules:
        if rule.rows is not None:
            draft = _Draft()
            shape = draft.rule(rule, policy)
            name = rows_name(watch, rule)
            made.append(Ruleset(name, watch.name, "row", draft.questions, (shape,)))
    return made


def rows_name(watch: Watch, rule: WatchRule) -> str:
    """The name of the ruleset of a rule about rows."""
    return f"rows {watch.name} {rule.id}"


def duty_name(duty: Duty) -> str:
    """The name of the ruleset of a duty."""
    return f"duty {duty.name}"


def of_duty(duty: Duty) -> Ruleset:
    """Missing once the last day is over and nothing was handed in."""
    draft = _Draft()
    due, handed = draft.own("due"), draft.own("handed")
    shape = RuleShape(duty.name, And((due, Not(handed))), handed)
    return Ruleset(duty_name(duty), duty.name, "duty", draft.questions, (shape,))


@dataclass(slots=True)
class _Draft:
    """The atoms of one ruleset, each asked once."""

    made: dict[Any, Question] = field(default_factory=dict)
    written: dict[str, Span] = field(default_factory=dict)

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(self.made.values())

    def rule(self, rule: WatchRule, policy: Policy) -> RuleShape:
        """A rule: true while its policy is in force, each part of its condition is true, and, of a
        row, its days are over."""
        parts: list[Formula] = []
        self.written = {}
        if policy.start is not None or policy.effective_until is not None:
            parts.append(self.own("force"))
        if rule.rows is not None:
            parts.append(self.own("due"))
            if rule.rows.where is not None:
                parts.append(self.formula(rule.rows.where, True))
            parts.append(self.formula(rule.rows.condition, True))
        begin = _and((*parts, self.formula(rule.condition, False)))
        written = tuple(self.written.items())
        if rule.until is None:
            return RuleShape(rule.id, begin, Not(begin), written)
        until = self.formula(rule.until, False)
        out = tuple(Not(p) for p in parts if p == Atom("force", YES))
        return RuleShape(rule.id, begin, Or((*out, until)) if out else until, written)

    def formula(self, e: x.Expression, row: bool) -> Formula:
        """A condition taken apart as far as and, or and not go."""
        match e:
            case x.AllOf():
                return _and(tuple(self.formula(o, row) for o in e.operands))
            case x.AnyOf():
                return Or(tuple(self.formula(o, row) for o in e.operands))
            case x.Not():
                return Not(self.formula(e.operand, row))
            case x.Constant():
                return And(()) if e.value is True else Or(())
            case x.Compare():
                atom = self._asked("compare", e.left, e.right, row, _SIGNS[e.operator])
            case _:
                atom = self._asked("truth", e, None, row, YES)
        self.written.setdefault(atom.name, e.span)
        return atom

    def own(self, kind: str) -> Atom:
        """An atom that is no expression."""
        self.made.setdefault(kind, Question(kind, kind, YES))
        return Atom(kind, YES)

    def _asked(
        self,
        kind: str,
        left: x.Expression,
        right: x.Expression | None,
        row: bool,
        signs: frozenset[int],
    ) -> Atom:
        # what is counted may lie between two numbers: which signs are alike hangs on the operator
        own = signs if _is_counted(left) or _is_counted(right) else None
        key = (kind, row, _key(left), None if right is None else _key(right), own)
        asked = self.made.get(key)
        if asked is None:
            asked = Question(f"a{len(self.made) + 1}", kind, signs, left, right, row)
        elif asked.signs != signs:
            asked = replace(asked, signs=None)
        self.made[key] = asked
        return Atom(asked.name, signs)


def _is_counted(e: x.Expression | None) -> bool:
    return isinstance(e, x.Fact) and e.path[0] == "count"


def _and(operands: tuple[Formula, ...]) -> Formula:
    """Without an `and` of one, or one in another."""
    flat: list[Formula] = []
    for operand in operands:
        flat += operand.operands if isinstance(operand, And) else (operand,)
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def _key(e: Any) -> Any:
    """What makes two expressions the same: everything but where they stand and how they are
    spelt."""
    if isinstance(e, tuple):
        return tuple(_key(item) for item in e)
    if not isinstance(e, x.Expression | x.BandRow):
        return e
    names = [n for n in _slots(type(e)) if n not in ("span", "written", "type")]
    return type(e).__name__, tuple(_key(getattr(e, n)) for n in names)


def _slots(kind: type) -> tuple[str, ...]:
    return tuple(n for base in reversed(kind.__mro__) for n in getattr(base, "__slots__", ()))
