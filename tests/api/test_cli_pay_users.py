"""What finance and reps asked for when they used `remit commission`."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from api.test_cli_commission import PEOPLE, POLICY, SALES

STORE = ("--store", "pay.db")
NAMED = (
    PEOPLE.replace("id,", "id,name,")
    .replace("ann,", "ann,Ann Smith,")
    .replace("bob,", "bob,王小明,")
    .replace("\nlea,", "\nlea,,")
)


@pytest.fixture
def pay(remit, file):
    file("pay.remit", POLICY)
    file("data/people.csv", NAMED)
    file("data/sale.csv", SALES)
    return lambda command, *words: remit("commission", command, *words)


@pytest.fixture
def kept(pay):
    """Runs all plans of a month into the store."""
    return lambda period, *more: pay(
        "run", "all", "pay.remit", "--period", period, "--data", "data", *STORE, *more
    )


@pytest.fixture
def closed(kept, pay):
    """All plans are closed for January."""
    assert kept("2026-01").code == 0
    ran = pay("close", "--period", "2026-01", *STORE, "--on", "2026-02-01", "--by", "fay")
    assert ran.code == 0, ran.err
    return ran


def change(path, old, new):
    text = Path(path).read_text()
    assert old in text
    Path(path).write_text(text.replace(old, new))


def alter(statement):
    with sqlite3.connect("pay.db") as store:
        assert store.execute(statement).rowcount
    store.close()


# --- run -----------------------------------------------------------------------------------


def test_who_is_paid_nothing_is_not_counted(pay):
    ran = pay("run", "all", "pay.remit", "--period", "2026-02", "--data", "data")
    assert "bob" in ran.out
    assert "2 people are paid 2,250.00 CNY" in ran.out
    ran = pay("run", "field", "pay.remit", "--period", "2026-02", "--data", "data", "--json")
    assert (len(ran.document["statements"]), ran.document["people"]) == (2, 1)


def test_nobody_is_paid(pay):
    change("data/sale.csv", "S1,2026-01-10,60000.50,ann,2026-01-20", "S1,2026-01-10,60000.50,ann,")
    ran = pay("run", "field", "pay.remit", "--period", "2026-01", "--data", "data")
    assert "nobody is paid anything for 2026-01" in ran.out


def test_all_plans_of_a_person_stand_in_one_row(pay):
    change(
        "data/people.csv",
        "lea,,sales_lead,,,2026-01-01,",
        "lea,,sales_lead,,,2026-01-01,\nlea,,sales_rep,,,2026-01-01,",
    )
    change(
        "data/sale.csv", "S3,2026-02-03,40000,ann,2026-02-20", "S3,2026-02-03,40000,lea,2026-02-20"
    )
    ran = pay("run", "all", "pay.remit", "--period", "2026-02", "--data", "data")
    table = ran.out[ran.out.index("All plans, 2026-02  CNY") :].split("\n\n")[0]
    rows = [line.split() for line in table.split("\n")[1:]]
    assert rows == [
        ["person", "field", "override", "total"],
        ["ann", "(Ann", "Smith)", "1,200.00", "1,200.00"],
        ["bob", "(王小明)", "0.00", "0.00"],
        ["lea", "400.00", "450.00", "850.00"],
        ["total", "1,600.00", "450.00", "2,050.00"],
    ]


def test_one_plan_has_no_table_across(pay):
    ran = pay("run", "field", "pay.remit", "--period", "2026-02", "--data", "data")
    assert "All plans" not in ran.out


# --- names ---------------------------------------------------------------------------------


def test_people_are_named_wherever_a_person_reads(closed, kept, pay):
    change("data/sale.csv", "S1,2026-01-10,60000.50", "S1,2026-01-10,70000.50")
    ran = kept("2026-02")
    assert "ann (Ann Smith)" in ran.out
    assert "bob (王小明)" in ran.out
    assert "ann (Ann Smith)  field 2026-01" in ran.out
    told = pay("explain", "ann", "pay.remit", "--period", "2026-02", "--data", "data")
    assert told.first == "ann (Ann Smith), Field commission, 2026-02: due 1,600.00 CNY"
    assert "ann (Ann Smith)" in pay("differences", *STORE).out
    opened = pay("dispute", "open", "ann", "field", "--period", "2026-01", *STORE,
                 "--reason", "no", "--days", "3")  # fmt: skip
    assert opened.first.startswith("dispute 1  ann (Ann Smith), field 2026-01")


def test_files_have_the_id_and_the_name(kept):
    assert kept("2026-02", "--out", "out").code == 0
    rows = Path("out/statements.csv").read_text().split("\n")
    assert rows[0].startswith("plan,person,name,period,currency,credit,quota")
    assert rows[1].startswith("acme.field,ann,Ann Smith,2026-02,CNY,40000.00,100000.00")
    assert rows[3].startswith("acme.override,lea,,2026-02,CNY,130000.00,,")
    assert "<h1>Ann Smith</h1>" in Path("out/statements/ann.html").read_text()
    assert "bob (王小明)" in Path("out/index.html").read_text()


# --- closing -------------------------------------------------------------------------------


def test_all_plans_of_a_period_are_closed_at_once(closed, pay):
    assert "field 2026-01 is closed with run 1" in closed.out
    assert "override 2026-01 is closed with run 1" in closed.out
    again = pay("close", "all", "--period", "2026-01", *STORE, "--on", "2026-02-01")
    assert (again.code, again.err.strip()) == (1, "error: all plans are closed for 2026-01")


def test_all_plans_are_closed_or_none(kept, pay):
    assert kept("2026-01").code == 0
    change("data/sale.csv", "S3,2026-02-03,40000,ann", "S3,2026-02-03,40000,zoe")
    assert kept("2026-02").code == 1
    ran = pay("close", "all", "--period", "2026-02", "--with-earlier", *STORE, "--on", "2026-03-01")
    assert ran.code == 1
    assert "0 closings" in pay("verify", *STORE).out


def test_nothing_to_close_is_told(kept, pay):
    assert kept("2026-01").code == 0
    ran = pay("close", "all", "--period", "2026-02", *STORE, "--on", "2026-03-01")
    assert (ran.code, "no run for 2026-02 is in the store" in ran.err) == (1, True)


# --- explain -------------------------------------------------------------------------------


def test_sums_that_add_nothing_are_left_out(pay):
    words = ("ann", "pay.remit", "--plan", "field", "--period", "2026-03", "--data", "data")
    told = pay("explain", *words)
    assert not any(
        line.strip().startswith(("entitled is", "net is", "due is"))
        for line in told.out.split("\n")
    )
    assert "net is" in pay("explain", *words, "--verbose").out
    february = pay("explain", "ann", "pay.remit", "--period", "2026-02", "--data", "data").out
    assert "net is 1,600.00\n    by: entitled + held\n" in february


def test_what_is_closed_is_explained_as_it_was_closed(closed, pay):
    words = ("ann", "pay.remit", "--period", "2026-01", *STORE)
    told = pay("explain", *words)
    assert told.code == 0, told.err
    assert told.first == "ann (Ann Smith), Field commission, 2026-01: due 600.01 CNY"
    assert "As it was closed (number 1," in told.out
    assert "Credit quarter to date 180,000.50" in told.out
    assert "differ" not in pay("explain", *words, "--data", "data").out
    change("data/sale.csv", "S1,2026-01-10,60000.50", "S1,2026-01-10,70000.50")
    late = pay("explain", *words, "--data", "data")
    assert late.first == told.first
    assert "Today's data differ: they give 700.01 CNY" in late.out
    assert "line S1: credit was 60,000.50, is 70,000.50" in late.out
    (today,) = pay("explain", *words, "--data", "data", "--json").document["today"]
    assert (today["closed"], today["today"]) == ("600.01", "700.01")


def test_what_is_not_closed_is_computed(closed, pay):
    words = ("ann", "pay.remit", "--period", "2026-02", *STORE)
    assert "no data were named" in pay("explain", *words).err
    told = pay("explain", *words, "--data", "data")
    assert (told.code, "As it was closed" in told.out) == (0, False)


# --- statements of the store ---------------------------------------------------------------


def test_statements_of_the_store_have_the_chart_too(closed, pay):
    shown = pay("statements", "field", "--period", "2026-01", *STORE, "--person", "ann")
    assert shown.first == "ann (Ann Smith), field, 2026-01: due 600.01 CNY"
    assert "Credit quarter to date 180,000.50 of quota 300,000.00" in shown.out
    assert pay("statements", "field", "--period", "2026-01", *STORE, "--out", "out").code == 0
    assert '<svg class="chart"' in Path("out/statements/ann.html").read_text()


def test_an_override_of_the_store_shows_the_faults_underneath(kept, pay):
    change("data/sale.csv", "S3,2026-02-03,40000,ann", "S3,2026-02-03,40000,zoe")
    assert kept("2026-02").code == 1
    shown = pay("statements", "override", "--period", "2026-02", *STORE)
    assert "nobody with the id `zoe` is known" in shown.out
    found = pay("statements", "override", "--period", "2026-02", *STORE, "--json").document
    assert (found["faults"], found["uncounted"][0]["event"]) == (1, "S3")


# --- disputes ------------------------------------------------------------------------------


@pytest.fixture
def disputed(closed, pay):
    for reason, line in (("credit note", ()), ("split", ("--line", "S1"))):
        words = ("--period", "2026-01", *STORE, "--reason", reason, "--days", "14", "--by", "lea")
        ran = pay("dispute", "open", "ann", "field", *words, *line, "--on", "2026-02-03")
        assert ran.code == 0, ran.err
    ran = pay("dispute", "answer", "1", "--reject", "--outcome", "no", *STORE, "--by", "fay",
              "--on", "2026-02-04")  # fmt: skip
    assert ran.code == 0, ran.err


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("UPDATE dispute SET reason = 'none' WHERE id = 2", "dispute 2: it is not what was opened"),
        (
            "UPDATE dispute SET deadline = '2027-01-01' WHERE id = 1",
            "dispute 1: it is not what was",
        ),
        ("UPDATE dispute_answer SET status = 'accepted'", "dispute 1: it is not what was ended"),
        ("DELETE FROM dispute_answer", "dispute 1: it is not what was ended"),
        ("DELETE FROM dispute WHERE id = 2", "dispute 2: it is gone"),
        ("DELETE FROM dispute_seal WHERE id = 2", "nothing seals that it was opened"),
        (
            "DELETE FROM dispute_seal WHERE event = 'ended'",
            "dispute 1: nothing seals that it was ended",
        ),
        (
            "UPDATE dispute_seal SET previous = 'x' WHERE id = 2",
            "dispute 2: what was sealed before",
        ),
    ],
)
def test_altering_a_dispute_is_found(disputed, pay, what, said):
    assert "nothing was altered" in pay("verify", *STORE).out
    alter(what)
    found = pay("verify", *STORE)
    assert (found.code, said in found.out) == (8, True), found.out


def test_a_chain_of_disputes_that_was_rewritten_is_found_by_its_last_hash(disputed, pay):
    last = pay("verify", *STORE, "--json").document["disputes"]["last"]
    assert pay("verify", *STORE, "--expect-disputes", last[:16]).code == 0
    alter("DELETE FROM dispute_seal WHERE event = 'ended'")
    alter("DELETE FROM dispute_answer")
    assert pay("verify", *STORE).code == 0
    assert pay("verify", *STORE, "--expect-disputes", last).code == 8


def test_the_payee_withdraws_or_finance(disputed, pay):
    withdraw = ("dispute", "withdraw", "2", *STORE, "--on", "2026-02-05")
    ran = pay(*withdraw, "--by", "bob")
    assert (ran.code, "dispute 2 is of `ann`, and not of `bob`" in ran.err) == (1, True)
    ran = pay(*withdraw, "--by", "fay", "--finance")
    assert (ran.code, "with a reason" in ran.err) == (2, True)
    ran = pay(*withdraw, "--by", "fay", "--finance", "--outcome", "paid by hand")
    assert "withdrawn by fay, for finance on 2026-02-05: paid by hand" in ran.out
    assert "nothing was altered" in pay("verify", *STORE).out


def test_the_payee_withdraws_his_own(disputed, pay):
    ran = pay("dispute", "withdraw", "2", *STORE, "--on", "2026-02-05", "--by", "ann")
    assert (ran.code, "withdrawn by ann on 2026-02-05" in ran.out) == (0, True)


# --- a store that cannot be written --------------------------------------------------------


@pytest.fixture
def locked(closed, monkeypatch):
    """Nothing may be written any more. (Who runs the tests as root may write everything.)"""
    asked = os.access
    monkeypatch.setattr(
        "remit_api.pay.keeping.os.access", lambda path, how: how != os.W_OK and asked(path, how)
    )


def test_a_store_that_is_read_only_can_be_read(locked, pay):
    assert pay("verify", *STORE).code == 0
    assert pay("statements", "field", "--period", "2026-01", *STORE).code == 0


def test_a_store_that_is_read_only_is_not_written(locked, kept, pay):
    ran = kept("2026-02")
    assert "error: the store `pay.db` is read-only" in ran.err
    assert "help: give yourself the right" in ran.err
    assert (
        "is read-only"
        in pay("close", "all", "--period", "2026-02", *STORE, "--on", "2026-03-01").err
    )


@pytest.mark.parametrize(
    "address",
    ["sqlite:///x.db?timeout=soon", "oracle9://x", "postgresql+psycopg://h:port/x", "a://"],
)
def test_an_address_that_is_none_is_told(pay, address):
    ran = pay("verify", "--store", address)
    assert (ran.code, "is not the address of a store" in ran.err) == (2, True), ran.err


# --- what is meant by a sale ---------------------------------------------------------------

SECOND = """
event Visit "Visit" { id: text  date: date  seller: Person  minutes: integer optional }

