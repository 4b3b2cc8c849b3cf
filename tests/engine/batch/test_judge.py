"""The batch judge says what the reference says, or nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.ours import Ours
from benchmarks.synthetic import asks, rows
from engine.asking import House, loaded, peopled
from engine.batch.judging import Batch, judged, reference
from engine.generators import Written, documents, examples, family, houses, written
from engine.warehouses import NAMES, warehouse
from remit_engine.batch.judge import BatchJudge
from remit_engine.batch.rows import columns_of, row_of
from remit_engine.compile.to_sql import UNSTATED
from remit_engine.decision import Outcome
from remit_engine.people.directory import Directory
from remit_engine.reading.request_reader import read_request
from remit_engine.request import InvalidRequest, Request
from remit_engine.rules.ir import Model
from remit_engine.rules.lower import lower

HEAD = """
policy house { currency CNY owner director }
enum Region { north { beijing hebei } south }
position clerk { reports to manager }
position manager { reports to director }
position director
record Person { grade: integer optional  trained: boolean optional }
record Order { region: Region  total: money  list: money  margin: percent optional  due: date
  lines: list of Line }
record Line { amount: money }
parameter ceiling: money { from 2025-01-01 -> 10  from 2026-03-01 -> 20  from 2026-06-01 -> unset }
"""


def house(sentences: str, people: str | None = None, action: str = "limit on amount") -> House:
    fields = "amount money  order Order  flag boolean optional  note text optional  other money"
    return House(
        f"{HEAD}\naction pay {{ {fields}  {action} }}\nauthority pay {{\n{sentences}\n}}", people
    )


def asked(of: House, requests: list[Request]) -> Batch:
    """The answers, none of which differs from the reference's."""
    found = judged(requests, of.model, of.directory, warehouse("duckdb"))
    for request, got in zip(requests, found.answers, strict=True):
        assert got is None or got == reference(request, of.model, of.directory), request
    return found


def alike(
    of: House, actors: list[Any], facts: dict[str, list[Any]], count: int = 300, **more: Any
) -> Batch:
    """Requests with facts drawn from lists, all of which must be answered."""
    rnd = Random(count)
    requests = []
    for _ in range(count):
        order = {n[6:]: rnd.choice(v) for n, v in facts.items() if n.startswith("order.")}
        stated: dict[str, Any] = {n: rnd.choice(v) for n, v in facts.items() if "." not in n}
        stated = {n: v for n, v in stated.items() if v is not None}
        order = {n: v for n, v in order.items() if v is not None}
        if order:
            stated["order"] = order
        members = {n: rnd.choice(v) for n, v in more.items()}
        members = {n: v for n, v in members.items() if v is not None}
        requests.append(of.request(rnd.choice(actors), facts=stated, **members))
    found = asked(of, requests)
    assert None not in found.answers
    return found


def money(*values: str) -> list[Decimal]:
    return [Decimal(v) for v in values]


EVERYBODY = ["clerk", "manager", "director"]


def test_ties_at_bounds_and_every_word_of_a_bound() -> None:
    of = house("""
        clerk may approve under 10 when order.total < 7
        manager may approve between 5 and 20.0050 unless order.total = 7
        director may approve any
        nobody may approve over 30 when order.total >= 7
        clerk may not approve at least 8 when order.region = south""")
    amounts = money("-1", "0", "4.9999", "5", "7.9999", "8", "9.9999", "10", "10.0001", "20.005",
                    "20.0051", "30", "30.0001")  # fmt: skip
    found = alike(
        of,
        EVERYBODY,
        {
            "amount": amounts,
            "order.total": money("6.9999", "7", "7.0001"),
            "order.region": ["north", "south", "beijing"],
        },
        600,
    )
    assert {a[0] for a in found.answers if a} == {Outcome.PERMIT, Outcome.DENY, Outcome.ESCALATE}


def test_a_tree_of_values_is_climbed() -> None:
    of = house("""
        clerk may approve up to 10 when order.region in (north)
        manager may approve up to 20 when order.region = north
        director may approve any when not order.region in (hebei)""")
    regions = ["north", "beijing", "hebei", "south"]
    alike(of, EVERYBODY, {"amount": money("9", "15", "25"), "order.region": regions})


