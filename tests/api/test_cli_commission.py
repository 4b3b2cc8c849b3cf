"""`remit commission …`, as people and programs see it."""

from __future__ import annotations

import json
import re
import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest

from engine.storage.stores import address
from remit_api.pay import folder as folders

POLICY = """\
policy acme "Acme" { effective from 2026-01-01  owner finance_director  currency CNY }

position finance_director "Finance director"
position sales_rep "Sales representative"
position sales_lead "Sales lead"

event Sale "Invoiced sale" {
  id: text
  date: date
  net: money
  seller: Person
  collected_on: date optional
}

parameter dispute_days "Days to answer a dispute": integer { from 2026-01-01 -> 14 }

commission field "Field commission" zh "一线提成" {
  pays    sales_rep
  period  month
  from    Sale by date when net > 0
  credit  net to seller
  quota   100_000
  attainment = credit / quota
  earned  = marginal rates on credit against quota quarter to date {
    up to 80%  -> 1.0%
    up to 100% -> 1.5%
    over       -> 3.0%
  }
  payable = earned rounded half up to 0.01
  hold    until collected_on
}

commission override "Lead's override" {
  pays    sales_lead
  period  month
  on      field of direct reports
  payable = 0.5% of credit rounded half up to 0.01
}

commission yearly "Yearly bonus" {
  pays    sales_rep
  period  year
  from    Sale by date
  credit  net to seller
  payable = 0.1% of credit rounded half up to 0.01
}
"""
PEOPLE = """\
id,position,unit,manager,from,until
ann,sales_rep,,lea,2026-01-01,
bob,sales_rep,,lea,2026-02-01,
lea,sales_lead,,,2026-01-01,
"""
SALES = """\
id,date,net,seller,collected_on
S1,2026-01-10,60000.50,ann,2026-01-20
S2,2026-01-25,120000,ann,2026-02-10
S3,2026-02-03,40000,ann,2026-02-20
S4,2026-02-14,90000,bob,
S5,2026-03-05,150000,ann,2026-03-30
S6,2026-03-15,-10,bob,
"""
MARCH = ("--period", "2026-03", "--data", "data")
FEBRUARY = ("--period", "2026-02", "--data", "data")
JANUARY = ("--period", "2026-01", "--data", "data")
STORE = ("--store", "pay.db")


@pytest.fixture
def pay(remit, file):
    file("pay.remit", POLICY)
    file("data/people.csv", PEOPLE)
    file("data/sale.csv", SALES)

    def run(command, *words):
        return remit("commission", command, *words)

    return run


@pytest.fixture
def closed(pay):
    """January is closed for the field."""
    assert pay("run", "all", "pay.remit", *JANUARY, *STORE).code == 0
    ran = pay("close", "field", "--period", "2026-01", *STORE, "--on", "2026-02-01", "--by", "fay")
    assert ran.code == 0, ran.err
    return pay


def late(old="60000.50", new="70000.50"):
    path = Path("data/sale.csv")
    path.write_text(path.read_text().replace(old, new))


# --- run -----------------------------------------------------------------------------------


def test_a_run_says_who_is_paid_what(pay):
    ran = pay("run", "all", "pay.remit", *JANUARY)
    assert (ran.code, ran.first) == (0, "Field commission, 2026-01  CNY")
    assert ran.line("ann").split() == [
        "180,000.50",
        "100,000.00",
        "1,800.01",
        "-1,200.00",
        "600.01",
    ]
    assert ran.line("lea").split() == ["180,000.50", "900.00", "900.00"]
    assert "2 people are paid 1,500.01 CNY for 2026-01 (not kept)" in ran.out
    assert "`yearly` is paid by the year, and not in this run" in ran.err


def test_the_people_of_a_plan_add_up(pay):
    ran = pay("run", "field", "pay.remit", *MARCH)
    rows = [line.split() for line in ran.out.splitlines() if line.startswith("  ")]
    header, *people, last = rows[: 1 + next(n for n, r in enumerate(rows) if r[0] == "total")]
    assert [r[0] for r in people] == ["ann", "bob"]
    for n in range(1, len(header)):
        sums = sum(Decimal(r[n].replace(",", "")) for r in people)
        assert Decimal(last[n].replace(",", "")) == sums, header[n]
    few = pay("run", "field", "pay.remit", *MARCH, "--limit", "1")
    assert few.line("total") == ran.line("total")
    assert "and 1 more" in few.out


