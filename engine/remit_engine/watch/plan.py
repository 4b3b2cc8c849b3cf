"""A program as the watcher works on it: which entries concern whom, and what hangs on what."""

from __future__ import annotations

from dataclasses import dataclass, replace

from remit_dsl.program import Field, Policy, Program
from remit_dsl.watch import Count, Rows, Sequence, Watch, WatchRule
from remit_engine.names import is_person
from remit_engine.watch.reads import Reads, reads, renamed
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
    """first, second: feeds."""

    spec: Sequence
    first: Feed
    second: Feed


@dataclass(frozen=True, slots=True)
class Asked:
    """A ruleset with what each of its questions hangs on. rules: by id, in the order written."""

    ruleset: Ruleset
    questions: tuple[tuple[Question, Reads], ...]
    shapes: dict[str, RuleShape]
    rules: dict[str, WatchRule]
    names: frozenset[str]

    @property
    def reads(self) -> Reads:
        """What all of it hangs on."""
        found = Reads()
        for _, one in self.questions:
            found |= one
        return found


@dataclass(frozen=True, slots=True)
class RowsPlan:
    """A rule about rows. feed: of the rows by the key of their subject; None: the row is it."""

    rule: WatchRule
    rows: Rows
    asked: Asked
    feed: Feed | None
    counts: tuple[CountPlan, ...]


@dataclass(frozen=True, slots=True)
class WatchPlan:
    """fields: of the subject. days: on which something may change for every subject. daily:
    something may change on every day. people: it hangs on who holds what."""

    watch: Watch
    policy: Policy
    subject: Asked | None
    rows: tuple[RowsPlan, ...]
    counts: tuple[CountPlan, ...]
    sequences: tuple[SequencePlan, ...]
    fields: dict[str, Field]
    daily: bool
    people: bool
    days: tuple[int, ...]

    @property
    def naming(self) -> frozenset[Feed]:
        """The feeds whose keys are subjects."""
        found = {c.feed for c in self.counts}
        found |= {f for s in self.sequences for f in (s.first, s.second)}
        found |= {r.feed for r in self.rows if r.feed is not None}
        if self.watch.kind == "key" and self.watch.by is not None:
            found.add((self.watch.on, self.watch.by))
        return frozenset(found)


def plans(program: Program) -> tuple[WatchPlan, ...]:
    """Every watch, in the order of the program."""
    return tuple(_plan(watch, program) for watch in program.watches.values())


def _plan(watch: Watch, program: Program) -> WatchPlan:
    policy = program.policies[watch.policy]
    sets = {s.name: s for s in of_watch(watch, policy)}
    ids = frozenset(c.id for c in watch.counts) | frozenset(s.id for s in watch.sequences)
    counts = tuple(_count(c, program) for c in watch.counts)
    sequences = tuple(
        SequencePlan(s, (s.first, s.keys[0]), (s.second, s.keys[1])) for s in watch.sequences
    )
    subject = None
    if watch.name in sets:
        rules = {r.id: r for r in watch.rules if r.rows is None}
        subject = _asked(sets[watch.name], ids, frozenset(), rules, program)
    rows = tuple(
        _rows(rule, sets[rows_name(watch, rule)], ids, program)
        for rule in watch.rules
        if rule.rows is not None
    )
    all_ = [a.reads for a in (subject, *(r.asked for r in rows)) if a is not None]
    all_ += [reads(c.where, program) for c in watch.counts]
    all_ += [reads(s.where, program) for s in watch.sequences]
    all_ += [reads(c.where, program) for r in rows for c in r.rows.counts]
    together = Reads()
    for one in all_:
        together |= one
    return WatchPlan(
        watch=watch,
        policy=policy,
        subject=subject,
        rows=rows,
        counts=counts,
        sequences=sequences,
        fields=_fields(watch, program),
        daily=together.daily,
        people=together.people,
        days=tuple(sorted(together.days | _policy_days(policy))),
    )


def _policy_days(policy: Policy) -> set[int]:
    return {d.toordinal() for d in (policy.start, policy.effective_until) if d is not None}


def _count(spec: Count, program: Program) -> CountPlan:
    return CountPlan(spec, (spec.event, spec.key), reads(spec.where, program).timeless)


def _asked(
    ruleset: Ruleset,
    ids: frozenset[str],
    row_ids: frozenset[str],
    rules: dict[str, WatchRule],
    program: Program,
) -> Asked:
    questions = []
    for question in ruleset.questions:
        known = row_ids if question.row else ids
        left, right = renamed(question.left, known), renamed(question.right, known)
        hangs = reads(left, program) | reads(right, program)
        questions.append((replace(question, left=left, right=right), hangs))
    shapes = {shape.id: shape for shape in ruleset.rules}
    return Asked(ruleset, tuple(questions), shapes, rules, frozenset(rules))


def _rows(rule: WatchRule, ruleset: Ruleset, ids: frozenset[str], program: Program) -> RowsPlan:
    rows = rule.rows
    assert rows is not None
    row_ids = frozenset(c.id for c in rows.counts)
    asked = _asked(ruleset, ids, row_ids, {rule.id: rule}, program)
    feed = None if rows.key is None else (rows.event, rows.key)
    return RowsPlan(rule, rows, asked, feed, tuple(_count(c, program) for c in rows.counts))


def _fields(watch: Watch, program: Program) -> dict[str, Field]:
    if watch.kind == "record":
        return program.records[watch.on].fields
    return program.events[watch.on].fields


def has_people(fields: dict[str, Field], program: Program) -> bool:
    """Whether somewhere in these fields a person stands."""
    for field_ in fields.values():
        if field_.type.kind != "record":
            continue
        if is_person(field_.type):
            return True
        if has_people(program.records[field_.type.name or ""].fields, program):
            return True
    return False
