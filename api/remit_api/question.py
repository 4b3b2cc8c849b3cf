"""A question as it was asked: members and facts as documents and as words, not yet typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Words:
    """What was said in texts: they are read by the declared type of what they speak about.

    facts: by dotted path. actor: attributes of the actor by name (as texts, or exact already).
    totals: amounts used by name. approvals: `review=ann`.
    """

    facts: Mapping[str, str] = field(default_factory=dict)
    actor: Mapping[str, Any] = field(default_factory=dict)
    totals: Mapping[str, str] = field(default_factory=dict)
    approvals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What a command line or a row of a batch says.

    members: those of a request document, without its facts. facts: a document, as from JSON.
    words win over both.
    """

    members: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    words: Words = field(default_factory=Words)

    def over(self, defaults: Question) -> Question:
        """This question, with what it leaves open taken from another."""
        ours, theirs = self.words, defaults.words
        own_actor = "actor" in self.members
        words = Words(
            facts={**_open(theirs.facts, self.facts), **ours.facts},
            actor=ours.actor if own_actor else {**theirs.actor, **ours.actor},
            totals={**theirs.totals, **ours.totals},
            approvals=(*theirs.approvals, *ours.approvals),
        )
        members = {**defaults.members, **self.members}
        return Question(members, merged(defaults.facts, self.facts), words)


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Two documents as one; where both speak, `above` wins, member by member."""
    result = dict(below)
    for name, value in above.items():
        old = result.get(name)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            result[name] = merged(old, value)
        else:
            result[name] = value
    return result


def nested(path: str, value: Any) -> dict[str, Any]:
    """`order.total` and a value, as a document."""
    for step in reversed(path.split(".")):
        value = {step: value}
    return dict(value)


def _open(words: Mapping[str, str], facts: Mapping[str, Any]) -> dict[str, str]:
    """The words about facts that a document does not state itself."""
    return {path: text for path, text in words.items() if not states(facts, path.split("."))}


def states(facts: Any, path: list[str]) -> bool:
    """True when a document says something at a path."""
    for step in path:
        if not isinstance(facts, Mapping) or step not in facts:
            return False
        facts = facts[step]
    return True