def test_one_person_needs_no_sum(pay):
    assert "total" not in pay("run", "override", "pay.remit", *MARCH).out.split()


def test_nobody_is_paid_less_than_nothing(pay):
    Path("pay.remit").write_text(POLICY.replace(" when net > 0", ""))
    Path("data/sale.csv").write_text(SALES + "S7,2026-03-20,-900000,ann,2026-03-21\n")
    ran = pay("run", "field", "pay.remit", *MARCH)
    assert re.search(r"^1 person: -[\d,.]+ CNY for 2026-03", ran.out, re.M), ran.out


def test_json_has_exact_amounts_and_every_stage(pay):
    found = pay("run", "field", "pay.remit", *MARCH, "--json").document
    (ann, _) = found["statements"]
    assert ann["amounts"]["due"] == "3200.01"
    assert [s["name"] for s in ann["stages"]][:4] == ["credit", "quota", "attainment", "earned"]
    assert ann["lines"][0]["parts"][0] == {"tier": 0, "amount": "19999.5", "rate": "0.01"}
    assert found["totals"] == [{"currency": "CNY", "amount": "3200.01"}]
    assert (found["run"], found["faults"], found["out"]) == (None, 0, None)


def test_a_statement_at_fault_is_named_and_keeps_the_period_open(pay):
    late("quota   100_000", "quota   100_000")
    path = Path("pay.remit")
    path.write_text(
        path.read_text()
        .replace("quota   100_000", "quota   targets")
        .replace("quota   targets", "quota   from targets")
    )
    Path("data/targets.csv").write_text("person,period,amount\nann,2026-02,100000\n")
    ran = pay("run", "field", "pay.remit", *JANUARY, *STORE)
    assert ran.code == 1
    assert "At fault: these have to be mended before the period can be closed" in ran.out
    assert "ann" in ran.out
    ran = pay("close", "field", "--period", "2026-01", *STORE, "--on", "2026-02-01")
    assert ran.code == 1
    assert "run 1 of `acme.field` has faults and cannot be closed" in ran.err
    assert "help: mend the data or the policy, and run again" in ran.err


@pytest.mark.parametrize(
    ("words", "told", "help"),
    [
        (("feild", "pay.remit", *MARCH), "there is no plan `feild`", "did you mean `field`?"),
        (("field", "pay.remit", "--data", "data"), "no period was named", "`--period 2026-03`"),
        (("field", "pay.remit", "--period", "2026-03"), "no data were named", "`--data DIR`"),
        (
            ("field", "pay.remit", "--period", "2026-13", "--data", "data"),
            "`2026-13` is not a period", "write a month `2026-03`",
        ),
        (
            ("field", "pay.remit", "--period", "2026", "--data", "data"),
            "`field` is paid by the month, not the year", "write a month",
        ),
        (
            ("all", "pay.remit", "--period", "2026-Q1", "--data", "data"),
            "no plan is paid by the quarter", "by the month or the year",
        ),
        (
            ("field", "pay.remit", *MARCH, "--format", "csv"),
            "`--format csv` writes files", "`--out DIR`",
        ),
        (
            ("field", "pay.remit", *MARCH, "--format", "pdf"),
            "there is no format `pdf`", "`xlsx`",
        ),
    ],
)  # fmt: skip
def test_wrong_use_is_told_with_the_cure(pay, words, told, help):
    ran = pay("run", *words)
    assert ran.code == 2
    assert told in ran.err
    assert help in ran.err


def test_a_month_that_counts_needs_a_first_day(pay, file):
    file(
        "pay.remit",
        POLICY.replace("  hold    until", "  guarantee 100 until month 6\n  hold    until"),
    )
    assert "since always" not in pay("run", "field", "pay.remit", *JANUARY).err
    file("data/people.csv", PEOPLE.replace("lea,2026-01-01", "lea,"))
    ran = pay("run", "field", "pay.remit", *JANUARY)
    assert "`ann` holds a position of `field` since always" in ran.err
    assert ran.code == 0


