"""Tables: cells, the proof of uniqueness and completeness, CSV rows."""

from __future__ import annotations

import itertools
import random
from datetime import date, timedelta
from fractions import Fraction
from time import process_time

import pytest

from dsl.expect import HEADER, Report, check, check_all
from remit_dsl import expressions as x

ENUMS = (
    "enum Region { north { harbin } east { shanghai { pudong } jiangsu } west }\n"
    "enum Age { new mature }\n"
)


def table(columns: str, rows: str, gives: str = "number", hit: str = "") -> Report:
    text = f"{HEADER}{ENUMS}table f ({columns}) gives {gives} {hit} {{\n{rows}\n}}\n"
    return check(text).but("W0503")


# --- overlap and gap ---------------------------------------------------------------------


def test_a_member_covers_what_is_below_it() -> None:
    table("r: Region", "north -> 1\neast or west -> 2").silent()
    report = table("r: Region", "north or west -> 1\neast -> 2\npudong -> 3").only("E0421")
    report.says("this row and the row on line 6 both hold for `r` = `pudong`").on_line(7)
    report.underlines("pudong -> 3").points("east -> 2", "the other row")


def test_a_member_is_an_input_of_its_own() -> None:
    report = table("r: Region", "harbin -> 1\neast or west -> 2").only("E0422")
    report.says("table `f` has no row for `r` = `north`").helps("add a row for it").underlines("f")


def test_negated_cells() -> None:
    table("r: Region", "not east -> 1\neast -> 2").silent()
    table("r: Region", "not east or west -> 1\neast -> 2").only("E0422").says(
        "table `f` has no row for `r` = `west`"
    )
    table("b: boolean", "not true -> 1\ntrue -> 2").silent()
    table("n: number", "not 5 or 7 -> 1\n5 -> 2\n7 -> 3").silent()
    table("t: text", 'not "a" -> 1\n"a" -> 2').silent()


def test_texts_have_others() -> None:
    table("t: text", '"a" -> 1\n"b" -> 2').says("table `f` has no row for `t` = `any other text`")
    table("t: text", '"a" -> 1\n"a" or "b" -> 2\n').says(
        'this row and the row on line 5 both hold for `t` = `"a"`'
    )


def test_two_columns() -> None:
    table(
        "r: Region, a: Age", "north, any -> 1\neast, new -> 2\neast, mature -> 3\nwest, any -> 4"
    ).silent()
    table("r: Region, a: Age", "north, any -> 1\neast, new -> 2\nwest, any -> 4").says(
        "table `f` has no row for `r` = `east` and `a` = `mature`"
    )
    table(
        "r: Region, a: Age, b: boolean",
        "any, any, true -> 1\nany, new, false -> 2\neast, mature, any -> 3",
    ).says(
        "this row and the row on line 5 both hold for `r` = `east`, `a` = `mature` and `b` = `true`"
    )


