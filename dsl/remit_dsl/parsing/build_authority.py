"""Authority statements of the syntax tree."""

from __future__ import annotations

from typing import Any

from remit_dsl.lexing.tokens import Token
from remit_dsl.parsing.build_parts import (
    across,
    day,
    of_kind,
    one_of,
    place,
    said_twice,
    text,
    whole,
)
from remit_dsl.source import Span
from remit_dsl.syntax import (
    AllSteps,
    ApprovalStep,
    Authority,
    Bound,
    Clauses,
    Escalation,
    EvidenceStep,
    Expr,
    Grant,
    Inherit,
    Label,
    Limit,
    Name,
    Prohibition,
    QName,
    Ref,
    Requirement,
    SelfBar,
    Separation,
    SequenceSteps,
    Statement,
    Step,
    Total,
)

DEEPEST_STEPS = 50

Clause = tuple[Token, Any]
_KEYS = {
    "WHEN": "when",
    "UNLESS": "unless",
    "FROM": "start",
    "UNTIL": "until",
    "BECAUSE": "because",
    "SOURCE": "source",
}


def _ends(c: list[Any], clauses: Clauses) -> Span:
    """The place of a statement; `clauses` without content has the place of the part before."""
    first = next(part for part in c if part is not None)
    last = [part for part in c if part is not None and not isinstance(part, list)][-1]
    end = clauses.span.end if clauses.span.end > last.span.end else last.span.end
    span: Span = first.span
    return Span(span.file, span.line, span.column, span.start, end)


def _clauses(c: list[Any]) -> Clauses:
    """The clauses at the end of a statement's parts, each at most once."""
    said: list[Clause] = c[-1]
    if not said:
        last = next(part for part in reversed(c[:-1]) if part is not None).span
        return Clauses(Span(last.file, last.line, last.column, last.end, last.end))
    found: dict[str, Any] = {}
    tokens: dict[str, Token] = {}
    for token, value in said:
        key = _KEYS[token.type]
        if key in found:
            said_twice(token, f"`{token.text}`", tokens[key])
        else:
            found[key], tokens[key] = value[0], token
    first, (_, (_, end)) = said[0][0].span, said[-1]
    return Clauses(Span(first.file, first.line, first.column, first.start, end), **found)


def _forget_depths(c: list[Any]) -> None:
    token = next((part for part in c if isinstance(part, Token)), None)
    if token is not None:
        token.reading.depths.clear()
        token.reading.grouped.clear()
        token.reading.loose.clear()


