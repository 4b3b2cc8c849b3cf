"""Three-valued logic: what an Unknown may still become, checked by trying it out."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from remit_dsl.source import NOWHERE
from remit_engine.judging.unknown import (
    Truth,
    Unknown,
    conjunction,
    disjunction,
    fault,
    merged,
    missing,
    negation,
)

FAULT = fault("division by zero", "/", NOWHERE)
names = st.sampled_from("abc")
leaf = st.one_of(st.booleans(), names.map(lambda n: ("fact", n)), st.just("fault"))
trees = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=8,
)


def value(tree, facts: dict[str, bool]) -> Truth:  # type: ignore[no-untyped-def]
    match tree:
        case bool():
            return tree
        case "fault":
            return FAULT
        case ("fact", name):
            return facts.get(name, missing(name))
        case ("not", inner):
            return negation(value(inner, facts))
        case ("and", inner):
            return conjunction(value(i, facts) for i in inner)
        case ("or", inner):
            return disjunction(value(i, facts) for i in inner)
    raise AssertionError(tree)


def completions(tree) -> list[Truth]:  # type: ignore[no-untyped-def]
    return [
        value(tree, dict(zip("abc", bits, strict=True)))
        for bits in itertools.product([True, False], repeat=3)
    ]


@given(trees)
def test_a_definite_value_holds_for_every_completion(tree) -> None:  # type: ignore[no-untyped-def]
    found = value(tree, {})
    if not isinstance(found, Unknown):
        assert all(c is found for c in completions(tree))


@given(trees)
def test_what_some_completion_makes_true_may_be_true(tree) -> None:  # type: ignore[no-untyped-def]
    found = value(tree, {})
    if isinstance(found, Unknown):
        ends = completions(tree)
        assert found.can_be_true or True not in ends
        assert found.can_be_false or False not in ends


@given(trees, names, st.booleans())
def test_a_further_fact_never_flips_a_definite_value(tree, name: str, held: bool) -> None:  # type: ignore[no-untyped-def]
    before, after = value(tree, {}), value(tree, {name: held})
    if not isinstance(before, Unknown):
        assert after is before


def test_a_fault_is_neither_true_nor_false() -> None:
    assert isinstance(conjunction([True, FAULT]), Unknown)
    assert conjunction([False, FAULT]) is False
    assert disjunction([True, FAULT]) is True
    state = disjunction([False, FAULT])
    assert isinstance(state, Unknown)
    assert not state.can_be_true
    assert not state.can_be_false


def test_an_operation_names_all_that_is_missing() -> None:
    assert merged([missing("a"), 1, missing("b")]).missing == {"a", "b"}
    assert merged([missing("a"), FAULT]).may == 0