commission visits "Visits" {
  pays    sales_rep
  period  month
  from    Visit by date
  credit  1 CNY to seller
  payable = 20 * credit rounded half up to 0.01
}
"""
WHAT = ("ann", "pay.remit", "--period", "2026-03", "--data", "data")


@pytest.fixture
def visits(pay, file):
    file("pay.remit", POLICY + SECOND)
    file("data/visit.csv", "id,date,seller,minutes\nV1,2026-03-02,ann,30\n")
    return pay


def test_the_only_event_that_fits_is_meant(visits):
    ran = visits("whatif", *WHAT, "--sale", "date=2026-03-20 minutes=30")
    assert "A against as it is: +20.00 CNY" in ran.out, ran.err
    ran = visits("whatif", *WHAT, "--change", "S5 date=2026-03-06")
    assert ran.code == 0, ran.err


def test_several_events_that_fit_are_named(visits):
    ran = visits("whatif", *WHAT, "--sale", "date=2026-03-20")
    assert (ran.code, "help: say which: `--event Sale` or `--event Visit`" in ran.err) == (2, True)
    assert visits("whatif", *WHAT, "--sale", "date=2026-03-20", "--event", "Visit").code == 0


def test_no_event_that_fits_is_told(visits):
    ran = visits("whatif", *WHAT, "--change", "V9 minutes=3")
    assert "no event of the plans has a row `V9` and `minutes`" in ran.err


# --- what is told once ---------------------------------------------------------------------


def test_a_scale_that_falls_is_told_once(remit, file):
    falling = POLICY.replace("earned  = marginal rates", "earned  = whole rates")
    file("pay.remit", falling.replace("over       -> 3.0%", "over       -> 0.5%"))
    ran = remit("check", "pay.remit")
    assert (ran.err.count("W0901"), ran.err.count("W0818")) == (1, 0)
    ran = remit("prove", "pay.remit", "--question", "falling_pay")
    assert "W0818" in ran.out + ran.err


def test_a_fall_that_no_scale_shows_is_told(remit, file):
    falls = "payable = if credit > 100_000 then 5 CNY else earned rounded half up to 0.01"
    falls = falls.replace("if credit", "(if credit").replace("earned rounded", "earned) rounded")
    file("pay.remit", POLICY.replace("payable = earned rounded half up to 0.01", falls))
    ran = remit("check", "pay.remit")
    assert (ran.err.count("W0901"), ran.err.count("W0818")) == (0, 1)