class AuthorityBuilder:
    """One method a rule, see `tree_builder`."""

    def authority(self, c: list[Any]) -> Authority:
        """`authority discount { … }`."""
        return Authority(place(c), c[1], c[2], of_kind(Statement, c))

    def rule_label(self, c: list[Any]) -> Name:
        """`margin_floor:`."""
        label: Name = c[0]
        return label

    # --- statements ------------------------------------------------------------------------

    def grant(self, c: list[Any]) -> Grant:
        """`sales_manager may approve up to 10%`."""
        _forget_depths(c)
        clauses = _clauses(c)
        verb: Name = c[-3]
        limit = c[-2] or Limit(verb.span, "none")
        if limit.bound is not None and limit.bound.side in ("over", "at least"):
            _from_below(c, limit.bound)
        return Grant(_ends(c, clauses), c[0], of_kind(QName, c), verb, limit, clauses)

    def prohibition(self, c: list[Any]) -> Prohibition:
        """`sales_manager may not approve over 4%`."""
        _forget_depths(c)
        clauses = _clauses(c)
        return Prohibition(_ends(c, clauses), c[0], of_kind(QName, c), c[-3], c[-2], clauses)

    def nobody(self, c: list[Any]) -> Prohibition:
        """`nobody may approve when …`."""
        return self.prohibition(c)

    def anyone_may_not(self, c: list[Any]) -> Prohibition:
        """`anyone may not approve`: two readings, so a fault."""
        c[1].fault("E0052", "`anyone may not` can be read in two ways", "write `nobody may`")
        return self.prohibition(c)

    def self_bar(self, c: list[Any]) -> SelfBar:
        """`requester may not approve`."""
        _forget_depths(c)
        clauses = _clauses(c)
        return SelfBar(_ends(c, clauses), c[0], c[-2], clauses)

    def requirement(self, c: list[Any]) -> Requirement:
        """`approve over 10% needs review by finance_controller`."""
        _forget_depths(c)
        clauses = _clauses(c)
        label, verb, bound, _, steps, _ = c
        return Requirement(_ends(c, clauses), label, verb, bound, steps, clauses)

    def separation(self, c: list[Any]) -> Separation:
        """`separate review and approve`."""
        _forget_depths(c)
        clauses = _clauses(c)
        return Separation(_ends(c, clauses), c[0], (c[2], c[4]), clauses)

    def inherit(self, c: list[Any]) -> Inherit:
        """`superiors inherit`."""
        return Inherit(place(c))

    def escalate_first(self, c: list[Any]) -> Escalation:
        """`escalate to the first superior able`."""
        return Escalation(place(c), "first")

    def escalate_every(self, c: list[Any]) -> Escalation:
        """`escalate through every level`."""
        return Escalation(place(c), "every")

    def escalate_to(self, c: list[Any]) -> Escalation:
        """`escalate to finance_director`."""
        return Escalation(place(c), "position", c[2])

    # --- limits ------------------------------------------------------------------------------

    def limit_word(self, c: list[Token]) -> Limit:
        """`any`, `unset`."""
        return Limit(c[0].span, c[0].text)

    def limit_bound(self, c: list[Any]) -> Limit:
        """`up to 3%`."""
        bound = self.bound(c)
        return Limit(bound.span, "bound", bound)

    def limit_each(self, c: list[Any]) -> Limit:
        """`up to 10_000 each, 50_000 per month`."""
        bound = Bound(across(c[0], c[2]), "up to", c[2])
        return Limit(place(c), "bound", bound, of_kind(Total, c))

    def limit_totals(self, c: list[Any]) -> Limit:
        """`up to 30_000 per customer per quarter`."""
        return Limit(place(c), "bound", None, of_kind(Total, c))

    def total(self, c: list[Any]) -> Total:
        """`50_000 per month`."""
        return Total(place(c), c[0], one_of(Ref, c[1:]), c[-1].text)

    def bound(self, c: list[Any]) -> Bound:
        """`up to E`, `under E`, `between A and B`."""
        if c[0].type == "BETWEEN":
            return Bound(place(c), "between", c[1], c[3])
        side = f"{c[0].text} {c[1].text}" if c[0].type in ("UP", "AT") else c[0].text
        return Bound(across(c[0], c[-1]), side, c[-1])

    # --- clauses -------------------------------------------------------------------------------

    def clauses(self, c: list[Clause]) -> list[Clause]:
        """What follows a rule, in the order written."""
        return c

    def clause_expression(self, c: list[Any]) -> Clause:
        """`when E`, `unless E`."""
        value: Expr = c[1]
        return c[0], (value, value.span.end)

    def clause_date(self, c: list[Token]) -> Clause:
        """`from D`, `until D`."""
        return c[0], (day(c[1]), c[1].end)

    def clause_because(self, c: list[Any]) -> Clause:
        """`because "…" zh "…"`."""
        label: Label = c[1]
        return c[0], (label, label.span.end)

    def clause_source(self, c: list[Token]) -> Clause:
        """`source "…"`."""
        return c[0], (text(c[1]), c[1].end)

    # --- steps -----------------------------------------------------------------------------------

    def sequence(self, c: list[Any]) -> Step:
        """`a then b`."""
        return _not_too_deep(SequenceSteps(place(c), tuple(c[::2])), c[1])

    def all_of(self, c: list[Any]) -> Step:
        """`a and b`."""
        joint = c[1]
        if any(id(step) in joint.reading.loose for step in c[::2]):
            joint.fault(
                "E0040",
                "`and` and `or` are mixed without parentheses",
                "write `(review by a or b) and …`, or `(a or b)` as `1 of (a, b)`",
            )
        return _not_too_deep(AllSteps(place(c), tuple(c[::2])), joint)

    def step_count(self, c: list[Any]) -> ApprovalStep:
        """`countersign by 2 of (a, b, c)`, `2 of (a, b, c)`."""
        number = next(part for part in c if isinstance(part, Token) and part.type == "NUMERAL")
        return ApprovalStep(
            place(c), one_of(Name, c), whole(number, "the number of persons"), of_kind(QName, c)
        )

    def step_all(self, c: list[Any]) -> ApprovalStep:
        """`all of (a, b)`."""
        return ApprovalStep(place(c), one_of(Name, c), None, of_kind(QName, c))

    def step_by(self, c: list[Any]) -> ApprovalStep:
        """`review by a or b`."""
        step = ApprovalStep(place(c), c[0], 1, of_kind(QName, c))
        if len(step.positions) > 1:
            c[1].reading.loose[id(step)] = step
        return step

    def step_evidence(self, c: list[Any]) -> Step:
        """`evidence delivery_list "…"`."""
        return EvidenceStep(place(c), c[1], c[2])


def _not_too_deep(node: AllSteps | SequenceSteps, joint: Token) -> Step:
    """The steps; only the first of them when they are nested beyond reading."""
    depths = joint.reading.depths
    told = next((step for step in node.steps if depths.get(id(step), 0) < 0), None)
    if told is not None:
        return told
    depth = 1 + max(depths.get(id(step), 0) for step in node.steps)
    if depth <= DEEPEST_STEPS:
        depths[id(node)] = depth
        return node
    message = f"these steps are nested more than {DEEPEST_STEPS} deep"
    joint.reading.fault("E0003", node.span, message, "write them as several rules")
    first = min(node.steps, key=lambda step: depths.get(id(step), 0))
    depths[id(first)] = -1
    return first


def _from_below(c: list[Any], bound: Bound) -> None:
    token = next(part for part in c if isinstance(part, Token))
    token.reading.fault(
        "E0051",
        bound.span,
        f"a right is not limited by `{bound.side}`",
        "write `up to`, `under`, `between … and …` or `any`; a ban is a rule with `may not`",
    )
