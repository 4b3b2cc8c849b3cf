from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from remit_dsl.catalogue import CATALOGUE
from remit_dsl.diagnostics import Diagnostic
from remit_engine.engine import Engine
from remit_engine.reading.directory_reader import read_directory_text
from remit_engine.suite import (
    Coverage,
    SuiteResult,
    coverage,
    junit_xml,
    read_suite,
    read_suite_text,
    read_suites,
    run_suite,
)
from remit_engine.suite.case_reader import filled, merged
from sample_house import DIRECTORY, MODEL, POLICY

ENGINE = Engine(MODEL, read_directory_text("directory.yaml", DIRECTORY, MODEL)[0])
HEAD = "suite: s\nas_of: 2026-03-01\ndefaults: {action: discount, facts: {rate: 5%}}\ncases:\n"


def run(*cases: str, head: str = HEAD) -> SuiteResult:
    suite, found = read_suite_text("s.test.yaml", _text(head, cases), ENGINE)
    assert suite is not None, found
    return run_suite(suite, ENGINE)


def _text(head: str, cases: tuple[str, ...]) -> str:
    return head + "".join(f"  - {c}\n" for c in cases)


def faults(*cases: str, head: str = HEAD) -> list[Diagnostic]:
    _, found = read_suite_text("s.test.yaml", _text(head, cases), ENGINE)
    assert all(d.code in CATALOGUE for d in found)
    return found


def failure(case: str) -> str:
    (result,) = run(case).results
    assert len(result.failures) == 1, result.failures
    return result.failures[0]


# --- running -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expect",
    [
        "outcome: permit",
        "outcome: permit, rules: [discount.sales_manager.approve], limit: 10%, maximum: 10%",
        "limit: up to 10%",
        "limit: 0.1",
        "missing: [], needs: [], chain: []",
    ],
)
def test_a_manager_inside_his_limit(expect: str) -> None:
    assert run(f"{{name: a, actor: sales_manager, expect: {{{expect}}}}}").failed == ()


@pytest.mark.parametrize(
    "case",
    [
        "{name: a, actor: sales_manager, facts: {rate: 11%}, "
        "expect: {outcome: escalate, chain: [regional_manager]}}",
        "{name: a, actor: sales_manager, facts: {rate: 11%}, "
        "expect: {approvers: [li.wei, regional_manager]}}",
        "{name: a, actor: sales_manager, facts: {rate: 11%}, "
        "expect: {rules: [discount.sales_manager.approve]}}",
        "{name: a, actor: sales_manager, facts: {rate: null}, "
        "expect: {outcome: incomplete, missing: [rate]}}",
        "{name: a, actor: sales_director, facts: {rate: 26%, order: {region: east}}, "
        "expect: {outcome: needs, needs: [review by finance_controller]}}",
        "{name: a, actor: sales_director, facts: {rate: 31%, order: {region: east}}, "
        "approvals: [{verb: review, position: finance_controller}], "
        "expect: {outcome: needs, needs: [evidence delivery_list]}}",
        "{name: a, actor: sales_director, facts: {rate: 31%, order: {region: east}}, "
        "approvals: [{verb: review, position: finance_controller}], evidence: [delivery_list], "
        "expect: {outcome: permit}}",
        "{name: a, actor: sales_manager, action: release_order, verb: release, "
        "facts: {amount: 5}, expect: {outcome: permit, limit: any}}",
        "{name: a, actor: sales_manager, action: purchase, facts: {amount: 10, vendor: x}, "
        "totals: {month: 79_990, vendor over 60 days: 0}, "
        "expect: {outcome: permit, limit: 50_000 CNY}}",
        '{name: a, actor: sales_manager, facts: {rate: "5"}, expect: {error: facts.rate}}',
        "{name: a, actor: sales_manger, expect: {error: actor}}",
        "{name: a, actor: finance_controller, expect: {limit: none}}",
    ],
)
def test_what_can_be_expected(case: str) -> None:
    assert [r.failures for r in run(case).results] == [()]


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ("outcome: deny", "expected deny, got permit: "),
        ("limit: 12%", "expected the limit 12%, got "),
        ("limit: under 10%", "expected the limit under 10%, got "),
        ("limit: any", "expected the limit any, got "),
        ("maximum: none", "expected the maximum none, got "),
        ("rules: [discount.sales_director.approve]",
         "expected the rule `discount.sales_director.approve` to take part, "
         "got `discount.sales_manager.approve`"),
        ("missing: [order.total]", "expected missing `order.total`, got none"),
        ("needs: [review by auditor]", "expected needs `review by auditor`, got none"),
        ("chain: [sales_director]", "expected the chain `sales_director`, got none"),
        ("approvers: [li.wei]", "expected the approvers `li.wei`, got "),
        ("error: facts", "expected a refusal of `facts`, got permit"),
    ],
)  # fmt: skip
def test_a_failure_says_expected_and_got(expect: str, said: str) -> None:
    assert failure(f"{{name: a, actor: sales_manager, expect: {{{expect}}}}}").startswith(said)


