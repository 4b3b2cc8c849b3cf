"""A batch that is read in one piece gives what its requests give one by one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.http.both_ways import CALLERS, Sent, Way, plain, two_ways
from api.http.test_fast_path import DOCUMENTS, FREIGHT, MEMBERS, QUICK
from remit_api.http import batch
from remit_api.http.desk import Desk
from remit_api.http.quick import quick_checks

PATH = "/v1/decisions/batch"
plainly = st.sampled_from(QUICK[:-1])
odd = st.builds(lambda document, members: {**document, **members}, DOCUMENTS, MEMBERS)
MANY = st.lists(plainly, max_size=6) | st.lists(plainly | odd, max_size=3)


@pytest.fixture(scope="module")
def way(tmp_path_factory: pytest.TempPathFactory, desk: Desk) -> Iterator[Way]:
    with two_ways(tmp_path_factory.mktemp("batch"), desk) as made:
        yield made[0]


def sent(text: str, who: str = "wang") -> Sent:
    asked = plain(text.encode(), who)
    return Sent(asked.body, asked.headers, path=PATH)


def asking(requests: list[Any], **more: Any) -> str:
    return json.dumps({"requests": requests, "record": False, "explain": False, **more})


def both(way: Way, text: str, who: str = "wang") -> tuple[Any, bool]:
    """What a batch is answered, read in one piece or not, and whether it was."""
    whole: list[bool] = []

    def spied(*asked: Any) -> Any:
        found = quick_checks(*asked)
        whole.append(found is not None)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch, "quick_checks", spied)
        first = way.ask(sent(text, who))
        patch.setattr(batch, "quick_checks", lambda *asked: None)
        assert way.ask(sent(text, who)).comparable == first.comparable
    return first, whole == [True]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MANY, st.sampled_from(sorted(CALLERS)), st.booleans())
def test_in_one_piece_or_one_by_one(way: Way, requests: list[Any], who: str, twice: bool) -> None:
    text = asking(requests)
    if twice:  # a member given twice
        text = text.replace('"action":', '"action": "discount", "action":', 1)
    both(way, text, who)


@pytest.mark.parametrize("who", ["wang", "chen", "shop"])
def test_plain_requests_are_read_in_one_piece(way: Way, who: str) -> None:
    requests = [{**request, "actor": "wang.fang"} for request in QUICK[:-1]]
    said, whole = both(way, asking(requests if who == "shop" else [*QUICK[:-1], *requests]), who)
    assert whole
    assert all("outcome" in item for item in json.loads(said.body)["items"])


@pytest.mark.parametrize(
    "other",
    [
        {**FREIGHT, "misspelt": 1},
        {"action": "freight", "facts": {"amount": 900, "misspelt": 1}},
        {"action": "freight", "facts": {"amount": "900"}},
        {**FREIGHT, "as_of": "2026-02-11"},
        {**FREIGHT, "actor": "lin.tao"},
        {**FREIGHT, "actor": None},
        {**FREIGHT, "actor": ["wang.fang"]},
        {**FREIGHT, "verb": []},
        {**FREIGHT, "action": "no such"},
        {"action": "refund", "facts": {"amount": 10}},
        FREIGHT["facts"],
        None,
        7,
        [],
    ],
    ids=str,
)
def test_one_that_is_odd_has_all_read_one_by_one(way: Way, other: Any) -> None:
    said, whole = both(way, asking([FREIGHT, other, FREIGHT]))
    assert not whole
    first, _, last = json.loads(said.body)["items"]
    assert first == last
    assert "outcome" in first


@pytest.mark.parametrize(
    "text",
    [
        asking([FREIGHT]).replace('"amount": 900', '"amount": 9, "amount": 900'),
        asking([FREIGHT])[:-1] + ', "record": false}',
        asking([{**FREIGHT, "facts": {"amount": 900, "carrier": "a:b"}}]),
    ],
)
def test_a_member_given_twice_is_seen(way: Way, text: str) -> None:
    assert not both(way, text)[1]