def test_files_are_written_with_the_run(pay):
    ran = pay("run", "field", "pay.remit", *MARCH, "--out", "out", "--language", "zh")
    assert ran.code == 0, ran.err
    names = {p.name for p in Path("out").iterdir()}
    assert {"index.html", "run.json", "statements.csv", "statements.xlsx", "lines.parquet"} <= names
    page = Path("out/statements/ann.html").read_text()
    assert "一线提成" in page
    assert "Credit quarter to date 370,000.50 of quota 300,000.00, which is 123.3335%." in page
    assert json.loads(Path("out/run.json").read_text())["totals"][0]["amount"] == "3200.01"


def test_an_interruption_keeps_neither_run_nor_files(pay, monkeypatch):
    def interrupt(*given):
        raise KeyboardInterrupt

    monkeypatch.setitem(folders.WRITERS, "html", interrupt)
    ran = pay("run", "field", "pay.remit", *MARCH, *STORE, "--out", "out")
    assert ran.code == 130
    assert not Path("out").exists()
    assert sqlite3.connect("pay.db").execute("SELECT count(*) FROM run").fetchone() == (0,)
    assert [p.name for p in Path().iterdir() if p.name.startswith(".out")] == []


def test_another_database_is_not_made_a_store(pay):
    with sqlite3.connect("other.db") as other:
        other.execute("CREATE TABLE invoices (id TEXT)")
    ran = pay("run", "field", "pay.remit", *MARCH, "--store", "other.db")
    assert ran.code == 2
    assert "`other.db` is a database of something else: it has `invoices`" in ran.err
    ran = pay("statements", "field", "--period", "2026-03", "--store", "none.db")
    assert (ran.code, Path("none.db").exists()) == (2, False)


def test_what_if_says_whose_sale_it_is(pay):
    for person, words, said in (
        ("bob", ("--sale", "net=1000 date=2026-02-03 seller=ann"), "for `ann`, not for `bob`"),
        ("bob", ("--change", "S3 net=10"), "it is counted for `ann`, not for `bob`"),
        ("ann", ("--sale", "net=-5 date=2026-02-03"), "no statement has a line of it"),
    ):
        ran = pay("whatif", person, "pay.remit", *FEBRUARY, *words)
        assert (ran.code, said in ran.out) == (0, True), ran.out
        notes = pay("whatif", person, "pay.remit", *FEBRUARY, *words, "--json").document
        assert said in notes["alternatives"][1]["notes"][0]
    through = pay("whatif", "lea", "pay.remit", *FEBRUARY, "--change", "S3 net=10")
    assert "counted" not in through.out
    assert "counted" not in pay("whatif", "ann", "pay.remit", *FEBRUARY, "--change", "S3 net=1").out


def test_what_if_says_what_was_closed(closed):
    late()
    words = ("ann", "pay.remit", *JANUARY, "--plan", "field", "--change", "S1 net=10")
    ran = closed("whatif", *words, *STORE)
    assert (
        "field 2026-01 is closed with 600.01 CNY; what is another by now is a difference" in ran.out
    )
    assert closed("whatif", *words, *STORE, "--json").document["closed"] == [
        {"plan": "acme.field", "period": "2026-01", "currency": "CNY", "amount": "600.01"}
    ]
    assert "closed" not in closed("whatif", *words).out


BOUNDS = """  hold    until collected_on
  cap     {cap}
  floor   {floor}
  guarantee {least}
  draw    {draw} recoverable until month 12
"""