@pytest.mark.parametrize(
    ("type_", "rows", "witness"),
    [
        ("money", "under 100 -> 1\nat least 100 -> 2", None),
        ("money", "up to 100 -> 1\nover 100 -> 2", None),
        ("money", "under 100 -> 1\nbetween 100 and 200 -> 2\nover 200 -> 3", None),
        ("money", "under 100 -> 1\nover 100 -> 2", "no row for `x` = `100`"),
        ("money", "up to 100 -> 1\nat least 100 -> 2", "both hold for `x` = `100`"),
        ("money", "up to 100.01 -> 1\nat least 100 -> 2", "both hold for `x` = `100`"),
        ("money", "up to 99.99 -> 1\nat least 100 -> 2", "no row for `x` = `99.995`"),
        ("money", "at least 100 -> 2", "no row for `x` = `99`"),
        ("money", "up to 1_000_000 -> 2", "no row for `x` = `1_000_001`"),
        ("percent", "under 5% -> 1\nover 5% -> 2", "no row for `x` = `5%`"),
        ("percent", "under 5% -> 1\nat least 6% -> 2", "no row for `x` = `5%`"),
        ("integer", "up to 5 -> 1\nat least 6 -> 2", None),
        ("integer", "under 5 -> 1\nover 5 -> 2", "no row for `x` = `5`"),
        ("integer", "5 or 6 or 7 -> 1\nunder 5 -> 2\nover 7 -> 3", None),
        ("number", "up to 5 -> 1\nat least 6 -> 2", "no row for `x` = `5.1`"),
        ("date", "up to 2026-01-31 -> 1\nat least 2026-02-01 -> 2", None),
        ("date", "under 2026-01-31 -> 1\nat least 2026-02-01 -> 2", "`x` = `2026-01-31`"),
        ("duration", "up to 30 days -> 1\nover 30 days -> 2", None),
        ("months", "up to 3 months -> 1\nover 2 months -> 2", "`x` = `3 months`"),
        ("boolean", "true -> 1", "no row for `x` = `false`"),
        ("boolean", "true -> 1\nfalse -> 2\nany -> 3", "both hold for `x` = `true`"),
        ("money", "-5 or 5 -> 1\nnot -5 or 5 -> 2", None),
    ],
)
def test_bounds_are_exact(type_: str, rows: str, witness: str | None) -> None:
    report = table(f"x: {type_}", rows.replace("-5 or 5", "0 or 5"))
    if witness is None:
        report.silent()
    else:
        assert len(report.found) == 1, report.shown()
        assert witness in report.one.message, report.shown()


def test_each_row_is_in_one_overlap_at_most() -> None:
    table("n: integer", "any -> 0\n1 -> 1\n2 -> 2\n3 -> 3").only("E0421")
    table(
        "n: integer", "1 -> 1\n1 -> 2\n2 -> 3\n2 -> 4\nunder 1 or 9 -> 5".replace(" or 9", "")
    ).only("E0421", "E0421")


def test_positions_as_inputs() -> None:
    text = HEADER + "position a\nposition b\ntable f (p: position) gives number {\na -> 1\n}\n"
    check(text).says("table `f` has no row for `p` = `b`")


def test_first_may_overlap_and_must_not_leave_out() -> None:
    table("n: money", "under 5 -> 1\nunder 10 -> 2\nany -> 3", hit="first").silent()
    table("n: money", "under 5 -> 1\nunder 10 -> 2\nover 10 -> 3", hit="first").only("E0422")


def test_collect_may_do_both() -> None:
    table("n: money", "under 5 -> 1\nunder 10 -> 2", hit="collect sum").silent()
    table("n: money", 'under 5 -> "a"', gives="text", hit="collect sum").only("E0430").says(
        "`collect sum` needs numbers, and this table gives a text"
    )
    table("n: money", 'under 5 -> "a"', gives="text", hit="collect count").silent()


def test_what_cannot_be_proved_is_said() -> None:
    text = (
        HEADER
        + "parameter p: money = 5\ntable f (n: money) gives number {\n"
        + "under 3 -> 1\nat least p -> 2\n}\n"
    )
    report = check(text).but("W0503").only("W0508")
    report.says("for table `f` it cannot be proven that no two rows overlap and none is missing")
    report.points("at least p -> 2", "a cell of this row depends on another value")


# --- faults in rows ----------------------------------------------------------------------


def test_cells_and_values_have_types() -> None:
    report = table("r: Region, m: money", "north, up to 5% -> 1").only("E0301")
    report.says("`5%` is a percent where money in CNY is needed")
    report.points("m", "`m` is money in CNY, declared here")
    table("r: Region", "nroth -> 1").only("E0205").helps("did you mean `north`?")
    table("r: Region", "any -> 5%").only("E0301").points("f", "`f` gives a number")
    table("r: Region", "up to north -> 5").only("E0306")
    table("r: Region", "any, any -> 5").only("E0423").says("this row has 2 cells for 1 column")
    table("r: list of text", "any -> 5").only("E0429")
    table("m: percent", "under 5 -> 1").only("E0307").helps("write `5%`")


