"""What would make pay pay wrongly, twice or in silence, from the command line."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from api.test_cli_commission import PEOPLE, POLICY, SALES

STORE = ("--store", "pay.db")


@pytest.fixture
def pay(remit, file):
    file("pay.remit", POLICY)
    file("data/people.csv", PEOPLE)
    file("data/sale.csv", SALES)
    return lambda command, *words: remit("commission", command, *words)


@pytest.fixture
def kept(pay):
    """Runs a period of the field into the store."""
    return lambda period, *more: pay(
        "run", "field", "pay.remit", "--period", period, "--data", "data", *STORE, *more
    )


@pytest.fixture
def close(pay):
    return lambda period, *more: pay(
        "close",
        "field",
        "--period",
        period,
        *STORE,
        "--by",
        "fay",
        "--on",
        f"{period[:-1]}{int(period[-1]) + 1}-01",
        *more,
    )


@pytest.fixture
def closed(kept, close):
    """January is closed."""
    assert kept("2026-01").code == 0
    assert close("2026-01").code == 0


def change(path, old, new):
    text = Path(path).read_text()
    assert old in text
    Path(path).write_text(text.replace(old, new))


def alter(statement):
    with sqlite3.connect("pay.db") as store:
        assert store.execute(statement).rowcount
    store.close()


# --- what is paid once, and at all ---------------------------------------------------------


def test_a_difference_is_in_the_total_of_one_period_only(closed, kept, pay):
    change("data/sale.csv", "60000.50", "70000.50")
    ran = kept("2026-03", "--out", "out", "--format", "table,csv")
    assert "differences" not in ran.line("person")
    assert Path("out/differences.csv").read_text().count("\n") == 1
    assert "1 difference of `field` is paid with 2026-02" in ran.err
    assert "to be paid with 2026-02" in pay("differences", *STORE).out


def test_what_comes_in_before_the_first_closing_is_paid(pay, kept, close):
    file = Path("data/sale.csv")
    rows = file.read_text().splitlines(keepends=True)
    file.write_text("".join(r for r in rows if "2026-01" not in r))
    change("data/people.csv", "ann,sales_rep,,lea,2026-01-01", "ann,sales_rep,,lea,2026-02-01")
    assert kept("2026-02").code == 0
    assert close("2026-02").code == 0
    change("data/people.csv", "ann,sales_rep,,lea,2026-02-01", "ann,sales_rep,,lea,2026-01-01")
    file.write_text(file.read_text() + "S0,2026-01-10,70000,ann,2026-01-20\n")
    ran = kept("2026-03")
    assert "field 2026-01  +700.00 CNY" in ran.out
    refused = kept("2026-01")
    assert (refused.code, "was closed from 2026-02 on" in refused.err) == (1, True)
    assert "was closed from 2026-02 on" in close("2026-01", "--run", "2").err
    assert close("2026-03").code == 0
    assert "+700.00" not in kept("2026-04").out


def test_months_in_which_nobody_is_paid_are_closed_with_the_next(kept, close):
    Path("data/people.csv").write_text(
        "id,position,unit,manager,from,until\n"
        "ann,sales_rep,,,2026-01-01,2026-02-01\nann,sales_rep,,,2026-03-01,\n"
    )
    Path("data/sale.csv").write_text(
        SALES.split("\n", 1)[0] + "\nS1,2026-01-10,10,ann,2026-01-20\n"
    )
    assert kept("2026-01").code == 0
    assert close("2026-01").code == 0
    assert kept("2026-03").code == 0
    done = close("2026-03", "--with-earlier")
    assert (done.code, done.out.count("is closed with run 2")) == (0, 2)


def test_a_run_closes_nothing_that_comes_after_it(closed, close):
    refused = close("2026-02", "--run", "1")
    assert refused.code == 1
    assert "run 1 is for 2026-01, and does not tell what 2026-02 pays" in refused.err


def test_a_plan_in_another_currency_is_not_held_against_what_was_paid(closed, kept):
    text = Path("pay.remit").read_text()
    start, end = text.index("commission override"), text.index("commission yearly")
    text = text[:start] + text[end:]
    Path("pay.remit").write_text(text.replace("currency CNY", "currency USD"))
    ran = kept("2026-02")
    assert ran.code == 1
    assert "`field` was closed in CNY for 2026-01, and is now paid in USD" in ran.err


def test_a_plan_by_other_periods_is_not_held_against_what_was_paid(closed, kept):
    text = Path("pay.remit").read_text()
    start, end = text.index("commission override"), text.index("commission yearly")
    text = (text[:start] + text[end:]).replace(" quarter to date {", " {")
    Path("pay.remit").write_text(text.replace("period  month", "period  quarter", 1))
    ran = kept("2026-Q1")
    assert ran.code == 1
    assert "`field` was closed by the month, as for 2026-01, and is now paid by" in ran.err


# --- the store -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "what",
    [
        "run_plan SET currency = 'USD'",
        "run SET data = 'elsewhere'",
        "run SET period = '2026-09'",
        "run SET engine = 'abacus'",
    ],
)
def test_what_a_closed_run_was_is_part_of_what_was_closed(closed, pay, what):
    alter(f"UPDATE {what}")
    found = pay("verify", *STORE)
    assert (found.code, "altered: field 2026-01" in found.out) == (8, True)


@pytest.mark.parametrize("what", ["closing SET period = 'x'", "statement SET due = '1e99999999'"])
def test_what_nobody_can_have_kept_is_no_trouble_of_ours(closed, pay, what):
    alter(f"UPDATE {what}")
    found = pay("verify", *STORE)
    assert found.code in (1, 8)
    assert "altered" in found.out + found.err


@pytest.mark.parametrize("name", [":memory:", "pay?x=1.db", "pay#%20.db"])
def test_a_store_is_the_file_of_its_name(pay, name):
    run = ("run", "field", "pay.remit", "--period", "2026-01", "--data", "data", "--store", name)
    assert pay(*run).code == 0
    assert Path(name).is_file()
    assert pay("statements", "field", "--period", "2026-01", "--store", name).code == 0


# --- words that cannot be meant ------------------------------------------------------------

OPEN = ("open", "ann", "field", "--period", "2026-01", *STORE, "--reason", "wrong")


@pytest.mark.parametrize(
    "words",
    [
        ("--days", "99999999999"),
        ("--days", "14", "--on", "9999-12-31"),
        ("--days", "14", "--expected", "1e9999999"),
        ("--days", "14", "--expected", "1/3"),
        ("--days", "14", "--expected", "9" * 5_000),
    ],
)
def test_a_dispute_with_figures_out_of_this_world_is_refused(closed, pay, words):
    ran = pay("dispute", *OPEN, *words)
    assert (ran.code, "help:" in ran.err) == (2, True)


def test_a_dispute_is_not_settled_before_it_was_opened(closed, pay):
    assert pay("dispute", *OPEN, "--days", "14", "--on", "2026-02-10").code == 0
    answer = ("dispute", "answer", "1", "--reject", "--outcome", "no", *STORE)
    early = pay(*answer, "--on", "2026-02-01")
    assert (early.code, "was opened on 2026-02-10" in early.err) == (1, True)
    assert pay(*answer, "--on", "2026-02-10").code == 0


def test_a_month_that_has_not_ended_is_not_closed(kept, pay):
    assert kept("2027-12").code == 0
    close = ("close", "all", "--period", "2027-12", "--with-earlier", *STORE, "--by", "fay")
    for day in ("2026-11-30", "2027-12-31"):
        early = pay(*close, "--on", day)
        assert (early.code, early.err.splitlines()) == (
            1,
            [
                f"error: `field` cannot be closed for 2027-12 on {day}: 2027-12 ends on 2027-12-31",
                "help: close it after that",
            ],
        )
    assert pay("verify", *STORE).first == "0 closings, nothing was altered"
    late = pay(*close, "--on", "2028-01-01", "--json").document["closed"]
    assert (len(late), late[-1]["made"]) == (24, "2028-01-01")
    assert pay("verify", *STORE).first == "24 closings, nothing was altered"


def test_nobody_answers_about_his_own_pay(closed, pay):
    assert pay("dispute", *OPEN, "--days", "14", "--by", "ann", "--on", "2026-02-10").code == 0
    answer = ("dispute", "answer", "1", "--accept", "--outcome", "I say so", *STORE)
    own = pay(*answer, "--by", "ann", "--on", "2026-02-11")
    assert (own.code, own.err.splitlines()) == (
        1,
        [
            "error: dispute 1 is about the pay of `ann`, who does not answer it",
            "help: somebody else does (`--by`)",
        ],
    )
    assert pay(*answer, "--by", "fay", "--on", "2026-02-11").code == 0


def test_a_colleague_disputes_no_pay_of_another(kept, close, pay):
    assert kept("2026-02").code == 0
    assert close("2026-02", "--with-earlier").code == 0
    open_ann = ("dispute", "open", "ann", "field", "--period", "2026-02", *STORE, "--days", "14",
                "--reason", "wrong", "--on", "2026-03-02")  # fmt: skip
    refused = pay(*open_ann, "--by", "bob")
    assert (refused.code, refused.err.splitlines()) == (
        1,
        [
            "error: `bob` is paid by `field` too, and disputes no pay of `ann`",
            "help: `ann` opens it, or somebody for him whom `field` does not pay (`--by`)",
        ],
    )
    assert pay(*open_ann, "--by", "lea").code == 0


def test_a_dispute_is_not_opened_before_there_was_something_to_dispute(closed, kept, pay):
    early = pay("dispute", *OPEN, "--days", "14", "--by", "ann", "--on", "1999-01-01")
    assert (early.code, early.err.splitlines()) == (
        2,
        [
            "error: `field` was closed for 2026-01 on 2026-02-01, and 1999-01-01 is before",
            "help: name the day it is disputed, or leave `--on` out for today",
        ],
    )
    assert kept("2026-02").code == 0
    words = ("bob", "field", "--period", "2026-02", *STORE, "--days", "14", "--reason", "wrong")
    early = pay("dispute", "open", *words, "--on", "2026-01-31")
    assert early.code == 2
    assert "2026-02 begins on 2026-02-01, and 2026-01-31 is before" in early.err


@pytest.mark.parametrize(
    "words",
    [
        ("close", "field", "--period", "2026-01", "--run", "9" * 20, *STORE),
        ("dispute", "answer", "9" * 20, "--accept", "--outcome", "x", *STORE),
        ("dispute", "withdraw", "9" * 20, *STORE),
        ("run", "field", "pay.remit", "--period", "2026-01", "--data", "data", "--format", ""),
    ],
)
def test_what_cannot_be_meant_is_wrong_use(closed, pay, words):
    ran = pay(*words)
    assert ran.code == 2
    assert ran.err.startswith("error:")


@pytest.mark.parametrize(
    "words",
    [
        ("--sale", "net=1 net=2 date=2026-03-20"),
        ("--change", "S1 id=S2"),
        ("--sale", "net=1 date=2026-03-20 collected_on=9999-12-31"),
    ],
)
def test_an_alternative_that_cannot_be_meant_is_refused(pay, words):
    asked = ("pay.remit", "--period", "2026-03", "--data", "data", "--plan", "field")
    ran = pay("whatif", "ann", *asked, *words)
    assert (ran.code, "help:" in ran.err) == (2, True)
