"""`remit decide --batch FILE --out FILE`."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import duckdb
import pytest

DAY = ("--as-of", "2026-03-02")
REQUESTS = """\
id,actor,action,rate,order.total,order.margin,requester,as_of,approvals
A1,rita,discount,2%,50000,20%,sam,,
A2,rita,discount,5%,50000,20%,sam,,
A3,mark,discount,9%,50000,20%,rita,,review=fay
A4,grace,discount,2%,50000,4%,sam,,
A5,mark,discount,2%,,20%,sam,,
A6,rita,discount,lots,50000,20%,sam,,
A7,ritta,discount,2%,50000,20%,sam,,
A8,rita,discount,2%,50000,20%,sam,2025-12-31,
"""
OUTCOMES = ["permit", "escalate", "permit", "deny", "incomplete", "", "", "undefined"]


def answers(path: str) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_csv_to_csv(house, file):
    file("in.csv", REQUESTS)
    ran = house("decide", *DAY, "--batch", "in.csv", "--out", "out.csv")
    assert ran.code == 1
    rows = answers("out.csv")
    assert [row["outcome"] for row in rows] == OUTCOMES
    assert [row["id"] for row in rows] == [f"A{n}" for n in range(1, 9)]
    assert [row["row"] for row in rows] == [str(n) for n in range(1, 9)]
    assert rows[0]["limit"] == "up to 3%"
    assert rows[0]["as_of"] == "2026-03-02"
    assert rows[1]["chain"].startswith("Sales manager: mark")
    assert rows[3]["rules"] == "discount.margin_floor"
    assert rows[4]["missing"] == "order.total"
    assert rows[5]["error"].startswith('rate: `"lots"` is not a percent')
    assert "did you mean `rita`?" in rows[6]["error"]
    assert rows[7]["as_of"] == "2025-12-31"
    assert "6 of 8 rows answered, written to out.csv" in ran.out
    assert "the first in row 6" in ran.out


def test_all_answered_is_zero(house, file):
    file("in.csv", "actor,rate\nrita,2%\n\nmark,2%\n")
    words = ("order.total=5", "order.margin=20%", "--requester", "sam", "--action", "discount")
    ran = house("decide", *words, *DAY, "--batch", "in.csv", "--out", "out.csv")
    assert ran.code == 0
    assert [row["outcome"] for row in answers("out.csv")] == ["permit", "permit"]
    assert "2 of 2 rows answered" in ran.out


def test_json_lines(house, file):
    lines = [
        {"id": 7, "actor": "rita", "action": "discount",
         "facts": {"rate": "2%", "order": {"total": 50000, "margin": 0.2}}},
        {"id": 8, "actor": "rita", "rate": 0.05, "order.total": 50000, "order.margin": "20%"},
        {"id": 9, "actor": "rita", "rate": "900"},
    ]  # fmt: skip
    file("in.jsonl", "\n".join(map(json.dumps, lines)) + "\nnot json\n[1]\n")
    words = ("--action", "discount", "--requester", "sam", *DAY)
    ran = house("decide", *words, "--batch", "in.jsonl", "--out", "out.jsonl")
    assert ran.code == 1
    rows = [json.loads(line) for line in Path("out.jsonl").read_text().splitlines()]
    assert [row["outcome"] for row in rows] == ["permit", "escalate", None, None, None]
    assert [row["id"] for row in rows] == ["7", "8", "9", None, None]
    assert rows[0]["rules"] == ["discount.sales_representative.approve"]
    assert "is not a percent" in rows[2]["error"]
    assert rows[3]["error"] == "not JSON at column 1: expecting value"
    assert rows[4]["error"] == "the line is not a JSON object"


def test_parquet(house):
    duckdb.sql("""
        COPY (SELECT order_id, 'rita' AS actor, 'sam' AS requester, rate::DECIMAL(9, 4) AS rate,
                     50000.00::DECIMAL(9, 2) AS "order.total", 0.2::DECIMAL(4, 2) AS "order.margin",
                     DATE '2026-03-02' AS as_of
              FROM (VALUES ('p1', 0.0250), ('p2', 0.0301), ('p3', NULL)) AS t(order_id, rate))
        TO 'in.parquet' (FORMAT parquet)""")
    ran = house("decide", "--action", "discount", "--batch", "in.parquet", "--out", "out.parquet")
    assert ran.code == 0, ran.out
    rows = duckdb.sql("SELECT row, order_id, outcome, rules FROM 'out.parquet'").fetchall()
    found = [row[:3] for row in rows]
    assert found == [(1, "p1", "permit"), (2, "p2", "escalate"), (3, "p3", "incomplete")]
    assert rows[0][3] == ["discount.sales_representative.approve"]
    assert sorted(os.listdir()) == ["in.parquet", "out.parquet", "policies"]


def test_binary_fractions_in_parquet_are_refused_row_by_row(house):
    duckdb.sql("""
        COPY (SELECT 'rita' AS actor, 'sam' AS requester, rate::DOUBLE AS rate,
                     5e4::DOUBLE AS "order.total", '20%' AS "order.margin"
              FROM (VALUES (0.1), (0.0), (NULL)) AS t(rate))
        TO 'in.parquet' (FORMAT parquet)""")
    words = ("--action", "discount", "--batch", "in.parquet", "--out", "out.csv")
    assert house("decide", *words, *DAY).code == 1
    rows = answers("out.csv")
    assert "0.1 is a binary fraction and not exact" in rows[0]["error"]
    assert [row["outcome"] for row in rows] == ["", "permit", "incomplete"]


def test_nested_columns_of_parquet(house):
    duckdb.sql("""
        COPY (SELECT 'rita' AS actor, '2%' AS rate,
                     {'total': 7::BIGINT, 'margin': '20%'} AS "order")
        TO 'in.parquet' (FORMAT parquet)""")
    words = ("--action", "discount", "--batch", "in.parquet", "--out", "out.csv")
    assert house("decide", "--requester", "sam", *words, *DAY).code == 0
    assert answers("out.csv")[0]["outcome"] == "permit"


def test_summary_as_json(house, file):
    file("in.csv", REQUESTS)
    ran = house("decide", *DAY, "--batch", "in.csv", "--out", "out.csv", "--json")
    assert ran.document["rows"] == 8
    assert ran.document["errors"] == 2
    assert ran.document["outcomes"]["permit"] == 2
    assert ran.document["as_of"] == "2026-03-02"


def test_bad_lines_do_not_end_the_batch(house):
    good = b"rita,2%,20%,sam\n"
    head = b"\xef\xbb\xbfactor,rate,order.margin,requester\n"
    Path("in.csv").write_bytes(head + good + b"r\xefta,2%,20%,sam\n" + b"rita,2%\n" + good)
    words = ("--action", "discount", *DAY, "--batch", "in.csv", "--out", "out.csv")
    assert house("decide", *words).code == 1
    rows = answers("out.csv")
    assert [row["outcome"] for row in rows] == ["permit", "", "", "permit"]
    assert rows[1]["error"] == "the line is not UTF-8 text: save the file as CSV UTF-8"
    assert rows[2]["error"] == "the line has 2 cells, and the header names 4"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id;actor\n1;rita\n", "not separated by commas"),
        ("", "has no column names"),
        ("a,b,a\n1,2,3\n", "the column `a` is there twice"),
    ],
)
def test_a_header_that_is_none(house, file, text, said):
    file("in.csv", text)
    ran = house("decide", "--batch", "in.csv", "--out", "out.csv")
    assert ran.code == 4
    assert said in ran.err
    assert not Path("out.csv").exists()


def test_both_files_are_needed(house, file):
    ran = house("decide", "--batch", "in.csv")
    assert ran.code == 2
    assert "a batch needs both files" in ran.err


def test_kinds_of_files(house, file):
    file("in.xlsx", "x")
    ran = house("decide", "--batch", "in.xlsx", "--out", "out.csv")
    assert ran.code == 2
    assert "use a file ending in .csv, .jsonl, .ndjson, .parquet" in ran.err
    file("in.csv", "actor\nrita\n")
    ran = house("decide", "--batch", "in.csv", "--out", "out.xlsx")
    assert ran.code == 2
    assert "`out.xlsx` is not a file of results" in ran.err


def test_the_requests_are_never_overwritten(house, file):
    file("in.csv", "actor\nrita\n")
    ran = house("decide", "--batch", "in.csv", "--out", "./in.csv")
    assert ran.code == 2
    assert "would overwrite the requests" in ran.err


def test_a_folder_that_is_not_there(house, file):
    file("in.csv", "actor\nrita\n")
    ran = house("decide", "--batch", "in.csv", "--out", "nowhere/out.csv")
    assert ran.code == 2
    assert "there is no folder `nowhere`" in ran.err


def test_a_run_that_breaks_leaves_the_old_results(house, file, monkeypatch):
    from remit_api.batch import run as batch

    file("in.csv", REQUESTS)
    file("out.csv", "old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(batch, "record", full)
    monkeypatch.setattr(batch, "_count", full)
    ran = house("decide", *DAY, "--batch", "in.csv", "--out", "out.csv")
    assert ran.code == 74
    assert "a file cannot be written: no space left on device" in ran.err
    assert Path("out.csv").read_text() == "old"
    assert sorted(os.listdir()) == ["in.csv", "out.csv", "policies"]


def test_a_fault_of_ours_costs_one_row(house, file, monkeypatch):
    from remit_engine.engine import Engine

    decide = Engine.decide

    def sometimes(self, request):
        if request.actor.person == "mark":
            raise ZeroDivisionError("boom")
        return decide(self, request)

    monkeypatch.setattr(Engine, "decide", sometimes)
    file("in.csv", "actor,rate,order.margin,requester\nmark,2%,20%,sam\nrita,2%,20%,sam\n")
    assert house("decide", "--batch", "in.csv", "--out", "out.csv").code == 1
    rows = answers("out.csv")
    assert rows[0]["error"].startswith("remit itself failed on this row: ZeroDivisionError")
    assert rows[1]["outcome"] == "permit"


def test_a_file_that_is_no_parquet(house, file):
    file("in.parquet", "id,actor")
    ran = house("decide", "--batch", "in.parquet", "--out", "out.csv")
    assert ran.code == 4
    assert "in.parquet: this is not Parquet" in ran.err


def test_a_column_that_is_of_no_use_is_named(house, file):
    file("in.csv", "id,actor,rate,order.totl\n1,rita,2%,5\n2,mark,2%,7\n")
    ran = house("decide", "--batch", "in.csv", "--out", "out.csv")
    assert "not used: order.totl, which" in ran.out
    assert "facts.id" not in ran.out


def test_every_format_gives_the_same_answers(house, file):
    """The same 60 requests as CSV, JSON lines and Parquet, and one at a time."""
    actors, rates = ["rita", "mark", "grace"], ["0%", "3%", "3.01%", "8%", "10%"]
    asked = [
        {"actor": a, "requester": "sam", "rate": r, "order.total": t, "order.margin": m}
        for a in actors
        for r in rates
        for t in ("200000.00", "200000.01")
        for m in ("5%", "4.99%")
    ]
    with open("in.csv", "w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(asked[0]))
        writer.writeheader()
        writer.writerows(asked)
    lines = (json.dumps(row).replace('"200000.00"', "200000.00") for row in asked)
    file("in.jsonl", "\n".join(line.replace('"200000.01"', "200000.01") for line in lines))
    duckdb.sql("""
        COPY (SELECT * REPLACE (("order.total")::DECIMAL(12, 2) AS "order.total")
              FROM read_csv('in.csv', all_varchar = true))
        TO 'in.parquet' (FORMAT parquet)""")
    found = []
    for ending in ("csv", "jsonl", "parquet"):
        words = ("decide", *DAY, "--batch", f"in.{ending}", "--out", "out.csv")
        assert house(*words).code == 0
        found.append([(row["outcome"], row["reason"]) for row in answers("out.csv")])
    assert found[0] == found[1] == found[2]
    for row, (outcome, reason) in list(zip(asked, found[0], strict=True))[::7]:
        facts = [f"{k}={v}" for k, v in row.items() if k not in ("actor", "requester")]
        who = ("--actor", row["actor"], "--requester", row["requester"])
        one = house("decide", *DAY, *who, *facts, "--json").document
        assert (one["outcome"], one["reason"]) == (outcome, reason)


def test_a_summary_in_chinese(house, file):
    file("in.csv", "id,actor,rate,order.totl\n1,rita,2%,5\n2,mark,2%,7\n3,mark,x,7\n")
    ran = house("decide", "--batch", "in.csv", "--out", "out.csv", "--language", "zh")
    assert ran.first == "3 行中已答复 2 行，写入 out.csv"
    assert "2  incomplete  信息不足" in ran.out
    assert "1  错误  首个错误在第 3 行：rate: " in ran.out
    assert "未使用：order.totl，该事项无此信息" in ran.out


def test_texts_of_parquet_are_read_as_those_of_csv(house, file):
    file(
        "in.csv",
        "id,actor,action,rate,order.total,order.margin,requester,as_of,approvals,evidence\n"
        "A1,rita,discount,2%,50000,20%,sam,,,\n"
        "A2,mark,discount,9%,5万,0.2,rita,2026-03-02,review=fay,\n"
        "A3,mark,discount,2%,,20%,sam,,,a; b\n"
        "A4,rita,discount,lots,50000,20%,sam,,,\n",
    )
    duckdb.sql("""COPY (SELECT * FROM read_csv('in.csv', all_varchar = true))
                  TO 'in.parquet' (FORMAT parquet)""")
    for ending in ("csv", "parquet"):
        words = ("decide", *DAY, "--batch", f"in.{ending}", "--out", f"{ending}.csv")
        assert house(*words).code == 1
    found = answers("parquet.csv")
    assert [row["outcome"] for row in found] == ["permit", "permit", "incomplete", ""]
    assert found == answers("csv.csv")


def test_texts_and_types_of_one_record_in_parquet(house):
    duckdb.sql("""
        COPY (SELECT 'rita' AS actor, {'rate': '2%', 'order': {'total': '50000', 'margin': 0.2}}
                     AS facts, CAST(NULL AS VARCHAR) AS "order.total"
              UNION ALL
              SELECT 'rita', {'rate': '2%', 'order': {'total': '50000', 'margin': 0.2}}, '7')
        TO 'in.parquet' (FORMAT parquet)""")
    words = ("--action", "discount", "--batch", "in.parquet", "--out", "out.csv")
    assert house("decide", "--requester", "sam", *words, *DAY).code == 1
    rows = answers("out.csv")
    assert rows[0]["outcome"] == "permit"
    assert rows[1]["error"] == "order.total: `order.total` is given twice: give it once"


def test_a_text_beside_the_same_fact_with_a_type(house):
    duckdb.sql("""
        COPY (SELECT 'rita' AS actor, '2%' AS rate, {'total': 7} AS "order", '5' AS "order.total")
        TO 'in.parquet' (FORMAT parquet)""")
    words = ("--action", "discount", "--batch", "in.parquet", "--out", "out.csv")
    assert house("decide", *words, *DAY).code == 1
    assert "`order.total` is given twice" in answers("out.csv")[0]["error"]


def test_the_summary_as_json_holds_the_first_errors(house, file):
    file("in.csv", "actor,rate\nrita,2%\n" + "rita,lots\n" * 5)
    ran = house("decide", *DAY, "--batch", "in.csv", "--out", "out.csv", "--json")
    assert ran.document["errors"] == 5
    assert [error["row"] for error in ran.document["first_errors"]] == [2, 3, 4]
    assert "is not a percent" in ran.document["first_errors"][0]["error"]


@pytest.mark.parametrize("option", ["--ask", "--trace"])
def test_what_is_about_one_answer_is_refused(house, file, option):
    file("in.csv", "actor,rate\nrita,2%\n")
    ran = house("decide", "--batch", "in.csv", "--out", "out.csv", option)
    assert ran.code == 2
    assert f"`{option}` is about one answer" in ran.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--action", "discnt"), "did you mean `discount`?"),
        (("--verb", "aprove"), "did you mean `approve`?"),
        (("--evidence", "offer"), "there is no evidence `offer`"),
    ],
)
def test_a_slip_on_the_command_line_ends_the_batch_at_once(house, file, words, said):
    file("in.csv", "actor,rate\nrita,2%\n")
    ran = house("decide", "--batch", "in.csv", "--out", "out.csv", *words)
    assert ran.code == 4
    assert said in ran.err
    assert not Path("out.csv").exists()


def test_people_nobody_knows_without_a_directory(house, file) -> None:
    file("in.csv", "actor,rate,order.total,order.margin\nrita,1%,5,20%\nrita,2%,5,20%\n")
    words = ("--action", "discount", *DAY, "--batch", "in.csv", "--out", "out.csv")
    ran = house("decide", "--no-directory", *words)
    said = "  help: no directory of people was read; name one with `--directory FILE`\n"
    assert ran.out.count(said) == 1
    assert "no directory" not in house("decide", *words).out


def test_a_line_too_long_is_one_row(house):
    """What follows in it is no line of its own, even where it looks like one."""
    from remit_api.batch.row import LONGEST

    good, tail = b"rita,2%,20%,sam\n", b"\ngrace,2%,20%,sam"
    head = b"actor,rate,order.margin,requester\n"
    long = b"x" * LONGEST + tail[1:] + b"," + b"y" * LONGEST + b"\n"
    Path("in.csv").write_bytes(head + good + long + good)
    line = b'{"actor": "rita", "rate": "2%", "order": {"margin": "20%"}, "requester": "sam"}'
    Path("in.jsonl").write_bytes(b" " * LONGEST * 2 + line + b"\n" + line + b"\n")
    words = ("--action", "discount", *DAY, "--out", "out.csv", "--batch")
    error = "the line cannot be read: it is longer than 16 MB"
    assert house("decide", *words, "in.csv").code == 1
    assert [(r["outcome"], r["error"]) for r in answers("out.csv")] == [
        ("permit", ""), ("", error), ("permit", ""),
    ]  # fmt: skip
    assert house("decide", *words, "in.jsonl").code == 1
    assert [(r["outcome"], r["error"]) for r in answers("out.csv")] == [("", error), ("permit", "")]


def test_a_path_of_parquet_is_one_file_and_its_own_columns(house):
    """No pattern, and no partition of a lake that overrides a column."""
    for path, actor in (("r[1].parquet", "rita"), ("r1.parquet", "no"), ("a*.parquet", "rita"),
                        ("ab.parquet", "no"), ("actor=no/rate=9/q?.parquet", "rita")):  # fmt: skip
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        duckdb.sql(f"""COPY (SELECT '{actor}' AS actor, 'sam' AS requester, '2%' AS rate,
                     '20%' AS "order.margin") TO 'made' (FORMAT parquet)""")
        os.rename("made", path)
    words = ("--action", "discount", *DAY, "--out")
    Path("row=7").mkdir()
    for out in ("out.parquet", "row=7/out[1].parquet"):
        for path in ("r[1].parquet", "a*.parquet", "actor=no/rate=9/q?.parquet"):
            ran = house("decide", *words, out, "--batch", path)
            assert ran.code == 0, ran.err
            os.rename(out, "read.parquet")
            found = duckdb.sql("SELECT row, outcome FROM 'read.parquet'").fetchall()
            assert found == [(1, "permit")]


def test_a_moment_in_a_time_zone_has_no_day(house):
    duckdb.sql("""
        COPY (SELECT 'rita' AS actor, 'sam' AS requester, '2%' AS rate, '20%' AS "order.margin",
                     make_timestamptz(day) AS as_of
              FROM (VALUES (1772409600000000), (NULL)) AS t(day))
        TO 'in.parquet' (FORMAT parquet)""")
    words = ("--action", "discount", *DAY, "--batch", "in.parquet", "--out", "out.csv")
    ran = house("decide", *words)
    assert ran.code == 1, ran.err
    first, second = answers("out.csv")
    assert first["error"] == (
        "as_of: this column holds a moment in a time zone, whose day depends on the place: "
        "store it as DATE"
    )
    assert second["outcome"] == "permit"


def test_a_folder_in_the_place_of_a_file(house, file):
    Path("d.csv").mkdir()
    file("in.csv", "actor,rate\nrita,2%\n")
    ran = house("decide", *DAY, "--batch", "d.csv", "--out", "out.csv")
    assert ran.code == 2
    assert "`d.csv` is a folder" in ran.err
    ran = house("decide", *DAY, "--action", "discount", "--batch", "in.csv", "--out", "d.csv")
    assert "`d.csv` cannot be written: it is a folder" in ran.err
    assert ".tmp" not in ran.err
