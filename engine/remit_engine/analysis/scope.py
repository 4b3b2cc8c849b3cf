"""What bounds a question: the day it is asked, how far ahead it looks, how hard it tries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from remit_engine.people.directory import Directory

SOON = 60
PARTS = 4
STEPS = 200_000


@dataclass(frozen=True, slots=True)
class Scope:
    """today: what has ended before it is of no interest. soon: in how many days an end is near.

    steps: how many cells one search may look at before it answers `unknown`. solver: whether a
    solver may be asked for what the exact procedure leaves open (it must be installed). parts: how
    many places of one fault are told.
    """

    today: date
    directory: Directory = field(default_factory=Directory.empty)
    soon: int = SOON
    steps: int = STEPS
    solver: bool = False
    parts: int = PARTS
