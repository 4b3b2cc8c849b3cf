"""The OpenAPI document: its examples are answers that the service really gives.

REMIT_UPDATE=1 writes the examples anew.
"""

from __future__ import annotations

import json
import os
import re
from typing import Any

import pytest

from api.http.pay.conftest import at_once
from api.http.test_questions import ORDER
from remit_api.http.documented import EXAMPLES, STATUSES

FACTS = {"rate": "2%", "order": ORDER}
ASKED = {"action": "discount", "requester": "ni.hong", "facts": FACTS}
WIDE = {**ASKED, "facts": {"rate": "12%", "order": ORDER}}
PUT = {
    "subject": {"type": "person", "id": "wang.fang"},
    "action": {"name": "approve"},
    "resource": {"type": "discount", "id": "D1", "properties": FACTS},
    "context": {"requester": "ni.hong"},
}
DECISIONS = "/v1/decisions"
PAY = "/v1/commission"
OF_LIN_TAO = "/v1/commission/statements/lin.tao?plan=monthly&period=2026-01"
SALE = {
    "id": "INV-2026-0117",
    "date": "2026-02-09",
    "net": 18000,
    "seller": "wang.fang",
    "owner": "sales_representative",
    "team": "east",
    "product_line": "electronics",
}
USED_UP = {
    "record": "Customer",
    "id": "c-17",
    "entry": "erp-2026-02-10-0001",
    "facts": {"exposure": 101000, "credit_line": 100000},
}
WANTED = {name: value for name, value in SALE.items() if name not in ("id", "net")}
CASES: tuple[tuple[str, str, str, str, str, Any], ...] = (
    (
        "asked",
        "May I give 2 %? Nothing is kept",
        "wang.fang",
        "POST",
        DECISIONS,
        {**ASKED, "record": False},
    ),
    ("recorded", "The same, recorded", "wang.fang", "POST", DECISIONS, ASKED),
    (
        "escalated",
        "12 % is for somebody else",
        "wang.fang",
        "POST",
        DECISIONS,
        {**WIDE, "record": False},
    ),
    (
        "misspelt",
        "An action that is not there",
        "wang.fang",
        "POST",
        DECISIONS,
        {"action": "discuont"},
    ),
    (
        "nearly known",
        "A member that is nearly one there is records nothing",
        "wang.fang",
        "POST",
        DECISIONS,
        {**ASKED, "recrod": False},
    ),
    (
        "for another",
        "A representative asks for himself",
        "wang.fang",
        "POST",
        DECISIONS,
        {**ASKED, "actor": "lin.tao"},
    ),
    (
        "outcomes",
        "Two at once, outcomes alone",
        "wang.fang",
        "POST",
        f"{DECISIONS}/batch",
        {"requests": [ASKED, WIDE], "record": False, "explain": False},
    ),
    ("list", "What I decided", "wang.fang", "GET", DECISIONS, None),
    ("record", "One record", "wang.fang", "GET", f"{DECISIONS}/ID", None),
    (
        "verified",
        "It is as it was recorded",
        "auditor",
        "GET",
        f"{DECISIONS}/ID/verification",
        None,
    ),
    (
        "replayed",
        "The answer is still the same",
        "wang.fang",
        "GET",
        f"{DECISIONS}/ID/replay",
        None,
    ),
    (
        "reversed",
        "The order was cancelled",
        "chen.jing",
        "POST",
        f"{DECISIONS}/ID/reversal",
        {"reason": "the order was cancelled"},
    ),
    (
        "maximum",
        "What can I give right now?",
        "wang.fang",
        "POST",
        "/v1/limits",
        {"action": "discount", "requester": "ni.hong", "facts": {"order": ORDER}},
    ),
    ("approvers", "Who may give 12 %?", "wang.fang", "POST", "/v1/approvers", WIDE),
    (
        "matrix",
        "Who may give discounts, up to what",
        "wang.fang",
        "GET",
        "/v1/authorities?action=discount",
        None,
    ),
    ("myself", "What the directory says of me", "wang.fang", "GET", "/v1/directory", None),
    ("told", "An invoice", "shop", "POST", "/v1/events", {"event": "Sale", "facts": SALE}),
    (
        "told again",
        "The same again",
        "shop",
        "POST",
        "/v1/events",
        {"event": "Sale", "facts": SALE},
    ),
    (
        "told otherwise",
        "What was told is not changed",
        "shop",
        "POST",
        "/v1/events",
        {"event": "Sale", "facts": {**SALE, "net": 1}},
    ),
    ("observed", "A credit line is used up", "shop", "POST", "/v1/observations", USED_UP),
    ("alerts", "What is open", "chen.jing", "GET", "/v1/alerts?status=open", None),
    ("held", "What is frozen", "wang.fang", "GET", "/v1/holds?stands=true", None),
    ("missing", "Reports that are missing", "auditor", "GET", "/v1/duties?state=overdue", None),
    ("my events", "What I am credited for", "wang.fang", "GET", "/v1/events", None),
    ("verification", "Nothing was altered", "auditor", "GET", "/v1/audit/verification", None),
    ("nobody else's", "Somebody else's pay", "wang.fang", "GET", OF_LIN_TAO, None),
    ("published", "Nothing was published yet", "wang.fang", "GET", "/v1/policies", None),
    ("evaluation", "A gateway asks", "shop", "POST", "/access/v1/evaluation", PUT),
    (
        "evaluations",
        "Two people at once",
        "shop",
        "POST",
        "/access/v1/evaluations",
        {
            **{name: value for name, value in PUT.items() if name != "subject"},
            "evaluations": [
                {"subject": {"type": "person", "id": id}} for id in ("wang.fang", "zhao.na")
            ],
        },
    ),
    ("subjects", "Who may?", "shop", "POST", "/access/v1/search/subject", PUT),
    ("resources", "None are listed", "shop", "POST", "/access/v1/search/resource", PUT),
    ("actions", "What may she do?", "shop", "POST", "/access/v1/search/action", PUT),
    (
        "late",
        "Wang Fang came late",
        "shop",
        "POST",
        "/v1/events",
        {
            "event": "Lateness",
            "facts": {"id": "L-1", "date": "2026-01-12", "person": "wang.fang"},
        },
    ),
    (
        "ordered",
        "Compute January, and wait for it",
        "chen.jing",
        "POST",
        f"{PAY}/runs",
        {"period": "2026-01", "plan": "deductions"},
    ),
    (
        "no such data",
        "A place is named, never a path",
        "chen.jing",
        "POST",
        f"{PAY}/runs",
        {"period": "2026-01", "data": "/srv/pay"},
    ),
    ("job", "What came of it", "chen.jing", "GET", f"{PAY}/jobs/JOB", None),
    ("run", "What it pays in all", "chen.jing", "GET", f"{PAY}/runs/1", None),
    (
        "my pay",
        "Why 50 were deducted",
        "wang.fang",
        "GET",
        f"{PAY}/statements/wang.fang?plan=deductions&period=2026-01",
        None,
    ),
    (
        "what if",
        "What do I earn at 10 % rather than 15 % discount?",
        "wang.fang",
        "POST",
        f"{PAY}/whatif",
        {
            "period": "2026-Q1",
            "plan": "quarterly_accelerator",
            "event": "Sale",
            "sale": {**WANTED, "net": {"list": 40_000_000, "discount": "10%"}},
            "or": [{"net": {"list": 40_000_000, "discount": "15%"}}],
        },
    ),
    (
        "disputed",
        "It was the tram",
        "wang.fang",
        "POST",
        f"{PAY}/disputes",
        {
            "plan": "deductions",
            "period": "2026-01",
            "line": "L-1",
            "expected": "0",
            "reason": "the trams did not run",
        },
    ),
    (
        "decided",
        "And it is decided",
        "zhou.lei",
        "POST",
        f"{PAY}/disputes/1/answer",
        {"decision": "accepted", "outcome": "the event is taken back in February"},
    ),
    (
        "own run",
        "Who asked for it does not close it",
        "chen.jing",
        "POST",
        f"{PAY}/closings",
        {"run": 1},
    ),
    ("closed", "Somebody else does", "zhou.lei", "POST", f"{PAY}/closings", {"run": 1}),
    ("closings", "What is closed", "auditor", "GET", f"{PAY}/closings", None),
    ("differences", "Nothing has changed since", "auditor", "GET", f"{PAY}/differences", None),
)
PLACES = {
    "ID": "{id}", "JOB": "{id}", "/runs/1": "/runs/{number}", "/disputes/1": "/disputes/{number}",
    "statements/lin.tao": "statements/{person}", "statements/wang.fang": "statements/{person}",
}  # fmt: skip
"""What stands in the path of an example, by its address in the document."""


