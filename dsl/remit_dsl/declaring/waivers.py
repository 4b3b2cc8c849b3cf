"""Waivers: what a policy knows of itself and keeps, so that a proof does not complain of it."""

from __future__ import annotations

from collections.abc import Iterator

from remit_dsl import syntax
from remit_dsl.declaring.declarations import label, verb_of
from remit_dsl.elaboration.elaborate import elaborator
from remit_dsl.elaboration.logic import when_not_unless
from remit_dsl.expressions import Expression
from remit_dsl.lexing.characters import FILLERS
from remit_dsl.lexing.vocabulary import QUESTIONS
from remit_dsl.program import Waiver
from remit_dsl.scope.facts import ActionFacts
from remit_dsl.scope.findings import did_you_mean, listing
from remit_dsl.scope.resolve import Scope
from remit_dsl.scope.world import World

# Questions that one reason can answer for a whole program. Of the others a waiver without a
# place would also hide what nobody has seen yet.
_WHOLE = frozenset({"accountability", "dates", "unset"})
# Questions about values: after `at` a value is meant before a rule of the same name.
_OF_VALUES = frozenset({"tables", "unset", "falling_pay"})
# Questions that look for requests, which are inside a condition or outside.
_OF_REQUESTS = ("dead_end", "monotone", "separation")


def waivers(world: World) -> tuple[Waiver, ...]:
    """All waivers without a fault."""
    found = []
    for scope in world.scopes.values():
        for node in scope.own.file.declarations:
            if isinstance(node, syntax.Waiver):
                found.append(_waiver(world, scope, node))
    return tuple(w for w in found if w is not None)


def _waiver(world: World, scope: Scope, node: syntax.Waiver) -> Waiver | None:
    findings = world.findings
    sound = [_known_question(world, node), _placed(world, node), _reasoned(world, node)]
    verbs = [verb_of(world, scope, name) for name in node.verbs]
    actions = [scope.require("action", name, findings) for name in node.actions]
    positions = [scope.require("position", name, findings) for name in node.positions]
    rules = [_rule(world, scope, node, name) for name in node.rules]
    read, condition = _condition(world, scope, node)
    because = label(node.because)
    # A name that is not known must not be left out: the waiver would then reach further.
    sound += [read, None not in (*verbs, *actions, *positions, *rules)]
    if not all(sound) or because is None:
        return None
    return Waiver(
        question=node.question.text,
        verbs=tuple(v for v in verbs if v is not None),
        actions=tuple(a.name for a in actions if a is not None),
        positions=tuple(p.name for p in positions if p is not None),
        rules=tuple(r for r in rules if r is not None),
        because=because,
        policy=scope.policy,
        span=node.question.span,
        condition=condition,
    )


def _known_question(world: World, node: syntax.Waiver) -> bool:
    name = node.question
    if name.text in QUESTIONS:
        return True
    help = did_you_mean(name.text, QUESTIONS) or f"the questions are {listing(QUESTIONS)}"
    world.findings.add(name.span, "E0431", f"there is no question `{name.text}`", help)
    return False


def _placed(world: World, node: syntax.Waiver) -> bool:
    """Whether the waiver says where it holds, or need not."""
    question = node.question.text
    if question not in QUESTIONS or question in _WHOLE:
        return True
    if node.actions or node.positions or node.rules or _asks_for_action(node):
        return True
    world.findings.add(
        node.question.span,
        "E0433",
        f"a waiver of `{question}` for everything would hide what nobody has seen yet",
        "say where it holds: `on` an action, `for` a position or `at` a rule",
    )
    return False


def _reasoned(world: World, node: syntax.Waiver) -> bool:
    if node.because is not None and _says_something(node.because.text):
        return True
    place = node.question.span if node.because is None else node.because.span
    world.findings.add(place, "E0432", "a waiver needs its reason", 'write `because "…"`')
    return False


def _says_something(reason: str) -> bool:
    """Whether there is a letter or a digit in it that can be seen."""
    return any(c.isalnum() and c not in FILLERS for c in reason)


# --- conditions --------------------------------------------------------------------------


def _condition(world: World, scope: Scope, node: syntax.Waiver) -> tuple[bool, Expression | None]:
    """Whether the condition could be read, and what it says of the requests of the one action."""
    written = node.when or node.unless
    if written is None:
        return True, None
    question = node.question.text
    if question in QUESTIONS and question not in _OF_REQUESTS:
        message = f"a waiver of `{question}` takes no condition"
        help = f"only {listing(_OF_REQUESTS)} look for requests"
        world.findings.add(written.span, "E0435", message, help)
        return False, None
    if len(node.actions) != 1:
        help = "write a waiver for each action" if node.actions else "write `on ACTION`"
        world.findings.add(
            written.span, "E0435", "the condition of a waiver needs one action", help
        )
        return False, None
    hit = scope.lookup("action", node.actions[0].parts)
    head = world.actions.get(hit.symbol.name) if hit is not None else None
    if head is None:
        return False, None
    el = elaborator(world, scope.policy, ActionFacts(head))
    return when_not_unless(el, node.when, node.unless)


def _asks_for_action(node: syntax.Waiver) -> bool:
    """Whether its condition makes it name an action, which is told instead."""
    conditional = node.when is not None or node.unless is not None
    return conditional and node.question.text in _OF_REQUESTS


# --- rules -------------------------------------------------------------------------------


def _rule(world: World, scope: Scope, node: syntax.Waiver, name: syntax.QName) -> str | None:
    """The label or id of a rule, or the name of a value or policy; a bare word that is none of
    these is reported.

    Ids are made where the rules are, so a dotted name that is no value is taken as written. One
    in quotes may have a number at its end, or a `+` in it.
    """
    labels = list(_labels(world, scope, node))
    value = scope.lookup("value", name.parts) or scope.lookup("plan", name.parts)
    value_meant = node.question.text in _OF_VALUES or name.text not in labels
    if value is not None and not value.rest and value_meant:
        return None if scope.ambiguous(value, name.span, world.findings) else value.symbol.name
    if len(name.parts) > 1 or name.text in labels or name.text in scope.reach:
        return name.text
    if world.rules_sound and not scope.excused(name.text):
        spoken = (s for space in ("value", "plan") for s in scope.visible(space))
        near = [*labels, *(symbol.short for symbol in spoken)]
        help = did_you_mean(name.text, near) or _BY_ID
        world.findings.add(name.span, "E0434", f"no rule here has the label `{name.text}`", help)
    return None


def _labels(world: World, scope: Scope, node: syntax.Waiver) -> Iterator[str]:
    """The labels of rules on the actions named, else on all that are seen."""
    named = [scope.lookup("action", name.parts) for name in node.actions]
    seen = [hit.symbol for hit in named if hit is not None] or scope.visible("action")
    for symbol in seen:
        yield from world.labels.get(symbol.name, ())


_BY_ID = "give the rule a label, or write its id: `discount.sales_manager.approve`"
