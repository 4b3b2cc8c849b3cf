"""The shape of a catalogue entry."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """title: a noun phrase; cause, repair: a sentence or two each; example: wrong policy text."""

    title: str
    cause: str
    repair: str
    example: str = ""
