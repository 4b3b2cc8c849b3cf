"""The matcher that asks durable-rules in a child process, and outlives it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from remit_engine.watch.durable.frames import MOST_QUESTIONS, Ask, Question
from remit_engine.watch.durable.plan import Key, plan
from remit_engine.watch.durable.process import ANSWERING, Child, Lost, Unavailable
from remit_engine.watch.matching import UNKNOWN, Match, Message
from remit_engine.watch.plain import value
from remit_engine.watch.rulesets import Ruleset, RuleShape

MOST_LOST = 12
"""So many children lost one after the other without an answer: no more are started."""
MOST_DEADLY = 3
"""So many children lost over one question: it is not put to another."""
_CODES = range(UNKNOWN + 2)


@dataclass(slots=True)
class _Asked:
    """One rule of one message."""

    at: int
    key: Key
    rule: RuleShape
    open: bool
    question: Question | None
    true: bool = False


@dataclass(slots=True)
class Tally:
    """What happened to the child. lost: children that died or hung. replayed: questions that were
    put again. left: rules asked of the plain matcher, with the reason, and more with time. gone:
    why all are, and no child is started any more."""

    lost: int = 0
    replayed: int = 0
    left: dict[Key, str] = field(default_factory=dict)
    gone: str | None = None


class Durable:
    """Matches in a child process. What it cannot be asked, and what it does not survive, is asked
    of the plain matcher, and told in `tally`."""

    def __init__(self, rulesets: Mapping[str, Ruleset], answering: float = ANSWERING) -> None:
        """Starts the child. Raises `Unavailable` where the library is not there."""
        self._rulesets = rulesets
        self._plan = plan(rulesets)
        self._answering = answering
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._closed = False
        self.tally = Tally(left=dict(self._plan.left))
        self._owner = os.getpid()
        self._child: Child | None = None
        self._in_a_row = 0
        if self._plan.held:
            self._start_first()

    def match(self, messages: Sequence[Message]) -> list[Match]:
        """One answer a message, in order. A KeyError where there is no such ruleset; a ValueError
        where a sign is none, or after `close`."""
        with self._lock:
            if self._closed:
                raise ValueError("the matcher is closed")
            asked = [a for n, m in enumerate(messages) for a in self._asked(n, m)]
            self._answer([a for a in asked if a.question is not None])
            for a in asked:
                if a.question is None or a.key in self.tally.left or self.tally.gone is not None:
                    a.true = self._plainly(a, messages[a.at])
            return list(_matches(len(messages), asked))

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._closed = True
            self._drop()

    @property
    def process(self) -> int | None:
        """The id of the child, None where there is none just now."""
        return None if self._child is None else self._child.process.pid

    # --- what is asked -----------------------------------------------------------------------

    def _asked(self, at: int, message: Message) -> Iterator[_Asked]:
        signs = message.signs
        for rule in self._rulesets[message.ruleset].rules:
            key, open = (message.ruleset, rule.id), rule.id in message.open
            held = self._plan.held.get(key)
            question = None
            if held is not None and key not in self.tally.left and self.tally.gone is None:
                values = [_code(message, a, signs.get(a, UNKNOWN)) for a in held.atoms]
                question = Question(held.number, int(open), values)
            yield _Asked(at, key, rule, open, question)

    def _plainly(self, asked: _Asked, message: Message) -> bool:
        formula = asked.rule.clear if asked.open else asked.rule.begin
        return value(formula, message.signs) is True

    # --- who answers -------------------------------------------------------------------------

    def _answer(self, asked: Sequence[_Asked]) -> None:
        for start in range(0, len(asked), MOST_QUESTIONS):
            part = asked[start : start + MOST_QUESTIONS]
            if not self._put(part):
                for one in part:  # which one was it?
                    self._alone(one)

    def _alone(self, asked: _Asked) -> None:
        """One question of a frame that was lost; it may be the one that kills."""
        for _ in range(MOST_DEADLY):
            if self.tally.gone is not None or asked.key in self.tally.left:
                return
            self.tally.replayed += 1
            if self._put([asked]):
                return
        self.tally.left[asked.key] = f"it ended the child process {MOST_DEADLY} times"

    def _put(self, asked: Sequence[_Asked]) -> bool:
        """Put questions to a child; False when it was lost over them."""
        if self.tally.gone is not None:
            return False
        try:
            child = self._running()
            questions = [a.question for a in asked if a.question is not None]
            true = child.ask(Ask(next(self._numbers), questions))
        except Lost as fault:
            self._was_lost(fault)
            return False
        except Unavailable as fault:
            self.tally.gone = str(fault)
            return False
        self._in_a_row = 0
        for one, holds in zip(asked, true, strict=True):
            one.true = holds
        return True

    # --- the child ---------------------------------------------------------------------------

    def _start_first(self) -> None:
        for left in reversed(range(MOST_DEADLY)):
            try:
                self._running()
                return
            except Lost as fault:
                self._was_lost(fault)
                if not left:
                    raise Unavailable(f"the child process does not start: {fault}") from fault

    def _running(self) -> Child:
        """The child of this process: one that was there before a fork is not ours."""
        if self._owner != os.getpid():
            if self._child is not None:
                self._child.end.detach()
            self._child, self._owner = None, os.getpid()
        if self._child is None:
            self._child = Child(self._plan.setup, self._answering)
        return self._child

    def _was_lost(self, fault: Lost) -> None:
        self._drop()
        self.tally.lost += 1
        self._in_a_row += 1
        if self._in_a_row >= MOST_LOST:
            self.tally.gone = (
                f"{self._in_a_row} child processes were lost one after the other: {fault}"
            )

    def _drop(self) -> None:
        if self._child is not None and self._owner == os.getpid():
            self._child.end()
        self._child = None


def _code(message: Message, atom: str, sign: int) -> int:
    """A sign as the library gets it: -1, 0, 1, 2 become 0, 1, 2, 3."""
    if type(sign) is not int or sign + 1 not in _CODES:
        raise ValueError(f"message {message.id}: {sign!r} is no sign of `{atom}`")
    return sign + 1


def _matches(number: int, asked: Sequence[_Asked]) -> Iterator[Match]:
    begins: list[set[str]] = [set() for _ in range(number)]
    clears: list[set[str]] = [set() for _ in range(number)]
    for a in asked:
        if a.true:
            (clears if a.open else begins)[a.at].add(a.rule.id)
    for b, c in zip(begins, clears, strict=True):
        yield Match(frozenset(b), frozenset(c))