@pytest.mark.parametrize(
    ("cap", "floor", "least", "draw", "told"),
    [
        ("80_000", "0", "100", "300", []),
        ("1_500", "0", "100", "300", ["cap", "entitled"]),
        ("80_000", "2_000", "100", "300", ["floor", "entitled"]),
        ("80_000", "0", "5_000", "300", ["guaranteed", "guarantee"]),
        ("80_000", "0", "100", "7_000", ["draw", "advance"]),
    ],
)
def test_a_bound_is_told_where_it_bounds(pay, cap, floor, least, draw, told):
    late("S2,2026-01-25,120000,ann,2026-02-10", "S2,2026-01-25,120000,ann,2026-01-28")
    bounds = BOUNDS.format(cap=cap, floor=floor, least=least, draw=draw)
    text = Path("pay.remit").read_text()
    Path("pay.remit").write_text(text.replace("  hold    until collected_on\n", bounds))
    words = ("explain", "ann", "pay.remit", *JANUARY, "--plan", "field")
    names = re.findall(r"^  (\w+(?: \w+)?) is [-\d]", pay(*words).out, re.MULTILINE)
    found = ("cap", "floor", "guaranteed", "draw", "entitled", "guarantee", "advance")
    assert [n for n in names if n in found] == told
    every = pay(*words, "--verbose").out
    assert "  cap is " in every
    assert "  draw is " in every


def test_pages_have_the_label_and_short_percentages(pay):
    Path("pay.remit").write_text(POLICY.replace("quota   100_000", "quota   70_000"))
    assert pay("run", "field", "pay.remit", *JANUARY, *STORE, "--out", "first").code == 0
    again = ("statements", "field", "--period", "2026-01", *STORE, "--format", "html", "--out")
    assert pay(*again, "again", "--policy", "pay.remit").code == 0
    assert pay(*again, "bare").code == 0
    first, labelled, bare = (
        Path(f"{out}/statements/ann.html").read_text() for out in ("first", "again", "bare")
    )
    assert "<h2>Field commission</h2>" in first
    assert "<h2>Field commission</h2>" in labelled
    assert "<h2>field</h2>" in bare
    assert '<span title="360001/1400%">257.14%</span>' in first
    assert ">257.143571…%<" not in first


def test_rows_that_fulfil_no_condition_are_counted_in_a_line(pay):
    """S6 of March is a credit note, and the plan counts what is above 0."""
    note = "1 row of 2026-03 fulfils no plan's condition: not counted"
    for engine in ("python", "duckdb"):
        ran = pay("run", "field", "pay.remit", *MARCH, "--engine", engine)
        assert note in ran.out.splitlines()
        ran = pay("run", "field", "pay.remit", *MARCH, "--engine", engine, "--json")
        assert ran.document["passed_over"] == 1
        assert "condition" not in pay("run", "field", "pay.remit", *FEBRUARY).out
    late("S6,2026-03-15,-10,bob,", "S6,2026-03-15,-10,bob,\nS7,2026-03-31,-50000,ann,")
    assert (
        "2 rows of 2026-03 fulfil no plan's condition"
        in pay("run", "field", "pay.remit", *MARCH).out
    )
    text = Path("pay.remit").read_text()
    Path("pay.remit").write_text(
        text
        + """
commission returns "Returns" {
  pays sales_rep  period month  from Sale by date when net < -100  credit net to seller
  payable = 1% of credit rounded half up to 0.01
}
"""
    )
    for engine in ("python", "duckdb"):
        assert note in pay("run", "all", "pay.remit", *MARCH, "--engine", engine).out


def test_what_was_returned_before_it_was_sold_is_warned_of(pay):
    text = Path("pay.remit").read_text()
    text = text.replace(
        "  collected_on: date", "  returned_on: date optional\n  collected_on: date"
    )
    text = text.replace(
        "  hold    until", "  reverse returned_on at the rate paid\n  hold    until"
    )
    Path("pay.remit").write_text(text)
    lines = Path("data/sale.csv").read_text().splitlines()
    returned = {"S1": "2025-12-31", "S2": "2026-01-25", "S3": "2026-01-01"}
    days = ["returned_on", *(returned.get(line[:2], "") for line in lines[1:])]
    Path("data/sale.csv").write_text(
        "".join(f"{x},{d}\n" for x, d in zip(lines, days, strict=True))
    )
    late("S4,2026-02-14,90000,bob,,", "S4,2026-02-14,90000,bob,2026-02-01,")
    said = "warning: Sale `S1` and 1 more have `returned_on` before `date`, and count as reversed"
    for engine in ("python", "duckdb"):
        ran = pay("run", "field", "pay.remit", *FEBRUARY, "--engine", engine)
        assert said in ran.err, ran.err
        assert "collected_on" not in ran.err
        one = pay("run", "field", "pay.remit", *JANUARY, "--engine", engine, "-v")
        assert "Sale `S1` has `returned_on` before `date`, and counts as reversed" in one.err
        told = pay("run", "field", "pay.remit", *FEBRUARY, "--engine", engine, "-v").err
        assert "Sale `S4` has `collected_on` before `date`, and counts as released at once" in told


