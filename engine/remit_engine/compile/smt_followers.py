"""Constants that follow from others, such as the year of a date."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from remit_engine.compile.smt_library import z3

Constants: TypeAlias = "tuple[z3.ArithRef, ...]"


@dataclass(frozen=True, slots=True)
class Follower:
    """Constants that follow from a whole number; follow: their values
    by the value of the source."""

    source: z3.ArithRef
    constants: Constants
    follow: Callable[[int], tuple[int, ...]]


@dataclass(slots=True)
class Followers:
    """All of one question. ties: what makes the constants of each unique."""

    made: dict[tuple[str, int], Follower] = field(default_factory=dict)
    ties: dict[int, tuple[z3.BoolRef, ...]] = field(default_factory=dict)

    def define(
        self,
        word: str,
        source: z3.ArithRef,
        parts: Iterable[str],
        follow: Callable[[int], tuple[int, ...]],
    ) -> Constants:
        """The constants that follow from a term by a word, the same whenever asked again."""
        key = (word, source.get_id())
        if key not in self.made:
            fresh = tuple(z3.Int(f"date {len(self.made)} {part}") for part in parts)
            self.made[key] = Follower(source, fresh, follow)
        return self.made[key].constants

    def tie(self, constants: Constants, *bits: z3.BoolRef) -> None:
        """Say of constants what makes them unique."""
        self.ties |= {constant.get_id(): bits for constant in constants}

    def tied(self, formulas: Iterable[z3.BoolRef]) -> list[z3.BoolRef]:
        """What must be said with some formulas of the constants in them that follow from others.

        What they do not speak of is left out: whatever the source is, such constants exist.
        """
        todo, seen, found = list(formulas), set[int](), dict[int, z3.BoolRef]()
        while self.ties and todo:
            at = todo.pop()
            if at.get_id() not in seen:
                seen.add(at.get_id())
                bits = self.ties.get(at.get_id(), ())
                found |= {bit.get_id(): bit for bit in bits}
                todo += [*at.children(), *bits]
        return list(found.values())
