"""Lists in pages: a cursor or a name that no store can look for is refused in words."""

from __future__ import annotations

from typing import Any

import pytest

from remit_api.http.paging import cursor_of

BEYOND = 2**63
LISTS = (
    "/v1/decisions",
    "/v1/approval-requests",
    "/v1/policies/publications",
    "/v1/events",
    "/v1/observations",
    "/v1/alerts",
    "/v1/holds",
    "/v1/commission/runs",
)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("key", [BEYOND, -BEYOND, 10**30])
def test_a_cursor_beyond_all_rows_is_no_fault_of_the_service(
    service: Any, path: str, key: int
) -> None:
    answer = service.client("chen.jing").get(path, params={"cursor": cursor_of(key)})
    assert answer.status_code == 400, answer.text
    assert answer.json()["problems"][0]["path"] == "cursor"


@pytest.mark.parametrize("name", ["first", "last"])
def test_an_export_from_beyond_all_rows_is_refused_before_it_begins(
    service: Any, name: str
) -> None:
    answer = service.client("chen.jing").get("/v1/audit/export", params={name: BEYOND})
    assert answer.status_code == 400
    assert answer.json()["problems"][0]["path"] == name


@pytest.mark.parametrize(
    "path",
    ["/v1/events/%00/%00", "/v1/keys/a%00", "/v1/events?event=%00", "/v1/decisions?actor=a%00b"],
)
def test_an_address_with_a_nul_is_refused_in_words(service: Any, path: str) -> None:
    """PostgreSQL cannot even look for one."""
    answer = service.client("chen.jing").get(path)
    assert answer.status_code == 400, answer.text
    assert "NUL" in answer.json()["detail"]


def test_a_cursor_with_a_nul_was_given_by_no_page(service: Any) -> None:
    answer = service.client("auditor").get("/v1/keys", params={"cursor": cursor_of("\0")})
    assert answer.status_code == 400, answer.text
    assert answer.json()["problems"][0]["path"] == "cursor"


def test_a_text_that_no_store_keeps_is_refused_in_words(service: Any) -> None:
    body = {"files": {"a.remit": "policy a"}, "note": "a\0b"}
    answer = service.client("ma.lin").post("/v1/policies", json=body)
    assert answer.status_code == 400, answer.text
    assert "cannot be kept" in answer.json()["detail"]


def test_nor_is_such_a_directory_kept(service: Any) -> None:
    client = service.client("ma.lin")
    tag = client.get("/v1/directory").headers["ETag"]
    body = {"file": "people: []\0"}
    answer = client.post("/v1/directory/versions", json=body, headers={"If-Match": tag})
    assert answer.status_code == 400, answer.text
    assert "cannot be kept" in answer.json()["detail"]