# --- closing and differences ---------------------------------------------------------------


def test_a_closed_period_is_not_run_again(closed):
    ran = closed("run", "field", "pay.remit", *JANUARY, *STORE)
    assert ran.code == 1
    assert "error: `field` is closed for 2026-01" in ran.err
    assert "its statements stay as they are" in ran.err
    assert "run 2026-02" in ran.err
    ran = closed("close", "field", "--period", "2026-01", *STORE, "--on", "2026-02-01")
    assert "`acme.field` is closed for 2026-01" in ran.err


def test_a_late_change_is_a_difference_line_and_the_closed_statement_stays(closed):
    late()
    ran = closed("run", "field", "pay.remit", *FEBRUARY, *STORE)
    assert "Differences to closed periods, paid with 2026-02" in ran.out
    assert "line S1: credit was 60,000.50, is 70,000.50" in ran.out
    assert "stage attainment: was 180.0005%, is 190.0005%" in ran.out
    found = closed("differences", *STORE, "--json").document
    (one,) = found["differences"]
    assert (one["amount"], one["posted"], one["paid"]) == ("100", "2026-02", False)
    assert (one["old"]["run"], one["new"]["run"]) == (1, 2)
    shown = closed("statements", "field", "--period", "2026-01", *STORE, "--json").document
    assert shown["statements"][0]["amounts"]["due"] == "600.01"
    assert shown["plans"][0]["closed"]


def test_who_owes_by_a_difference_is_told_what_he_owes(closed):
    late("S3,2026-02-03,40000,ann,2026-02-20\n", "")
    late("S1,2026-01-10,60000.50,ann,2026-01-20\n", "")
    late("S2,2026-01-25,120000,ann,2026-02-10", "S2,2026-01-25,120000,ann,")
    told = closed("explain", "ann", "pay.remit", *FEBRUARY, *STORE)
    assert told.out.splitlines()[:2] == [
        "ann, Field commission, 2026-02: owes 600.01 CNY",
        "  0.00 CNY for 2026-02, and -600.01 CNY by 1 difference to closed periods",
    ]
    assert "line S1 is gone: 60,000.50" in told.out
    assert closed("run", "all", "pay.remit", *FEBRUARY, *STORE).code == 0
    kept = closed("statements", "field", "--period", "2026-02", *STORE, "--person", "ann")
    assert kept.first == "ann, field, 2026-02: owes 600.01 CNY"
    assert kept.out.splitlines()[1] == told.out.splitlines()[1]


def test_a_day_that_has_not_come_is_told(pay):
    assert pay("run", "all", "pay.remit", *JANUARY, *STORE).code == 0
    ran = pay("close", "field", "--period", "2026-01", *STORE, "--on", "9000-02-01")
    assert ran.code == 0, ran.err
    assert "closed as of 9000-02-01, which has not come" in ran.err


def test_a_difference_is_paid_once(closed):
    late()
    closed("run", "field", "pay.remit", *FEBRUARY, *STORE)
    assert closed("close", "field", "--period", "2026-02", *STORE, "--on", "2026-03-01").code == 0
    ran = closed("run", "field", "pay.remit", *MARCH, *STORE)
    assert "Differences" not in ran.out
    assert "+100.00 CNY  paid with 2026-02" in closed("differences", *STORE).out


def test_a_plan_that_is_gone_is_taken_back_with_a_warning(closed):
    path = Path("pay.remit")
    text = path.read_text()
    kept = text[: text.index("commission override")].replace("commission field", "commission new")
    path.write_text(kept)
    ran = closed("run", "all", "pay.remit", *FEBRUARY, *STORE)
    assert "`acme.field` is in no policy any more, so all it paid is taken back" in ran.err
    assert "-600.01 CNY" in ran.out


