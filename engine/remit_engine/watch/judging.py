"""Putting messages to a matcher, and believing it only where the plain one agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from remit_engine.watch.matching import Match, Matcher, Message
from remit_engine.watch.plain import Plain, value
from remit_engine.watch.rulesets import Ruleset


class Judge:
    """mismatches: how many messages the matcher answered otherwise than the plain one."""

    def __init__(self, rulesets: Mapping[str, Ruleset], matcher: Matcher | None) -> None:
        self._rulesets = rulesets
        self._shapes = {name: {r.id: r for r in s.rules} for name, s in rulesets.items()}
        self._plain = Plain(rulesets)
        self._matcher = matcher
        self.mismatches = 0

    def match(self, messages: Sequence[Message]) -> list[Match]:
        """What acts: the answers of the plain matcher, which the other has to give as well."""
        answers = self._plain.match(messages)
        if self._matcher is not None and messages:
            said = self._matcher.match(messages)
            if len(said) != len(messages):
                raise RuntimeError("a matcher has to give one answer a message")
            self.mismatches += sum(a != b for a, b in zip(answers, said, strict=True))
        return [self._begun(m, a) for m, a in zip(messages, answers, strict=True)]

    def _begun(self, message: Message, answer: Match) -> Match:
        """Without what would be cleared at once: an `until` that is true goes before its rule."""
        shapes = self._shapes[message.ruleset]
        ended = {r for r in answer.begins if value(shapes[r].clear, message.signs) is True}
        return Match(answer.begins - ended, answer.clears) if ended else answer

    def close(self) -> None:
        """Let the matcher go."""
        if self._matcher is not None:
            self._matcher.close()
