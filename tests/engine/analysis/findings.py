"""Answers to one question about a policy text, as a reader sees them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from engine.asking import loaded
from remit_dsl.diagnostics import Diagnostic
from remit_engine.analysis.answer import Answer, Status
from remit_engine.analysis.scope import SOON, STEPS, Scope
from remit_engine.rules.ir import Model
from remit_engine.rules.lower import lower

DAY = date(2026, 3, 1)
HOUSE = """policy house { owner director currency CNY }
position clerk { reports to manager }
position manager { reports to director }
position director
action pay { amount money  urgent boolean  limit on amount }
"""
"""Nobody in it answers for anything."""


@dataclass(frozen=True)
class Found:
    """The answers, with the texts they are about."""

    texts: Mapping[str, str]
    answers: list[Answer]

    @property
    def open(self) -> list[Diagnostic]:
        """The findings of what is not proven, in order."""
        return [a.finding for a in self.answers if a.finding is not None]

    def says(self, *expected: str) -> Found:
        """Exactly these: `CODE message`."""
        told = [f"{d.code} {d.message}" for d in self.open]
        assert told == list(expected), "\n".join(told) or "nothing"
        return self

    def silent(self) -> Found:
        """All is proven."""
        self.says()
        assert all(a.status is Status.PROVEN for a in self.answers)
        return self

    def helps(self, help: str, nth: int = 0) -> Found:
        assert self.open[nth].help == help, self.open[nth].help
        return self

    def underlines(self, text: str, nth: int = 0) -> Found:
        assert self._text(self.open[nth].span) == text, self._text(self.open[nth].span)
        return self

    def points(self, *places: str, nth: int = 0) -> Found:
        """Exactly these related places, each as `message: text`."""
        told = [f"{r.message}: {self._text(r.span)}" for r in self.open[nth].related]
        assert told == list(places), told
        return self

    def _text(self, span: object) -> str:
        file, start, end = (getattr(span, name) for name in ("file", "start", "end"))
        return self.texts[file][start:end]


def ask(
    question: Callable[[Model, Scope], Iterator[Answer]],
    policy: str | Mapping[str, str],
    today: date | str = DAY,
    soon: int = SOON,
    steps: int = STEPS,
) -> Found:
    """The answers to a question about a policy; every sentence is held to the rules."""
    day = date.fromisoformat(today) if isinstance(today, str) else today
    texts = {"house.remit": policy} if isinstance(policy, str) else dict(policy)
    answers = list(question(lower(loaded(texts)), Scope(day, soon=soon, steps=steps)))
    for answer in answers:
        assert (answer.status is Status.PROVEN) == (answer.finding is None)
        assert (answer.status is Status.UNKNOWN) == (answer.why is not None)
        if answer.finding is not None:
            _judge(answer.finding)
    return Found(texts, answers)


def _judge(finding: Diagnostic) -> None:
    for text in (finding.message, finding.help or "", *(r.message for r in finding.related)):
        bare = re.sub(r"`[^`]*`", "", text)
        assert "\n" not in text
        assert not text.endswith("."), text
        assert not bare[:1].isupper(), text
        assert "`" not in bare, text
        assert not re.search(r"\b(str|int|None|Fraction|tuple)\b", bare), text
    assert finding.help
    assert finding.related == tuple(dict.fromkeys(finding.related))