def test_a_failure_has_its_place() -> None:
    (result,) = run("{name: a, actor: sales_manager, expect: {outcome: deny}}").failed
    assert result.place == "s.test.yaml:5"


def test_an_unexpected_refusal_fails_with_its_reason() -> None:
    said = failure('{name: a, actor: sales_manager, facts: {rate: "5"}, expect: {outcome: permit}}')
    assert said.startswith("the request was refused: `facts.rate`: ")
    said = failure("{name: a, actor: nobody, expect: {error: facts.rate}}")
    assert said.startswith("expected a refusal of `facts.rate`, got one of `actor`: ")


def test_a_fact_that_nothing_asks_for_fails_unless_it_is_a_default() -> None:
    said = failure("{name: a, actor: sales_manager, facts: {raet: 1%}, expect: {outcome: permit}}")
    assert said == "`facts.raet` is not known to `sales.discount`, so it was ignored"
    head = HEAD.replace("rate: 5%", "rate: 5%, amount: 7")
    case = "{name: a, actor: sales_manager, expect: {outcome: permit}}"
    assert run(case, head=head).failed == ()


def test_rows_are_cases_over_their_case() -> None:
    result = run(
        """name: rate {rate} of {actor}
    actor: sales_manager
    facts: {customer: a}
    expect: {rules: [discount.sales_manager.approve]}
    rows:
      - {facts: {rate: 10%}, expect: {outcome: permit}}
      - {facts: {rate: 10.01%}, expect: {outcome: escalate}}
      - {facts: {rate: 10.01%}, expect: {outcome: permit}}"""
    )
    assert [r.case.name for r in result.results] == [
        "rate 10% of sales_manager",
        "rate 10.01% of sales_manager (row 1)",
        "rate 10.01% of sales_manager (row 2)",
    ]
    assert [r.passed for r in result.results] == [True, True, False]
    assert [r.case.span.line for r in result.results] == [10, 11, 12]
    assert result.results[0].request is not None
    assert result.results[0].request.facts["customer"] == "a"


def test_each_result_is_told_at_once() -> None:
    heard: list[str] = []
    suite, _ = read_suite_text(
        "s", HEAD + "  - {name: a, actor: sales_manager, expect: {outcome: permit}}", ENGINE
    )
    assert suite is not None
    run_suite(suite, ENGINE, lambda result: heard.append(result.case.name))
    assert heard == ["a"]


def test_facts_are_merged_deeply_and_the_rest_is_replaced() -> None:
    below: dict[str, Any] = {"facts": {"order": {"a": 1, "b": 2}}, "actor": {"person": "x"}}
    above: dict[str, Any] = {"facts": {"order": {"b": 3}}, "actor": {"position": "y"}}
    assert merged(below, above) == {
        "facts": {"order": {"a": 1, "b": 3}},
        "actor": {"position": "y"},
    }
    assert below["facts"] == {"order": {"a": 1, "b": 2}}


