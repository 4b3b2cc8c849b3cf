"""Cases about what is watched: what passes, what fails and in which words, what cannot be read."""

from __future__ import annotations

import pytest

from remit_dsl.loader import check_text
from remit_engine.engine import Engine
from remit_engine.rules.lower import lower
from remit_engine.suite import junit_xml, read_suite_text, run_suite

POLICY = """\
policy shop "Shop" { owner boss  currency EUR }
position boss
record Customer { id: text  used: money  line: money }
event Return { id: text  date: date  customer: Customer  amount: money }
watch credit on Customer {
  over: when used over line notify boss
  back: when 2 Return within 30 days notify boss
}
watch refund on Return { when amount over 10 notify boss }
"""
ENTRIES = """\
      - {kind: Customer, id: c1, entry: o1, on: 2026-01-02, facts: {used: 101, line: 100}}
      - {kind: Customer, id: c1, entry: o2, on: 2026-01-05, facts: {used: 100}}
      - {kind: Return, id: r1, date: 2026-01-05, customer: {id: c1}, amount: 20}
"""


@pytest.fixture(scope="module")
def engine() -> Engine:
    program, found = check_text(POLICY)
    assert program is not None, found
    return Engine(lower(program))


def case(rest: str) -> str:
    return f"watch:\n  - name: one\n    entries:\n{ENTRIES}{rest}"


def failures(engine: Engine, rest: str) -> tuple[str, ...]:
    suite, found = read_suite_text("w.test.yaml", case(rest), engine)
    assert suite is not None, found
    (result,) = run_suite(suite, engine).every
    assert result.passed == (not result.failures)
    return result.failures


def test_all_alerts_are_expected(engine: Engine) -> None:
    assert failures(engine, """\
    alerts:
      - {rule: refund.1, subject: r1, began: 2026-01-05, open: true}
      - {rule: credit.over, subject: c1, began: 2026-01-02, cleared: 2026-01-05, open: false}
""") == ()  # fmt: skip


def test_a_case_may_be_about_one_watch_or_several(engine: Engine) -> None:
    assert failures(engine, "    of: refund\n    alerts: [{rule: refund.1}]\n") == ()
    both = "    of: [refund, shop.credit]\n    alerts: [{rule: refund.1}]\n"
    assert failures(engine, both) == (
        "got an alert that is not expected: rule shop.credit.over, subject c1, "
        "began 2026-01-02, cleared 2026-01-05",
    )


def test_an_alert_that_differs_is_missing_and_too_many(engine: Engine) -> None:
    rest = "    of: credit\n    alerts: [{rule: credit.over, began: 2026-01-03}]\n"
    assert failures(engine, rest) == (
        "expected an alert: rule credit.over, began 2026-01-03",
        "got an alert that is not expected: rule shop.credit.over, subject c1, "
        "began 2026-01-02, cleared 2026-01-05",
    )


def test_an_alert_is_expected_once_for_each_time(engine: Engine) -> None:
    rest = "    of: refund\n    alerts: [{rule: refund.1}, {rule: refund.1, subject: r1}]\n"
    assert failures(engine, rest) == ("expected an alert: rule refund.1",)


def test_entries_that_are_refused_must_be_named(engine: Engine) -> None:
    bad = '      - {kind: Return, id: r2, date: 2026-01-05, customer: {id: c1}, amount: "20"}\n'
    rest = "    of: credit\n    alerts: [{rule: credit.over}]\n"
    assert failures(engine, bad + rest) == (
        'entry 4 was refused: `amount`: `"20"` is not an amount of money: write 20 without quotes',
    )
    assert failures(engine, bad + "    refused: [4]\n" + rest) == ()
    assert failures(engine, bad + "    refused: [1, 4]\n" + rest) == (
        "expected entry 1 to be refused, and it was taken",
    )


def test_days_pass_until_the_day_named(engine: Engine) -> None:
    more = "      - {kind: Return, id: r2, date: 2026-01-06, customer: {id: c1}, amount: 1}\n"
    rest = "    of: credit\n    until: 2026-02-04\n    alerts:\n      - {rule: credit.over}\n"
    began = "      - {rule: credit.back, began: 2026-01-06, cleared: 2026-02-04}\n"
    assert failures(engine, more + rest + began) == ()


@pytest.mark.parametrize(
    ("rest", "code", "said", "help"),
    [
        ("    alerts: [{rule: credit.ovr}]\n", "E0704", "unknown rule `credit.ovr`",
         "did you mean `credit.over`?"),
        ("    of: credt\n    alerts: []\n", "E0704", "unknown watch or duty `credt`",
         "did you mean `credit`?"),
        ("    alerts: []\n    refused: [4]\n", "E0608", "`4` is not the number of an entry",
         "write a number from 1 to 3"),
        ("    alerts: []\n    refused: [yes]\n", "E0608", "`yes` is not the number of an entry",
         None),
        ("    alerts: [{subject: c1}]\n", "E0607", "an alert lacks `rule`", None),
        ("    until: soon\n    alerts: []\n", "E0608", None, None),
        ("", "E0607", "a case of a watch lacks `alerts`", None),
        ("      - 5\n    alerts: []\n", "E0608",
         "an entry has members such as `kind: …`, `id: …`", None),
    ],
)  # fmt: skip
def test_a_fault_of_the_file_has_its_place_and_cure(
    engine: Engine, rest: str, code: str, said: str | None, help: str | None
) -> None:
    suite, found = read_suite_text("w.test.yaml", case(rest), engine)
    assert suite is None
    fault = found[0]
    assert fault.code == code
    assert said is None or fault.message == said
    assert help is None or fault.help == help


def test_a_suite_has_cases_of_either_kind(engine: Engine) -> None:
    suite, found = read_suite_text("w.test.yaml", "suite: empty\n", engine)
    assert suite is None
    assert (found[0].message, found[0].help) == (
        "a suite lacks `cases`",
        "or `watch`, for what is watched",
    )


def test_results_for_build_servers_count_both_kinds(engine: Engine) -> None:
    suite, _ = read_suite_text("w.test.yaml", case("    alerts: []\n"), engine)
    assert suite is not None
    text = junit_xml([run_suite(suite, engine)])
    assert 'tests="1" failures="1"' in text
    assert "got an alert that is not expected" in text
