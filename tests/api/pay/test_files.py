"""Statements as CSV, XLSX, Parquet and pages in a folder."""

from __future__ import annotations

import csv
import re
import zipfile
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pay.reports import ATTACK, SCRIPT, climb, report
from remit_api.failures import FileTrouble, MissingFile
from remit_api.pay import folder as folders
from remit_api.pay import page as pages_source
from remit_api.pay.chart import chart, sentence
from remit_api.pay.csv_files import cell_text
from remit_api.pay.folder import file_name, write_folder
from remit_api.pay.headings import CHINESE
from remit_api.pay.page import index, page
from remit_api.pay.sheets import Column
from remit_api.pay.workbook import fits

ALL = ("csv", "xlsx", "parquet", "html")
CELLS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def written(tmp_path):
    target = tmp_path / "out"
    write_folder(report(), target, ALL, {"period": "2026-03"})
    return target


def rows(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_cell_that_a_spreadsheet_would_run_is_a_text(begins):
    cell = cell_text(f"{begins}1+1", Column("event", "text"), None)
    assert cell == f"'{begins}1+1"


def test_amounts_in_csv_are_exact_and_ungrouped(written):
    ann, bad = rows(written / "statements.csv")
    assert (ann["due"], ann["differences"], ann["total"]) == ("4812.35", "-50.00", "4762.35")
    assert ann["credit"] == "288743/6"  # a third is no decimal
    assert (bad["due"], bad["total"], bad["fault"]) == ("", "", "no quota & no hope")
    (late,) = rows(written / "differences.csv")
    assert (late["amount"], late["changes"]) == ("-50.00", "line S0 is new: 500.00")


def test_texts_that_a_spreadsheet_would_run_are_quoted_in_csv(written):
    events = {row["event"] for row in rows(written / "lines.csv")}
    assert "'" + ATTACK in events
    assert rows(written / "uncounted.csv")[0]["reason"] == "'+1 more"


def test_a_workbook_has_numbers_and_no_formula(written):
    with zipfile.ZipFile(written / "statements.xlsx") as book:
        names = [n for n in book.namelist() if n.startswith("xl/worksheets/sheet")]
        pages = [ElementTree.fromstring(book.read(n)) for n in sorted(names)]
        styles = book.read("xl/styles.xml").decode()
    assert not [f for page in pages for f in page.iter(f"{CELLS}f")]
    cells = {c.get("r"): c for c in pages[0].iter(f"{CELLS}c")}
    due = cells["Q2"]
    assert (due.get("t"), due.findtext(f"{CELLS}v")) == (None, "4812.35")
    assert cells["F2"].get("t") == "inlineStr"  # 288743/6: no spreadsheet keeps it
    texts = [t.text for page in pages for t in page.iter(f"{CELLS}t")]
    assert ATTACK in texts
    assert 'quotePrefix="1"' in styles
    assert "#,##0.00" in styles


@given(st.integers(-(10**14), 10**14))
def test_what_a_spreadsheet_is_given_as_a_number_it_keeps(cents):
    value = Fraction(cents, 100)
    if fits(value):
        assert Decimal(f"{float(value):.15G}") == Decimal(cents) / 100


def test_what_a_spreadsheet_would_round_is_text():
    assert fits(Fraction("1234567890123.45"))
    assert not fits(Fraction("12345678901234.56"))
    assert not fits(Fraction(1, 3))


def test_parquet_has_exact_decimals(written):
    file = written / "statements.parquet"
    found = duckdb.sql(f"SELECT due, credit, typeof(due) FROM '{file}' WHERE fault IS NULL")
    assert found.fetchall() == [(Decimal("4812.350000"), "288743/6", "DECIMAL(38,6)")]
    lines = duckdb.sql(f"SELECT event, day FROM '{written / 'lines.parquet'}'").fetchall()
    assert ATTACK in [event for event, _ in lines]


class Page(HTMLParser):
    """Which elements and attributes a page has, and that each is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.attributes: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag not in ("meta", "br", "col"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_a_page_has_no_script_and_escapes_everything():
    for slip in report().slips():
        text = page(slip)
        found = Page(text)
        assert "script" not in found.seen
        assert not {"href", "src", "onload", "onclick"} & set(found.attributes)
        assert SCRIPT not in text
        assert "default-src &#x27;none&#x27;" in text


def test_a_page_says_what_is_paid_and_why():
    ann = next(page(s) for s in report().slips() if s.person == "王小明")
    assert "<strong>4,762.35 CNY</strong>" in ann
    assert "Field sales 一线销售" in ann
    assert "credit * 10%" in ann
    assert "line S0 is new: 500.00" in ann
    assert "run 1 of 2026-04-01" in ann
    bad = next(page(s) for s in report().slips() if s.person == SCRIPT)
    assert "This cannot be computed." in bad
    assert "no quota &amp; no hope" in bad


def test_tables_have_headings_that_a_reader_can_follow():
    found = Page(page(report().slips()[1]))
    assert found.seen.count("table") == found.seen.count("caption")
    assert "scope" in found.attributes
    assert "lang" in found.attributes


@pytest.mark.parametrize(
    ("kind", "position", "quota", "told"),
    [
        (
            "marginal", 48_000, 50_000,
            "Credit 48,000.00 of quota 50,000.00, which is 96%. Tier 2 of 4 (up to 100%) at 1.5%. "
            "2,000.00 more reaches the next tier; what lies beyond it has 2.2%.",
        ),
        (
            "whole", 48_000, 50_000,
            "Credit 48,000.00 of quota 50,000.00, which is 96%. Tier 2 of 4 (up to 100%) at 1.5%. "
            "More than 2,000.00 more reaches the next tier; then all of it has 2.2%: 350.00 more.",
        ),
        (
            "marginal", 70_000, None,
            "Credit 70,000.00. Tier 4 of 4 (over) at 3%. This is the last tier.",
        ),
    ],
)  # fmt: skip
def test_where_somebody_stands_is_said(kind, position, quota, told):
    assert sentence(climb(kind, position, quota), "CNY") == told


@pytest.mark.parametrize("kind", ["marginal", "whole", "interpolated"])
@pytest.mark.parametrize("position", [-5_000, 0, 1, 40_000, 48_000, 999_999])
def test_a_chart_is_sound_and_stays_inside(kind, position):
    drawn = ElementTree.fromstring(chart(climb(kind, position), "CNY"))
    assert drawn.get("aria-label", "").startswith("Credit")
    width, height = map(float, drawn.get("viewBox", "").split()[2:])
    for box in drawn.iter("rect"):
        x, y, w, h = (float(box.get(name, "")) for name in ("x", "y", "width", "height"))
        assert 0 <= x <= x + w <= width
        assert 0 <= y <= y + h <= height


def test_a_reached_tier_is_drawn_up_to_the_position():
    drawn = ElementTree.fromstring(chart(climb("marginal", 45_000), "CNY"))
    boxes = [(b.get("class"), float(b.get("width", ""))) for b in drawn.iter("rect")]
    tiers = [w for name, w in boxes if name == "tier"]
    reached = [w for name, w in boxes if name == "reached"]
    assert reached[0] == tiers[0]
    assert reached[1] == pytest.approx(tiers[1] / 2, abs=0.2)
    assert len(reached) == 2


@pytest.mark.parametrize(
    ("person", "file"),
    [
        ("ann", "ann.html"),
        ("王小明", "王小明.html"),
        ("../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd.html"),
        (".", "%2E.html"),
        ("a%2Fb", "a%252Fb.html"),
        ("chen.jing", "chen.jing.html"),
    ],
)
def test_no_person_leads_a_file_astray(person, file):
    assert file_name(person) == file


def test_two_people_never_share_a_file(tmp_path):
    names = ["a.b", "a%2Eb", "a b", "a_b", "A", "a", "a~2", "王" * 200, "王" * 201]
    start = report().statements[0]
    people = tuple(replace(start, person=name) for name in names)
    write_folder(report(statements=people, differences=()), tmp_path / "out", ("html",), {})
    files = [p.name.casefold() for p in (tmp_path / "out" / "statements").iterdir()]
    assert len(set(files)) == len(names)


def test_a_folder_is_replaced_as_a_whole(written):
    write_folder(report(statements=()), written, ("csv",), {})
    names = sorted(p.name for p in written.iterdir())
    assert "statements.xlsx" not in names
    assert "run.json" in names
    assert [p.name for p in written.parent.iterdir()] == ["out"]


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileTrouble, match="is not empty, and was not written by a run"):
        write_folder(report(), tmp_path, ALL, {})
    with pytest.raises(MissingFile, match="there is no folder"):
        write_folder(report(), tmp_path / "no" / "out", ALL, {})
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_an_interruption_leaves_nothing_half_written(written, monkeypatch):
    def interrupt(*given):
        raise KeyboardInterrupt

    before = {p.name: p.read_bytes() for p in written.iterdir() if p.is_file()}
    monkeypatch.setitem(folders.WRITERS, "html", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_folder(report(statements=()), written, ALL, {})
    assert {p.name: p.read_bytes() for p in written.iterdir() if p.is_file()} == before
    assert [p.name for p in written.parent.iterdir()] == ["out"]


def test_amounts_in_a_currency_without_decimals(tmp_path):
    yen = {"pay.field": replace(report().plans["pay.field"], currency="JPY")}
    whole = replace(
        report().statements[0], amounts={**report().statements[0].amounts, "due": Fraction(4812)}
    )
    write_folder(report(plans=yen, statements=(whole,)), tmp_path / "out", ("csv", "html"), {})
    assert rows(tmp_path / "out" / "statements.csv")[0]["due"] == "4812"
    assert "<strong>4,762 JPY</strong>" in page(
        report(plans=yen, statements=(whole,)).slips()[1 - 1]
    )


def test_headings_are_chinese_where_that_is_asked():
    told = replace(report(), language="zh")
    pages = [page(slip) for slip in told.slips()]
    pages.append(index(told, [(slip, "x.html") for slip in told.slips()]))
    found = {
        text
        for each in pages
        for text in re.findall(r"<(?:caption|h3|th scope=\"col\"[^>]*)>([^<]+)<", each)
    }
    assert {"明细", "计算过程", "已结期间的更正", "全体", "汇总 (CNY)"} & found
    assert not [text for text in found if re.search("[A-Za-z]", text.replace("(CNY)", ""))]
    assert all('<html lang="zh">' in each for each in pages)


def test_every_heading_of_a_page_has_its_chinese():
    source = Path(pages_source.__file__).read_text(encoding="utf-8")
    said = re.findall(r"heading\(\s*\"([^\"]+)\"", source)
    said += [label for _, label in pages_source.SUMMARY] + list(pages_source.MOVED.values())
    assert len(said) > 15
    assert not [text for text in said if text not in CHINESE]
