"""What is counted, and what the log says."""

from __future__ import annotations

import json
import logging
import os
from typing import Any

import pytest

from api.http.test_questions import ORDER
from remit_api.http.logs import Lines

BODY = {"action": "discount", "requester": "ni.hong", "facts": {"rate": "2%", "order": ORDER}}


def figures(service: Any) -> dict[str, float]:
    text = service.client("shop").get("/metrics").text
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    writer = Lines()
    return [json.loads(writer.format(r)) for r in caplog.records if r.name.startswith("remit")]


def test_requests_and_records_are_counted(service: Any) -> None:
    client = service.client("wang.fang")
    client.post("/v1/decisions", json=BODY)
    client.post("/v1/decisions", json={**BODY, "record": False})
    client.get("/v1/decisions/dec_secret")
    service.http.get("/rk_abc_secret")
    found = figures(service)
    label = 'method="POST",route="/v1/decisions",status='
    assert found[f'remit_http_requests_total{{{label}"201"}}'] == 1
    assert found[f'remit_http_requests_total{{{label}"200"}}'] == 1
    assert found['remit_decisions_recorded_total{outcome="permit"}'] == 1
    assert found["remit_recorder_waiting"] == 0
    assert found["remit_revision"] == 0
    assert found['remit_http_requests_total{method="GET",route="none",status="401"}'] == 1
    assert "secret" not in "".join(found)


def test_who_may_read_them(service: Any) -> None:
    assert service.client("wang.fang").get("/metrics").status_code == 403
    assert service.http.get("/metrics").status_code == 401


def test_a_repeated_answer_is_not_counted_twice(service: Any) -> None:
    for _ in range(2):
        service.client("wang.fang").post(
            "/v1/decisions", json=BODY, headers={"Idempotency-Key": "k"}
        )
    assert figures(service)['remit_decisions_recorded_total{outcome="permit"}'] == 1


def test_a_line_names_request_caller_and_decision(
    service: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="remit"):
        answer = service.client("wang.fang").post(
            "/v1/decisions", json=BODY, headers={"X-Request-ID": "r.1"}
        )
    (line,) = [x for x in lines(caplog) if x["from"] == "remit.requests"]
    assert line["request"] == "r.1"
    assert line["caller"] == "wang.fang"
    assert line["process"] == os.getpid()
    assert line["decision"] == answer.json()["id"]
    assert line["said"] == "POST /v1/decisions 201"


def test_a_traceback_is_one_line_and_hides_keys(caplog: pytest.LogCaptureFixture) -> None:
    key = "rk_abc_0123456789abcdef"
    with caplog.at_level(logging.ERROR, logger="remit.http"):
        try:
            raise ValueError(key)
        except ValueError:
            logging.getLogger("remit.http").exception("a fault with %s", key)
    (line,) = lines(caplog)
    assert "ValueError" in line["traceback"]
    assert "0123456789abcdef" not in json.dumps(line)
