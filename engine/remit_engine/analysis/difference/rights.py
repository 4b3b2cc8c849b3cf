"""Rules taken apart by position, so that one holder's right is compared with his right before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from remit_dsl.program import EvidenceStep, Label, Program, Statement, Step
from remit_dsl.scope.qualified import short
from remit_engine.analysis.difference.canonical import (
    canonical_all,
    canonical_bound,
    canonical_limit,
    canonical_steps,
)
from remit_engine.analysis.difference.change import NO_CONDITION
from remit_engine.analysis.difference.texts import (
    bound_text,
    condition_text,
    limit_text,
    listed,
    period_text,
    steps_text,
)
from remit_engine.rules.ir import GRANT, PROHIBITION, REQUIREMENT, Model, Rule

BOUND = "bound"
"""The side of a rule that says where on the measure it holds; of a grant that is its limit."""


@dataclass(frozen=True, slots=True)
class Right:
    """A rule as it concerns one position (None: anyone, nobody, everybody).

    own: the period written on the rule itself; that of its policy is told with the policy.
    """

    rule: Rule
    position: str | None
    label: str | None
    own: tuple[date | None, date | None]
    condition: str
    bound: str
    steps: str

    @property
    def seat(self) -> tuple[str, str, tuple[str, ...], str | None]:
        """What is compared with what: one kind of sentence about one verb and position."""
        verbs = tuple(sorted(self.rule.verbs)) if self.rule.kind == "separation" else ()
        return (self.rule.kind, self.rule.verb if not verbs else "", verbs, self.position)

    @property
    def meaning(self) -> tuple[object, ...]:
        """Equal where two rights say the same."""
        return (self.seat, self.condition, self.bound, self.steps, self.rule.start, self.rule.until)

    @property
    def wording(self) -> tuple[object, ...]:
        """What it is called, why it is so, where it is written, what its evidence is called."""
        return (self.label, self.rule.because, self.rule.source, self.evidence)

    @property
    def evidence(self) -> tuple[tuple[str, Label | None], ...]:
        """The evidence it needs by name, with its labels."""
        return tuple(sorted(_evidence(self.rule.steps), key=lambda e: e[0]))


def rights(action: str, model: Model) -> tuple[Right, ...]:
    """Every right and bar on an action, by position."""
    if action not in model.actions:
        return ()
    stated = _statements(model)
    return tuple(
        _right(rule, position, stated[rule.index])
        for rule in model.actions[action].rules
        for position in sorted(rule.positions or ()) or (None,)
    )


def _right(rule: Rule, position: str | None, statement: Statement) -> Right:
    bound = canonical_limit(rule.limit) if rule.kind == GRANT else canonical_bound(rule.bound)
    return Right(
        rule=rule,
        position=position,
        label=statement.label,
        own=(statement.start, statement.until),
        condition=canonical_all(rule.condition),
        bound=bound,
        steps=canonical_steps(rule.steps),
    )


def _evidence(step: Step | None) -> Iterator[tuple[str, Label | None]]:
    if isinstance(step, EvidenceStep):
        yield step.name, step.label
    for inner in getattr(step, "steps", ()):
        yield from _evidence(inner)


def _statements(model: Model) -> dict[int, Statement]:
    """The statement each rule was made of, in the order of lowering."""
    written = (
        statement
        for authority in model.program.authorities
        for statement in sorted(authority.statements, key=lambda s: s.span)
    )
    return dict(enumerate(written))


# --- in words ----------------------------------------------------------------------------------


def who(positions: tuple[str | None, ...], kind: str) -> str:
    """Who a rule speaks about."""
    named = [short(p) for p in positions if p is not None]
    return listed(named, "and") if named else ("anyone" if kind == GRANT else "nobody")


def head(rule: Rule, positions: tuple[str | None, ...]) -> str:
    """`sales_manager may approve discount`."""
    on = short(rule.action)
    match rule.kind:
        case "grant":
            return f"{who(positions, GRANT)} may {rule.verb} {on}"
        case "prohibition":
            word = "may" if positions == (None,) else "may not"
            return f"{who(positions, PROHIBITION)} {word} {rule.verb} {on}"
        case "requirement":
            return f"{rule.verb} {on}"
        case "self bar":
            return f"requester may not {rule.verb} {on}"
    first, *rest = sorted(rule.verbs)
    return f"separate {first} and {rest[0] if rest else first} of {on}"


def whole(right: Right, positions: tuple[str | None, ...], program: Program) -> str:
    """A right from beginning to end."""
    rule = right.rule
    parts = [head(rule, positions), bound_of(right, program)]
    if rule.kind == REQUIREMENT:
        parts.append(f"needs {steps_text(rule.steps)}")
    parts += [condition_text(rule.condition, program), period_text(*right.own)]
    return " ".join(p for p in parts if p)


def bound_of(right: Right, program: Program) -> str:
    """The limit of a grant, or the region of another rule."""
    rule = right.rule
    return (
        limit_text(rule.limit, program) if rule.kind == GRANT else bound_text(rule.bound, program)
    )


def aspects(
    old: Right, new: Right, before: Program, after: Program
) -> Iterator[tuple[str, str, str]]:
    """In which respects two rights on the same seat differ: aspect, old and new in words."""
    if old.bound != new.bound:
        word = "limit" if old.rule.kind == GRANT else BOUND
        yield word, bound_of(old, before) or "any", bound_of(new, after) or "any"
    if old.steps != new.steps:
        yield "steps", steps_text(old.rule.steps), steps_text(new.rule.steps)
    if old.condition != new.condition:
        texts = (condition_text(r.rule.condition, p) for r, p in ((old, before), (new, after)))
        first, second = texts
        yield "condition", first or NO_CONDITION, second or NO_CONDITION
    if old.own != new.own or (
        old.rule.policy != new.rule.policy
        and (old.rule.start, old.rule.until) != (new.rule.start, new.rule.until)
    ):
        yield (
            "period",
            period_text(*_days(old, new)) or "always",
            (period_text(*_days(new, old)) or "always"),
        )


def _days(one: Right, other: Right) -> tuple[date | None, date | None]:
    """The period to show: as written, or, where that is the same, as it holds."""
    return one.own if one.own != other.own else (one.rule.start, one.rule.until)