def test_a_policy_that_was_renamed_would_pay_again_and_that_is_told(closed):
    path = Path("pay.remit")
    path.write_text(path.read_text().replace("policy acme", "policy other"))
    ran = closed("run", "field", "pay.remit", *FEBRUARY, *STORE)
    assert "`acme.field` has closed periods and is in no policy any more" in ran.err
    assert "if it is `other.field` now, this pays them again" in ran.err
    assert "has closed periods" not in closed("run", "all", "pay.remit", *FEBRUARY, *STORE).err


def test_periods_are_closed_one_after_the_other(pay):
    pay("run", "field", "pay.remit", *MARCH, *STORE)
    ran = pay("close", "field", "--period", "2026-03", *STORE, "--on", "2026-04-01")
    assert ran.code == 1
    assert "`acme.field` is still open for 2026-01" in ran.err
    ran = pay(
        "close",
        "field",
        "--period",
        "2026-03",
        *STORE,
        "--on",
        "2026-04-01",
        "--with-earlier",
        "--json",
    )
    assert [c["period"] for c in ran.document["closed"]] == ["2026-01", "2026-02", "2026-03"]


def test_altering_a_closed_statement_is_found(closed):
    ran = closed("verify", *STORE)
    assert (ran.code, ran.first) == (0, "1 closing, nothing was altered")
    last = ran.line("last hash")
    assert closed("verify", *STORE, "--expect", last[:16]).code == 0
    assert closed("verify", *STORE, "--expect", "0" * 16).code == 8
    with sqlite3.connect("pay.db") as raw:
        raw.execute("UPDATE statement SET due='9999' WHERE person='ann' AND period='2026-01'")
    ran = closed("verify", *STORE)
    assert (ran.code, ran.first) == (8, "altered: field 2026-01: the statement of ann was altered")


def test_statements_of_a_person_are_told_from_the_store(closed):
    ran = closed("statements", "field", "--period", "2026-01", *STORE, "--person", "ann")
    assert ran.first == "ann, field, 2026-01: due 600.01 CNY"
    assert "S2 (counted in 2026-01) is held back: -1,200.00" in ran.out


# --- explain and whatif --------------------------------------------------------------------


def test_a_statement_can_be_read_aloud(pay):
    ran = pay("explain", "ann", "pay.remit", *MARCH)
    assert ran.first == "ann, Field commission, 2026-03: due 3,200.01 CNY"
    lines = [line.strip() for line in ran.out.split("\n")]
    at = lines.index("attainment is 150%  pay.remit:23:16")
    assert lines[at + 1] == "by: credit / quota"
    assert lines[at + 2] == "from: credit 150,000.00, quota 100,000.00"
    assert "tier 3: 70,000.50 at 3% is 2,100.015" in lines


def test_what_all_plans_pay_is_told_before_each(pay):
    path = Path("pay.remit")
    meeting = (
        "commission early { pays sales_rep  period month  from Sale by date  credit net to seller"
    )
    path.write_text(f"{path.read_text()}{meeting}  payable = 1 CNY rounded half up to 0.01 }}\n")
    ran = pay("explain", "ann", "pay.remit", *MARCH)
    assert ran.out.startswith(
        "ann, 2026-03: due 3,201.01 CNY in all\n"
        "  Field commission: 3,200.01 CNY\n"
        "  early: 1.00 CNY\n\n"
        "ann, Field commission, 2026-03: due 3,200.01 CNY\n"
    )
    assert " in all" not in pay("explain", "ann", "pay.remit", *MARCH, "--line", "S5").out


def test_where_he_stands_says_what_is_added_up(pay):
    ran = pay("explain", "ann", "pay.remit", *MARCH)
    assert "Credit quarter to date 370,000.50 of quota 300,000.00" in ran.out


