"""What holds for every policy and every request, over random ones of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.asking import House
from engine.generators import (
    KINDS,
    REGIONS,
    Maker,
    Written,
    examples,
    facts,
    family,
    houses,
    party,
    worth,
)
from remit_engine.decision import Decision, Extent
from remit_engine.explanation.wire import decision_to_json, to_json
from remit_engine.judging.chain import everyone
from remit_engine.reading.json_reader import read_json
from remit_engine.reading.request_reader import read_request
from remit_engine.request import Request

Documents = list[dict[str, Any]]
YES = ("permit", "needs")
TINY = Fraction(1, 10**12)


def built(w: Written) -> House:
    return House(w.text(), w.directory)


def asked(house: House, document: Mapping[str, Any]) -> Request:
    return read_request(document, house.model, house.directory)


# --- one meaning ---------------------------------------------------------------------------


@given(houses())
@settings(max_examples=examples(500, 20_000))
def test_interpreter_and_generated_python_give_the_same_answer(
    world: tuple[Written, Documents],
) -> None:
    w, documents = world
    house = built(w)
    for document in documents:
        request = asked(house, document)
        naive, fast = house.reference.decide(request), house.compiled.decide(request)
        assert decision_to_json(naive) == decision_to_json(fast)


@given(houses(1), st.randoms(use_true_random=False))
@settings(max_examples=examples(120, 6_000))
def test_kept_answers_are_the_answers(world: tuple[Written, Documents], rnd: Random) -> None:
    """One engine is asked many requests that are alike, so that it answers from what it kept."""
    w, (base,) = world
    house = built(w)
    for document in family(rnd, w, base, 15):
        request = asked(house, document)
        naive, fast = house.reference.decide(request), house.compiled.decide(request)
        assert decision_to_json(naive) == decision_to_json(fast)


@given(houses(1), st.randoms(use_true_random=False))
@settings(max_examples=examples(120, 6_000))
def test_json_straight_to_the_outcome_is_the_same_answer(
    world: tuple[Written, Documents], rnd: Random
) -> None:
    w, (base,) = world
    house = built(w)
    for document in family(rnd, w, base, 10):
        decision = house.reference.decide(asked(house, document))
        shown = tuple(r.id for r in decision.rules if r.role != "not met")
        for text in (document, {k: v for k, v in document.items() if k in _PLAIN_MEMBERS}):
            if "requester" in document and "requester" not in text:
                decision = house.reference.decide(asked(house, text))
                shown = tuple(r.id for r in decision.rules if r.role != "not met")
            outcome, rules = house.compiled.check_json(_json(text).encode())
            assert (outcome, rules) == (decision.outcome, shown)


_PLAIN_MEMBERS = ("actor", "action", "verb", "facts", "as_of")


@given(houses(2))
@settings(max_examples=examples(80, 4_000))
def test_both_back_ends_agree_on_maximum_and_who(world: tuple[Written, Documents]) -> None:
    w, documents = world
    house = built(w)
    for document in documents:
        request = asked(house, document)
        naive, fast = house.reference, house.compiled
        assert to_json(naive.maximum(request)) == to_json(fast.maximum(request))
        assert to_json(naive.who(request)) == to_json(fast.who(request))


@given(houses(2))
@settings(max_examples=examples(60, 2_000))
def test_a_request_means_the_same_as_json_text(world: tuple[Written, Documents]) -> None:
    w, documents = world
    house = built(w)
    for document in documents:
        as_text = read_json(_json(document))
        assert asked(house, as_text) == asked(house, document)


def _json(value: Any) -> str:
    """JSON with numbers written out in full, as no float could."""
    match value:
        case dict():
            return "{" + ", ".join(f'"{k}": {_json(v)}' for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_json, value)) + "]"
        case bool():
            return str(value).lower()
        case None:
            return "null"
        case str():
            return f'"{value}"'
    return f"{value:f}"


# --- the maximum is the supremum of what decide permits ------------------------------------

_PLAIN = ("amount", "rate", "count", "order.total")


@given(houses(3))
@settings(max_examples=examples(150, 5_000))
def test_the_maximum_is_the_supremum_of_what_is_permitted(
    world: tuple[Written, Documents],
) -> None:
    w, documents = world
    if w.measure not in _PLAIN:
        return
    house = built(w)
    for document in documents:
        found = house.reference.maximum(asked(house, document))
        if found.known:
            _holds(house, w, document, found.permit, ("permit",))
            _holds(house, w, document, found.with_steps, YES)


def _holds(
    house: House, w: Written, document: dict[str, Any], extent: Extent, yes: tuple[str, ...]
) -> None:
    whole = w.kind == "integer"

    def says_yes(value: Fraction) -> bool:
        return _at(house, w, document, value) in yes

    top = extent.value.value if extent.value is not None else None
    if extent.kind == "none":
        assert not [v for v in _samples(w, whole) if says_yes(v)], "nothing is permitted, they say"
    elif extent.kind == "any":
        assert says_yes(Fraction(10**40)), "everything is permitted, they say"
    else:
        assert extent.kind == "bound"
        assert top is not None
        above = [v for v in (top + step for step in _steps(whole)) if v > top]
        above += [v for v in _samples(w, whole) if v > top]
        assert not [v for v in above if says_yes(v)], f"more than {top} is permitted"
        if not whole:
            assert says_yes(top) == extent.inclusive, f"at {top}"
            assert extent.inclusive or says_yes(top - TINY), f"just below {top}"
        else:
            best = top if extent.inclusive else top - 1
            assert best.denominator > 1 or says_yes(best), f"at {best}"


def _steps(whole: bool) -> list[Fraction]:
    if whole:
        return [Fraction(n) for n in (1, 2, 1000, 10**30)]
    return [TINY, Fraction(1, 100), Fraction(1), Fraction(10**6), Fraction(10**40)]


def _samples(w: Written, whole: bool) -> list[Fraction]:
    beside = (0, 1, -1) if whole else (0, Fraction(1, 10**6), -Fraction(1, 10**6))
    known = {Fraction(worth(x)) for x in w.literals.get(w.kind, ())} | {Fraction(0)}
    return sorted({v + b for v in known for b in beside} | {Fraction(10**30), Fraction(-(10**30))})


def _at(house: House, w: Written, document: dict[str, Any], value: Fraction) -> str:
    changed = deepcopy(document)
    _put(changed["facts"], w.measure, value)
    return str(house.reference.decide(asked(house, changed)).outcome)


def _put(tree: dict[str, Any], path: str, value: Any) -> None:
    *above, last = path.split(".")
    for step in above:
        if not isinstance(tree.get(step), dict):
            tree[step] = {}
        tree = tree[step]
    tree[last] = value


# --- who = decide over all holders ---------------------------------------------------------


@given(houses(2))
@settings(max_examples=examples(80, 3_000))
def test_who_is_decide_asked_of_everybody(world: tuple[Written, Documents]) -> None:
    w, documents = world
    house = built(w)
    engine = house.reference
    for document in documents:
        request = asked(house, document)
        held = {p: house.directory.holders(p, request.as_of) for p in house.model.program.positions}
        named = {h.person for held_by in held.values() for h in held_by}
        able = {
            party.person or f"the {party.holdings[0].position}": str(outcome)
            for party in everyone(request, house.model, house.directory)
            for outcome in [engine.decide(replace(request, actor=party)).outcome]
            if outcome in (*YES, "incomplete")
        }
        found = {h.person or f"the {h.position}": str(h.outcome) for h in engine.who(request)}
        assert found == able
        asked_people = {
            p.person for p in everyone(request, house.model, house.directory) if p.person
        }
        assert asked_people == named


# --- facts that come later -----------------------------------------------------------------


@given(houses(3), st.randoms(use_true_random=False))
@settings(max_examples=examples(250, 6_000))
def test_a_fact_added_never_turns_a_definite_answer(
    world: tuple[Written, Documents], rnd: Random
) -> None:
    w, documents = world
    house = built(w)
    for document in documents:
        before = house.reference.decide(asked(house, document))
        for more in _with_one_more(w, document, Maker(rnd, kind=w.kind)):
            after = house.reference.decide(asked(house, more))
            if before.outcome in ("permit", "needs", "deny"):
                assert after.outcome == before.outcome, "the answer was definite"
            elif not before.missing:
                # who may not anyhow may turn out to be forbidden it as well
                assert after.outcome in (before.outcome, "deny"), "nothing was missing"


def _with_one_more(w: Written, document: dict[str, Any], m: Maker) -> Iterator[dict[str, Any]]:
    """The document with one fact that it does not hold: of the action, of its order, unknown."""
    every = facts(m, w, 100)
    for name in every:
        if name not in document["facts"]:
            yield _more(document, name, every[name])
    order = document["facts"].get("order")
    for name in every["order"] if isinstance(order, dict) else ():
        if name not in order:
            yield _more(document, f"order.{name}", every["order"][name])
    yield _more(document, "never_heard_of", True)


def _more(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    changed = deepcopy(document)
    _put(changed["facts"], path, value)
    return changed


@given(houses(2), st.randoms(use_true_random=False))
@settings(max_examples=examples(100, 3_000))
def test_what_is_incomplete_can_be_cured_by_no_other_fact(
    world: tuple[Written, Documents], rnd: Random
) -> None:
    """Random completions of all facts: a refusal in which nothing is missing stays a refusal."""
    w, documents = world
    house = built(w)
    m = Maker(rnd, kind=w.kind)
    for document in documents:
        before = house.reference.decide(asked(house, document))
        if before.outcome in (*YES, "incomplete"):
            continue
        for _ in range(3):
            full = deepcopy(document)
            _fill(full["facts"], facts(m, w, 100))
            after = house.reference.decide(asked(house, full))
            assert after.outcome not in YES


def _fill(known: dict[str, Any], every: dict[str, Any]) -> None:
    for name, value in every.items():
        if isinstance(value, dict) and isinstance(known.get(name), dict):
            _fill(known[name], value)
        elif name not in known:
            known[name] = value


# --- order ---------------------------------------------------------------------------------


@given(houses(3), st.randoms(use_true_random=False))
@settings(max_examples=examples(100, 3_000))
def test_the_order_of_declarations_statements_and_files_never_matters(
    world: tuple[Written, Documents], rnd: Random
) -> None:
    w, documents = world
    declarations, statements = list(w.declarations), list(w.statements)
    rnd.shuffle(declarations)
    rnd.shuffle(statements)
    here = built(w)
    there = House(w.text(declarations, statements), w.directory)
    apart = House(_two_files(w, statements), w.directory)
    for document in documents:
        expected = _content(here.reference.decide(asked(here, document)))
        assert _content(there.reference.decide(asked(there, document))) == expected
        assert _content(apart.reference.decide(asked(apart, document))) == expected


def _two_files(w: Written, statements: list[str]) -> dict[str, str]:
    block = "\n  ".join(statements)
    rules = f"policy q {{ currency CNY }}\nuse p\nauthority act {{\n  {block}\n}}"
    return {"a.remit": rules, "b.remit": "\n".join((w.head, *w.declarations))}


def _content(d: Decision) -> dict[str, Any]:
    """What an answer says, without places and the order of what has none."""
    found = decision_to_json(d)
    content = {k: found[k] for k in ("outcome", "limit", "headroom", "maximum", "on_behalf_of")}
    content["rules"] = sorted((r.id, r.role) for r in d.rules)
    content["missing"] = [m.path for m in d.missing]
    content["needs"] = sorted((n.text, n.done) for n in d.needs)
    content["chain"] = [(c.position, c.people, c.outcome, c.missing) for c in d.chain]
    content["totals"] = found["totals"]
    return content


# --- prohibitions --------------------------------------------------------------------------

_BARS = {
    "unconditional": "nobody may {verb}",
    "on a missing fact": "nobody may {verb} when hidden",
    "on a missing limit": "nobody may {verb} when gone > 5",
    "that cannot be computed": "nobody may {verb} when 1 / (count - count) > 1",
    "with a region that cannot be computed": "nobody may {verb} over never_set",
    "over the largest of nothing": "nobody may {verb} when nothing_fits(count) > 1",
}
_BARRED = """
parameter never_set: {kind} = unset
table nothing_fits (n: integer) gives integer collect max {{ over 1_000_000_000_000 -> 1 }}
"""


@pytest.mark.parametrize("bar", _BARS)
@given(houses(2))
@settings(max_examples=examples(25, 1_000))
def test_a_prohibition_is_never_lost(bar: str, world: tuple[Written, Documents]) -> None:
    w, documents = world
    for document in documents:
        if document["facts"].get("count") is None:
            document["facts"]["count"] = 1
        sentence = _BARS[bar].format(verb=document["verb"])
        house = _with(w, sentence, _BARRED.format(kind=w.kind), "hidden boolean  gone integer")
        answer = house.reference.decide(asked(house, document))
        assert answer.outcome not in YES
        if bar == "unconditional":
            assert answer.outcome in ("deny", "undefined", "escalate")


def _with(w: Written, sentence: str, declarations: str = "", fields: str = "") -> House:
    parts = [p.replace("amount money", f"{fields} amount money", 1) for p in w.declarations]
    text = w.text([*parts, declarations], [*w.statements, f"one_more: {sentence}"])
    return House(text, w.directory)


_MORE = (
    "nobody may approve over 0{unit} when urgent",
    "clerk, manager, boss may not approve when order.region in (north, shanghai)",
    "nobody may review",
    "approve needs review by auditor",
    "approve over 0{unit} needs evidence more when order.kind = gift",
    "requester may not review",
)


@given(houses(2), st.sampled_from(_MORE))
@settings(max_examples=examples(100, 3_000))
def test_another_bar_or_step_never_lets_more_through(
    world: tuple[Written, Documents], sentence: str
) -> None:
    w, documents = world
    before = built(w)
    after = _with(w, sentence.format(unit="%" if w.kind == "percent" else ""))
    for document in documents:
        was = before.reference.decide(asked(before, document)).outcome
        now = after.reference.decide(asked(after, document)).outcome
        assert now != "permit" or was == "permit"
        assert now != "needs" or was in YES


@given(houses(2), st.sampled_from(["anyone may approve any", "clerk, boss may review any"]))
@settings(max_examples=examples(60, 2_000))
def test_another_grant_never_takes_away(world: tuple[Written, Documents], sentence: str) -> None:
    w, documents = world
    before, after = built(w), _with(w, sentence)
    for document in documents:
        was = before.reference.decide(asked(before, document)).outcome
        now = after.reference.decide(asked(after, document)).outcome
        assert was not in YES or now in YES
        assert was != "deny" or now == "deny" or not _barred(before, document)


def _barred(house: House, document: dict[str, Any]) -> bool:
    found = house.reference.decide(asked(house, document))
    return any(r.role == "forbids" for r in found.rules)


# --- language, evidence, superiors ---------------------------------------------------------


@given(houses(2))
@settings(max_examples=examples(40, 1_000))
def test_the_language_changes_words_only(world: tuple[Written, Documents]) -> None:
    w, documents = world
    house = built(w)
    for document in documents:
        english = house.reference.decide(asked(house, {**document, "language": "en"}))
        chinese = house.reference.decide(asked(house, {**document, "language": "zh"}))
        assert english.outcome == chinese.outcome
        assert [r.id for r in english.rules] == [r.id for r in chinese.rules]
        assert english.reason
        assert chinese.reason
        for a, b in ((english.limit, chinese.limit), (english.maximum, chinese.maximum)):
            assert (a and (a.kind, a.value)) == (b and (b.kind, b.value))


@given(houses(3))
@settings(max_examples=examples(100, 3_000))
def test_superiors_who_inherit_may_no_less(world: tuple[Written, Documents]) -> None:
    """Of grants that ask nothing about the person who acts."""
    w, documents = world
    grants = [s for s in w.statements if _plain_grant(s)]
    if not grants or any(word in " ".join(w.declarations[2:]) for word in _PERSONAL):
        return
    house = House(w.text(statements=[*grants, "superiors inherit"]), w.directory)
    for document in documents:
        answers = {
            p: house.reference.decide(asked(house, {**document, "actor": p})).outcome
            for p in house.model.superiors
        }
        for position, above in house.model.superiors.items():
            if answers[position] in YES:
                assert all(answers[a] in YES for a in above)


_PERSONAL = ("actor.", "to actor", "subject", "requester.")


def _plain_grant(sentence: str) -> bool:
    return (
        " may " in sentence
        and not any(word in sentence for word in _PERSONAL)
        and not any(word in sentence for word in ("nobody", " may not ", " needs ", "requester"))
    )


# --- incomplete, by brute force ------------------------------------------------------------

_SMALL = """
policy p { currency CNY }
enum Kind { gift sold loan }
enum Region { north { beijing hebei } east { shanghai jiangsu } west }
position clerk { reports to manager }
position manager
action act { a boolean  b boolean optional  kind Kind  region Region optional  n integer }
table share (k: Kind) gives percent { gift -> 1%  sold -> 5%  loan -> 10% }
"""
_DOMAINS: dict[str, list[Any]] = {
    "a": [True, False],
    "b": [True, False, None],
    "kind": list(KINDS),
    "region": [*REGIONS, None],
    "n": [-(10**9), *range(7), 10**9],
}
_ATOMS = {
    "a": ("a", "not a", "(if a then kind = gift else kind = sold)"),
    "b": ("b", "b is given", "not b", "(b is absent or a)"),
    "kind": ("kind = gift", "kind in (gift, loan)", "share(kind) > 1%", "share(kind) < 10%"),
    "region": ("region in (north)", "region = shanghai", "region not in (east, west)",
               "region is absent"),
    "n": ("n > 3", "n <= 2", "n between 2 and 4", "min(n, 3) = 3", "n + n > 5", "n != 5",
          "bands of n { under 2 -> 1  up to 5 -> 2  otherwise -> 3 } = 2"),
}  # fmt: skip


@st.composite
def small_policies(draw: Any) -> tuple[str, dict[str, Any]]:
    """Rules over three facts with a few values (or stretches of them), some of them known."""
    atoms = [atom for name in draw(st.permutations(sorted(_ATOMS)))[:3] for atom in _ATOMS[name]]

    def condition(depth: int) -> str:
        if depth and draw(st.booleans()):
            join = draw(st.sampled_from([" and ", " or "]))
            return f"({condition(depth - 1)}{join}{condition(depth - 1)})"
        return draw(st.sampled_from(atoms))

    subjects = ("clerk may approve", "manager may approve", "anyone may approve")
    bars = ("nobody may approve", "clerk may not approve", "approve needs review by manager",
            "approve needs evidence proof")  # fmt: skip
    lines = [
        f"{draw(st.sampled_from(subjects))} when {condition(2)}"
        for _ in range(draw(st.integers(1, 2)))
    ]
    lines += [
        draw(st.sampled_from(bars)) + f" when {condition(2)}"
        for _ in range(draw(st.integers(0, 2)))
    ]
    text = _SMALL + "authority act { " + "\n".join(lines) + " }"
    known = {
        name: draw(st.sampled_from([v for v in domain if v is not None]))
        for name, domain in _DOMAINS.items()
        if name not in " ".join(lines) or draw(st.integers(0, 3)) == 0
    }
    return text, known


@given(small_policies())
@settings(max_examples=examples(150, 3_000))
def test_incomplete_is_honest(case: tuple[str, dict[str, Any]]) -> None:
    """Against all completions, one by one: no more is asked than matters, and no less."""
    text, known = case
    house = House(text)
    answer = house.decide("clerk", facts=known)
    open_facts = [n for n in _DOMAINS if n not in known]
    outcomes = {
        tuple(full[n] for n in open_facts): _granted(house, full)
        for full in _completions(known, open_facts)
    }
    if answer.outcome in YES:
        assert set(outcomes.values()) == {str(answer.outcome)}
    elif answer.outcome != "incomplete":
        assert set(outcomes.values()) == {"no"}
        return
    else:
        assert set(outcomes.values()) != {"no"}, "no completion permits"
    matter = [n for i, n in enumerate(open_facts) if _differs(i, outcomes)]
    asked_for = [m.path for m in answer.missing]
    if matter and answer.outcome == "incomplete":
        assert sorted(asked_for) == sorted(matter)


def _granted(house: House, known: dict[str, Any]) -> str:
    outcome = str(house.reference.decide(house.request("clerk", facts=known)).outcome)
    return outcome if outcome in YES else "no"


def _completions(known: dict[str, Any], names: list[str]) -> Iterator[dict[str, Any]]:
    if not names:
        yield known
        return
    for value in _DOMAINS[names[0]]:
        yield from _completions({**known, names[0]: value}, names[1:])


def _differs(i: int, outcomes: Mapping[tuple[Any, ...], str]) -> bool:
    seen: dict[tuple[Any, ...], str] = {}
    for values, outcome in outcomes.items():
        rest = (*values[:i], *values[i + 1 :])
        if seen.setdefault(rest, outcome) != outcome:
            return True
    return False


# --- numbers -------------------------------------------------------------------------------


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12
    )
)
@settings(max_examples=examples(60, 1_000))
def test_a_limit_is_exact_at_every_amount(limit: Decimal) -> None:
    written = f"{limit:f}".replace("-", "- ") if limit < 0 else f"{limit:f}"
    house = House(
        f"policy p {{ currency CNY }} position clerk action pay {{ amount money limit on amount }} "
        f"authority pay {{ clerk may approve up to {written} }}"
    )
    step = Decimal("0.0001")
    assert house.outcome("clerk", amount=limit) == "permit"
    assert house.outcome("clerk", amount=limit - step) == "permit"
    assert house.outcome("clerk", amount=limit + step) == "deny"


@given(houses(1), st.randoms(use_true_random=False))
@settings(max_examples=examples(40, 1_000))
def test_any_party_of_the_house_gets_an_answer(
    world: tuple[Written, Documents], rnd: Random
) -> None:
    w, (document,) = world
    house = built(w)
    request = asked(house, {**document, "actor": party(Maker(rnd), w)})
    assert house.reference.decide(request).reason
