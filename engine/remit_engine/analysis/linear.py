"""Linear forms over columns of numbers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Linear:
    """Sum of factor * column, plus a constant. `terms` ascend by column; no factor is zero."""

    terms: tuple[tuple[str, Fraction], ...] = ()
    constant: Fraction = Fraction(0)

    def __add__(self, other: Linear) -> Linear:
        factors = dict(self.terms)
        for column, factor in other.terms:
            factors[column] = factors.get(column, Fraction(0)) + factor
        terms = tuple((c, f) for c, f in sorted(factors.items()) if f)
        return Linear(terms, self.constant + other.constant)

    def __sub__(self, other: Linear) -> Linear:
        return self + other.times(Fraction(-1))

    def times(self, factor: Fraction) -> Linear:
        """The form multiplied by a number."""
        if not factor:
            return Linear()
        return Linear(tuple((c, f * factor) for c, f in self.terms), self.constant * factor)

    @property
    def fixed(self) -> bool:
        """True for a form without columns."""
        return not self.terms

    def __str__(self) -> str:
        parts = [c if f == 1 else f"{f}*{c}" for c, f in self.terms]
        if self.constant or not parts:
            parts.append(str(self.constant))
        return " + ".join(parts)


def fixed(value: Fraction | int) -> Linear:
    """A number."""
    return Linear((), Fraction(value))


def column(key: str) -> Linear:
    """A column itself."""
    return Linear(((key, Fraction(1)),))