def asked(service: Any) -> list[dict[str, Any]]:
    """Every example, asked in turn."""
    ids, found = {"ID": "", "JOB": ""}, []
    service.service.jobs.computer = at_once
    for name, summary, caller, method, path, body in CASES:
        more = {} if body is None else {"json": body}
        asked = path.replace("ID", ids["ID"]).replace("JOB", ids["JOB"])
        headers = {"Prefer": "wait=10"} if path == f"{PAY}/runs" else {}
        if path == f"{PAY}/closings" and body is not None:
            headers["If-Match"] = service.client(caller).get(f"{PAY}/runs/1").headers["ETag"]
        answer = service.client(caller).request(method, asked, headers=headers, **more)
        document = answer.json()
        if name in ("recorded", "ordered"):
            ids["ID" if name == "recorded" else "JOB"] = document["id"]
        route = path.partition("?")[0]
        for place, there in PLACES.items():
            route = route.replace(place, there)
        example = {"route": route, "method": method, "name": name, "summary": summary}
        if body is not None:
            example["body"] = body
        found.append({**example, "status": answer.status_code, "answer": document})
    text = json.dumps(found, ensure_ascii=False)
    for n, one in enumerate(dict.fromkeys(re.findall(r"dec_[0-9a-f]{24}", text)), 1):
        text = text.replace(one, f"dec_{n:024x}")
    text = re.sub(r"(req|job)_[0-9a-f]{24}", r"\1_" + "0" * 24, text)
    text = re.sub(r'("(?:made|ended)": )"[^"]*"', r'\1"2026-02-10T09:00:00Z"', text)
    # a hash hangs on the id, which is another each time, a digest on every text of the sample pack;
    # of places on disk only the end is told
    hashes = r'("(?:hash|previous|last|last_change|last_entry|digest|policy)": )"[0-9a-f]{64}"'
    text = re.sub(hashes, r'\1"' + "0" * 64 + '"', text)
    text = re.sub(r'"[^"]*/(policies/[^"]*)"', r'"\1"', text)
    made: list[dict[str, Any]] = json.loads(text)
    return made


def test_examples_are_what_the_service_answers(service: Any) -> None:
    found = asked(service)
    if os.environ.get("REMIT_UPDATE") == "1":
        EXAMPLES.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
    assert found == json.loads(EXAMPLES.read_text("utf-8"))


@pytest.fixture
def document(service: Any) -> dict[str, Any]:
    found: dict[str, Any] = service.http.get("/openapi.json").json()
    return found


def test_every_route_says_its_refusals(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            told = {int(status) for status in operation["responses"]}
            if path.startswith("/v1"):
                assert set(STATUSES) <= told, f"{method} {path}"
                assert operation["security"] == [{"bearer": []}]
            assert operation["summary"], f"{method} {path}"


def test_examples_stand_in_it(document: dict[str, Any]) -> None:
    operation = document["paths"][DECISIONS]["post"]
    content = operation["requestBody"]["content"]["application/json"]
    assert content["examples"]["asked"]["value"]["facts"] == FACTS
    answers = operation["responses"]["200"]["content"]["application/json"]["examples"]
    assert answers["asked"]["value"]["outcome"] == "permit"
    recorded = operation["responses"]["201"]["content"]["application/json"]["examples"]
    assert recorded["recorded"]["value"]["id"].startswith("dec_")
