"""Lists, sets and membership as terms of the solver."""

from __future__ import annotations

from collections.abc import Sequence

from remit_dsl import expressions as x
from remit_dsl.program import Enum
from remit_dsl.types import Type
from remit_engine.compile.smt_library import z3
from remit_engine.compile.smt_numbers import better
from remit_engine.compile.smt_scope import Read, Scope, condition, items, scalar
from remit_engine.compile.smt_values import (
    Bit,
    Condition,
    Item,
    Scalar,
    Value,
    all_of,
    any_of,
    code,
    crisp,
    every,
    given_only,
    no,
    nothing,
    number,
    same,
    select,
    settled,
    some,
    term_of,
)
from remit_engine.compile.unsupported import Unsupported

Chosen = tuple[Bit, Scalar]
"""Whether a value counts, and the value."""


def aggregate(e: x.Aggregate, scope: Scope, read: Read) -> Value:
    """sum, average, min, max, count, any, all over a list."""
    over = items(e.over, scope, read)
    if over.known is False:
        return nothing(e.type)
    inner = [scope.binding(e.variable, item.value) for item in over.items]
    tests = [crisp(True) if e.where is None else condition(e.where, s, read) for s in inner]
    values = [_one() if e.body is None else scalar(e.body, s, read) for s in inner]
    found = _over(e, over.items, tests, values)
    if over.long is not False:
        other = scope.facts.strangers.of(e.function, [over, *tests, *values], e.type)
        found = select(over.long, other, found, e)
    return given_only(found, over.known)


def _over(
    e: x.Aggregate, there: Sequence[Item], tests: Sequence[Condition], values: Sequence[Scalar]
) -> Value:
    if e.function in ("any", "all"):
        return _quantified(e.function, there, tests)
    pairs = list(zip(there, tests, strict=True))
    sure = every(*(some(no(i.present), t.known) for i, t in pairs))
    counted = [every(i.present, t.true) for i, t in pairs]
    function = "sum" if e.function == "count" else e.function
    return given_only(collected(function, list(zip(counted, values, strict=True)), e.type), sure)


def _one() -> Scalar:
    return Scalar(True, number(1))


def _quantified(function: str, over: Sequence[Item], tests: Sequence[Condition]) -> Condition:
    """Kleene or, Kleene and, over those that are there."""
    pairs = [(i.present, t) for i, t in zip(over, tests, strict=True)]
    if function == "any":
        return any_of(Condition(every(p, t.true), some(no(p), t.false)) for p, t in pairs)
    return all_of(Condition(some(no(p), t.true), every(p, t.false)) for p, t in pairs)


def collected(function: str, chosen: Sequence[Chosen], type: Type) -> Scalar:
    """The sum, average, least or greatest of those that count; of none only the sum is known."""
    known = every(*(some(no(c), v.known) for c, v in chosen))
    if function == "sum":
        return Scalar(known, _sum(chosen))
    any_counts = some(*(c for c, _ in chosen))
    known = every(known, any_counts)
    if known is False:
        return Scalar(False, number(0) if type.numeric else code(0))
    if function == "average":
        count = _sum([(c, _one()) for c, _ in chosen])
        return Scalar(known, _sum(chosen) / term_of(any_counts, count, number(1)))
    return Scalar(known, _best(function, chosen))


def _sum(chosen: Sequence[Chosen]) -> z3.ArithRef:
    total = number(0)
    for counts, value in chosen:
        if counts is not False:
            total = total + term_of(counts, value.term, number(0))
    return total


def _best(function: str, chosen: Sequence[Chosen]) -> z3.ArithRef:
    best, before = chosen[0][1].term, chosen[0][0]
    for counts, value in chosen[1:]:
        both = better(function, best, value.term)
        best = term_of(counts, term_of(before, both, value.term), best)
        before = some(before, counts)
    return best


# --- membership --------------------------------------------------------------------------


def contains(e: x.Contains, scope: Scope, read: Read) -> Value:
    """Whether an item, or for a tree one of its ancestors, is in a collection."""
    item, collection = read(e.item, scope), items(e.collection, scope, read)
    tree = scope.model.program.enums.get(e.item.type.name or "")
    known = every(item.known, collection.known)
    if tree is None or not isinstance(item, Scalar):
        hits = [every(i.present, same(item, i.value, e)) for i in collection.items]
    else:
        hits = [_below(item, i, tree, e) for i in collection.items]
    found = crisp(some(*hits))
    if collection.long is not False:
        other = scope.facts.strangers.of("in", [item, collection], e.type)
        return given_only(select(collection.long, other, found, e), known)
    return given_only(found, known)


def _below(item: Scalar, member: Item, tree: Enum, e: x.Contains) -> Bit:
    if not isinstance(member.value, Scalar):
        raise Unsupported(e, "z3")
    names, term = tuple(tree.members), member.value.term
    found: list[Bit] = []
    for at, name in enumerate(names):
        here = settled(term == at, term)
        if here is not False:
            under = [i for i, n in enumerate(names) if name in tree.lineage(n)]
            among = some(*(settled(item.term == i, item.term) for i in under))
            found.append(every(here, among))
    return every(member.present, some(*found))
