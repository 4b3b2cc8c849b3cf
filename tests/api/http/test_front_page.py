"""`/` in a browser is a page that says what this is; for programs it is as every other path."""

from __future__ import annotations

from typing import Any

import pytest

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_a_browser_is_shown_what_this_is(service: Any) -> None:
    answer = service.http.get("/", headers=BROWSER)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    for said in ("/openapi.json", "Authorization: Bearer rk_", "remit key create", "/docs"):
        assert said in answer.text
    assert "<script" not in answer.text
    assert "<style" not in answer.text


@pytest.mark.parametrize("path", ["/openapi.json", "/healthz", "/readyz"])
def test_what_the_page_leads_to_is_there_for_nobody(service: Any, path: str) -> None:
    assert f'href="{path}"' in service.http.get("/", headers=BROWSER).text
    assert service.http.get(path).status_code == 200


def test_a_program_is_told_as_before(service: Any) -> None:
    answer = service.http.get("/")
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert service.http.post("/", headers=BROWSER).status_code == 401
    assert service.client("auditor").get("/").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/v1/events/2"), ("GET", "/v1/decisions/"), ("GET", "/v1/limits/")],
)
def test_nobody_is_sent_elsewhere(service: Any, method: str, path: str) -> None:
    answer = service.client("auditor").http.request(
        method, path, headers={"x-test-caller": "auditor"}, follow_redirects=False
    )
    assert answer.status_code in (404, 405), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert path in answer.json()["detail"]
