"""When a formula is true: a disjunction of cases, each of which is an `and` of signs of atoms.

Exact in three values: no case holds where the formula is false or unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from remit_engine.compile.to_durable import KNOWN, Case, Unsafe
from remit_engine.watch.rulesets import Atom, Formula, Not, Or

MOST_ON_THE_WAY = 300

Draft = dict[int, int]
"""The number of an attribute -> the mask of signs that it may have."""


def cases(formula: Formula, attributes: Mapping[str, int]) -> tuple[Case, ...]:
    """The cases in which it is true; none: it never is; one of nothing: it always is.

    attributes: the number of each atom. Raises `Unsafe` where they are too many.
    """
    found = _cases(formula, True, attributes)
    return tuple(tuple(sorted(draft.items())) for draft in found)


def atoms(formula: Formula) -> frozenset[str]:
    """The names of the atoms that it looks at."""
    match formula:
        case Atom(name=name):
            return frozenset({name})
        case Not(operand=operand):
            return atoms(operand)
    return frozenset[str]().union(*(atoms(o) for o in formula.operands))


def _cases(formula: Formula, wanted: bool, attributes: Mapping[str, int]) -> list[Draft]:
    match formula:
        case Atom(name=name, signs=signs):
            mask = sum(1 << (sign + 1) for sign in signs)
            mask = mask if wanted else KNOWN & ~mask
            return [{attributes[name]: mask}] if mask else []
        case Not(operand=operand):
            return _cases(operand, not wanted, attributes)
    parts = [_cases(o, wanted, attributes) for o in formula.operands]
    if isinstance(formula, Or) is wanted:
        return _weakest(draft for part in parts for draft in part)
    return _product(parts)


def _product(parts: list[list[Draft]]) -> list[Draft]:
    """One case of each part at a time, those that can hold together."""
    found: list[Draft] = [{}]
    for part in parts:
        pairs = (_both(a, b) for a in found for b in part)
        found = _weakest(pair for pair in pairs if pair is not None)
    return found


def _both(a: Draft, b: Draft) -> Draft | None:
    joined = {**a, **{n: mask & a.get(n, KNOWN) for n, mask in b.items()}}
    return joined if all(joined.values()) else None


def _weakest(drafts: Iterable[Draft]) -> list[Draft]:
    """Without those that hold only where another holds too."""
    kept: list[Draft] = []
    for draft in drafts:
        if any(_implies(draft, other) for other in kept):
            continue
        kept = [other for other in kept if not _implies(other, draft)]
        kept.append(draft)
        if len(kept) > MOST_ON_THE_WAY:
            raise Unsafe(f"its condition falls into more than {MOST_ON_THE_WAY} cases")
    return kept


def _implies(a: Draft, b: Draft) -> bool:
    """Whether b holds wherever a does."""
    return all(n in a and not a[n] & ~mask for n, mask in b.items())
