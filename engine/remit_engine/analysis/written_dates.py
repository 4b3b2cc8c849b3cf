"""The dates of a program as they are written, in lines of things that follow each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from remit_dsl.program import DatedValue, Policy, Program, Statement
from remit_dsl.source import Span
from remit_engine.analysis.answer import About
from remit_engine.analysis.dependents import rate_name
from remit_engine.analysis.scope import Scope
from remit_engine.rules.ir import Model, Rule


@dataclass(frozen=True, slots=True)
class Entry:
    """A period as it is written; `ended` when it was over before today."""

    about: About
    start: date | None
    until: date | None
    span: Span
    ended: bool

    @property
    def days(self) -> list[date]:
        """Its dates."""
        return [d for d in (self.start, self.until) if d is not None]


def value_lines(program: Program, scope: Scope) -> list[list[Entry]]:
    """Parameters and rates of exchange, each with its values."""
    lines = [_dated(p.name, p.values, scope) for p in program.parameters.values()]
    return lines + [
        _dated(rate_name(*pair), exchange.values, scope)
        for pair, exchange in program.exchanges.items()
    ]


def _dated(name: str, values: tuple[DatedValue, ...], scope: Scope) -> list[Entry]:
    """A value that was replaced before today is over as well."""
    later = [v.start for v in values[1:]] + [None]
    return [
        Entry(About(name=name), v.start, v.until, v.span, _over(v.until or after, scope))
        for v, after in zip(values, later, strict=True)
    ]


def versions(program: Program, scope: Scope) -> list[list[Entry]]:
    """The versions of each written document."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for policy in program.policies.values():
        if policy.document is not None:
            found[policy.document].append(header(policy, scope))
    return list(found.values())


def header(policy: Policy, scope: Scope) -> Entry:
    """The time in which a policy is in force."""
    return Entry(
        About(name=policy.name),
        policy.effective_from,
        policy.effective_until,
        policy.span,
        _over(policy.effective_until, scope),
    )


def rule_lines(model: Model, scope: Scope) -> list[list[Entry]]:
    """Rules of one kind on one verb and the same positions, in the order of the text."""
    kinds = {rule.span: rule for rule in model.rules}
    found: dict[tuple[object, ...], list[Entry]] = defaultdict(list)
    for entry, _ in statements(model, scope):
        rule = kinds[entry.span]
        found[rule.kind, rule.action, rule.verbs, rule.positions].append(entry)
    return list(found.values())


def statements(model: Model, scope: Scope) -> Iterator[tuple[Entry, Policy]]:
    """Every rule with a date of its own, with its policy."""
    rules = {rule.span: rule for rule in model.rules}
    for authority in model.program.authorities:
        policy = model.program.policies[authority.policy]
        for statement in sorted(authority.statements, key=lambda s: s.span):
            if statement.start or statement.until:
                yield _entry(statement, rules[statement.span], scope), policy


def _entry(statement: Statement, rule: Rule, scope: Scope) -> Entry:
    about = About(rule.action, rule.verb, only(rule.positions), (rule.id,))
    over = _over(rule.until, scope)
    return Entry(about, statement.start, statement.until, statement.span, over)


def only(positions: frozenset[str] | None) -> tuple[str, ...]:
    """The one position a rule is about: naming one of several must not waive it for all."""
    return tuple(positions) if positions is not None and len(positions) == 1 else ()


def _over(until: date | None, scope: Scope) -> bool:
    return until is not None and until <= scope.today