def test_eras_of_rules_and_of_parameters() -> None:
    of = house("""
        clerk may approve up to ceiling
        manager may approve up to 2 * ceiling from 2026-02-01 until 2026-04-01
        director may approve any until 2026-05-01""")
    days = ["2024-12-31", "2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01", "2026-03-31",
            "2026-04-01", "2026-04-30", "2026-05-01", "2026-05-31", "2026-06-01"]  # fmt: skip
    found = alike(
        of,
        EVERYBODY,
        {"amount": money("10", "10.01", "20", "20.01", "40", "40.01")},
        400,
        as_of=days,
    )
    assert {a[0] for a in found.answers if a} >= {
        Outcome.UNDEFINED,
        Outcome.PERMIT,
        Outcome.ESCALATE,
    }


def test_facts_compared_with_one_another() -> None:
    of = house("""
        clerk may approve up to min(50, 10% of order.total) when order.total <= order.list
        manager may approve up to order.list - order.total
        manager may approve up to 1000 when 1 - order.total / order.list < 12.5%
        director may approve up to max(abs(amount - other), 3) when amount * 3 <= other + 1
        nobody may approve when order.margin < 5% and order.total > 2 * other""")
    found = alike(
        of,
        EVERYBODY,
        {
            "amount": money("-5", "0", "3", "5", "10", "49.99", "50", "50.01", "100"),
            "other": money("0", "8.9999", "9", "50", "150"),
            "order.total": money("0", "50", "87.5", "87.51", "100", "500.1"),
            "order.list": money("0", "-1", "100", "100.01", "500"),
            "order.margin": money("0.049999", "0.05", "0.06"),
        },
        800,
    )
    assert len(set(found.answers)) > 8


def test_dates_are_days_between_which_days_are_counted() -> None:
    of = house("""
        clerk may approve any when order.due >= 2026-03-01
        manager may approve any when days from order.due to as_of <= 30 days
        director may approve any when as_of < 2026-04-01
        nobody may approve when order.due < 2026-01-01
        nobody may approve when whole months from order.due to as_of > 2 months""")
    days = [(date(2026, 1, 1) + timedelta(days=d)).isoformat() for d in range(-3, 120, 7)]
    dues = [*days, "2026-02-28", "2026-03-01", "2026-02-27"]
    alike(of, EVERYBODY, {"amount": money("1"), "order.due": dues}, 500, as_of=days)


def test_texts_that_no_rule_writes_are_one_and_quotes_are_exact() -> None:
    of = house("""
        clerk may approve any when note = "it's \\\\ a \\"trap\\""
        manager may approve any when note in ("", "客户", "NULL")
        director may approve any when note != "x" """)
    notes = [
        'it\'s \\ a "trap"',
        "it''s",
        "",
        "客户",
        "NULL",
        "null",
        "x",
        "X",
        "x ",
        "other",
        None,
    ]
    alike(of, EVERYBODY, {"amount": money("1"), "note": notes}, 400)


def test_a_text_that_looks_like_our_own_mark_is_irregular() -> None:
    of = house('clerk may approve any when note = "x"\nmanager may approve any')
    requests = [of.request("clerk", amount=1, note=n) for n in ("x", UNSTATED, "y")]
    answers = asked(of, requests).answers
    assert [a is None for a in answers] == [False, True, False]


def test_missing_facts_are_asked_for_as_the_reference_does() -> None:
    of = house("""
        clerk may approve up to 10 when flag and order.margin > 5%
        manager may approve up to 20 when order.region = north or flag
        director may approve up to 30 when note is given
        nobody may approve over 25 when order.margin < 1%""")
    found = alike(
        of,
        EVERYBODY,
        {
            "amount": [*money("5", "15", "22", "28", "31"), None],
            "flag": [True, False, None],
            "order.margin": [*money("0.001", "0.03", "0.06"), None],
            "order.region": ["north", "hebei", "south", None],
            "note": ["a", None],
        },
        800,
    )
    assert Outcome.INCOMPLETE in {a[0] for a in found.answers if a}


PEOPLE = """
units: [{id: hq}, {id: east, parent: hq}]
people:
  - {id: ann, attributes: {grade: 3, trained: true}, positions: [{position: clerk}]}
  - {id: bo, attributes: {grade: 5}, positions: [{position: clerk, until: 2026-03-01}, {position: manager, from: 2026-03-01}]}
  - {id: cy, positions: [{position: clerk}, {position: director, from: 2026-02-01, until: 2026-04-01}]}
  - {id: dee, attributes: {grade: 4}, positions: [{position: manager}]}
"""  # noqa: E501


