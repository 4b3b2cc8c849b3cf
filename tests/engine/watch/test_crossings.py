"""Where alerts begin and end: worked by hand from docs/watch.md."""

from __future__ import annotations

from engine.watch.following import on_customer, row, seen, standing, tell


def test_an_alert_begins_where_a_rule_becomes_true_and_ends_where_it_is_no_more() -> None:
    w = on_customer("full: when exposure over credit_line notify sales_manager")
    assert tell(w, "03-01", seen("03-01", exposure=100, credit_line=100)) == []
    assert tell(w, "03-02", seen("03-02", exposure=101)) == ["03-02 begun c.full c-1"]
    assert tell(w, "03-03", seen("03-03", exposure=150)) == []
    assert tell(w, "03-04", seen("03-04", exposure=100)) == ["03-04 cleared c.full c-1"]
    assert tell(w, "03-05", seen("03-05", exposure=101)) == ["03-05 begun c.full c-1"]
    assert standing(w) == ["c.full c-1 03-02..03-04", "c.full c-1 03-05.."]


def test_until_clears_and_keeps_the_alert_open_between_the_lines() -> None:
    w = on_customer(
        "near: when exposure over 80% of credit_line notify board",
        "  until exposure at most 75% of credit_line",
    )
    assert tell(w, "03-01", seen("03-01", exposure=81, credit_line=100)) == [
        "03-01 begun c.near c-1"
    ]
    assert tell(w, "03-02", seen("03-02", exposure=76), seen("03-02", exposure=90)) == []
    assert tell(w, "03-03", seen("03-03", exposure=75)) == ["03-03 cleared c.near c-1"]


def test_what_is_missing_neither_crosses_nor_clears() -> None:
    w = on_customer("when exposure over credit_line notify board")
    assert tell(w, "03-01", seen("03-01", exposure=101)) == []
    assert tell(w, "03-02", seen("03-02", credit_line=100)) == ["03-02 begun c.1 c-1"]


def test_a_late_entry_changes_what_was_said() -> None:
    w = on_customer("when 3 Return within 30 days notify board")
    assert tell(w, "03-05", *(row("Return", f"03-0{n}", f"r{n}") for n in (1, 3, 5))) == [
        "03-05 begun c.1 c-1"
    ]
    assert tell(w, "03-06", row("Return", "03-02", "r2")) == [
        "03-05 withdrawn c.1 c-1",
        "03-05 begun late c.1 c-1 of 03-03",
    ]


def test_an_until_that_is_true_goes_before_its_rule() -> None:
    w = on_customer("when exposure over 5 notify board until 1 Complaint within 2 days")
    assert tell(w, "03-01", row("Complaint", "03-01"), seen("03-01", exposure=6)) == []
    assert tell(w, "03-03") == ["03-03 begun c.1 c-1"]
    assert tell(w, "03-05", row("Complaint", "03-05")) == ["03-05 cleared c.1 c-1"]
    assert tell(w, "03-07") == ["03-07 begun c.1 c-1"]


def test_an_until_that_is_unknown_hinders_nothing() -> None:
    w = on_customer("when exposure over 5 notify board until region = west")
    assert tell(w, "03-01", seen("03-01", exposure=6)) == ["03-01 begun c.1 c-1"]
    assert tell(w, "03-02", seen("03-02", exposure=1)) == []
    assert tell(w, "03-03", seen("03-03", region="west")) == ["03-03 cleared c.1 c-1"]


def test_what_becomes_unknown_stays_open() -> None:
    w = on_customer('when note = "a" and exposure over 5 notify board')
    assert tell(w, "03-01", seen("03-01", exposure=6, note="a")) == ["03-01 begun c.1 c-1"]
    assert tell(w, "03-02", seen("03-02", note=None)) == []
    assert tell(w, "03-03", seen("03-03", exposure=5)) == ["03-03 cleared c.1 c-1"]


def test_a_fault_in_a_value_is_unknown() -> None:
    w = on_customer("when exposure / credit_line over 1 notify board")
    assert tell(w, "03-01", seen("03-01", exposure=6, credit_line=0)) == []
    assert tell(w, "03-02", seen("03-02", credit_line=5)) == ["03-02 begun c.1 c-1"]


def test_what_has_a_name_is_read_in_its_place() -> None:
    w = on_customer(
        "usage = exposure / credit_line",
        "seldom = count of Return within 5 days < 2",
        "when usage over 80% and seldom notify board",
    )
    assert tell(w, "03-01", seen("03-01", exposure=81, credit_line=100)) == ["03-01 begun c.1 c-1"]
    assert tell(w, "03-02", row("Return", "03-02"), row("Return", "03-02")) == [
        "03-02 cleared c.1 c-1"
    ]
