"""Entries that are taken, and those that are refused, as their sender reads it."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.watch.following import HEAD, day, people, program_of, refusal, row, seen, watcher
from remit_engine.people.directory import Directory
from remit_engine.reading.json_reader import read_json
from remit_engine.rules.lower import lower
from remit_engine.watch.entry import Entry, Refused
from remit_engine.watch.reading import EntryReader

RULE = "watch c on Customer { when exposure over credit_line notify board }"
RETURN = {
    "kind": "Return", "id": "r-1", "date": "2026-03-01", "customer": {"id": "c-1"},
    "product": "pump", "amount": 900,
}  # fmt: skip
SEEN = {
    "kind": "Customer", "id": "c-1", "entry": "o-1", "on": "2026-03-01",
    "facts": {"exposure": 81_000},
}  # fmt: skip


def read(document: Any, directory: Directory | None = None, head: str = HEAD) -> Entry | Refused:
    model = lower(program_of(head + RULE))
    reader = EntryReader(model, directory or Directory.empty())
    return reader.read(document, day("12-31").toordinal())


def refused(document: Any, directory: Directory | None = None, head: str = HEAD) -> list[str]:
    found = read(document, directory, head)
    assert isinstance(found, Refused)
    return [f"{p.path}: {p.message}" for p in found.problems]


def test_an_event_is_read_exactly() -> None:
    found = read({**RETURN, "amount": Decimal("900.10")})
    assert isinstance(found, Entry)
    assert (found.kind, found.id, found.entry) == ("w.Return", "r-1", None)
    assert found.day == day("03-01").toordinal()
    assert found.facts == {
        "id": "r-1", "date": day("03-01"), "customer": {"id": "c-1"}, "product": "pump",
        "amount": Fraction(9001, 10),
    }  # fmt: skip


def test_the_day_is_as_stated_or_the_first_date_that_must_be_there() -> None:
    invoice = row("Invoice", "03-01", due="2026-04-01", amount=5)
    assert read(invoice).day == day("03-01").toordinal()
    assert read({**invoice, "on": "2026-03-02"}).day == day("03-02").toordinal()


def test_an_event_without_such_a_date_says_its_day() -> None:
    head = HEAD.replace(
        "event Complaint { id: text  date: date", "event Complaint { id: text  date: date optional"
    )
    document = {"kind": "Complaint", "id": "k", "customer": {"id": "c-1"}}
    assert refused(document, head=head) == [
        "on: it is missing, and `Complaint` has no date that must be there: "
        'write "on": "2026-03-01"'
    ]
    assert isinstance(read({**document, "on": "2026-03-01"}, head=head), Entry)


def test_fields_may_stand_in_facts_and_have_to_where_one_has_a_name_of_the_entry() -> None:
    report = {"kind": "Report", "id": "p-1", "facts": {"date": "2026-03-01", "author": "ann"}}
    report["facts"]["kind"] = "monthly_report"
    assert read(report).facts == {
        "id": "p-1", "date": day("03-01"), "author": "ann", "kind": "monthly_report",
    }  # fmt: skip
    flat = {k: v for k, v in RETURN.items() if k != "kind"}
    assert read({"kind": "Return", "facts": flat}).facts == read(RETURN).facts
    assert refused({**RETURN, "facts": {}}) == ["date: write it in `facts` with the other fields"]


def test_an_observation_is_read_exactly() -> None:
    found = read({**SEEN, "facts": {"exposure": Decimal("0.1"), "note": None}})
    assert (found.kind, found.id, found.entry) == ("w.Customer", "c-1", "o-1")
    assert found.facts == {"exposure": Fraction(1, 10), "note": None}


def without(document: dict[str, Any], name: str) -> dict[str, Any]:
    return {k: v for k, v in document.items() if k != name}


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        (
            5,
            [': `5` is not an entry: write {"kind": "NAME", "id": "…", "on": "2026-03-01", …}'],
        ),
        (
            without(RETURN, "kind"),
            ['kind: it is missing: write {"kind": "NAME", "id": "…", "on": "2026-03-01", …}'],
        ),
        (
            {**RETURN, "kind": ["Return"]},
            [
                'kind: `a list` is not a name: write {"kind": "NAME", "id": "…", '
                '"on": "2026-03-01", …}'
            ],
        ),
        (
            {**RETURN, "kind": "Retrun"},
            [
                "kind: there is no event and no record `Retrun` to be told of, "
                "did you mean `Return`?"
            ],
        ),
        (
            {**RETURN, "amount": "900"},
            ['amount: `"900"` is not an amount of money: write 900 without quotes'],
        ),
        (
            {**RETURN, "amount": 0.1},
            ["amount: a binary fraction is not exact: pass it as a decimal"],
        ),
        (
            {**RETURN, "amount": Decimal("NaN")},
            ["amount: `NaN` is not a number that can be compared"],
        ),
        (
            {**RETURN, "amount": float("nan")},
            ["amount: a binary fraction is not exact: pass it as a decimal"],
        ),
        (
            {**RETURN, "product": "x" * 1_000_000},
            ["product: the text has more than 10_000 characters: shorten it"],
        ),
        (
            {**RETURN, "customer": {"id": "x" * 201}},
            ["customer.id: it has more than 200 characters: an id is short"],
        ),
        ({**RETURN, "id": " "}, ["id: it is empty: write what tells it from all others"]),
        ({**RETURN, "id": "r-1 "}, ["id: it begins or ends with a space: leave it out"]),
        (
            {**RETURN, "id": "r-1\n2026-03-02  cleared"},
            ["id: it holds a character that is not seen (U+000A): leave it out"],
        ),
        (
            {**RETURN, "customer": {"id": "c\u200b-1"}},
            ["customer.id: it holds a character that is not seen (U+200B): leave it out"],
        ),
        (
            {"kind": "Payment", "id": "p", "date": "2026-03-01", "invoice": " i", "amount": 1},
            ["invoice: it begins or ends with a space: leave it out"],
        ),
        (
            {**SEEN, "id": "cafe\u0301", "entry": "o\u202e1"},
            [
                "id: it is not in the normal form of Unicode (NFC), so it looks like another: "
                "write that",
                "entry: it holds a character that is not seen (U+202E): leave it out",
            ],
        ),
        (
            without(RETURN, "customer"),
            ["customer: it is missing, and it is not optional"],
        ),
        (
            {**RETURN, "customer": {}},
            ["customer.id: it is missing: write which one it is"],
        ),
        (
            {**RETURN, "customer": "c-1"},
            ['customer: `"c-1"` is not a Customer: write an object with its fields'],
        ),
        (
            {**RETURN, "amonut": 5},
            ["amonut: `Return` has no such field, did you mean `amount`?"],
        ),
        ({**RETURN, "date": "2026-02-30"}, ["date: there is no day 2026-02-30"]),
        (
            {**RETURN, "on": "1 March"},
            ['on: `"1 March"` is not a date: write it as "2026-03-01"'],
        ),
        (
            {**RETURN, "product": 5, "amount": True},
            [
                "product: `5` is not text: write it in quotes",
                "amount: `true` is not an amount of money: write 900, or with its currency "
                '"900 CNY"',
            ],
        ),
        (
            without(SEEN, "entry"),
            ["entry: it is missing: write what tells this observation from all others, in quotes"],
        ),
        (
            without(without(SEEN, "id"), "on"),
            [
                "id: it is missing: write which `Customer` was observed, in quotes",
                'on: it is missing: write the day, "on": "2026-03-01"',
            ],
        ),
        (
            without(SEEN, "facts"),
            ["facts: it is missing: write what was observed as an object"],
        ),
        (
            {**SEEN, "facts": {"exposure": None}},
            [
                "facts.exposure: it is not optional, so it cannot be absent: leave it out, "
                "or write it"
            ],
        ),
        (
            {**SEEN, "facts": {"exposre": 5}},
            ["facts.exposre: `Customer` has no such field, did you mean `exposure`?"],
        ),
        (
            {**SEEN, "facts": {"id": "c-2"}},
            ['facts.id: `"c-2"` is not the `id` of the entry: leave it out'],
        ),
        (
            {**SEEN, "exposure": 5},
            ["exposure: an observation has no such: write what was observed in `facts`"],
        ),
    ],
)
def test_a_refusal_names_the_place_and_the_cure(document: Any, problems: list[str]) -> None:
    assert refused(document) == problems


def test_what_is_large_is_exact_all_the_same() -> None:
    assert read({**RETURN, "amount": 10**400}).facts["amount"] == 10**400
    assert read(read_json(json.dumps(RETURN).replace("900", "1e400"))).facts["amount"] == 10**400


def test_people_are_those_of_the_directory() -> None:
    sale = row("Sale", "03-01", seller="zed", ship_to="east", account="c-1")
    assert isinstance(read(sale), Entry)  # nobody is known: they are taken as stated
    assert refused(sale, people(ann=())) == ['seller: nobody is called `"zed"` in the directory']


def test_a_day_in_the_future_is_refused() -> None:
    w = watcher(RULE)
    told = w.tell([seen("03-02", exposure=5)], day("03-01"))
    assert refusal(told) == [
        "future: on: 2026-03-02 is after today (2026-03-01): tell it when its day has come"
    ]


def test_a_day_far_before_the_first_is_refused() -> None:
    w = watcher(RULE, since=day("03-01"))
    old = {**seen("03-01", exposure=5), "on": "0400-03-01"}
    assert refusal(w.tell([old], day("03-01"))) == [
        "past: on: 0400-03-01 lies more than ten years before the first day of the clock "
        "(2026-03-01): is the year right?"
    ]
    near = {**seen("03-01", exposure=5), "on": "2016-03-01"}
    assert [t.status for t in w.tell([near], day("03-01")).taken] == ["late"]


def test_a_copy_changes_nothing_and_a_conflict_is_refused() -> None:
    w = watcher(RULE)
    again = {**RETURN, "amount": Decimal("900.00")}
    other = {**RETURN, "amount": 901}
    told = w.tell([RETURN, again, other, SEEN, {**SEEN, "id": "c-2"}, SEEN], day("03-01"))
    assert [t.status for t in told.taken] == [
        "accepted", "copy", "refused", "accepted", "refused", "copy",
    ]  # fmt: skip
    assert refusal(told) == [
        "conflict: id: this event was told before with another content, which is not changed: "
        "tell a new one that corrects it",
        "conflict: entry: this observation was told before with another content, which is not "
        "changed: tell a new one that corrects it",
    ]
    assert [(r.code, r.kind, r.id) for r in w.refused] == [
        ("conflict", "w.Return", "r-1"),
        ("conflict", "w.Customer", "c-2"),
    ]


def test_one_bad_entry_leaves_the_others() -> None:
    w = watcher(RULE)
    told = w.tell([{"kind": "?"}, seen("03-01", exposure=6, credit_line=5)], day("03-01"))
    assert [t.status for t in told.taken] == ["refused", "accepted"]
    assert len(told.happenings) == 1


# --- what is plain is read quickly ---------------------------------------------------------------

_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**20),
    st.decimals(allow_nan=True, allow_infinity=True),
    st.sampled_from(
        ["east", "East", "2026-03-01", "2026-02-30", "20260301", "2026-W09-7", "900", "", "c-1",
         "x" * 10_001, "é", "\ud800", "２０２６-03-01", "900 CNY", "true"]
    ),
    st.sampled_from([{"id": "c-1"}, {"id": 5}, {"id": "é"}, {"id": "c", "region": "east"}, {}, []]),
)  # fmt: skip
_documents = st.dictionaries(
    st.sampled_from(
        ["id", "date", "due", "paid_by", "customer", "amount", "product", "kind_", "region"]
    ),
    _values,
)


@given(kind=st.sampled_from(["Invoice", "Return"]), document=_documents)
def test_reading_quickly_says_the_same(kind: str, document: dict[str, Any]) -> None:
    model = lower(program_of(HEAD + RULE))
    whole = {"kind": kind, "on": "2026-03-01", **document}
    quick = EntryReader(model, Directory.empty())
    careful = EntryReader(model, Directory.empty())
    careful._plain = {name: {} for name in careful._plain}
    one, other = quick.read(whole, 10**6), careful.read(whole, 10**6)
    assert type(one) is type(other)
    if isinstance(one, Entry) and isinstance(other, Entry):
        assert one.same(other)
    else:
        assert one == other