def test_people_hold_what_the_directory_says_on_the_day() -> None:
    of = house(
        """
        clerk may approve up to 10 when actor.grade >= 3
        manager may approve up to 20 when actor.trained
        manager may approve up to 15
        director may approve up to 30
        clerk may not approve over 25
        requester may not approve
        approve over 12 needs review by director""",
        PEOPLE,
    )
    found = alike(
        of,
        [*EVERYBODY, "ann", "bo", "cy", "dee", {"position": "clerk", "grade": 2}],
        {"amount": money("5", "10", "12", "12.01", "15", "20", "22", "27", "31")},
        900,
        as_of=["2026-01-31", "2026-02-01", "2026-03-01", "2026-03-31", "2026-04-01"],
        requester=["ann", "bo", "dee", "manager", None],
    )
    assert {a[0] for a in found.answers if a} == set(Outcome) - {Outcome.UNDEFINED}


def test_running_totals_are_added_where_they_are_stated() -> None:
    of = house("""
        clerk may approve up to 10 each, 50 per month
        manager may approve up to 100 per quarter""")
    requests = [
        of.request(
            who, amount=a, totals={k: v for k, v in (("month", m), ("quarter", q)) if v is not None}
        )
        for who in EVERYBODY
        for a in money("5", "10", "10.01", "60")
        for m in (None, *money("0", "40", "40.01", "45", "-20"))
        for q in (None, *money("40", "40.01"))
    ]
    assert None not in asked(of, requests).answers


def test_a_window_moves_the_limit() -> None:
    of = house(
        "clerk may approve up to 10\nmanager may approve under 20\nnobody may approve over 30",
        action="limit on amount summed by note over 60 days",
    )
    requests = [
        of.request(who, amount=a, note="n", totals={} if u is None else {"note over 60 days": u})
        for who in EVERYBODY
        for a in money("5", "10", "20", "30")
        for u in (None, *money("0", "5", "5.01", "-10"))
    ]
    assert None not in asked(of, requests).answers


# --- what has no exact form ---------------------------------------------------------------------


def test_more_decimals_than_the_scale_and_more_digits_than_64_bits_are_irregular() -> None:
    of = house("clerk may approve up to 10\nmanager may approve any")
    amounts = money(
        "10",
        "10.0001",
        "10.00001",
        "9.99999999999",
        "1e14",
        "1e15",
        "-1e30",
        "922337203685477.5807",
    )
    found = asked(of, [of.request("clerk", amount=a) for a in amounts])
    assert [a is None for a in found.answers] == [
        False,
        False,
        True,
        True,
        False,
        True,
        True,
        False,
    ]


def test_numbers_that_a_product_would_carry_out_of_64_bits_are_irregular_alone() -> None:
    of = house("""
        clerk may approve any when 1_000_000 * amount <= 999_999 * order.total
        manager may approve any when order.total <= 5""")
    sums = money("1", "5", "1e6", "1e9", "9e13", "-9e13", "900000000000000")
    requests = [
        of.request(who, amount=a, order={"total": t})
        for who in ("clerk", "manager")
        for a in sums
        for t in sums
    ]
    found = asked(of, requests).answers
    assert 0 < sum(a is None for a in found) < len(found)


def test_limits_beyond_64_bits_are_limits_all_the_same() -> None:
    of = house(f"clerk may approve up to {10**25}\nnobody may approve over {10**24}")
    found = asked(of, [of.request("clerk", amount=a) for a in money("0", "9e13", "-9e13")])
    assert [a and a[0] for a in found.answers] == [Outcome.PERMIT] * 3


def test_what_a_row_cannot_hold_is_given_as_irregular() -> None:
    of = house("""
        clerk may approve any when sum(order.lines.amount) < 5
        manager may approve any
        approve over 5 needs review by director
        approve over 6 needs evidence receipt""", PEOPLE)  # fmt: skip
    plain: dict[str, Any] = {"amount": 1}
    requests = [
        of.request("clerk", **plain, order={"lines": [{"amount": 1}]}),
        of.request("clerk", **plain, flag=None),
        of.request("manager", **plain, approvals=[{"verb": "review", "position": "director"}]),
        of.request("manager", **plain, evidence=["receipt"]),
        of.request({"position": "manager", "unit": "hq"}, **plain),
        of.request("manager", **plain),
    ]
    found = asked(of, requests)
    assert found.stated == 5
    assert [a is None for a in found.answers] == [True] * 5 + [False]