def test_a_scorecard_is_called_as_in_the_text(pay):
    path = Path("pay.remit")
    card = (
        "scorecard conduct { of sales_rep  period month  score rounded half up to 1%\n"
        "  item tidy { weight 100%  higher is better  target 1 } }\n"
    )
    path.write_text(
        path.read_text().replace("payable = earned rounded", "payable = earned * conduct rounded")
        + card
    )
    Path("data/measures.csv").write_text(
        "person,period,item,value\n"
        + "".join(f"{p},2026-0{m},tidy,1\n" for p in ("ann", "bob") for m in (1, 2, 3))
    )
    ran = pay("explain", "ann", "pay.remit", *MARCH)
    assert "from: earned 3,200.01, conduct 100%" in ran.out, ran.out + ran.err


def test_one_line_is_explained_or_why_it_is_not_there(pay):
    ran = pay("explain", "ann", "pay.remit", *FEBRUARY, "--line", "S3")
    assert "2026-02-03 S3, credit 40,000.00" in ran.out
    assert "S1" not in ran.out
    ran = pay("explain", "ann", "pay.remit", *FEBRUARY, "--line", "S44")
    assert ran.code == 2
    assert "no line `S44` is in the statements of 2026-02" in ran.err
    ran = pay("explain", "anne", "pay.remit", *FEBRUARY)
    assert "`anne` has no statement for 2026-02" in ran.err
    assert "did you mean `ann`?" in ran.err


def test_what_a_sale_would_pay_now_and_later(pay):
    ran = pay(
        "whatif", "ann", "pay.remit", *MARCH,
        "--sale", "net=90_000 date=2026-03-20 collected_on=2026-05-02", "--or", "net=85_000",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert ran.line("2026-05").split() == ["field", "CNY", "0.00", "2,700.00", "2,550.00"]
    assert ran.line("A against as it is:") == "+2,700.00 CNY"
    assert ran.line("B against A:") == "-150.00 CNY"


def test_what_is_held_back_by_an_alternative_is_told(pay):
    ran = pay("whatif", "bob", "pay.remit", *FEBRUARY, "--change", "S4 net=100_000")
    assert "A against as it is: 0.00 CNY" in ran.out
    (told,) = (line for line in ran.out.splitlines() if "held back" in line)
    assert told.split()[2:] == ["field", "CNY", "900.00", "1,000.00"]
    ran = pay("whatif", "bob", "pay.remit", *FEBRUARY, "--change", "S4 net=100_000", "--json")
    held = [Decimal(a["held"][0]["amount"]) for a in ran.document["alternatives"]]
    assert 0 < held[0] < held[1]


def test_what_a_change_would_pay(pay):
    ran = pay("whatif", "ann", "pay.remit", *MARCH, "--change", "S5 net=50_000", "--json")
    base, changed = ran.document["alternatives"]
    assert base["totals"][0]["amount"] == "3200.01"
    assert changed["totals"][0] == {
        "currency": "CNY", "amount": "650", "difference": "-2550.01"
    }  # fmt: skip


def test_a_lead_gains_by_the_sale_of_a_report(pay):
    ran = pay(
        "whatif", "lea", "pay.remit", *MARCH, "--sale", "net=90_000 date=2026-03-20 seller=bob"
    )
    assert ran.line("A against as it is:") == "+450.00 CNY"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((), 2, "name one sale more, or one that is changed"),
        (("--sale", "nt=1 date=2026-03-02"), 4, "did you mean `net`?"),
        (("--sale", "net=1"), 4, "date: it is missing, and the plans read it"),
        (("--sale", "net=much date=2026-03-02"), 4, "net:"),
        (("--sale", "net 1"), 2, "`net` is not a field with its value"),
        (("--change", "S99 net=1"), 2, "there is no Sale `S99` in the data"),
        (("--sale", "id=S1 net=1 date=2026-03-02"), 2, "`S1` is in the data already"),
    ],
)
def test_a_whatif_that_makes_no_sense(pay, words, code, told):
    ran = pay("whatif", "ann", "pay.remit", *MARCH, *words)
    assert ran.code == code, ran.err
    assert told in ran.err


def test_a_sale_that_would_not_count_says_why(pay):
    ran = pay("whatif", "ann", "pay.remit", *MARCH, "--sale", "net=9 date=2026-03-02 seller=zoe")
    assert ran.code == 1
    assert "not certain: it is not counted:" in ran.out


