"""The matcher in a child process says what the plain one says, and outlives its child."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.generators import examples
from engine.watch.formulas import formulas, messages, ruleset
from engine.watch.libraries import needs_durable
from remit_engine.compile.to_durable import MOST_CASES
from remit_engine.watch.durable import matcher as module
from remit_engine.watch.durable.matcher import MOST_LOST, Durable
from remit_engine.watch.durable.process import Child, Lost
from remit_engine.watch.matching import EQUAL, GREATER, LESS, UNKNOWN, Match, Message
from remit_engine.watch.plain import Plain
from remit_engine.watch.rulesets import And, Atom, Not, Or, RuleShape

pytestmark = needs_durable

OVER = Atom("a1", frozenset({GREATER}))
EITHER = Or((Atom("a2", frozenset({LESS})), Atom("a3", frozenset({EQUAL, GREATER}))))
SHAPES = (
    RuleShape("", OVER, Not(OVER)),
    RuleShape("", And((OVER, EITHER)), EITHER),
    RuleShape("", Or((Not(OVER), Not(EITHER))), And(())),
)
SMALL = {"w": ruleset(SHAPES)}


@pytest.fixture
def durable() -> Iterator[Durable]:
    made = Durable(SMALL)
    yield made
    made.close()


def some(number: int, seed: int = 0) -> list[Message]:
    chance = random.Random(seed)
    known = (LESS, EQUAL, GREATER, UNKNOWN)
    return [
        Message(
            f"m{n}",
            "w",
            "s",
            {a: chance.choice(known) for a in ("a1", "a2", "a3")},
            frozenset(r for r in ("r0", "r1", "r2") if chance.random() < 0.5),
        )
        for n in range(number)
    ]


SHAPE = st.builds(RuleShape, st.just("r"), formulas, formulas)


@settings(max_examples=examples(8, 1_000), suppress_health_check=list(HealthCheck))
@given(st.data())
def test_it_says_what_the_plain_matcher_says(data) -> None:
    shapes = st.lists(SHAPE, min_size=1, max_size=4)
    several = {name: ruleset(data.draw(shapes), name) for name in ("u", "v", "w", "x", "y", "z")}
    asked = [m for of in several.values() for m in data.draw(messages(of))]
    matcher = Durable(several)
    try:
        assert matcher.match(asked) == Plain(several).match(asked)
        assert matcher.tally.left == {}
        assert matcher.tally.lost == 0
    finally:
        matcher.close()


def test_answers_are_in_the_order_of_the_messages_however_many_there_are(durable) -> None:
    asked = some(2_000)
    assert durable.match(asked) == Plain(SMALL).match(asked)
    assert durable.match([]) == []


def test_every_rule_that_matches_is_told() -> None:
    made = {"w": ruleset([RuleShape("", OVER, OVER)] * 5)}
    matcher = Durable(made)
    asked = Message("m", "w", "s", {"a1": GREATER}, frozenset({"r1", "r3"}))
    assert matcher.match([asked]) == [Match(frozenset({"r0", "r2", "r4"}), frozenset({"r1", "r3"}))]
    matcher.close()


def test_a_rule_that_is_not_safe_is_asked_of_the_plain_matcher_and_it_is_said() -> None:
    names = tuple(f"a{n}" for n in range(MOST_CASES + 1))
    wide = Or(tuple(Atom(n, frozenset({LESS})) for n in names))
    made = {"w": ruleset([RuleShape("", wide, OVER), SHAPES[0]], atoms_=names)}
    matcher = Durable(made)
    assert matcher.tally.left == {("w", "r0"): "it has 61 cases, and 60 are safe"}
    asked = [Message("m", "w", "s", {"a60": LESS, "a1": sign}) for sign in (LESS, GREATER)]
    assert matcher.match(asked) == Plain(made).match(asked)
    matcher.close()


# --- the child ends ------------------------------------------------------------------------------


def test_a_child_that_is_killed_is_started_again_and_nothing_is_lost(durable) -> None:
    asked = some(600)
    for n in range(3):
        assert durable.process is not None
        os.kill(durable.process, signal.SIGKILL)
        part = asked[n * 200 : n * 200 + 200]
        assert durable.match(part) == Plain(SMALL).match(part)
    assert durable.tally.lost == 3
    assert durable.tally.replayed >= 3
    assert durable.tally.left == {}


def test_a_child_that_hangs_is_ended_and_its_questions_are_put_again() -> None:
    matcher = Durable(SMALL, answering=0.5)
    assert matcher.process is not None
    os.kill(matcher.process, signal.SIGSTOP)
    asked = some(20)
    assert matcher.match(asked) == Plain(SMALL).match(asked)
    assert matcher.tally.lost >= 1
    matcher.close()


class Deadly(Child):
    """A child that dies over questions of the second rule."""

    def ask(self, asked):
        if any(q.rule == 1 for q in asked.questions):
            self.end()
            raise Lost("it died (signal 11)")
        return super().ask(asked)


def test_a_rule_that_ends_the_child_again_and_again_is_left_to_the_plain_matcher(
    monkeypatch,
) -> None:
    monkeypatch.setattr(module, "Child", Deadly)
    matcher, asked = Durable(SMALL), some(10)
    assert matcher.match(asked) == Plain(SMALL).match(asked)
    assert matcher.tally.left == {("w", "r1"): "it ended the child process 3 times"}
    lost = matcher.tally.lost
    assert matcher.match(asked) == Plain(SMALL).match(asked)
    assert matcher.tally.lost == lost
    assert matcher.tally.gone is None
    matcher.close()


class Dead(Child):
    """A child that answers nothing."""

    def ask(self, asked):
        self.end()
        raise Lost("it died (signal 9)")


def test_where_no_child_lives_the_plain_matcher_serves(monkeypatch) -> None:
    monkeypatch.setattr(module, "Child", Dead)
    matcher, asked = Durable(SMALL), some(10)
    assert matcher.match(asked) == Plain(SMALL).match(asked)
    wanted = f"{MOST_LOST} child processes were lost one after the other: it died (signal 9)"
    assert matcher.tally.left or matcher.tally.gone == wanted
    assert matcher.match(asked) == Plain(SMALL).match(asked)
    assert matcher.process is None
    matcher.close()


def test_the_child_ends_with_its_matcher(durable) -> None:
    process = durable._child.process
    durable.close()
    durable.close()
    assert process.returncode == -signal.SIGKILL
    with pytest.raises(ValueError, match="the matcher is closed"):
        durable.match(some(1))


# --- what is no message ---------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [3, -2, True, "1", 1.0, None, 10**30])
def test_what_is_no_sign_is_refused_before_it_goes_anywhere(durable, sign) -> None:
    with pytest.raises(ValueError, match=r"message m: .* is no sign of `a1`"):
        durable.match([Message("m", "w", "s", {"a1": sign})])
    assert durable.match(some(5)) == Plain(SMALL).match(some(5))
    assert durable.tally.lost == 0


def test_a_ruleset_that_is_not_there(durable) -> None:
    with pytest.raises(KeyError):
        durable.match([Message("m", "other", "s", {})])