def test_a_table_knows_no_facts() -> None:
    text = (
        HEADER
        + "action ship { weight number }\ntable f (a: boolean) gives number {\nany -> weight\n}\n"
    )
    check(text).only("E0202")


def test_values_may_speak_of_columns() -> None:
    report = table("m: money, p: percent", "any, any -> m * p", gives="money").silent()
    assert report.program is not None
    row = report.program.tables["p.f"].rows[0]
    assert all(isinstance(c, x.Constant) and c.value is True for c in row.conditions)


# --- against brute force -----------------------------------------------------------------


def _holds(cell: str, value: Fraction) -> bool:
    words = cell.split()
    if cell == "any":
        return True
    numbers = [Fraction(w) for w in words if w.replace(".", "").isdigit()]
    match words[0]:
        case "under":
            return value < numbers[0]
        case "up":
            return value <= numbers[0]
        case "over":
            return value > numbers[0]
        case "at":
            return value >= numbers[0]
        case "between":
            return numbers[0] <= value <= numbers[1]
        case "not":
            return value not in numbers
    return value in numbers


def _cell(source: random.Random) -> str:
    a, b = sorted(source.sample(range(5), 2))
    return source.choice(
        ["any", f"under {a}", f"up to {a}", f"over {a}", f"at least {a}", f"between {a} and {b}",
         f"{a}", f"{a} or {b}", f"not {a} or {b}"]
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(150))
@pytest.mark.parametrize("type_", ["number", "integer"])
def test_proof_agrees_with_trying_everything(seed: int, type_: str) -> None:
    source = random.Random(seed)
    width, hit = source.choice([1, 2]), source.choice(["unique", "first"])
    rows = [[_cell(source) for _ in range(width)] for _ in range(source.randrange(1, 6))]
    step = 1 if type_ == "integer" else 2
    line = [Fraction(n, step) for n in range(-2 * step, 7 * step)]
    counts = [
        sum(all(_holds(c, v) for c, v in zip(row, point, strict=True)) for row in rows)
        for point in itertools.product(line, repeat=width)
    ]
    columns = ", ".join(f"c{i}: {type_}" for i in range(width))
    report = table(columns, "\n".join(", ".join(row) + " -> 1" for row in rows), hit=hit)
    overlap, missing = max(counts) > 1 and hit == "unique", min(counts) == 0
    assert ("E0421" in report.codes) == overlap, report.shown()
    assert ("E0422" in report.codes) == (missing and not overlap), report.shown()


# --- size --------------------------------------------------------------------------------


def _grid(side: int, leave_out: int = -1) -> str:
    def band(i: int) -> str:
        if i == 0:
            return "under 10"
        return f"at least {i * 10}" if i == side - 1 else f"between {i * 10} and {i * 10 + 9}"

    rows = [f"{band(i)}, {band(j)}, {band(k)} -> {i + j + k}"
            for i in range(side) for j in range(side) for k in range(side)]  # fmt: skip
    return "\n".join(r for i, r in enumerate(rows) if i != leave_out)


@pytest.mark.parametrize("hit", ["unique", "first"])
def test_a_thousand_rows_of_three_columns(hit: str) -> None:
    columns = "x: integer, y: integer, z: integer"
    start = process_time()
    table(columns, _grid(10), hit=hit).silent()
    table(columns, _grid(10, leave_out=500), hit=hit).says(
        "table `f` has no row for `x` = `50`, `y` = `9` and `z` = `9`"
    )
    assert process_time() - start < 20


# --- CSV ---------------------------------------------------------------------------------

WITH_CSV = HEADER + ENUMS + 'table fee (region: Region, amount: money) gives money from "fee.csv"\n'


