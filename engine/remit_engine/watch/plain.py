"""The reference matcher: each rule of a message by Kleene logic over its signs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from remit_engine.watch.matching import UNKNOWN, Match, Message
from remit_engine.watch.rulesets import And, Atom, Formula, Not, Ruleset


def value(formula: Formula, signs: Mapping[str, int]) -> bool | None:
    """True, False, or None where it is unknown."""
    if isinstance(formula, Atom):
        sign = signs.get(formula.name, UNKNOWN)
        return None if sign == UNKNOWN else sign in formula.signs
    if isinstance(formula, Not):
        inner = value(formula.operand, signs)
        return None if inner is None else not inner
    ending = not isinstance(formula, And)  # one true ends an or, one false an and
    unknown = False
    for operand in formula.operands:
        found = value(operand, signs)
        if found is ending:
            return ending
        unknown = unknown or found is None
    return None if unknown else not ending


def matched(ruleset: Ruleset, message: Message) -> Match:
    """What the rules of a ruleset say to one message."""
    signs, open = message.signs, message.open
    return Match(
        frozenset(
            r.id for r in ruleset.rules if r.id not in open and value(r.begin, signs) is True
        ),
        frozenset(r.id for r in ruleset.rules if r.id in open and value(r.clear, signs) is True),
    )


class Plain:
    """Matches in this process."""

    def __init__(self, rulesets: Mapping[str, Ruleset]) -> None:
        self._rulesets = rulesets

    def match(self, messages: Sequence[Message]) -> list[Match]:
        """One answer a message, in order; a KeyError where there is no such ruleset."""
        return [matched(self._rulesets[m.ruleset], m) for m in messages]

    def close(self) -> None:
        """Nothing is held."""
