"""A query that grows by named numbers: each is computed once, and the next may read it."""

from __future__ import annotations

from remit_engine.commission.batch.whole import TWO, Whole, compared, divided, one_of


class Layered:
    """The query so far. A number's name is short to write, however long what it stands for."""

    def __init__(self, query: str) -> None:
        self.query = query
        self._names = 0

    def named(self, *wholes: Whole) -> tuple[Whole, ...]:
        """These numbers by a name; literals stay as they are."""
        found, shown = [], []
        for whole in wholes:
            if whole.known is not None:
                found.append(whole)
                continue
            name = f"z{self._names}"
            self._names += 1
            shown.append(f"{whole.sql} AS {name}")
            found.append(Whole(name, whole.low, whole.high, whole.wide))
        if shown:
            self.query = f"SELECT t.*, {', '.join(shown)} FROM ({self.query}) t"
        return tuple(found)


def part_of(a: Whole, over: Whole, under: Whole) -> Whole:
    """a * over / under, rounded half up; over / under lies between 0 and 1, and is named."""
    if over.known is not None and over.known == under.known:
        return a
    size = a.absolute
    found = divided(TWO * size * over + under, TWO * under, size.high)
    return _signed(a, found)


def exact_part(layers: Layered, a: Whole, over: Whole, under: Whole) -> Whole:
    """a * over / under where that is whole, else NULL; over / under lies between 0 and 1."""
    if over.known is not None and over.known == under.known:
        return a
    size = a.absolute
    whole, (quotient,) = size * over, layers.named(divided(size * over, under, size.high))
    exact = compared(quotient * under, "=", whole)
    return one_of([(exact, _signed(a, quotient))], None)


def _signed(a: Whole, size: Whole) -> Whole:
    return size if a.low >= 0 else one_of([(f"{a.sql} < 0", -size)], size)
