"""What is put to a matcher, and what it says: flat signs of comparisons, no numbers, no text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

LESS, EQUAL, GREATER, UNKNOWN = -1, 0, 1, 2
"""The sign of `left - right` of an atom; of an atom that is a boolean by itself, EQUAL is false and
GREATER is true. UNKNOWN: a fact is missing."""


@dataclass(frozen=True, slots=True)
class Message:
    """One subject at one point of the log. id: unique in a run of the watcher. ruleset: a name of
    `rulesets`: of a watch, of a rule about rows, of a duty. subject: its key as text; of a row, the
    row's id behind it. signs: atom name -> sign; one that is not there is UNKNOWN. open: the rules
    that have an open alert."""

    id: str
    ruleset: str
    subject: str
    signs: Mapping[str, int]
    open: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """begins: rules that are true and have no open alert (the watcher begins none whose `until` is
    true as well). clears: rules with an open alert that ends here."""

    begins: frozenset[str] = frozenset()
    clears: frozenset[str] = frozenset()


NOTHING = Match()


class Matcher(Protocol):
    """Says which rules match. It decides nothing: what it says is asked again before anything
    acts."""

    def match(self, messages: Sequence[Message]) -> list[Match]:
        """One answer a message, in order."""
        ...

    def close(self) -> None:
        """Give back what it holds; closing twice is no fault."""
        ...
