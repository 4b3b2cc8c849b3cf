"""The quick way from JSON to an outcome reads every request as the full reader does."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit_dsl.loader import load_texts
from remit_engine import json_door
from remit_engine.compile.python_reader import Irregular
from remit_engine.engine import Engine
from remit_engine.explanation.wire import decision_to_json
from remit_engine.reading.request_reader import read_json, read_request
from remit_engine.request import InvalidRequest, Request
from remit_engine.storage.canonical import canonical

POLICY = """
policy p "P" { effective from 2026-01-01 owner boss currency CNY }
enum Region "Region" { east { shanghai } west }
position boss "Boss"
position rep "Rep" { reports to boss }
record Order "Order" { total: money  region: Region optional  margin: percent optional }
action discount "Discount" {
  rate percent  order Order  gift boolean optional  due date optional  note text optional
  pieces integer optional  limit on rate
}
authority discount {
  rep may approve up to 5% when order.total <= 1_000.50 and order.region in east
  rep may approve up to 7% when gift and pieces > 3
  boss may approve up to 30% from 2026-03-01
  floor: nobody may approve when order.margin < 5%
  late: nobody may approve when due < 2026-02-01
  told: nobody may approve when note = "no: never"
}
"""


def engine() -> Engine:
    program, faults = load_texts({"p.remit": POLICY})
    assert program is not None, faults
    return Engine(program)


ENGINE = engine()
REFERENCE = Engine(ENGINE.model, reference=True)
numbers: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([0, 1, 5, 1000, 1001, 10**30, -1]),
    st.sampled_from(
        ["0.05", "0.0500", "5e-2", "0.07", "0.0700001", "1000.5", "1000.51", "1e400"]
    ).map(Decimal),
)
odd = st.sampled_from([None, True, "900", "5%", "2‰", "", [], {}, "east", "1000 CNY", "2026-13-01"])
facts = st.fixed_dictionaries(
    {},
    optional={
        "rate": numbers | odd,
        "order": st.fixed_dictionaries(
            {},
            optional={
                "total": numbers | odd,
                "region": st.sampled_from(["east", "shanghai", "west", "Paris", None, 3]),
                "margin": numbers | odd,
                "more": numbers,
            },
        )
        | odd,
        "gift": st.booleans() | odd,
        "pieces": st.integers(0, 5) | numbers | odd,
        "due": st.sampled_from(["2026-01-31", "2026-02-01", "2026-02-30", "20260201", 3, None]),
        "note": st.sampled_from(["yes", "no: never", 'a "quote"', "注意", None, 3]),
        "unknown": numbers | odd,
    },
)
documents = st.fixed_dictionaries(
    {"actor": st.sampled_from(["rep", "boss", "p.rep", "nobody", 3]), "facts": facts},
    optional={
        "action": st.sampled_from(["discount", "p.discount", "discuont", None]),
        "verb": st.sampled_from(["approve", "review", "aprove", None]),
        "as_of": st.sampled_from(["2026-02-15", "2026-03-01", "2025-12-31", "1.3.2026", None]),
        "requester": st.sampled_from(["rep", "boss", None]),
        "extra": numbers,
    },
)


amounts = st.decimals(-10_000, 10_000, places=2) | st.integers(-(10**20), 10**20)
shares = st.decimals(-1, 1, places=4) | st.sampled_from([0, None])
plain = st.fixed_dictionaries(
    {
        "actor": st.sampled_from(["rep", "boss"]),
        "facts": st.fixed_dictionaries(
            {},
            optional={
                "rate": shares,
                "order": st.none()
                | st.fixed_dictionaries(
                    {},
                    optional={
                        "total": amounts,
                        "region": st.sampled_from(["east", "shanghai", "west", None]),
                        "margin": shares,
                    },
                ),
                "gift": st.booleans() | st.none(),
                "pieces": st.integers(0, 5),
                "due": st.sampled_from(["2026-01-31", "2026-02-01", None]),
                "note": st.sampled_from(["yes", "", "two words", None]),
            },
        ),
    },
    optional={"verb": st.sampled_from(["approve", "review"])},
)


def encoded(value: Any) -> str:
    match value:
        case Decimal():
            return str(value)
        case dict():
            members = (f"{json.dumps(k)}: {encoded(v)}" for k, v in value.items())
            return "{" + ", ".join(members) + "}"
        case list():
            return "[" + ", ".join(encoded(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def in_full(data: str) -> Any:
    request = read_request(read_json(data), ENGINE.model, ENGINE.directory)
    decision = ENGINE.decide(request)
    return decision.outcome, tuple(r.id for r in decision.rules if r.role != "not met")


@settings(max_examples=400)
@given(documents)
def test_reads_as_the_full_reader_does(document: dict[str, Any]) -> None:
    document = {"action": "discount", "as_of": "2026-02-15", **document}
    data = encoded(document)
    assert answered(lambda: ENGINE.check_json(data.encode())) == answered(lambda: in_full(data))


@settings(max_examples=400)
@given(documents)
def test_writes_as_the_full_answer_is_written(document: dict[str, Any]) -> None:
    document = {"action": "discount", "as_of": "2026-02-15", **document}
    data = encoded(document)
    try:
        written = ENGINE.answer_plain(json_door.decode(data.encode()), data.count(":"))
    except Irregular:
        return
    request = read_request(read_json(data), ENGINE.model, ENGINE.directory)
    decision = REFERENCE.decide(request)
    assert written == msgspec.json.encode(decision_to_json(decision))


@settings(max_examples=400)
@given(plain | documents)
def test_a_plain_request_is_read_as_in_full(document: dict[str, Any]) -> None:
    document = {"action": "discount", "as_of": "2026-02-15", **document}
    data = encoded(document)
    try:
        found = ENGINE.request_plain(json_door.decode(data.encode()), data.count(":"))
    except Irregular:
        return
    wanted = read_request(read_json(data), ENGINE.model, ENGINE.directory)
    assert found == wanted
    assert kinds(found.facts) == kinds(wanted.facts)
    full = canonical(decision_to_json(REFERENCE.decide(wanted)))
    assert ENGINE.transcript(found) == ENGINE.transcript(wanted)
    assert ENGINE.transcript(found).text == full


@settings(max_examples=200)
@given(st.lists(plain | documents, max_size=4))
def test_many_are_answered_as_each_is(given: list[dict[str, Any]]) -> None:
    day = {"action": "discount", "as_of": "2026-02-15"}
    data = [encoded({**day, **document}).encode() for document in given]
    read = [json_door.decode(one) for one in data]
    try:
        found, members = ENGINE.check_plain_many(read, None, "2026-02-15", lambda actor: True)
    except Irregular:
        return
    assert members <= sum(one.count(b":") for one in data)
    if members == sum(one.count(b":") for one in data):
        assert found == [ENGINE.check_json(one) for one in data]
        assert found == [in_full(one.decode()) for one in data]


def kinds(value: Any) -> Any:
    """The classes of values: 1, True and Fraction(1) are equal."""
    return {k: kinds(v) for k, v in value.items()} if isinstance(value, dict) else type(value)


def test_the_plain_form_is_a_request_without_the_full_reader(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def asked() -> Request:
        return ENGINE.request_plain(json_door.decode(PLAIN.encode()), PLAIN.count(":"))

    first = asked()
    monkeypatch.delattr(json_door, "read_request")
    assert asked() == first == read_request(read_json(PLAIN), ENGINE.model, ENGINE.directory)


@pytest.mark.parametrize("digits", [99, 5_000])
def test_a_number_that_is_too_long_is_left_to_the_full_reader(digits: int) -> None:
    data = PLAIN.replace("1000.5", f"1.{'3' * digits}")
    document = json_door.decode(data.encode())
    for ask in (ENGINE.answer_plain, ENGINE.request_plain):
        if digits < 100:
            ask(document, data.count(":"))
        else:
            with pytest.raises(Irregular):
                ask(document, data.count(":"))


MISSPELT = (("facts", "gifd"), ("facts", "order", "margins"), ("language",))


@pytest.mark.parametrize("path", MISSPELT)
def test_an_answer_names_what_it_does_not_know(path: tuple[str, ...]) -> None:
    """So a request with such a member has no quick way; nor has one that is alike inherited it."""
    document = json.loads(PLAIN)
    holder = document
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = "en"
    data = json.dumps(document)
    with pytest.raises(Irregular):
        ENGINE.answer_plain(json_door.decode(data.encode()), data.count(":"))
    request = read_request(read_json(data), ENGINE.model, ENGINE.directory)
    engine = Engine(ENGINE.model)
    assert engine.decide(request) == REFERENCE.decide(request)
    plain = read_request(read_json(PLAIN), ENGINE.model, ENGINE.directory)
    wanted = msgspec.json.encode(decision_to_json(REFERENCE.decide(plain)))
    assert engine.answer_plain(json_door.decode(PLAIN.encode()), PLAIN.count(":")) == wanted


@pytest.mark.parametrize("note", ["never", "\0 0\0", "\0000\0", "\0" + "1\0"])
def test_a_text_of_the_request_is_no_blank(note: str) -> None:
    document = json.loads(PLAIN)
    document["facts"]["note"] = note
    data = json.dumps(document)
    written = ENGINE.answer_plain(json_door.decode(data.encode()), data.count(":"))
    request = read_request(read_json(data), ENGINE.model, ENGINE.directory)
    assert written == msgspec.json.encode(decision_to_json(REFERENCE.decide(request)))


def answered(ask: Callable[[], Any]) -> Any:
    """The answer, or the problems of a request that is refused."""
    try:
        return ask()
    except InvalidRequest as refused:
        return refused.problems


PLAIN = (
    '{"actor":"rep","action":"discount","as_of":"2026-02-15","facts":{"rate":0.05,'
    '"order":{"total":1000.5,"region":"shanghai","margin":0.2},"due":"2026-05-01","note":"x",'
    '"pieces":4}}'
)


def test_the_plain_form_takes_the_quick_way() -> None:
    check, actor, as_of, slots = ENGINE.read_json_plain(PLAIN.encode())
    assert check(actor, as_of, slots)[0] == "permit"
    written = ENGINE.answer_plain(json_door.decode(PLAIN.encode()), PLAIN.count(":"))
    assert json.loads(written)["outcome"] == "permit"


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.replace('"rate":0.05', '"rate":0.9,"rate":0.05'),
        PLAIN.replace('"rate":0.05', '"rate" : 0.9, "rate":0.05'),
        PLAIN.replace('"facts"', '"facts":{},"facts"'),
    ],
)
def test_a_member_given_twice_is_refused(data: str) -> None:
    with pytest.raises(Irregular):
        ENGINE.read_json_plain(data.encode())
    with pytest.raises(InvalidRequest, match="given twice"):
        ENGINE.check_json(data.encode())


@pytest.mark.parametrize("data", [b"", b"[]", b"3", b"{", b"\xff\xfe", b"[" * 100_000, b"null"])
def test_what_is_no_request_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(InvalidRequest):
        ENGINE.check_json(data)
