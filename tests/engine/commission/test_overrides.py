"""Section 8: plans that stand on the statements of others."""

from __future__ import annotations

from datetime import date

from engine.commission.paying import Paid, pay, plan
from remit_engine.commission.closed.closing import obstacles

BASE = plan("payable = 10% of credit rounded half up to 0.01")
ABOVE = """
commission above {
  pays manager, director
  period month
  on plan of REPORTS reports
  payable = 1% of credit rounded half up to 0.01
}
"""
PEOPLE = """person position manager from until
ann rep max - 2026-01-16
ann rep mia 2026-01-16 -
bob rep max - -
max manager dan - -
mia manager dan - -
dan director - - -"""
SALES = """id date net seller returned_on
1 2026-01-05 1000 ann -
2 2026-01-20 200 ann 2026-02-10
3 2026-01-06 500 bob -
4 2026-02-06 300 bob -"""


def overridden(reports: str, through: str = "2026-02", base: str = BASE, **tables: str) -> Paid:
    text = base + ABOVE.replace("REPORTS", reports)
    return pay(text, through, plans="above", **{"people": PEOPLE, "sale": SALES, **tables})


def dues(found: Paid, *persons: str, period: str = "2026-01") -> list[str]:
    return [found.due(p, period, plan="above")[0] for p in persons]


def test_direct_reports_are_those_of_the_last_day() -> None:
    # ann (1200) came to mia in the middle of January; bob (500) is of max
    assert dues(overridden("direct"), "max", "mia", "dan") == ["5.00", "12.00", "0.00"]


def test_all_reports_go_up_every_level() -> None:
    found = overridden("all")
    assert dues(found, "max", "mia", "dan") == ["5.00", "12.00", "17.00"]
    lines = found.statement("dan", "2026-01", "above").lines
    assert [(x.event, x.credit, str(x.day)) for x in lines] == [
        ("ann", 1200, "2026-01-31"),
        ("bob", 500, "2026-01-31"),
    ]


def test_a_superior_who_is_not_in_the_override_gets_nothing() -> None:
    people = PEOPLE + "\nbob trainee eva - -\neva rep mia - -"
    found = overridden("all", people=people)
    assert dues(found, "mia") == ["17.00"]  # bob reports to eva, too, and she to mia
    assert not found.has("eva", "2026-01", "above")


def test_the_plan_underneath_is_computed_too() -> None:
    assert overridden("direct").due("ann", "2026-01") == ["120.00"]


def test_credits_that_were_returned_are_taken_off_in_their_period() -> None:
    base = plan(
        "payable = 10% of credit rounded half up to 0.01\nreverse returned_on at the rate paid"
    )
    found = overridden("direct", base=base)
    assert dues(found, "mia") == ["12.00"]
    assert dues(found, "mia", period="2026-02") == ["-2.00"]
    back = SALES.replace("2026-02-10", "2026-01-25")
    assert dues(overridden("direct", base=base, sale=back), "mia") == ["10.00"]


def test_paid_is_what_the_reports_get_without_guarantee_and_draw() -> None:
    base = plan(
        "payable = 10% of credit rounded half up to 0.01\nguarantee 500\ndraw 900 recoverable"
    )
    text = ABOVE.replace("1% of credit", "paid + reports * 1 CNY")
    found = pay(
        base + text.replace("REPORTS", "all"), "2026-01", plans="above", people=PEOPLE, sale=SALES
    )
    assert dues(found, "max", "dan") == ["51.00", "172.00"]


def test_a_report_who_left_counts_as_of_his_last_day() -> None:
    people = """person position manager from until
ann rep max - 2026-01-16
max manager - - -"""
    found = overridden("direct", people=people, sale="id date net seller\n1 2026-01-05 1000 ann")
    assert dues(found, "max") == ["10.00"]
    assert dues(found, "max", period="2026-02") == ["0.00"]


def test_a_superior_who_left_before_that_day_has_no_line() -> None:
    people = """person position manager from until
ann rep max - -
max manager - - 2026-01-31"""
    found = overridden("direct", people=people, sale="id date net seller\n1 2026-01-05 1000 ann")
    assert dues(found, "max") == ["0.00"]
    assert found.statement("max", "2026-01", "above").lines == ()


def test_an_override_over_a_faulty_statement_is_at_fault() -> None:
    base = plan("payable = payee.weight * credit rounded half up to 0.01")
    people = """person position weight manager
ann rep - max
bob rep 1 mia
max manager - -
mia manager - -"""
    found = overridden("direct", base=base, people=people)
    assert found.fault("max", "2026-01", "above") == (
        "`max`, 2026-01: it stands on the statement of `ann` in `plan`, which is at fault"
    )
    assert dues(found, "mia") == ["5.00"]


def test_nobody_stands_above_himself() -> None:
    people = """person position manager
ann rep max
max manager mia
mia manager max"""
    found = overridden("all", people=people, sale="id date net seller\n1 2026-01-05 1000 ann")
    assert dues(found, "max", "mia") == ["10.00", "10.00"]


def test_an_override_may_stand_on_an_override() -> None:
    second = """
commission third {
  pays director
  period month
  on above of direct reports
  payable = 10% of credit rounded half up to 0.01
}
"""
    text = BASE + ABOVE.replace("REPORTS", "direct") + second
    found = pay(text, "2026-01", plans="third", people=PEOPLE, sale=SALES)
    # max has the credit of bob, mia that of ann
    assert found.due("dan", "2026-01", plan="third") == ["170.00"]


def test_what_the_plan_underneath_cannot_count_keeps_the_override_open() -> None:
    stranger = "\n5 2026-01-07 900 eve -"
    sound, broken = overridden("all"), overridden("all", sale=SALES + stranger)
    assert list(obstacles(sound.run, "pay.above", date(2026, 1, 31))) == []
    (told,) = obstacles(broken.run, "pay.above", date(2026, 1, 31))
    assert "nobody with the id `eve` is known" in told
