"""The fast path answers, counts and tells what the long way does; it only does so sooner."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.http.both_ways import (
    CALLERS,
    KEYS,
    Sent,
    Way,
    agree,
    figures,
    ledger,
    plain,
    two_ways,
    ways,
)
from api.http.test_decisions import DISCOUNT
from remit_api.http import entrance, fast_path
from remit_api.http.desk import Desk
from remit_api.http.enquiry import Enquiry
from remit_api.http.quick import quick_answer
from remit_api.http.rates import Buckets

__all__ = ["ways"]  # a fixture

FREIGHT = {"action": "freight", "facts": {"carrier": "sf", "amount": 900}}
QUICK: list[dict[str, Any]] = [
    FREIGHT,
    {"action": "major_contract_deal", "facts": {"amount": 750000.5}},
    {"action": "sales.exceptions.trouble", "facts": {"kind": "among_departments", "urgent": False}},
    {"action": "freight", "verb": "handle", "facts": {"amount": 900, "carrier": None}},
    {"action": "complaint_case", "verb": "handle", "facts": {"solvable": True}},
    {"action": "target_release", "facts": {"mid_year": True}},
    {"action": "complaint_case", "facts": {"solvable": True, "misspelt": 1}},
]
"""Requests on actions that have cells, the last one with a member that is not known."""
ODD = st.sampled_from(
    [None, True, 3, 0.5, "", "nobody", [], {}, {"person": "wang.fang"}, "x" * 300]
)
ACTORS = st.sampled_from(
    ["wang.fang", "lin.tao", "sun.qiang", "sales_manager", "sales.organisation.general_manager"]
)
FACTS = st.dictionaries(
    st.sampled_from(["rate", "order", "amount", "quote", "more"]),
    st.one_of(
        ODD,
        st.sampled_from(["2%", "20%", 18000, 1e3, "2026-02-10", DISCOUNT["facts"]["order"]]),
    ),
    max_size=3,
)
DOCUMENTS = st.one_of(
    st.just(DISCOUNT),
    st.fixed_dictionaries(
        {"action": st.sampled_from(["discount", "freight", "quote_release", "discuont", None])},
        optional={"facts": FACTS},
    ),
    st.sampled_from(QUICK),
    st.sampled_from(QUICK),
)
MEMBERS = st.fixed_dictionaries(
    {},
    optional={
        "actor": st.one_of(ACTORS, ODD),
        "verb": st.sampled_from(["approve", "review", "recommend", "", None, 3]),
        "as_of": st.sampled_from(["2026-02-10", "2026-02-11", "2026-13-01", 5, None]),
        "language": st.sampled_from(["en", "zh", "xx"]),
        "totals": st.sampled_from([{}, {"month": 0}]),
        "approvals": st.sampled_from([[], [{"verb": "review", "by": "chen.jing"}]]),
        "requester": st.sampled_from(["ni.hong", "who", None]),
        "unknown": ODD,
    },
)
OTHER = {"actor": "lin.tao"}
RECORD = st.sampled_from(
    [{"record": False}] * 4 + [{"record": True}, {}] * 2 + [{"record": "no"}, {"record": None}]
)
BROKEN = st.sampled_from(
    [b"{", b"[]", b"\xff", b"null", b'{"record": false, "record": true}', b"[" * 3000, b"{}"]
)


@st.composite
def bodies(draw: Any) -> bytes:
    if draw(st.integers(0, 9)) == 0:
        return draw(BROKEN)  # type: ignore[no-any-return]
    members = draw(MEMBERS) if draw(st.booleans()) else draw(st.sampled_from([{}, OTHER]))
    document = {**draw(DOCUMENTS), **members, **draw(RECORD)}
    text = json.dumps(document)
    if draw(st.integers(0, 9)) == 0:  # a member twice
        text = text[:-1] + f', "{draw(st.sampled_from(sorted(document)))}": null}}'
    return text.encode()


KNOWN = ["wang", "chen", "shop", "auditor"]


@st.composite
def requests(draw: Any) -> Sent:
    sent = plain(draw(bodies()), draw(st.sampled_from(sorted(CALLERS) + KNOWN * 3)))
    if draw(st.integers(0, 2)):
        return sent
    headers = dict(sent.headers)
    for name, values in UNUSUAL.items():
        if draw(st.integers(0, 4)) == 0:
            headers[name] = draw(st.sampled_from(values))
    for name in draw(st.sets(st.sampled_from(sorted(headers)), max_size=1)):
        del headers[name]
    listed = list(headers.items())
    if draw(st.integers(0, 4)) == 0:
        listed.append(draw(st.sampled_from(listed)))
    parts, waits = draw(st.integers(1, 3)), draw(st.booleans())
    return replace(
        sent, headers=tuple(listed), parts=parts, waits=waits, leaves=draw(st.integers(0, 9)) == 0
    )


UNUSUAL = {
    "authorization": ["", "Basic x", "Bearer", f"Bearer {KEYS['chen'].text}", "Bearer rk_x_y"],
    "content-type": ["text/plain", "application/json; charset=utf-8", "application/jsonp"],
    "content-length": ["0", "x", "-1", "5", "9" * 12, "1" * 30],
    "transfer-encoding": ["chunked"],
    "expect": ["100-continue"],
    "origin": ["https://app.example"],
    "x-request-id": ["r.1", "not fit for a log", "x" * 200, ""],
    "idempotency-key": ["a", "b", " ", "x" * 300, "é"],
}


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(requests(), min_size=1, max_size=4))
def test_both_ways_say_the_same(ways: tuple[Way, Way], asked: list[Sent]) -> None:
    for sent in asked:
        agree(ways, sent)
    assert figures(ways[0]) == figures(ways[1])
    assert ledger(ways[0]) == ledger(ways[1])


def went(way: Way, ask: Callable[[], Any]) -> bool:
    """Whether a request went the long way."""
    before = way.long
    ask()
    return way.long > before


def test_answers_come_from_cells(ways: tuple[Way, Way], monkeypatch: pytest.MonkeyPatch) -> None:
    """The requests above do meet the quick way: all but the one that says too much."""
    quick = []

    def spied(*asked: Any) -> bytes | Enquiry | None:
        quick.append(quick_answer(*asked))
        return quick[-1]

    monkeypatch.setattr(fast_path, "quick_answer", spied)
    for document in QUICK:
        agree(ways, plain({**document, "record": False}))
        agree(ways, plain(document))
    read = [type(answer) for answer in quick]
    assert read == [bytes, Enquiry] * (len(QUICK) - 1) + [type(None)] * 2
    assert ledger(ways[0]) == ledger(ways[1])


def test_plain_requests_take_it(ways: tuple[Way, Way]) -> None:
    for document in ({**FREIGHT, "record": False}, FREIGHT, {**DISCOUNT, "record": False}):
        for who in CALLERS:
            assert not went(ways[0], lambda d=document, w=who: agree(ways, plain(d, w)))


@pytest.mark.parametrize(
    "change",
    [
        {"content_type": "application/json; charset=utf-8"},
        {"content_length": "0"},
        {"content_length": "+3"},
        {"content_length": str(3_000_000)},
        {"transfer_encoding": "chunked"},
        {"expect": "100-continue"},
        {"origin": "https://app.example"},
    ],
    ids=str,
)
def test_an_unusual_head_goes_the_long_way(ways: tuple[Way, Way], change: dict[str, str]) -> None:
    sent = plain({**FREIGHT, "record": False}, **change)
    assert went(ways[0], lambda: agree(ways, sent))


def test_a_header_twice_goes_the_long_way(ways: tuple[Way, Way]) -> None:
    sent = plain({**FREIGHT, "record": False})
    twice = replace(sent, headers=(*sent.headers, ("authorization", "Bearer x")))
    assert went(ways[0], lambda: agree(ways, twice))
    assert agree(ways, twice).status == 401


@pytest.mark.parametrize("change", [{"parts": 2}, {"waits": True}, {"leaves": True}], ids=str)
def test_a_body_that_is_not_there_goes_the_long_way(
    ways: tuple[Way, Way], change: dict[str, Any]
) -> None:
    sent = replace(plain({**FREIGHT, "record": False}), **change)
    assert went(ways[0], lambda: agree(ways, sent))
    if change.get("leaves"):
        assert agree(ways, sent).status is None
    else:
        assert agree(ways, sent).status == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/decisions"), ("POST", "/v1/decisions/"), ("POST", "/v1/decisions/batch")],
)
def test_everything_else_goes_the_long_way(ways: tuple[Way, Way], method: str, path: str) -> None:
    sent = replace(plain({"requests": []}), method=method, path=path)
    assert went(ways[0], lambda: agree(ways, sent))


def test_the_day_after_is_another_day(ways: tuple[Way, Way]) -> None:
    """Who was let in yesterday is looked at anew."""
    sent = plain({**FREIGHT, "record": False}, "wang")
    before = json.loads(agree(ways, sent).body)["as_of"]
    for way in ways:
        way.clock.set(date(2026, 2, 12))
    after = json.loads(agree(ways, sent).body)["as_of"]
    for way in ways:
        way.clock.set(date(2026, 2, 10))
    assert (before, after) == ("2026-02-10", "2026-02-12")


def test_a_fault_of_ours_is_told_alike(
    ways: tuple[Way, Way], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def __getattr__(self, name: str) -> Any:
            raise ZeroDivisionError

    for way in ways:
        monkeypatch.setattr(way.service, "roles", Broken())
    said = agree(ways, plain({**FREIGHT, "record": False}))
    assert said.status == 500
    assert dict(said.headers)[b"x-content-type-options"] == b"nosniff"


@pytest.fixture
def counted(
    tmp_path: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Way, Way]]:
    """Both with rates, at a time that stands still, and pages of one other origin."""
    monkeypatch.setattr(
        entrance, "Buckets", lambda rate: Buckets(rate, burst=rate, seconds=lambda: 0.0)
    )
    more = {"caller_rate": 2, "address_rate": 5, "cors": ("https://app.example",), "body": 200}
    with two_ways(tmp_path, desk, **more) as made:
        yield made


def test_rates_are_counted_together(counted: tuple[Way, Way]) -> None:
    ask = plain({**FREIGHT, "record": False})
    long = replace(ask, parts=2)
    said = [agree(counted, sent) for sent in (ask, long, ask, long)]
    assert [s.status for s in said] == [200, 200, 429, 429]
    assert dict(said[0].headers)[b"ratelimit"] == b'"caller";r=1;t=1'
    other = [agree(counted, plain({**FREIGHT, "record": False}, "chen")).status for _ in range(2)]
    assert other == [200, 429], "the address has asked five times"


def test_another_origin_and_a_large_body(counted: tuple[Way, Way]) -> None:
    page = plain({**FREIGHT, "record": False}, origin="https://app.example")
    said = agree(counted, page)
    assert dict(said.headers)[b"access-control-allow-origin"] == b"https://app.example"
    assert agree(counted, plain({**FREIGHT, "more": "x" * 200})).status == 413