def test_names_are_filled_from_the_request() -> None:
    document = {"facts": {"rate": "5%", "order": {"total": 7}}, "actor": "x"}
    assert filled("{rate} {order.total} {actor} {none}", document) == "5% 7 x {none}"


# --- faults in a suite ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "code", "underlined"),
    [
        ("{name: a, actor: x, expct: {outcome: permit}}", "E0606", "expct"),
        ("{name: a, actor: x, expect: {outcom: permit}}", "E0606", "outcom"),
        ("{name: a, actor: x, expect: {outcome: allow}}", "E0703", "allow"),
        ("{name: a, actor: x}", "E0702", "a"),
        ("{name: a, actor: x, expect: {}}", "E0702", "a"),
        ("{name: a, actor: x, expect: permit}", "E0706", "permit"),
        ("{actor: x, expect: {outcome: permit}}", "E0607", "{actor"),
        (
            "{name: a, expect: {rules: [discount.sales_manger.approve]}}",
            "E0704",
            "discount.sales_manger.approve",
        ),
        ("{name: a, expect: {limit: ten}}", "E0706", "ten"),
        ("{name: a, expect: {limit: 1e400}}", "E0706", "1e400"),
        ("{name: a, expect: {limit: [1]}}", "E0706", "[1]"),
        ("{name: a, expect: {chain: ceo}}", "E0608", "ceo"),
        ("{name: a, rows: [{rat: 5, expect: {outcome: permit}}]}", "E0606", "rat"),
        ("permit", "E0608", "permit"),
    ],
)
def test_a_fault_in_a_case_has_its_place(case: str, code: str, underlined: str) -> None:
    text = _text(HEAD, (case,))
    places = [text[d.span.start : d.span.end] for d in faults(case) if d.code == code]
    assert any(place.startswith(underlined) for place in places)


def test_two_cases_of_one_name() -> None:
    case = "{name: a, actor: sales_manager, expect: {outcome: permit}}"
    (fault,) = faults(case, case)
    assert (fault.code, fault.span.line, fault.help) == ("E0705", 6, "the first one is on line 5")


@pytest.mark.parametrize("text", ["", "# nothing", "suite: x", "cases: 7", "[]", "cases: [[[", "7"])
def test_what_is_no_suite(text: str) -> None:
    suite, found = read_suite_text("s", text, ENGINE)
    assert suite is None
    assert found


# --- files ---------------------------------------------------------------------------------


def _files(folder: Path, suite: str) -> Path:
    (folder / "sales.remit").write_text(POLICY, encoding="utf-8")
    (folder / "directory.yaml").write_text(DIRECTORY, encoding="utf-8")
    path = folder / "a.test.yaml"
    path.write_text(suite, encoding="utf-8")
    return path


GOOD = (
    "policies: [.]\ndirectory: directory.yaml\nas_of: 2026-03-01\ncases:\n"
    "  - {name: a, actor: li.wei, action: discount, facts: {rate: 20%}, "
    "expect: {outcome: permit}}\n"
)


def test_a_suite_finds_its_policies_and_its_directory(tmp_path: Path) -> None:
    path = _files(tmp_path, GOOD)
    loaded, found = read_suite(path)
    assert found == []
    assert loaded is not None
    assert loaded.suite.name == "a"
    assert run_suite(loaded.suite, loaded.engine).failed == ()


def test_suites_of_one_policy_share_an_engine(tmp_path: Path) -> None:
    _files(tmp_path, GOOD)
    (tmp_path / "b.test.yaml").write_text(GOOD, encoding="utf-8")
    read = [loaded for _, loaded, _ in read_suites([tmp_path, tmp_path / "a.test.yaml"])]
    assert len(read) == 2
    assert read[0] is not None
    assert read[1] is not None
    assert read[0].engine is read[1].engine


@pytest.mark.parametrize(
    ("old", "new"),
    [("[.]", "[nowhere]"), ("directory.yaml", "none.yaml"), ("directory.yaml", "a.test.yaml")],
)
def test_policies_that_cannot_be_used(tmp_path: Path, old: str, new: str) -> None:
    loaded, found = read_suite(_files(tmp_path, GOOD.replace(old, new)))
    assert loaded is None
    assert "E0701" in [d.code for d in found]


