"""Parameters that cannot be read are refused in our words."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("address", "message"),
    [
        (
            "decisions?outcome=permitt",
            '`"permitt"` is none of `permit`, `needs`, `escalate`, `deny`, `incomplete`, '
            "`undefined`, `reversed`: did you mean `permit`?",
        ),
        ("policies?state=old", '`"old"`: write one of `draft`, `published`, `superseded`'),
        ("decisions?since=yesterday", '`"yesterday"` is not a date: write it as "2026-03-01"'),
        ("decisions?since=2026-02-30", '`"2026-02-30"` is not a date: write it as "2026-03-01"'),
        ("decisions?limit=many", '`"many"` is not a whole number'),
        ("decisions?limit=0", '`"0"` is less than 1'),
        ("decisions?limit=1000", '`"1000"` is more than 200'),
        ("holds?stands=perhaps", '`"perhaps"` is neither true nor false'),
    ],
)
def test_what_was_given_and_what_is_expected(service: Any, address: str, message: str) -> None:
    answer = service.client("auditor").get(f"/v1/{address}")
    assert answer.status_code == 400, answer.text
    assert [p["message"] for p in answer.json()["problems"]] == [message]


def test_a_state_of_requests_for_approval_is_one_of_theirs(service: Any) -> None:
    client = service.client("chen.jing")
    answer = client.get("/v1/approval-requests?state=aproved")
    assert answer.status_code == 400
    assert "did you mean `approved`?" in answer.text
    for state in ("open", "approved", "rejected", "withdrawn", "expired", "void"):
        assert client.get(f"/v1/approval-requests?state={state}").status_code == 200
