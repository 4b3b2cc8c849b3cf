"""Authority blocks: grants, prohibitions, requirements and the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypedDict

from remit_dsl import syntax
from remit_dsl.declaring.actions import key, measured
from remit_dsl.declaring.declarations import label, verb_of
from remit_dsl.declaring.steps import steps
from remit_dsl.declaring.values import period
from remit_dsl.diagnostics import Related
from remit_dsl.elaboration.elaborate import elaborator
from remit_dsl.elaboration.elaboration import Elaborator
from remit_dsl.elaboration.logic import reversed_ends, when_not_unless
from remit_dsl.expressions import Expression
from remit_dsl.program import (
    Authority,
    Bound,
    Escalation,
    Grant,
    Label,
    Limit,
    Prohibition,
    Requirement,
    SelfBar,
    Separation,
    Total,
)
from remit_dsl.scope.facts import ActionFacts
from remit_dsl.scope.resolve import Scope, duplicate
from remit_dsl.scope.world import ActionHead, World
from remit_dsl.source import Span
from remit_dsl.suggest import nearest


class _Clauses(TypedDict):
    span: Span
    label: str | None
    condition: Expression | None
    start: date | None
    until: date | None
    because: Label | None
    source: str | None


@dataclass(slots=True)
class _Block:
    """An authority block while it is read."""

    el: Elaborator
    scope: Scope
    head: ActionHead
    labels: dict[str, Span]
    grants: list[Grant] = field(default_factory=list)
    prohibitions: list[Prohibition] = field(default_factory=list)
    requirements: list[Requirement] = field(default_factory=list)
    self_bars: list[SelfBar] = field(default_factory=list)
    separations: list[Separation] = field(default_factory=list)
    inherit: Span | None = None
    escalation: Escalation | None = None
    subjects: dict[str, str] = field(default_factory=dict)
    verbs: dict[str, str] = field(default_factory=dict)

    def verb(self, name: syntax.Name) -> str | None:
        """The verb a name means."""
        if name.text not in self.verbs:
            verb = verb_of(self.el.world, self.scope, name)
            if verb is None:
                return None
            self.verbs[name.text] = verb
        return self.verbs[name.text]

    def position(self, name: syntax.QName, others: tuple[str, ...] = ()) -> str | None:
        """The qualified name of a position. others: words that may stand in its place."""
        if name.text not in self.subjects:
            symbol = self.scope.require("position", name, self.el.findings, others)
            if symbol is None:
                return None
            self.subjects[name.text] = symbol.name
        return self.subjects[name.text]

    def positions(
        self, names: tuple[syntax.QName, ...], others: tuple[str, ...]
    ) -> tuple[str, ...] | None:
        """Qualified names of positions, or None when one is unknown."""
        found = [self.position(n, others) for n in names]
        known = tuple(f for f in found if f is not None)
        return known if len(known) == len(found) else None


_HOLDERS = ("anyone", "nobody")
_BARRED = ("requester",)


def authorities(world: World) -> tuple[Authority, ...]:
    """All authority blocks whose action is known."""
    found = []
    for scope in world.scopes.values():
        for node in scope.own.file.declarations:
            if isinstance(node, syntax.Authority):
                found.append(_authority(world, scope, node))
    return tuple(a for a in found if a is not None)


def _authority(world: World, scope: Scope, node: syntax.Authority) -> Authority | None:
    symbol = scope.require("action", node.action, world.findings)
    head = world.actions.get(symbol.name) if symbol else None
    if head is None:
        return None
    labels = world.labels.setdefault(head.symbol.name, {})
    el = elaborator(world, scope.policy, ActionFacts(head))
    block = _Block(el, scope, head, labels)
    for statement in node.statements:
        _STATEMENTS[type(statement)](block, statement)
    return Authority(
        action=head.symbol.name,
        policy=scope.policy,
        label=label(node.label),
        grants=tuple(block.grants),
        prohibitions=tuple(block.prohibitions),
        requirements=tuple(block.requirements),
        self_bars=tuple(block.self_bars),
        separations=tuple(block.separations),
        superiors_inherit=block.inherit is not None,
        escalation=block.escalation,
        span=node.action.span,
    )


# --- statements --------------------------------------------------------------------------


def _grant(block: _Block, node: syntax.Grant) -> None:
    positions, verb = block.positions(node.subjects, _HOLDERS), block.verb(node.verb)
    clauses = _clauses(block, node, node.label)
    limit = None if positions is None and _barred(node) else _limit(block, node)
    if positions is None or verb is None or limit is None or clauses is None:
        return
    block.grants.append(Grant(positions=positions, verb=verb, limit=limit, **clauses))


def _barred(node: syntax.Grant) -> bool:
    """True for `Nobody may …`, which needs no limit."""
    return [nearest(name.text, _HOLDERS) for name in node.subjects] == ["nobody"]


def _prohibition(block: _Block, node: syntax.Prohibition) -> None:
    positions, verb = block.positions(node.subjects, _BARRED), block.verb(node.verb)
    bound, clauses = _bound(block, node.bound), _clauses(block, node, node.label)
    if positions is None or verb is None or clauses is None:
        return
    block.prohibitions.append(Prohibition(positions=positions, verb=verb, bound=bound, **clauses))


def _requirement(block: _Block, node: syntax.Requirement) -> None:
    verb, bound = block.verb(node.verb), _bound(block, node.bound)
    needed = steps(block.el.findings, block.verb, block.position, node.steps)
    clauses = _clauses(block, node, node.label)
    if verb is None or needed is None or clauses is None:
        return
    block.requirements.append(Requirement(verb=verb, bound=bound, steps=needed, **clauses))


def _self_bar(block: _Block, node: syntax.SelfBar) -> None:
    verb, clauses = block.verb(node.verb), _clauses(block, node, node.label)
    if verb is not None and clauses is not None:
        block.self_bars.append(SelfBar(verb=verb, **clauses))


def _separation(block: _Block, node: syntax.Separation) -> None:
    first, second = (block.verb(v) for v in node.verbs)
    clauses = _clauses(block, node, node.label)
    if first is None or second is None or clauses is None:
        return
    if first == second:
        message = f"`{first}` cannot be separated from itself"
        block.el.findings.add(node.verbs[1].span, "E0407", message, "name two verbs")
        return
    block.separations.append(Separation(verbs=(first, second), **clauses))


def _inherit(block: _Block, node: syntax.Inherit) -> None:
    if block.inherit is not None:
        _twice(block, node, "superiors inherit", block.inherit)
    block.inherit = block.inherit or node.span


def _escalation(block: _Block, node: syntax.Escalation) -> None:
    target = block.position(node.target) if node.target is not None else None
    if block.escalation is not None:
        _twice(block, node, "escalate", block.escalation.span)
    elif node.target is None or target is not None:
        span = node.target.span if node.target is not None else node.span
        block.escalation = Escalation(node.mode, target, span)


def _twice(block: _Block, node: syntax.Statement, words: str, first: Span) -> None:
    place = Related(first, "first written here")
    message = f"`{words}` is written twice in one block"
    block.el.findings.add(node.span, "E0412", message, "leave one of them out", [place])


_STATEMENTS: dict[type, Callable[[_Block, Any], None]] = {
    syntax.Grant: _grant,
    syntax.Prohibition: _prohibition,
    syntax.Requirement: _requirement,
    syntax.SelfBar: _self_bar,
    syntax.Separation: _separation,
    syntax.Inherit: _inherit,
    syntax.Escalation: _escalation,
}


# --- limits ------------------------------------------------------------------------------


def _limit(block: _Block, node: syntax.Grant) -> Limit | None:
    written = node.limit
    has_measure = block.head.node.measure is not None
    if written.kind == "none" and has_measure:
        _no_limit(block, node)
        return None
    if written.kind != "bound":
        return Limit("unset" if written.kind == "unset" else "any")
    bound = _bound(block, written.bound)
    totals = [_total(block, total) for total in written.totals]
    known = tuple(t for t in totals if t is not None)
    if len(known) < len(totals) or (bound is None and written.bound is not None):
        return None
    return Limit("bound", bound, known)


def _no_limit(block: _Block, node: syntax.Grant) -> None:
    short = block.head.symbol.short
    block.el.findings.add(
        node.span,
        "E0401",
        f"`{short}` is limited, and this grant does not say up to how much",
        f"write `may {node.verb.text} up to …`, or `may {node.verb.text} any`",
        [measured(block.el, block.head)],
    )


def _bound(block: _Block, node: syntax.Bound | None) -> Bound | None:
    if node is None:
        return None
    wanted = _measure_type(block, node)
    if wanted is None:
        return None
    because = measured(block.el, block.head)
    value = block.el.of_type(node.value, wanted.type, because)
    high = block.el.of_type(node.high, wanted.type, because) if node.high is not None else None
    if value is None or (node.high is not None and high is None):
        return None
    if high is not None and reversed_ends(block.el, value, high):
        return None
    return Bound(node.side, value, high, node.span)


def _measure_type(block: _Block, node: syntax.Node) -> Expression | None:
    head = block.head
    if head.node.measure is None:
        block.el.findings.add(
            node.span,
            "E0402",
            f"action `{head.symbol.short}` measures nothing, so there is no limit on it",
            f"write `limit on …` in action `{head.symbol.short}`",
            [Related(head.symbol.span, "declared here")],
        )
    return block.el.world.measures.get(head.symbol.name)


def _total(block: _Block, node: syntax.Total) -> Total | None:
    wanted = _measure_type(block, node)
    by = key(block.el, node.key) if node.key is not None else None
    if wanted is None or (node.key is not None and by is None):
        return None
    amount = block.el.of_type(node.amount, wanted.type, measured(block.el, block.head))
    return None if amount is None else Total(amount, by, node.period)


# --- clauses -----------------------------------------------------------------------------


def _clauses(block: _Block, node: syntax.Statement, name: syntax.Name | None) -> _Clauses | None:
    clauses: syntax.Clauses = node.clauses  # type: ignore[attr-defined]
    read, condition = when_not_unless(block.el, clauses.when, clauses.unless)
    sound = period(block.el.findings, clauses.start, clauses.until, clauses)
    _enter_label(block, name)
    if not (read and sound):
        return None
    return _Clauses(
        span=node.span,
        label=name.text if name else None,
        condition=condition,
        start=clauses.start,
        until=clauses.until,
        because=label(clauses.because),
        source=clauses.source,
    )


def _enter_label(block: _Block, name: syntax.Name | None) -> None:
    if name is None:
        return
    if name.text in block.labels:
        duplicate(block.el.findings, name, block.labels[name.text], " as the label of a rule")
    block.labels.setdefault(name.text, name.span)
