"""A program as the watcher works on it: which entries concern whom, and what hangs on what."""

from __future__ import annotations

from dataclasses import dataclass, replace

from remit_dsl.expressions import Expression
from remit_dsl.program import Policy, Program
from remit_dsl.watch import Count, Rows, Sequence, Watch, WatchRule
from remit_dsl.watch_expressions import of_watch as of_watch_expressions
from remit_engine.watch.reads import Reads, of_each, reads, renamed
from remit_engine.watch.rulesets import Question, Ruleset, RuleShape, of_watch, rows_name

Path = tuple[str, ...]
Feed = tuple[str, Path]
"""The rows of an event by the key at a path."""


@dataclass(frozen=True, slots=True)
class CountPlan:
    """still: whether a row is counted does not change with the day."""

    spec: Count
    feed: Feed
    still: bool


@dataclass(frozen=True, slots=True)
class SequencePlan:
    """first, second: feeds. still: whether a second is meant does not change with the day."""

    spec: Sequence
    first: Feed
    second: Feed
    still: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A ruleset as it is asked. slots: the atoms about the subject, each with its number among all
    questions of the watch. of_row: the questions about a row. rules: by id, as they are written."""

    ruleset: Ruleset
    slots: tuple[tuple[str, int], ...]
    of_row: tuple[Question, ...]
    shapes: dict[str, RuleShape]
    rules: dict[str, WatchRule]


@dataclass(frozen=True, slots=True)
class RowsPlan:
    """A rule about rows. feed: of the rows by the key of their subject; None: the row is it.
    sliding: a row that is due may change without an entry."""

    rule: WatchRule
    rows: Rows
    asked: Asked
    feed: Feed | None
    counts: tuple[CountPlan, ...]
    sliding: bool


@dataclass(frozen=True, slots=True)
class Hangs:
    """Which questions hang on what: by the root of a fact, by what is counted, on every day, on who
    holds what, on days of dated values."""

    roots: dict[str, tuple[int, ...]]
    counted: dict[str, tuple[int, ...]]
    daily: tuple[int, ...]
    people: tuple[int, ...]
    dated: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WatchPlan:
    """questions: about the subject, of all its rules. days: on which something may change for every
    subject. daily: something may change on every day. people: something hangs on who holds what.
    naming: the feeds whose keys are subjects; counting: those of them that are counted."""

    watch: Watch
    policy: Policy
    subject: Asked | None
    rows: tuple[RowsPlan, ...]
    counts: tuple[CountPlan, ...]
    sequences: tuple[SequencePlan, ...]
    questions: tuple[Question, ...]
    hangs: Hangs
    daily: bool
    people: bool
    days: tuple[int, ...]
    naming: tuple[Feed, ...]
    counting: tuple[Feed, ...]


def plans(program: Program) -> tuple[WatchPlan, ...]:
    """Every watch, in the order of the program."""
    return tuple(plan_of(watch, program) for watch in program.watches.values())


def plan_of(watch: Watch, program: Program) -> WatchPlan:
    """One watch as it is followed."""
    policy = program.policies[watch.policy]
    sets = {s.name: s for s in of_watch(watch, policy)}
    ids = frozenset(c.id for c in watch.counts) | frozenset(s.id for s in watch.sequences)
    questions = _Questions(ids, program, policy)
    subject = None
    if watch.name in sets:
        rules = {r.id: r for r in watch.rules if r.rows is None}
        subject = questions.asked(sets[watch.name], frozenset(), rules)
    rows = tuple(
        _rows(rule, sets[rows_name(watch, rule)], questions, program)
        for rule in watch.rules
        if rule.rows is not None
    )
    counts = tuple(_count(c, program) for c in watch.counts)
    sequences = tuple(
        SequencePlan(s, (s.first, s.keys[0]), (s.second, s.keys[1]), _still(s.where, program))
        for s in watch.sequences
    )
    together = of_each(of_watch_expressions(watch), program)
    counting = {c.feed for c in counts} | {f for s in sequences for f in (s.first, s.second)}
    return WatchPlan(
        watch=watch,
        policy=policy,
        subject=subject,
        rows=rows,
        counts=counts,
        sequences=sequences,
        questions=tuple(questions.found),
        hangs=questions.hangs(),
        daily=together.daily,
        people=together.people,
        days=tuple(sorted(together.days | _policy_days(policy))),
        naming=_naming(watch, counting, rows),
        counting=tuple(sorted(counting)),
    )


def feeds_of(plan: WatchPlan) -> set[Feed]:
    """Every feed that a watch reads."""
    return {*plan.naming, *(c.feed for r in plan.rows for c in r.counts)}


def _naming(watch: Watch, counting: set[Feed], rows: tuple[RowsPlan, ...]) -> tuple[Feed, ...]:
    found = counting | {r.feed for r in rows if r.feed is not None}
    if watch.kind == "key" and watch.by is not None:
        found.add((watch.on, watch.by))
    return tuple(sorted(found))


def _policy_days(policy: Policy) -> set[int]:
    return {d.toordinal() for d in (policy.start, policy.effective_until) if d is not None}


def _still(where: Expression | None, program: Program) -> bool:
    return reads(where, program).timeless


def _count(spec: Count, program: Program) -> CountPlan:
    return CountPlan(spec, (spec.event, spec.key), _still(spec.where, program))


def _rows(rule: WatchRule, ruleset: Ruleset, questions: _Questions, program: Program) -> RowsPlan:
    rows = rule.rows
    assert rows is not None
    asked = questions.asked(ruleset, frozenset(c.id for c in rows.counts), {rule.id: rule})
    inner = (rows.where, rows.condition, *(c.where for c in rows.counts))
    sliding = not of_each(inner, program).timeless
    return RowsPlan(
        rule,
        rows,
        asked,
        None if rows.key is None else (rows.event, rows.key),
        tuple(_count(c, program) for c in rows.counts),
        sliding or any(c.window.unit != "ever" for c in rows.counts),
    )


class _Questions:
    """The questions about the subject of one watch, numbered."""

    def __init__(self, ids: frozenset[str], program: Program, policy: Policy) -> None:
        self.found: list[Question] = []
        self._reads: list[Reads] = []
        self._ids = ids
        self._program = program
        self._policy = policy

    def asked(
        self, ruleset: Ruleset, row_ids: frozenset[str], rules: dict[str, WatchRule]
    ) -> Asked:
        slots: list[tuple[str, int]] = []
        of_row: list[Question] = []
        for question in ruleset.questions:
            known = row_ids if question.row else self._ids
            left, right = renamed(question.left, known), renamed(question.right, known)
            asked = replace(question, left=left, right=right)
            if question.row or question.kind == "due":
                of_row.append(asked)
            else:
                slots.append((question.name, len(self.found)))
                self.found.append(asked)
                self._reads.append(self._of(asked))
        shapes = {shape.id: shape for shape in ruleset.rules}
        return Asked(ruleset, tuple(slots), tuple(of_row), shapes, rules)

    def _of(self, question: Question) -> Reads:
        if question.kind == "force":
            return Reads(days=frozenset(_policy_days(self._policy)))
        return reads(question.left, self._program) | reads(question.right, self._program)

    def hangs(self) -> Hangs:
        roots: dict[str, tuple[int, ...]] = {}
        counted: dict[str, tuple[int, ...]] = {}
        for n, one in enumerate(self._reads):
            for root in one.roots:
                roots[root] = (*roots.get(root, ()), n)
            for id in one.counted:
                counted[id] = (*counted.get(id, ()), n)
        every = list(enumerate(self._reads))
        return Hangs(
            roots,
            counted,
            tuple(n for n, one in every if one.daily),
            tuple(n for n, one in every if one.people),
            tuple(n for n, one in every if one.days),
        )
