"""A place where a text cannot be read on, and what may be put in its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from remit_dsl.lexing.tokens import Token
from remit_dsl.parsing.automaton import can_shift
from remit_dsl.parsing.expectations import Rows


@dataclass(slots=True)
class Scene:
    """A place where reading stopped.

    `start` is where the item begins, `at` where the parser stopped, `found` the token to blame;
    `states` are the parser's before `found`.
    """

    rows: Rows
    states: list[int]
    tokens: list[Token]
    start: int
    found: int
    at: int
    level: str
    states_before: Callable[[int], list[int] | None]

    @property
    def token(self) -> Token:
        """The token to blame."""
        return self.tokens[self.found]

    def can(self, terminal: str) -> bool:
        """Whether this could stand at the place."""
        return can_shift(self.rows, self.states, terminal)


@dataclass(slots=True)
class Edit:
    """Tokens to put in the place of others; `here` when the parser has not passed them yet."""

    index: int
    removed: int
    tokens: list[Token]
    here: bool


Told = tuple[bool, Edit | None]
NO_TOLD: Told = (False, None)