def test_a_policy_with_a_fault_is_shown_with_it(tmp_path: Path) -> None:
    path = _files(tmp_path, GOOD)
    (tmp_path / "sales.remit").write_text(POLICY + "\nposition position {", encoding="utf-8")
    loaded, found = read_suite(path)
    assert loaded is None
    assert len(found) > 1


# --- reports -------------------------------------------------------------------------------


def test_junit_counts_and_says_what_failed() -> None:
    result = run(
        "{name: good, actor: sales_manager, expect: {outcome: permit}}",
        '{name: "bad \\u0001 <x>", actor: sales_manager, expect: {outcome: deny}}',
    )
    root = ElementTree.fromstring(junit_xml([result]).encode())
    assert (root.get("tests"), root.get("failures")) == ("2", "1")
    good, bad = root.iter("testcase")
    assert good.find("failure") is None
    failed = bad.find("failure")
    assert failed is not None
    assert bad.get("line") == "6"
    assert (failed.get("message") or "").startswith("expected deny, got permit")


def _covered(*cases: str) -> Coverage:
    return coverage(ENGINE, run(*cases).results)


def _rate(rate: str, actor: str = "sales_manager") -> str:
    return f"{{name: {rate}, actor: {actor}, facts: {{rate: {rate}}}, expect: {{error: x}}}}"


def test_coverage_of_rules() -> None:
    found = {r.id: r.roles for r in _covered(_rate("10%"), _rate("11%")).rules}
    assert found["discount.sales_manager.approve"] == {"grants", "exceeded"}
    assert found["purchase.sales_manager.approve"] == frozenset()


def test_coverage_of_boundaries() -> None:
    def tried(*rates: str) -> tuple[bool, bool]:
        found = _covered(*(_rate(r) for r in rates)).boundaries
        return next(
            (b.at, b.beyond) for b in found if b.boundary.rule == "discount.sales_manager.approve"
        )

    assert tried("5%") == (False, False)
    assert tried("10%") == (True, False)
    assert tried("10.01%") == (False, True)
    assert tried("12%") == (False, False)
    assert tried("10%", "10.01%") == (True, True)


def test_a_boundary_is_tried_by_its_own_actor_only() -> None:
    found = _covered(_rate("20%")).boundaries
    regional = next(b for b in found if b.boundary.rule == "discount.regional_manager.approve")
    assert (regional.at, regional.beyond) == (False, False)


def test_coverage_of_totals_and_windows() -> None:
    case = (
        "{{name: a{0}, actor: sales_manager, action: purchase, facts: {{amount: {0}, vendor: x}}, "
        "totals: {{month: 70_000, vendor over 60 days: {1}}}, expect: {{outcome: permit}}}}"
    )
    found = {
        (b.boundary.total, b.at, b.beyond)
        for b in _covered(case.format(10_000, 40_000), case.format(10_001, 0)).boundaries
    }
    assert found == {(None, True, False), ("month", True, True)}


def test_coverage_of_table_rows() -> None:
    case = (
        "{name: a, actor: sales_director, facts: {rate: 5%, order: {region: north}}, "
        "expect: {outcome: permit}}"
    )
    found = _covered(case)
    assert [(r.table, r.row, r.reached) for r in found.rows] == [
        ("sales.factor", 1, True),
        ("sales.factor", 2, False),
    ]


def test_what_is_not_covered_is_named() -> None:
    found = _covered(_rate("10%"))
    said = found.uncovered()
    assert any(s.startswith("rule `purchase.sales_manager.approve` (0.remit:") for s in said)
    assert any(s.startswith("row 1 of table `sales.factor` (0.remit:") for s in said)
    assert any(
        s.startswith("rule `discount.sales_manager.approve`")
        and s.endswith("was never tried just over 10%")
        for s in said
    )
    assert found.summary().startswith("rules 1 of ")
