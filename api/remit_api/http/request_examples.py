"""An example of what each route takes, by its type: shown in the OpenAPI document, and tested."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from remit_api.http import request_bodies as bodies

ORDER = {
    "total": 18000,
    "margin": "20%",
    "clearance": False,
    "region": "pudong",
    "product_line": "electronics",
}
QUESTION = {
    "action": "discount",
    "requester": "ni.hong",
    "facts": {"rate": "2%", "order": ORDER},
}
SUBJECT = {"type": "person", "id": "wang.fang"}
RESOURCE = {"type": "discount", "id": "D1", "properties": QUESTION["facts"]}
READ = {"name": "approve"}
PEOPLE = """people:
  - id: wang.fang
    positions:
      - {position: sales_representative, unit: east, from: 2026-01-01}
"""
POLICY = """policy shop "Shop" { effective from 2026-01-01 owner boss currency CNY }
position boss "Boss"
action refund "Refund" { amount money  limit on amount }
authority refund { boss may approve up to 100 }
"""

EXAMPLES: Mapping[type[Struct], Mapping[str, Any]] = {
    bodies.Decision: {**QUESTION, "record": False},
    bodies.Batch: {"requests": [QUESTION], "record": False, "explain": False},
    bodies.Reversal: {"reason": "the order was cancelled"},
    bodies.Question: QUESTION,
    bodies.WhoMay: QUESTION,
    bodies.Enquiry: {"request": {**QUESTION, "facts": {"rate": "12%", "order": ORDER}}},
    bodies.StepDone: {"verb": "review", "note": "the margin is as the price list has it"},
    bodies.Comment: {"text": "the customer called again"},
    bodies.Edit: {"facts": {"rate": "11%", "order": ORDER}},
    bodies.Reassignment: {"step": "s2", "to": "li.wei", "because": "on leave until Friday"},
    bodies.Withdrawal: {"because": "the customer bought elsewhere"},
    bodies.Delegation: {
        "from": "li.wei",
        "to": "lin.tao",
        "action": "compensation",
        "verbs": ["approve"],
        "limit": 1500,
        "starts": "2026-02-10",
        "ends": "2026-02-20",
        "reason": "on leave",
    },
    bodies.Nothing: {},
    bodies.Draft: {"files": {"shop.remit": POLICY}, "note": "refunds"},
    bodies.PolicyPublication: {"note": "from 1 June on"},
    bodies.DirectoryDraft: {"file": PEOPLE, "note": "Wang Fang joins the east"},
    bodies.DirectoryPublication: {"note": "from 1 June on"},
    bodies.Event: {
        "event": "Sale",
        "facts": {
            "id": "INV-2026-0117",
            "date": "2026-02-09",
            "net": 18000,
            "seller": "wang.fang",
            "owner": "sales_representative",
            "team": "east",
            "product_line": "electronics",
        },
    },
    bodies.Observation: {
        "record": "Customer",
        "id": "c-17",
        "entry": "erp-2026-02-10-0001",
        "facts": {"exposure": 81000, "credit_line": 100000},
    },
    bodies.Acknowledgement: {},
    bodies.AlertClosure: {"note": "the customer paid today"},
    bodies.AlertOwner: {"to": "finance_controller", "because": "it is about the credit line"},
    bodies.Lifting: {"because": "the customer paid in advance"},
    bodies.Run: {"period": "2026-03"},
    bodies.WhatIf: {
        "period": "2026-03",
        "plan": "deductions",
        "sale": {"net": 90000, "date": "2026-03-20"},
    },
    bodies.Close: {"run": 7},
    bodies.Dispute: {
        "plan": "deductions",
        "period": "2026-01",
        "expected": "1200.50",
        "reason": "the trams did not run",
    },
    bodies.DisputeAnswer: {"decision": "accepted", "outcome": "it is taken back in February"},
    bodies.DisputeWithdrawal: {},
    bodies.Evaluation: {"subject": SUBJECT, "action": READ, "resource": RESOURCE},
    bodies.Evaluations: {
        "action": READ,
        "resource": RESOURCE,
        "evaluations": [{"subject": SUBJECT}],
    },
    bodies.SubjectSearch: {"subject": {"type": "person"}, "action": READ, "resource": RESOURCE},
    bodies.ResourceSearch: {"subject": SUBJECT, "action": READ, "resource": {"type": "discount"}},
    bodies.ActionSearch: {"subject": SUBJECT, "resource": RESOURCE},
}