def csv(text: str, policy: str = WITH_CSV) -> Report:
    return check_all({"a/p.remit": policy, "a/fee.csv": text}).but("W0503")


def test_csv_rows() -> None:
    report = csv(
        'region,amount,fee,source\nnorth,any,5,memo 7\n"east or west","up to 1_000",10%*amount,\n'
        "east or west,over 1_000,-5,\n".replace("10%*amount", "10% of amount")
    ).silent()
    assert report.program is not None
    rows = report.program.tables["p.fee"].rows
    assert [r.source for r in rows] == ["memo 7", None, None]
    assert (rows[1].span.file, rows[1].span.line) == ("a/fee.csv", 3)
    assert isinstance(rows[2].value, x.Constant)
    assert rows[2].value.value == -5
    assert "a/fee.csv" in report.program.sources


def test_csv_columns_in_any_order_and_with_semicolons() -> None:
    csv("fee;amount;region\r\n5;any;north\r\n6;any;east or west\r\n").silent()


def test_csv_texts_need_no_quotes() -> None:
    policy = HEADER + 'table fee (t: text, b: boolean) gives text from "fee.csv"\n'
    report = csv('t,b,v\nany,TRUE,"""x"""\ngood luck,FALSE,"""y"""\n', policy)
    report.only("E0422").says("table `fee` has no row for `t` = `any other text` and `b` = `false`")


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("", "`a/fee.csv` is empty", 1),
        ("region,amount,fee\n", "`a/fee.csv` has no rows below its header", 1),
        ("region,amout,fee\n", "column `amount` is not in the header of this file", 1),
        ("region,amount\n", "the header has 2 names for 2 columns and one value", 1),
        ("region,amount,a,b\n", "the header has 4 names for 2 columns and one value", 1),
        ("region,amount,fee\n\nnorth,any\n", "this line has 2 cells, and the header has 3", 3),
        ("region,amount,fee\nnorth,,5\n", "this cell is empty", 2),
        ("region,amount,fee\nnorth,any -> 5 },5\n", "`any -> 5 }` is not a cell of a table", 2),
        ('region,amount,fee\nnorth,any,"1,000"\n', "`1,000` is not a cell of a table", 2),
        ("region,amount,fee\nany,any,5%\n", "`5%` is a percent where money in CNY is needed", 2),
        ("region,amount,fee\nany,any,5\nnroth,any,5\n", "`Region` has no member `nroth`", 3),
        ("region,amount,fee\nany,any,5\nnorth,up to 5,5\n",
         "this row and the row on line 2 both hold for `region` = `north` and `amount` = `5`", 3),
    ],
)  # fmt: skip
def test_csv_faults_show_file_and_line(text: str, message: str, line: int) -> None:
    report = csv(text)
    assert len(report.found) == 1, report.shown()
    report.says(message)
    assert (report.one.span.file, report.one.span.line) == ("a/fee.csv", line), report.shown()


def test_csv_help_for_grouped_thousands() -> None:
    csv('region,amount,fee\nnorth,any,"1,000"\n').helps("group thousands with `_`: `1_000`")


def test_missing_csv() -> None:
    report = check_all({"a/p.remit": WITH_CSV, "a/fees.csv": ""}).only("E0424")
    report.says("there is no file `fee.csv` beside this policy").helps("did you mean `fees.csv`?")


def test_csv_of_a_thousand_rows() -> None:
    day = date(2026, 1, 1)
    days = [day + timedelta(n) for n in range(1_000)]
    rows = "".join(f"{d},{n}\n" for n, d in enumerate(days[1:-1], 1))
    text = f"day,v\nup to {days[0]},0\n{rows}at least {days[-1]},9\n"
    policy = HEADER + 'table fee (day: date) gives number from "fee.csv"\n'
    start = process_time()
    csv(text, policy).silent()
    assert process_time() - start < 20