def test_the_days_of_disputes_are_used_though_no_rule_reads_them(remit, file):
    file("pay.remit", POLICY)
    ran = remit("check", "pay.remit", "--no-proofs")
    assert (ran.code, ran.err) == (0, "")


# --- disputes ------------------------------------------------------------------------------


def test_a_dispute_from_opening_to_answer(closed):
    words = ("ann", "field", "--period", "2026-01", *STORE, "--on", "2026-02-03", "--by", "ann")
    ran = closed("dispute", "open", *words, "--line", "S1", "--expected", "65_000", "--reason",
                 "credit note was not mine", "--policy", "pay.remit")  # fmt: skip
    assert ran.code == 0, ran.err
    assert "credit note was not mine, expects 65,000.00" in ran.out
    assert "answer due by 2026-02-17" in ran.out
    ran = closed("dispute", "list", *STORE, "--open", "--on", "2026-02-18")
    assert ran.first == "dispute 1  ann, field line S1 of 2026-01  open, overdue"
    ran = closed("dispute", "answer", "1", "--reject", "--outcome", "it was", *STORE, "--by", "fay",
                 "--on", "2026-02-10", "--json")  # fmt: skip
    assert (ran.document["status"], ran.document["answered_by"]) == ("rejected", "fay")
    ran = closed("dispute", "withdraw", "1", *STORE)
    assert (ran.code, ran.err.strip()) == (
        1, "error: dispute 1 was rejected on 2026-02-10 by fay"
    )  # fmt: skip
    assert closed("dispute", "list", *STORE, "--open").first == "there are no disputes"
    shown = closed("statements", "field", "--period", "2026-01", *STORE, "--json").document
    assert shown["statements"][0]["amounts"]["due"] == "600.01"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("ann", "--days", "3"), "a dispute needs a reason"),
        (("ann", "--reason", "x"), "nothing says by when an answer is due"),
        (
            ("ann", "--reason", "x", "--policy", "bare.remit"),
            "no parameter `dispute_days` of the policies says by when an answer is due",
        ),
        (("ann", "--reason", "x", "--days", "3", "--line", "S7"), "the statement has no line `S7`"),
        (("zoe", "--reason", "x", "--days", "3"), "`zoe` has no statement of `acme.field`"),
        (("ann", "--reason", "x", "--days", "3", "--expected", "lots"), "`lots` is not an amount"),
        (("ann", "--reason", "x", "--deadline", "2020-01-01"), "the deadline 2020-01-01 is before"),
    ],
)
def test_a_dispute_that_makes_no_sense(closed, words, told):
    Path("bare.remit").write_text(POLICY.replace("dispute_days", "days_to_dispute"))
    person, *more = words
    ran = closed("dispute", "open", person, "field", "--period", "2026-01", *STORE, *more)
    assert ran.code in (1, 2)
    assert told in ran.err


def test_a_command_that_is_not_there(remit):
    ran = remit("commission", "clsoe")
    assert ran.code == 2
    assert "there is no command `clsoe`" in ran.err
    assert "did you mean `close`?" in ran.err
    assert remit("commission", "dispute", "opne").code == 2


def test_runs_are_kept_in_postgresql_alike(pay, tmp_path):
    store = ("--store", address("postgres", tmp_path))
    assert pay("run", "field", "pay.remit", *JANUARY, *store).code == 0
    assert pay("close", "field", "--period", "2026-01", *store, "--on", "2026-02-01").code == 0
    late()
    assert "+100.00 CNY" in pay("run", "field", "pay.remit", *FEBRUARY, *store).out
    assert pay("verify", *store).first == "1 closing, nothing was altered"
    ran = pay("run", "field", "pay.remit", *JANUARY, *store)
    assert "`field` is closed for 2026-01" in ran.err


def test_a_store_that_cannot_be_reached_is_told_without_its_password(pay):
    ran = pay("verify", "--store", "postgresql+psycopg://fay:secret@127.0.0.1:1/pay")
    assert ran.code == 74
    assert "the store `postgresql+psycopg://fay:***@127.0.0.1:1/pay` cannot be used" in ran.err
    assert "secret" not in ran.err
