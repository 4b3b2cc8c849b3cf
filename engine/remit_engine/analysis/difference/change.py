"""One thing that two texts say differently."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from remit_dsl.source import Span
from remit_engine.analysis.answer import About

SAID = "said"
"""What stands for a side that is there or not, and has no value."""


NO_CONDITION = "no condition"
WORD = "word"
"""The subject of a change of what people may call a thing."""


class Weight(enum.StrEnum):
    """answers: it may change an answer. duties: it is said, and decides nothing. wording: labels,
    reasons and sources alone."""

    ANSWERS = "answers"
    DUTIES = "duties"
    WORDING = "wording"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What moved. subject: the kind of thing (`grant`, `parameter`, `table` …). head: the thing
    or the right in words. aspect: which side of it, empty for the thing as a whole.

    old None: new; new None: gone. under: the condition that stays, in words. through: the
    parameter by which it moved. moves: the rights that read what changed, in words.
    """

    subject: str
    about: About
    head: str
    aspect: str = ""
    old: str | None = None
    new: str | None = None
    under: str | None = None
    through: str | None = None
    moves: tuple[str, ...] = ()
    weight: Weight = Weight.ANSWERS
    old_place: Span | None = None
    new_place: Span | None = None

    @property
    def matters(self) -> bool:
        """False for a change of wording alone."""
        return self.weight is not Weight.WORDING


_ADDED = {
    "grant": ("new right", "right withdrawn"),
    "prohibition": ("new prohibition", "prohibition lifted"),
    "requirement": ("new step", "step dropped"),
    "self bar": ("new bar", "bar lifted"),
    "separation": ("new separation", "separation lifted"),
}


def title(change: Change) -> str:
    """How a change begins: what became of what."""
    if change.subject == WORD:
        return change.head
    if change.aspect:
        return f"{change.head}: {change.aspect}"
    added, removed = _ADDED.get(
        change.subject, (f"new {change.subject}", f"{change.subject} removed")
    )
    return f"{removed if change.new is None else added}: {change.head}"


def sentence(change: Change) -> str:
    """A change as one line."""
    return "".join(text for text, _ in parts(change))


def parts(change: Change) -> list[tuple[str, str]]:
    """A change as one line, in pieces that are `old`, `new` or neither."""
    if change.subject == WORD:
        return _word(change)
    found = [(title(change), "" if change.aspect else _whole(change))]
    if change.aspect:
        found += _became(change)
    if change.through:
        found.append((f", by {change.through}", ""))
    if change.under:
        found.append((f", {change.under}", ""))
    if change.moves:
        found.append((f" (read by: {'; '.join(change.moves)})", ""))
    return found


def _word(change: Change) -> list[tuple[str, str]]:
    """`the word ... meant position boss, and means mgr now`; the aspect is the kind of thing."""
    found = [(f"{change.head} meant {change.aspect} ", ""), (change.old or "", "old")]
    if change.new is None:
        lost = ": a request that says it is no longer understood"
        return [*found, (", and means ", ""), ("nothing", "new"), (f" now{lost}", "")]
    return [*found, (", and means ", ""), (change.new, "new"), (" now", "")]


def _whole(change: Change) -> str:
    return "old" if change.new is None else "new"


_CLAUSES = ("condition", "period")


def _became(change: Change) -> list[tuple[str, str]]:
    """What became of one side of a thing."""
    old, new = change.old, change.new
    if SAID in (old, new):
        return [(" is new", "new") if old is None else (" is no longer there", "old")]
    if old is None:
        return [(" is now ", ""), (new or "", "new"), (", and was not said", "")]
    if new is None:
        return [(" was ", ""), (old, "old"), (", and is no longer said", "")]
    if old == NO_CONDITION:
        return [(" is now ", ""), (new, "new"), (", and there was none", "")]
    if new == NO_CONDITION:
        return [(" was ", ""), (old, "old"), (", and there is none now", "")]
    first, then = (
        (" was ", ", and is now ") if change.aspect in _CLAUSES else (" moved from ", " to ")
    )
    return [(first, ""), (old, "old"), (then, ""), (new, "new")]
