"""`remit test`."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

FAILING = """\
policies: [sales.remit]
directory: directory.yaml
as_of: 2026-03-02
defaults: {action: discount, requester: sam, facts: {order: {margin: 20%}}}
cases:
  - {name: right, actor: rita, facts: {rate: 2%}, expect: {outcome: permit}}
  - {name: wrong, actor: rita, facts: {rate: 4%}, expect: {outcome: permit}}
"""


@pytest.fixture
def failing(house, file):
    file("policies/more.test.yaml", FAILING)
    return house


def test_all_pass(house):
    ran = house("test")
    assert ran.code == 0
    assert ran.first == "14 of 14 cases pass in 1 suite"


def test_a_case_that_fails(failing):
    ran = failing("test")
    assert ran.code == 1
    assert "fails   wrong  policies/more.test.yaml:7" in ran.out
    assert "expected permit, got escalate" in ran.out
    assert "15 of 16 cases pass in 2 suites" in ran.out


def test_one_file(failing):
    assert failing("test", "policies/sales.test.yaml").code == 0


def test_verbose_names_what_passes(house):
    assert "passes  nobody gives the margin away" in house("test", "-v").out


def test_a_suite_that_cannot_be_read(house, file):
    file("policies/more.test.yaml", FAILING.replace("outcome: permit", "outcome: permt", 1))
    ran = house("test")
    assert ran.code == 3
    assert "policies/more.test.yaml:6" in ran.err
    assert "1 suite cannot be read" in ran.out


def test_junit(failing):
    failing("test", "--junit", "report.xml")
    root = ElementTree.parse("report.xml").getroot()
    assert root.get("tests") == "16"
    assert root.get("failures") == "1"
    assert [c.get("name") for c in root.iter("testcase") if c.find("failure") is not None] == [
        "wrong"
    ]


def test_coverage(house):
    ran = house("test", "--coverage")
    assert ran.code == 0
    covered = "rules 6 of 6, table rows 0 of 0, limits at 4 of 4, limits beyond 4 of 4"
    assert f"coverage  {covered}" in ran.out
    Path("policies/sales.test.yaml").write_text(FAILING)
    ran = house("test", "--coverage")
    assert "rule `discount.general_manager.approve`" in ran.out
    assert "never decided" in ran.out


def test_json(failing):
    ran = failing("test", "--json", "--coverage")
    assert ran.code == 1
    assert ran.document["ok"] is False
    assert ran.document["failed"] == 1
    cases = {case["name"]: case for suite in ran.document["suites"] for case in suite["cases"]}
    assert cases["right"]["passed"]
    assert cases["wrong"]["failures"]
    assert ran.document["coverage"]


def test_no_suite_there(house):
    Path("policies/sales.test.yaml").unlink()
    ran = house("test")
    assert ran.code == 2
    assert "a suite is a file ending in .test.yaml" in ran.err


def test_a_policy_is_no_suite(house):
    ran = house("test", "policies/sales.remit")
    assert ran.code == 2
    assert "`policies/sales.remit` is not a test suite" in ran.err


def test_coverage_names_files_as_from_here(house, file):
    file("policies/sales.test.yaml", FAILING)
    ran = house("test", "--coverage")
    assert "(policies/sales.remit:" in ran.out
    assert "(/" not in ran.out
    uncovered = house("test", "--coverage", "--json").document["coverage"][0]["uncovered"]
    assert not any("(/" in sentence for sentence in uncovered)