def test_nonsense_in_a_table_is_irregular_and_never_an_answer() -> None:
    of = house("clerk may approve any when order.region = north\nmanager may approve any", PEOPLE)
    judge = BatchJudge(warehouse("duckdb"), of.model, of.directory)
    good = row_of(
        0, of.request("clerk", amount=1, order={"region": "north"}), judge.columns, frozenset()
    )
    columns = columns_of(judge.columns)
    places = {name: i for i, (name, _) in enumerate(columns)}
    (region,) = (c.name for c in judge.columns if c.path == ("order", "region"))
    wrong = [
        {"actor": None}, {"actor": "nobody"}, {"actor": ""}, {"actor": "clerk"}, {"actor": "Ann"},
        {"requester": "nobody"}, {"action": "pay"}, {"action": None}, {"verb": "Approve"},
        {"as_of": None}, {"as_of": 10**12}, {"as_of": -(10**7)}, {region: "North"},
        {region: "north "}, {"irregular": True},
    ]  # fmt: skip
    table = [good]
    for n, change in enumerate(wrong, 1):
        row = [n, *good[1:]]
        for name, value in change.items():
            row[places[name]] = value
        table.append(tuple(row))
    engine = warehouse("duckdb")
    engine.load("requests", columns, table)
    judge.judge("requests", "answers")
    found = dict(engine.rows("SELECT row_id, answer FROM answers"))
    assert {n for n, a in found.items() if a is not None} == {0}


def test_an_empty_table_and_a_table_of_nothing_known() -> None:
    of = house("clerk may approve any")
    assert judged([], of.model, of.directory, warehouse("duckdb")).answers == ()
    stranger = replace(of.request("clerk", amount=1), action="house.other")
    assert asked_stranger(of, stranger) == (None,)


def asked_stranger(of: House, request: Request) -> tuple[Any, ...]:
    engine = warehouse("duckdb")
    judge = BatchJudge(engine, of.model, of.directory)
    engine.load(
        "requests", columns_of(judge.columns), [row_of(0, request, judge.columns, frozenset())]
    )
    judge.judge("requests", "answers")
    return tuple(a for _, a in engine.rows("SELECT row_id, answer FROM answers"))


# --- random programs, and other engines -----------------------------------------------------------


def plainer(document: dict[str, Any], rnd: Random) -> dict[str, Any]:
    """The document, mostly without what no row can hold."""
    document = {k: v for k, v in document.items() if k not in ("approvals", "evidence")}
    facts = {k: v for k, v in document["facts"].items() if v is not None}
    if isinstance(facts.get("order"), dict):
        left_out = () if rnd.random() < 0.1 else ("lines",)
        order = {k: v for k, v in facts["order"].items() if v is not None and k not in left_out}
        facts = (
            {**facts, "order": order} if order else {k: v for k, v in facts.items() if k != "order"}
        )
    if rnd.random() < 0.9:
        facts.pop("subject", None)
    if rnd.random() < 0.5:
        document.pop("requester", None)
    return {**document, "facts": facts}


@settings(max_examples=examples(12, 600))
@given(houses(requests=8), st.randoms(use_true_random=False))
def test_random_programs_are_judged_as_the_reference_does(drawn: Any, rnd: Random) -> None:
    house, asked_ = drawn
    model = lower(loaded(house.text()))
    directory = peopled(house.directory, model)
    requests = list(_read(asked_, house, rnd, model, directory))
    found = judged(requests, model, directory, warehouse("duckdb"))
    for request, got in zip(requests, found.answers, strict=True):
        if got is not None:
            assert got == reference(request, model, directory), request


def _read(
    bases: list[dict[str, Any]], house: Written, rnd: Random, model: Model, directory: Directory
) -> Iterator[Request]:
    for base in bases:
        for document in family(rnd, house, base, 3):
            try:
                yield read_request(plainer(document, rnd), model, directory)
            except InvalidRequest:
                continue


def test_few_rows_of_plain_programs_are_irregular() -> None:
    """Without a delegation, and with all facts stated, hardly any row is left to the engine."""
    rows_, irregular = 0, 0
    for seed in range(40):
        rnd = Random(seed)
        w = written(rnd)
        if not (w.taker is None and "lines" not in w.text().partition("authority")[2]):
            continue
        model = lower(loaded(w.text()))
        directory = peopled(w.directory, model)
        requests = list(_read(documents(rnd, w, 8), w, rnd, model, directory))
        whole = [r for r in requests if r.facts.keys() >= {"amount", "rate", "count", "order"}]
        found = judged(whole, model, directory, warehouse("duckdb"))
        rows_ += len(whole) - found.stated
        irregular += sum(a is None for a in found.answers) - found.stated
    assert rows_ > 200
    assert irregular < 0.1 * rows_


@pytest.fixture(scope="module")
def synthetic() -> tuple[Any, list[Request]]:
    every = rows(300)
    found, _ = asks(every, 4_000)
    ours = Ours(every)
    return ours.engine.model, ours.requests(found)


