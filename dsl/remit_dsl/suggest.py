"""Did you mean: the nearest of some words, only when it is near enough to be meant."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `word` was probably meant to be, or None.

    Far candidates are not offered: a wrong guess costs a reader more than none.
    """
    best: tuple[int, int, str] | None = None
    for candidate in candidates:
        limit = _allowed(word, candidate)
        if candidate == word or abs(len(candidate) - len(word)) > limit:
            continue
        found = distance(word.casefold(), candidate.casefold(), limit)
        if found <= limit:
            rank = (found, -_common_start(word, candidate), candidate)
            best = rank if best is None or rank < best else best
    return best[2] if best else None


def distance(a: str, b: str, limit: int) -> int:
    """Edits from `a` to `b` (insert, delete, replace, swap two neighbours); `limit` + 1 if more."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before, last = last, row
    return last[-1]


def _allowed(a: str, b: str) -> int:
    """How many edits two words may be apart: one in three letters of the shorter, at most three."""
    short, long = sorted((len(a), len(b)))
    if short < 3:
        return 1 if short < long == 3 else 0
    return min(3, (short + 1) // 3)


def _common_start(a: str, b: str) -> int:
    return next(
        (i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
    )
