"""A matcher is believed only where the plain one agrees; what it missed is added and counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from engine.watch.following import HEAD, day, program_of, row, seen, short, watcher
from remit_engine.watch.matching import NOTHING, Match, Message
from remit_engine.watch.plain import Plain
from remit_engine.watch.rulesets import Ruleset, rulesets

TEXT = """
watch c on Customer {
  full: when exposure over credit_line notify board
  many: when 2 Return within 5 days notify board
}
"""


def all_rulesets() -> Mapping[str, Ruleset]:
    return rulesets(program_of(HEAD + TEXT))


class Deaf:
    """Matches nothing."""

    def match(self, messages: Sequence[Message]) -> list[Match]:
        return [NOTHING] * len(messages)

    def close(self) -> None:
        self.closed = True


class Rash(Deaf):
    """Says that every rule begins and ends."""

    def match(self, messages: Sequence[Message]) -> list[Match]:
        rules = frozenset(("w.c.full", "w.c.many"))
        return [Match(rules - m.open, rules & m.open) for m in messages]


class Short(Deaf):
    def match(self, messages: Sequence[Message]) -> list[Match]:
        return []


def entries() -> list[dict[str, object]]:
    return [
        seen("03-01", exposure=6, credit_line=5),
        row("Return", "03-01"),
        row("Return", "03-02"),
        seen("03-03", exposure=5),
    ]


EXPECTED = [
    "03-01 begun c.full c-1",
    "03-02 begun c.many c-1",
    "03-03 cleared c.full c-1",
    "03-06 cleared c.many c-1",
]


@pytest.mark.parametrize("matcher", [Deaf(), Rash()], ids=["deaf", "rash"])
def test_what_a_matcher_says_wrongly_does_not_act_and_what_it_misses_does(matcher) -> None:
    w = watcher(TEXT, matcher=matcher)
    assert short(w.tell(entries(), day("03-10")).happenings) == EXPECTED
    assert w.mismatches > 0
    w.close()
    assert matcher.closed


def test_an_honest_matcher_is_no_mismatch() -> None:
    w = watcher(TEXT, matcher=Plain(all_rulesets()))
    assert short(w.tell(entries(), day("03-10")).happenings) == EXPECTED
    assert w.mismatches == 0


def test_a_matcher_answers_every_message() -> None:
    w = watcher(TEXT, matcher=Short())
    with pytest.raises(RuntimeError, match="one answer a message"):
        w.tell(entries(), day("03-10"))
