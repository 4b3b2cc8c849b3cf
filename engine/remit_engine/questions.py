"""Other readings of the same rules: my maximum, who may, what may I, the matrix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date

from remit_dsl.expressions import Expression
from remit_dsl.types import NUMBER, Type
from remit_engine.decision import Extent, Outcome
from remit_engine.explanation.extents import extent, unset
from remit_engine.explanation.naming import action_label, position_label
from remit_engine.explanation.quoting import written
from remit_engine.explanation.steps_text import steps_in_words
from remit_engine.explanation.trace import conditions_written
from remit_engine.judging.capacities import cases
from remit_engine.judging.chain import ABLE, answer, everyone
from remit_engine.judging.evaluate import Environment, evaluate
from remit_engine.judging.interpreter import interval
from remit_engine.judging.interval import EVERYTHING, Interval
from remit_engine.judging.maximum import Reach
from remit_engine.judging.unknown import Unknown
from remit_engine.judging.verdict import Capacity, Judge
from remit_engine.people.directory import Directory
from remit_engine.people.party import Party
from remit_engine.request import Request
from remit_engine.rules.ir import (
    GRANT,
    PROHIBITION,
    REQUIREMENT,
    SELF_BAR,
    SEPARATION,
    Model,
    Rule,
)
from remit_engine.text import value_text

_BESIDE = frozenset((REQUIREMENT, SELF_BAR, SEPARATION))


@dataclass(frozen=True, slots=True)
class Maximum:
    """The largest measure permitted now, and with steps done; the facts that could change it.

    known is False when the rules bend in a way that has no exact answer.
    """

    permit: Extent
    with_steps: Extent
    missing: tuple[str, ...]
    rules: tuple[str, ...]
    known: bool


@dataclass(frozen=True, slots=True)
class Holder:
    """An answer to *who may*: a position with the person who holds it (None: nobody known)."""

    position: str
    label: str
    person: str | None
    name: str | None
    acting: bool
    outcome: Outcome
    missing: tuple[str, ...]
    rules: tuple[str, ...]
    on_behalf_of: str | None


@dataclass(frozen=True, slots=True)
class Power:
    """An answer to *may*: one right of an actor (kind `grant`), what it needs first
    (`requirement`), or a bar (`prohibition`, `self bar`, `separation`).

    limit in words: how far the right, the requirement or the bar reaches; condition as written
    after `when`; steps of a requirement in words; verbs: the two that a separation keeps apart.
    """

    action: str
    label: str
    verb: str
    limit: str
    condition: str | None
    rule: str
    kind: str
    file: str
    line: int
    on_behalf_of: str | None = None
    steps: str | None = None
    verbs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """limits: one text for each grant of the position, in reading order.

    conditional: a condition, a requirement or a bar may stand in the way of the right.
    """

    action: str
    verb: str
    position: str
    limits: tuple[str, ...]
    rules: tuple[str, ...]
    conditional: bool


def maximum(reach: Reach, request: Request, model: Model) -> Maximum:
    """How far the actor reaches, in the language of the request."""
    measure = model.actions[request.action].action.measure
    kind = measure.value.type if measure else NUMBER
    return Maximum(
        permit=extent(reach.permit, kind, request.language),
        with_steps=extent(reach.with_steps, kind, request.language),
        missing=tuple(sorted(reach.missing)),
        rules=reach.rules,
        known=reach.known,
    )


def who(request: Request, model: Model, directory: Directory, judge: Judge) -> list[Holder]:
    """Everybody for whom `decide` says permit, needs or incomplete."""
    found = []
    for party in everyone(request, model, directory):
        asked = replace(request, actor=party)
        best = answer(asked, party, model, directory, judge)
        if best.ruling.outcome in ABLE and best.ruling.outcome is not None:
            rules = [v.rule for v in best.ruling.verdicts if v.rule.kind == GRANT]
            held = _held(party, rules)
            found.append(
                Holder(
                    position=held,
                    label=position_label(held, model, request.language),
                    person=party.person,
                    name=party.name,
                    acting=any(h.acting for h in party.holdings if h.position == held),
                    outcome=best.ruling.outcome,
                    missing=tuple(sorted(best.ruling.missing)),
                    rules=tuple(r.id for r in rules),
                    on_behalf_of=best.case.capacity.on_behalf_of,
                )
            )
    return found


def _held(party: Party, rules: list[Rule]) -> str:
    """The position by which a party may, where one of his own is named; else his first."""
    for holding in party.holdings:
        if any(r.positions is None or holding.position in r.positions for r in rules):
            return holding.position
    return party.holdings[0].position


def may(actor: Party, as_of: date, model: Model, directory: Directory) -> list[Power]:
    """The grants and prohibitions that concern an actor, delegated rights included, and what
    else stands in the way of these rights."""
    found: list[Power] = []
    for name, rules in model.actions.items():
        own = cases(Request(name, actor, as_of), actor, model, directory)[0]
        env = Environment(model, as_of, own.facts, directory.within, {})
        concerned = _concerning(rules.rules, actor.positions, actor.barred, as_of)
        rights = [_power(rule, env, None) for rule in concerned]
        rights += _delegated(name, actor, as_of, model, directory)
        granted = {p.rule for p in rights if p.kind == GRANT}
        verbs = {v for r in rules.rules if r.id in granted for v in r.verbs}
        found += rights
        found += [_power(rule, env, None) for rule in _beside(rules.rules, verbs, as_of)]
    return found


def _beside(rules: Sequence[Rule], verbs: Set[str], as_of: date) -> Iterator[Rule]:
    """The requirements, self bars and separations that speak about some of these verbs."""
    for rule in rules:
        if rule.kind in _BESIDE and rule.in_force(as_of) and not rule.verbs.isdisjoint(verbs):
            yield rule


def _delegated(
    action: str, actor: Party, as_of: date, model: Model, directory: Directory
) -> Iterator[Power]:
    """What others have delegated to the actor: of each verb what was delegated."""
    grants = [r for r in model.actions[action].rules if r.kind == GRANT]
    for verb in sorted({r.verb for r in grants}):
        request = Request(action, actor, as_of, verb)
        for case in cases(request, actor, model, directory)[1:]:
            env = Environment(model, as_of, case.facts, directory.within, {})
            positions = case.capacity.positions
            for rule in _concerning(grants, positions, positions, as_of):
                if rule.verb == verb:
                    yield _power(rule, env, case.capacity)


def _concerning(
    rules: Sequence[Rule], positions: frozenset[str], barred: frozenset[str], as_of: date
) -> Iterator[Rule]:
    for rule in rules:
        held = positions if rule.kind == GRANT else barred
        if rule.kind == GRANT and not positions:
            continue
        if rule.kind in (GRANT, PROHIBITION) and rule.in_force(as_of) and rule.concerns(held):
            yield rule


def _power(rule: Rule, env: Environment, delegated: Capacity | None) -> Power:
    limit = limit_text(rule, env)
    if delegated is not None and delegated.cap is not None:
        cap = extent(Interval(high=delegated.cap), _kind(rule, env), "en").text
        limit = f"{limit}, delegated {cap}"
    return Power(
        action=rule.action,
        label=action_label(rule.action, env.model, "en").strip('`"'),
        verb=rule.verb,
        limit=limit,
        condition=" and ".join(conditions_written(rule, env.model.program)) or None,
        rule=rule.id,
        kind=rule.kind,
        file=rule.span.file,
        line=rule.span.line,
        on_behalf_of=None if delegated is None else delegated.on_behalf_of,
        steps=None if rule.steps is None else steps_in_words(rule.steps, rule.verb),
        verbs=tuple(sorted(rule.verbs)) if rule.kind == SEPARATION else (),
    )


def _kind(rule: Rule, env: Environment) -> Type:
    measure = env.model.actions[rule.action].action.measure
    return measure.value.type if measure else NUMBER


def limit_text(rule: Rule, env: Environment) -> str:
    """A limit in words with its value on the day; as written where it hangs on facts."""
    if rule.unset:
        return unset("en").text
    parts = []
    if rule.bound is not None:
        parts.append(_bound_text(rule, env))
    for total in rule.limit.totals if rule.limit is not None else ():
        up_to = "" if parts else "up to "
        parts.append(f"{up_to}{_shown(total.amount, env)} per {total.name}")
    return ", ".join(parts) or extent(EVERYTHING, NUMBER, "en").text


def _shown(e: Expression, env: Environment) -> str:
    value = evaluate(e, env)
    return (
        written(e.span, env.model.program)
        if isinstance(value, Unknown)
        else value_text(value, e.type)
    )


def _bound_text(rule: Rule, env: Environment) -> str:
    bound = rule.bound
    if bound is None:
        return ""
    value = interval(bound, env)
    if isinstance(value, Unknown):
        unfixed = any(f.kind in ("unset", "not in force") for f in value.faults)
        text = written(bound.span, env.model.program)
        return f"{text} (never fixed)" if unfixed else text
    if bound.side in ("over", "at least"):
        return f"{bound.side} {_shown(bound.value, env)}"
    return extent(Interval(value.low, value.high, value.low_open, value.high_open),
                  bound.value.type, "en").text  # fmt: skip


def matrix(
    as_of: date, actions: Sequence[str], model: Model, directory: Directory
) -> list[MatrixCell]:
    """Every right of every position on a day."""
    cells: dict[tuple[str, str, str], list[Rule]] = {}
    env = Environment(model, as_of, {"as_of": as_of}, directory.within, {})
    for name, rules in model.actions.items():
        if actions and name not in actions:
            continue
        for rule in rules.rules:
            if rule.kind == GRANT and rule.in_force(as_of):
                for position in rule.positions or model.program.positions:
                    cells.setdefault((name, rule.verb, position), []).append(rule)
    return [
        MatrixCell(
            action=action,
            verb=verb,
            position=position,
            limits=tuple(limit_text(r, env) for r in rules),
            rules=tuple(r.id for r in rules),
            conditional=any(r.condition for r in rules)
            or _hindered(model.actions[action].rules, verb, position, as_of),
        )
        for (action, verb, position), rules in sorted(cells.items())
    ]


def _hindered(rules: Sequence[Rule], verb: str, position: str, as_of: date) -> bool:
    """True when a requirement or a bar speaks about a verb of a position."""
    held = frozenset({position})
    return any(
        r.kind != GRANT and verb in r.verbs and r.in_force(as_of) and r.concerns(held)
        for r in rules
    )
