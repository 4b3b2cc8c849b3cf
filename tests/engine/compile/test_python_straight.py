"""The straight reader gives what the reader that looks at everything gives."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit_dsl.loader import load_texts
from remit_engine.compile import python_reader
from remit_engine.compile.python_reader import Irregular, Read, reader
from remit_engine.compile.to_python import Compiled
from remit_engine.rules.lower import lower

POLICY = """
policy p { owner boss currency CNY }
enum Kind { gift { small } sold }
position boss
record Site { kind: Kind  count: integer optional }
record Order { total: money  margin: percent optional  site: Site optional  memo: text optional }
action act {
  amount money  order Order  urgent boolean optional  age number optional  memo text optional
  limit on amount
}
authority act {
  boss may approve up to 5_000 when order.total <= 1_000.50 and order.site.kind in gift
  boss may approve up to 7_000 when urgent and order.margin < 5% and order.site.count > 3
  boss may approve up to 9_000 when age < 10
}
action say { amount money  memo text  limit on amount }
authority say { boss may approve up to 5 when memo = "x" }
action see { amount money  limit on amount }
authority see { boss may approve any }
"""
PROGRAM, FAULTS = load_texts({"p.remit": POLICY})
assert PROGRAM is not None, FAULTS
COMPILED = Compiled(lower(PROGRAM))


def readers(action: str) -> tuple[Read, Read, str]:
    """The straight one, the other, and the source of the first."""
    assert PROGRAM is not None
    fields, slots = PROGRAM.actions[action].fields, COMPILED.slots(action)
    made, source = reader(fields, slots, PROGRAM)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(python_reader, "straight", lambda *given: None)
        return made, reader(fields, slots, PROGRAM)[0], source


STRAIGHT, WHOLE, SOURCE = readers("p.act")
odd = st.sampled_from([None, True, "900", 1.5, Decimal("0.5"), Decimal("7"), [], {}, "gift", -3])
site = st.fixed_dictionaries(
    {"kind": st.sampled_from(["gift", "small", "sold"]), "count": st.integers(0, 5)}
)
order = st.fixed_dictionaries(
    {"total": st.integers(), "margin": st.decimals(-1, 1, places=2), "site": site}
)
full = st.fixed_dictionaries(
    {
        "amount": st.integers(),
        "order": order,
        "urgent": st.booleans(),
        "age": st.integers(0, 99),
    }
)


@st.composite
def facts(draw: Any) -> Any:
    """Full facts, of which something was taken out, put in or altered."""
    found = draw(full)
    for _ in range(draw(st.integers(0, 2))):
        holder = draw(st.sampled_from([found, found.get("order"), found]))
        if type(holder) is not dict:
            continue
        if type(holder.get("site")) is dict and draw(st.booleans()):
            holder = holder["site"]
        names = [*sorted(holder), "memo", "more"]
        name = draw(st.sampled_from(names))
        if draw(st.booleans()):
            holder[name] = draw(odd)
        else:
            holder.pop(name, None)
    return found


def said(read: Read, given: Any) -> Any:
    try:
        return read(given)
    except Irregular:
        return "irregular"


@settings(max_examples=500)
@given(facts())
def test_it_reads_as_the_other_does(given: Any) -> None:
    found, wanted = said(STRAIGHT, given), said(WHOLE, given)
    assert found == wanted
    if found != "irregular":
        assert [type(slot) for slot in found[1]] == [type(slot) for slot in wanted[1]]


FULL = {
    "amount": 1,
    "order": {"total": 2, "margin": Decimal("0.1"), "site": {"kind": "gift", "count": 3}},
    "urgent": True,
    "age": 4,
}


def test_facts_that_are_just_the_slots_go_straight() -> None:
    """All else comes to the reader named `read`."""
    assert "def straight" in SOURCE
    seen: list[Any] = []
    scope = STRAIGHT.__globals__
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(scope, "read", lambda given: seen.append(given) or WHOLE(given))
        assert STRAIGHT(FULL) == WHOLE(FULL)
        assert not seen
        for other in ({**FULL, "memo": "x"}, {"amount": 1}, {**FULL, "order": None}):
            assert said(STRAIGHT, other) == said(WHOLE, other)
    assert len(seen) == 3


@pytest.mark.parametrize("given", [None, 7, [], "amount"])
def test_what_are_no_facts_is_left_to_the_other(given: Any) -> None:
    for read in (STRAIGHT, WHOLE):
        with pytest.raises((AttributeError, TypeError)):
            read(given)


def test_an_action_with_slots_of_other_kinds_or_with_none_has_no_straight_reader() -> None:
    assert "def straight" not in readers("p.say")[2]
    assert all(read({"amount": 3, "memo": "x"})[0] == 2 for read in readers("p.say")[:2])
    assert all(read({"amount": 3})[0] == 1 for read in readers("p.see")[:2])
