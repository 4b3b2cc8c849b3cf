"""Buckets of requests, by a clock that the test turns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from remit_api.http import rates
from remit_api.http.app import create_app
from remit_api.http.rates import Buckets, network


def test_a_burst_and_then_the_rate() -> None:
    now = 0.0
    buckets = Buckets(2, burst=3, seconds=lambda: now)
    assert [buckets.take("a").allowed for _ in range(4)] == [True, True, True, False]
    assert buckets.take("b").allowed, "another has a bucket of his own"
    now = 0.5
    assert buckets.take("a").allowed
    assert not buckets.take("a").allowed


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 3000), max_size=60), st.integers(1, 20), st.integers(1, 30))
def test_never_more_than_burst_and_rate(waits: list[int], rate: int, burst: int) -> None:
    now = 0.0
    buckets = Buckets(rate, burst, seconds=lambda: now)
    allowed = 0
    for wait in waits:
        now += wait / 1000
        allowed += buckets.take("a").allowed
    assert allowed <= burst + now * rate + 1e-6


def test_the_wait_is_long_enough() -> None:
    now = 0.0
    buckets = Buckets(1, burst=1, seconds=lambda: now)
    buckets.take("a")
    refused = buckets.take("a")
    assert not refused.allowed
    now += refused.wait
    assert buckets.take("a").allowed


def test_names_are_forgotten_where_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MOST_BUCKETS", 10)
    buckets = Buckets(1, burst=1, seconds=lambda: 0.0)
    for n in range(100):
        buckets.take(str(n))
    assert len(buckets._kept) == 10
    assert not buckets.take("99").allowed


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
        (None, "local"),
    ],
)
def test_what_is_one_address(address: str | None, counted: str) -> None:
    assert network(address) == counted


def test_a_caller_who_asks_too_often(settings: Any, desk: Any) -> None:
    app = create_app(replace(settings, caller_rate=1), None, desk)
    with TestClient(app) as http:
        asks = [http.get("/v1/keys", headers={"X-Test-Caller": "ma.lin"}) for _ in range(3)]
        assert [a.status_code for a in asks] == [200, 200, 429]
        assert asks[0].headers["ratelimit"].startswith('"caller";r=1;')
        assert asks[0].headers["ratelimit-policy"] == '"caller";q=2;w=2'
        assert int(asks[2].headers["retry-after"]) >= 1
        assert asks[2].json()["type"] == "urn:remit:problem:too_many"
        other = http.get("/v1/keys", headers={"X-Test-Caller": "shu.fen"})
        assert other.status_code == 200
        assert "ratelimit" not in http.get("/healthz").headers


def test_an_address_that_asks_too_often_is_not_even_read(settings: Any, desk: Any) -> None:
    app = create_app(replace(settings, address_rate=1, trusted_caller=None), None, desk)
    with TestClient(app) as http:
        statuses = [http.get("/v1/keys").status_code for _ in range(4)]
    assert statuses == [401, 401, 429, 429]