HASH = "the same rows on every engine"
_seen: dict[str, str] = {}


ENGINES = [pytest.param(n, marks=[pytest.mark.slow] * (n == "spark")) for n in NAMES]


@pytest.mark.parametrize("name", ENGINES)
def test_one_text_gives_one_result_on_every_engine(name: str, synthetic: Any) -> None:
    model, requests = synthetic
    engine = warehouse(name)
    found = judged(requests, model, Directory.empty(), engine)
    assert None not in found.answers
    shown = repr(sorted(engine.rows("SELECT row_id, answer FROM answers")))
    keys = repr(sorted(engine.rows("SELECT answer, outcome, rules FROM answers_key")))
    digest = hashlib.sha256((shown + keys).encode()).hexdigest()
    assert _seen.setdefault(HASH, digest) == digest
    if name == "duckdb":
        directory = Directory.empty()
        for request, got in list(zip(requests, found.answers, strict=True))[::10]:
            assert got == reference(request, model, directory)


@pytest.mark.parametrize("name", NAMES[1:])
def test_the_other_engines_agree_on_people_quotients_and_texts(name: str) -> None:
    of = house(
        """
        clerk may approve up to min(50, 10% of order.total) when note = "客户"
        manager may approve up to 1000 when 1 - order.total / order.list < 12.5% and flag
        director may approve any when order.due >= 2026-03-01
        clerk may not approve when note = "it's"
        requester may not approve""",
        PEOPLE,
    )
    rnd = Random(7)
    requests = [
        of.request(
            rnd.choice([*EVERYBODY, "ann", "bo", "cy", "dee"]),
            amount=rnd.choice(money("0", "5", "50", "50.01", "-7")),
            order={
                "total": rnd.choice(money("0", "87.5", "87.51", "500.1")),
                "list": rnd.choice(money("0", "100", "-100")),
                "due": rnd.choice(["2026-02-28", "2026-03-01"]),
            },
            **({} if rnd.random() < 0.2 else {"flag": rnd.random() < 0.5}),
            **({} if rnd.random() < 0.2 else {"note": rnd.choice(["客户", "it's", "other", ""])}),
            requester=rnd.choice(["ann", "manager"]),
            as_of=rnd.choice(["2026-01-31", "2026-03-01"]),
        )
        for _ in range(300)
    ]
    here = judged(requests, of.model, of.directory, warehouse("duckdb"))
    there = judged(requests, of.model, of.directory, warehouse(name))
    assert there == here
    assert None not in here.answers


def test_the_text_holds_nothing_that_engines_read_differently(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = warehouse("duckdb")
    texts: list[str] = []
    for method in ("create", "rows", "view"):
        plain = getattr(engine, method)
        monkeypatch.setattr(
            engine, method, lambda *a, plain=plain: (texts.append(a[-1]), plain(*a))[1]
        )
    of = house("""
        clerk may approve up to min(50, 10% of order.total) when note = "客户"
        manager may approve up to 1000 when order.total / order.list < 12.5% and flag""")
    requests = [of.request("clerk", amount=a, order={"total": 5, "list": 7}) for a in (1, 2)]
    judged(requests, of.model, of.directory, engine)
    words = {
        w.upper()
        for t in texts
        if "read_csv" not in t
        for w in re.findall(r"[A-Za-z_]+|/|%|\|\|", t)
    }
    assert len(texts) > 5
    forbidden = {
        "/",
        "%",
        "||",
        "ROUND",
        "AVG",
        "SUM",
        "DECIMAL",
        "NUMERIC",
        "DOUBLE",
        "FLOAT",
        "LIKE",
        "LOWER",
        "UPPER",
    }
    assert not words & forbidden


def test_exact_values_stand_in_columns() -> None:
    of = house("clerk may approve up to 10 when order.margin > 5% and order.due > 2026-01-01")
    judge = BatchJudge(warehouse("duckdb"), of.model)
    request = of.request(
        "clerk",
        amount=Decimal("-12.3456"),
        order={"margin": Decimal("0.123456"), "due": "1969-12-31"},
    )
    names = [name for name, _ in columns_of(judge.columns)]
    cells = row_of(7, request, judge.columns, judge.others("house.pay"))
    row = dict(zip(names, cells, strict=True))
    by_path = {".".join(c.path): row[c.name] for c in judge.columns}
    assert by_path == {"amount": -123456, "order.margin": 123456, "order.due": -1}
    assert (row["row_id"], row["actor"], row["irregular"]) == (7, "house.clerk", False)
    assert Fraction(by_path["amount"], 10**4) == Fraction("-12.3456")
