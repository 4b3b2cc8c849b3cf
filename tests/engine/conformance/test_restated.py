"""Where the shared folder is there: nothing that applies was left out of our restatement."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).resolve().parents[4] / "shared" / "conformance"
DATA = Path(__file__).parent / "data"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared folder is not here")


def theirs(path: str) -> Any:
    return json.loads((SHARED / path).read_text("utf-8"))


def ours(path: str) -> Any:
    return json.loads((DATA / path).read_text("utf-8"))


def test_every_combination_of_xacml() -> None:
    names = {"not_applicable": "no", "permit": "yes", "deny": "yes", "indeterminate": "unknown"}
    expected = {
        c["id"]: ([[r["effect"], names[r["outcome"]]] for r in c["children"]], c["expected"])
        for c in theirs("xacml/combining-cases.json")["cases"]
    }
    assert {c["id"]: (c["rules"], c["answer"]) for c in ours("xacml.json")["cases"]} == expected


def test_every_pair_of_opa() -> None:
    expected = [
        (c["a"], c["b"], c["expected"]) for c in theirs("opa/decimal-order.json")["compare"]
    ]
    assert [(p["a"], p["b"], p["order"]) for p in ours("opa.json")["pairs"]] == expected


def test_every_threshold_of_catala() -> None:
    found = theirs("catala/threshold-rules.json")
    expected = [c["rule"] for c in (*found["cases"], *found["boundary_cases_added_by_us"])]
    assert [c["rule"] for c in ours("catala.json")["cases"]] == expected


def test_every_case_of_openfisca() -> None:
    found = theirs("openfisca/dated-marginal-scale.json")
    assert ours("openfisca.json")["cases"] == found["cases"]
    assert [s["brackets"] for s in ours("openfisca.json")["scale"]] == [
        s["brackets"] for s in found["marginal_scale"]
    ]


def test_the_expressions_of_dmn_that_apply() -> None:
    cases = [c for c in theirs("dmn-tck/expressions-and-cases.json")["cases"] if c["expression"]]
    logic = [c for c in cases if "ternary-logic" in c["test"]]
    rounded = [
        c
        for c in cases
        if "round" in c["test"] and not c["error_expected"] and "6176" not in c["expression"]
    ]
    mine = ours("dmn_expressions.json")
    assert len(mine["logic"]) == len(logic)
    assert len([c for c in mine["rounding"] if c["mode"] != "half even"]) == len(rounded)
