"""Data of pay from folders and databases: exact, whole, and every fault with its place."""

from __future__ import annotations

import sqlite3
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.commission.data_folder import write_dataset
from engine.commission.datasets import dataset
from engine.commission.plans import PlanText, plan_texts
from engine.commission.programs import model, program
from engine.generators import examples
from remit_api.failures import FileTrouble, MissingFile
from remit_api.pay_data.failures import BadData
from remit_api.pay_data.opening import open_data
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.basis.periods import Period
from remit_engine.commission.reading.findings import MOST

POLICY = """policy pay { currency CNY  owner head }
enum Region "Region" { north "The north" zh "北方" { beijing } south }
position head
position lead "Team lead" { reports to head }
position rep { reports to lead }
record Person { region: Region  grade: integer optional  areas: set of Region optional }
record Account { region: Region  rate: percent optional }
event BigSale {
  id: text  date: date  net: money  account: Account  parent: Account optional  seller: Person
  note: text optional  rush: boolean optional  paid_on: date optional  size: number optional
}
event Payment { id: text  sale: BigSale  date: date  amount: money }
event Visit { id: text  date: date }
scorecard score { of rep  period month
  item won { weight 100%  higher is better  target 100% }
  score rounded half up to 1%
}
commission own {
  pays rep
  period month
  from BigSale by date when account.region = north
  credit net split by credits total 100%
  quota from targets
  hold until Payment.amount by date covers net
  payable = credit / quota * score * (if payee.region = north then 10 CNY else 5 CNY)
    rounded half up to 0.01
}
commission over { pays lead  period month  on own of direct reports
  payable = 1% of credit rounded half up to 0.01 }
commission owned { pays rep  period quarter  from BigSale by date
  credit net to owner of note on date  quota from targets
  payable = 1% of credit rounded half up to 0.01 }
"""

SALES = "id,date,net,account.region,seller,note"
PEOPLE = """id,position,unit,manager,from,until,region
ann,lead,,,,,north
bob,rep,east,ann,2026-01-01,2026-03-01,beijing
bob,rep,east,ann,2026-03-01,,south
"""
GOOD = {
    "big_sale": f"{SALES}\ns1,2026-01-31,1200.50,beijing,bob,acme\n",
    "payment": "id,sale,date,amount\np1,s1,2026-02-28,1200.5\n",
    "people": PEOPLE,
    "credits": "event,id,person,share\nbig_sale,s1,bob,1/3\nBigSale,s1,ann,2/3\n",
    "owners": "key,person,from,until\nacme,bob,,\n",
    "targets": "person,period,amount,plan\nbob,2026-01,1000,own\nbob,2026-Q1,9000.5,owned\n",
    "measures": "person,period,item,value\nbob,2026-01,won,120%\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in GOOD.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def opened(folder: Path) -> tuple[Dataset, list[str]]:
    notices: list[str] = []
    data = open_data(str(folder), model(POLICY), notice=lambda f: notices.append(str(f)))
    return data, notices


def faults(folder: Path) -> list[str]:
    with pytest.raises(BadData) as caught:
        opened(folder)
    assert caught.value.count >= len(caught.value.faults)
    return [str(f) for f in caught.value.faults]


def sales(folder: Path, *lines: str, header: str = SALES) -> None:
    (folder / "big_sale.csv").write_text("\n".join([header, *lines, ""]), encoding="utf-8")


def put(folder: Path, name: str, *lines: str) -> None:
    header = GOOD[name].split("\n", 1)[0]
    (folder / f"{name}.csv").write_text("\n".join([header, *lines, ""]), encoding="utf-8")


# --- what is read --------------------------------------------------------------------------


def test_good_data(folder: Path) -> None:
    data, notices = opened(folder)
    (sale,) = data.events["pay.BigSale"]
    assert sale.id == "s1"
    assert sale.place == "big_sale.csv:2"
    assert sale.facts == {
        "id": "s1",
        "date": date(2026, 1, 31),
        "net": Fraction("1200.50"),
        "account": {"region": "beijing"},
        "seller": "bob",
        "note": "acme",
    }
    assert [s.share for s in data.splits["pay.BigSale"]["s1"]] == [Fraction(1, 3), Fraction(2, 3)]
    first, second = data.people["bob"]
    assert (first.position, first.unit, first.managers) == ("pay.rep", "east", ("ann",))
    assert first.attributes["region"] == "beijing"
    assert (second.start, second.until) == (date(2026, 3, 1), None)
    assert data.owners["acme"][0].person == "bob"
    january, quarter = Period.of("month", date(2026, 1, 1)), Period.of("quarter", date(2026, 1, 1))
    assert data.targets == {
        ("own", "bob", january): Fraction(1000),
        ("owned", "bob", quarter): Fraction("9000.5"),
    }
    assert data.measures == {("bob", january, "won"): Fraction(6, 5)}
    assert "pay.Visit" not in data.events
    assert notices == []


def test_a_byte_order_mark_and_carriage_returns(folder: Path) -> None:
    text = (folder / "big_sale.csv").read_text("utf-8").replace("\n", "\r\n")
    (folder / "big_sale.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    data, _ = opened(folder)
    assert data.events["pay.BigSale"][0].facts["net"] == Fraction("1200.50")


def test_labels_quotes_and_lines_in_cells(folder: Path) -> None:
    sales(
        folder,
        's1,2026-01-01,-5 CNY,The north,bob,"two\nlines, ""quoted"""',
        "",
        "s2,2026-01-01,0,北方,bob,",
    )
    first, second = opened(folder)[0].events["pay.BigSale"]
    assert first.facts["note"] == 'two\nlines, "quoted"'
    assert first.facts["account"] == {"region": "north"} == second.facts["account"]
    assert first.facts["net"] == -5
    assert second.facts["note"] is None
    assert [first.place, second.place] == ["big_sale.csv:2", "big_sale.csv:5"]


def test_optional_records_are_none_where_all_of_them_is_empty(folder: Path) -> None:
    header = f"{SALES},parent.region,parent.rate,size"
    sales(
        folder,
        "s1,2026-01-01,1,north,bob,,,,1.25",
        "s2,2026-01-01,1,north,bob,,south,,",
        header=header,
    )
    first, second = opened(folder)[0].events["pay.BigSale"]
    assert first.facts["parent"] is None
    assert first.facts["size"] == Fraction(5, 4)
    assert second.facts["parent"] == {"region": "south", "rate": None}
    sales(folder, "s1,2026-01-01,1,north,bob,,,12%,", header=header)
    assert "column parent.region: the cell is empty" in faults(folder)[0]


def test_further_columns_are_listed(folder: Path) -> None:
    sales(folder, "s1,2026-01-01,1,north,bob,,x,", header=f"{SALES},colour,")
    _, notices = opened(folder)
    assert notices == ["big_sale.csv: columns that nothing asks for: `colour`, one without a name"]


def test_people_nobody_knows_are_told_and_left_to_the_run(folder: Path) -> None:
    sales(folder, "s1,2026-01-01,1,north,bobb,")
    data, notices = opened(folder)
    assert data.events["pay.BigSale"][0].facts["seller"] == "bobb"
    assert notices == [
        "big_sale.csv:2, column seller: there is no person `bobb`, did you mean `bob`?"
    ]


def test_progress_tells_bytes_to_the_end(folder: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    open_data(str(folder), model(POLICY), lambda *told: seen.append(told))
    size = (folder / "big_sale.csv").stat().st_size
    assert ("big_sale.csv", size, size) in seen


# --- cells ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ('"1,234.50"', "`1,234.50` groups its digits: write 1234.50"),
        ("1_234", "`1_234` groups its digits: write 1234"),
        ('"12,5"', "`12,5` has a comma: write 12.5"),
        ("NaN", "`NaN` is not an amount of money: write it in digits, such as 900.50"),
        ("1e400", "`1e400` is not an amount of money: write it in digits, such as 900.50"),
        ("9" * 5000, "the number has more than 4_000 digits"),
        ("12.345", '`"12.345"` has more than the 2 decimals of CNY'),
        ("300.000", "`300.000` may be 300 or 300,000: write 300 or 300000"),
        ("300.000 CNY", "`300.000 CNY` may be 300 or 300,000: write 300 or 300000"),
        ("900 EUR", "`EUR` was given where CNY is expected"),
        ("", "the cell is empty, and the field is not optional"),
        (".5", "`.5` is not an amount of money: write it in digits, such as 900.50"),
        ("١٢", "`١٢` is not an amount of money: write it in digits, such as 900.50"),
    ],
)
def test_what_is_no_money(folder: Path, cell: str, said: str) -> None:
    sales(folder, "s0,2026-01-01,1.1000,north,bob,", f"s1,2026-01-01,{cell},north,bob,")
    put(folder, "credits")
    put(folder, "payment")
    assert faults(folder) == [f"big_sale.csv:3, column net: {said}"]


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("date", "2026-02-30", "there is no day 2026-02-30"),
        ("date", "30.01.2026", 'is not a date: write it as "2026-03-01"'),
        ("account.region", "nort", "there is no Region `nort`, did you mean `north`?"),
        ("account.rate", "4", 'without a unit would be 400%: write "4%", or "400%"'),
        ("account.rate", "null", "`null` is no value: leave the cell empty"),
        ("rush", "yes", "is not true or false"),
        ("size", "nan", "`nan` is not a number: write it in digits, such as 0.75"),
    ],
)
def test_what_is_not_of_the_type(folder: Path, column: str, cell: str, said: str) -> None:
    header = "id,date,net,account.region,account.rate,seller,note,rush,size"
    cells = dict(
        zip(
            header.split(","),
            ["s1", "2026-01-01", "1", "north", "", "bob", "", "", ""],
            strict=True,
        )
    )
    cells[column] = cell
    put(folder, "payment")
    put(folder, "credits")
    sales(folder, ",".join(cells.values()), header=header)
    (found,) = faults(folder)
    assert found.startswith(f"big_sale.csv:2, column {column}: ")
    assert said in found


def test_decimals_of_the_currency(folder: Path) -> None:
    text = POLICY.replace("currency CNY", "currency JPY").replace(" CNY", " JPY")
    yen = model(text.replace("0.01", "1"))
    put(folder, "targets", "bob,2026-01,1000,own")
    put(folder, "payment", "p1,s1,2026-02-28,1200")
    with pytest.raises(BadData, match="more than the 0 decimals of JPY"):
        open_data(str(folder), yen)
    sales(folder, "s1,2026-01-01,1200.0,north,bob,")
    assert open_data(str(folder), yen).events["pay.BigSale"][0].facts["net"] == 1200


# --- rows and files ------------------------------------------------------------------------


def test_rows_that_are_not_whole(folder: Path) -> None:
    sales(folder, "s1,2026-01-01,1,north,bob,", "s2,2026-01", "s3,2026-01-01,1,north,bob,,9")
    assert faults(folder) == [
        "big_sale.csv:3: the line has 2 cells, and the header names 6",
        "big_sale.csv:4: the line has 7 cells, and the header names 6",
    ]


def test_a_quote_that_is_never_closed(folder: Path) -> None:
    sales(folder, "s1,2026-01-01,1,north,bob,", 's2,2026-01-01,1,north,bob,"oh', "s3,x")
    assert faults(folder) == ["big_sale.csv:3: a quote is opened and never closed, up to line 4"]


def test_another_encoding(folder: Path) -> None:
    put(folder, "payment")
    put(folder, "credits")
    lines = [SALES, "s1,2026-01-01,1,north,bob,Müller", "s2,2026-01-01,1,north,bob,x", ""]
    (folder / "big_sale.csv").write_bytes("\n".join(lines).encode("latin-1"))
    assert faults(folder) == [
        "big_sale.csv:2: the line is not UTF-8 text: save the file as CSV UTF-8"
    ]
    (folder / "big_sale.csv").write_bytes("\n".join(lines).encode("utf-16"))
    with pytest.raises(FileTrouble, match="not UTF-8"):
        opened(folder)


def test_columns_that_are_missing_or_there_twice(folder: Path) -> None:
    sales(folder, "s1,2026-01-01,1,north,bob,", header="id,date,nett,account.region,seller,note")
    assert "big_sale.csv, column net: there is no such column: is `nett` meant?" in faults(folder)
    sales(
        folder, "s1,2026-01-01,1,1,north,bob,", header="id,date,net,net,account.region,seller,note"
    )
    assert "big_sale.csv, column net: the column is there twice" in faults(folder)


def test_ids_that_are_there_twice(folder: Path) -> None:
    sales(folder, "s1,2026-01-01,x,north,bob,", "s1,2026-01-01,1,north,bob,")
    found = faults(folder)
    assert len(found) == 2
    assert found[1] == (
        "big_sale.csv:3, column id: `s1` is here already: big_sale.csv:2 has the same id"
    )


def test_events_that_are_not_there(folder: Path) -> None:
    put(folder, "payment", "p1,s9,2026-02-28,1", "p2,s1,2026-02-28,1")
    put(folder, "credits", "big_sale,s8,bob,50%")
    assert faults(folder) == [
        "payment.csv:2, column sale: there is no big_sale `s9`",
        "credits.csv:2, column id: there is no big_sale `s8`",
    ]


def test_a_row_at_fault_is_told_once(folder: Path) -> None:
    sales(folder, "s1,2026-13-01,1,north,bob,acme")
    (found,) = faults(folder)
    assert "there is no day 2026-13-01" in found


def test_empty_files(folder: Path) -> None:
    (folder / "big_sale.csv").write_text("")
    with pytest.raises(FileTrouble, match="its first line has no column names"):
        opened(folder)
    put(folder, "payment")
    put(folder, "credits")
    sales(folder)
    assert opened(folder)[0].events["pay.BigSale"] == ()


def test_what_is_missing_altogether(folder: Path) -> None:
    for name in ("payment", "targets", "people"):
        (folder / f"{name}.csv").unlink()
    assert [f.split(": ", 1)[1] for f in faults(folder)] == [
        "there is no `payment`, which the plans read",
        "there is no `targets`, which the plans read",
        "there is nobody: neither `people` nor a directory",
    ]
    with pytest.raises(MissingFile):
        opened(folder / "nowhere")


def test_many_faults_are_counted_and_not_all_kept(folder: Path) -> None:
    put(folder, "payment")
    put(folder, "credits")
    sales(folder, *(f"s{i},2026-01-01,x{i},north,bob," for i in range(500)))
    with pytest.raises(BadData) as caught:
        opened(folder)
    assert (caught.value.count, len(caught.value.faults)) == (500, MOST)
    assert "and 480 more" in str(caught.value)


def test_semicolons(folder: Path) -> None:
    sales(folder, header=SALES.replace(",", ";"))
    with pytest.raises(FileTrouble, match="not separated by commas"):
        opened(folder)


# --- people and the tables beside ----------------------------------------------------------


def people(folder: Path, *lines: str) -> list[str]:
    put(folder, "people", "bob,rep,,,,,south", *lines)
    return faults(folder)


def test_rows_of_one_position_do_not_overlap(folder: Path) -> None:
    found = people(folder, "ann,rep,,,,2026-03-01,north", "ann,rep,,,2026-02-28,,north")
    assert found == [
        "people.csv:4, column from: `ann` holds `rep` twice from 2026-02-28: "
        "people.csv:3 says so already"
    ]
    put(folder, "people", "bob,rep,,,,,south", "ann,rep,,,,2026-03-01,north", "ann,lead,,,,,north")
    assert len(opened(folder)[0].people["ann"]) == 2


def test_circles_of_managers(folder: Path) -> None:
    found = people(
        folder,
        "ann,lead,,chen,,2026-03-01,north",
        "chen,lead,,dai,2026-02-01,,north",
        "dai,lead,,ann,2026-02-28,,north",
    )
    assert found == [
        "people.csv:5, column manager: dai under ann under chen under dai on 2026-02-28: "
        "people above themselves"
    ]
    put(
        folder,
        "people",
        "bob,rep,,ann,,,south",
        "ann,lead,,chen,,2026-03-01,north",
        "chen,lead,,ann,2026-03-01,,north",
    )
    assert opened(folder)[0].people["chen"][0].managers == ("ann",)


def test_faults_of_people(folder: Path) -> None:
    found = people(
        folder,
        "ann,leed,,,,,north",
        "chen,lead,,anne,,,north",
        "dai,lead,,dai,,,north",
        "eve,lead,,,2026-03-01,2026-03-01,north",
    )
    assert found[:1] == [
        "people.csv:3, column position: there is no position `leed`, did you mean `lead`?"
    ]
    assert "people.csv:5, column manager: `dai` is his own manager" in found
    assert any(
        "people.csv:6, column until: from 2026-03-01 until 2026-03-01 is no day" in f for f in found
    )
    assert any("people.csv:4, column manager: there is no person `anne`" in f for f in found)


def test_several_managers_and_sets(folder: Path) -> None:
    header = "id,position,unit,manager,from,until,region,areas,grade"
    (folder / "people.csv").write_text(
        f"{header}\nann,lead,,,,,north,,\nchen,lead,,,,,north,[],7\n"
        'bob,Team lead,,ann; chen,,,south,"north, south",\n'
    )
    data, _ = opened(folder)
    assert data.people["bob"][0].managers == ("ann", "chen")
    assert data.people["bob"][0].position == "pay.lead"
    assert data.people["bob"][0].attributes["areas"] == frozenset({"north", "south"})
    assert data.people["chen"][0].attributes["areas"] == frozenset()
    assert data.people["ann"][0].attributes["areas"] is None
    assert data.people["chen"][0].attributes["grade"] == 7


def test_faults_of_targets_and_measures(folder: Path) -> None:
    put(
        folder,
        "targets",
        "bob,2026-01,1000,own",
        "bob,2026-01,1000,own",
        "bob,2026-Q1,1000,own",
        "bob,2026-13,1000,own",
        "bob,2026-02,1000,over",
        "bobby,2026-03,1000,own",
    )
    put(folder, "measures", "bob,2026-01,wonn,1%", "bob,2026-Q1,won,1%", "bob,2026-02,won,x")
    found = faults(folder)
    assert found == [
        "targets.csv:3: `bob` has a target for 2026-01 already: targets.csv:2 says so",
        "targets.csv:4, column period: `2026-Q1` is a quarter, and the plan is by month",
        "targets.csv:5, column period: `2026-13` is no period: write 2026-03, 2026-Q1 or 2026",
        "targets.csv:6, column plan: no plan `over` has its quota from targets",
        "targets.csv:7, column person: there is no person `bobby`",
        "measures.csv:2, column item: there is no item `wonn`, did you mean `won`?",
        "measures.csv:3, column period: `2026-Q1` is a quarter, and the scorecard is by month",
        found[-1],
    ]
    assert found[-1].startswith("measures.csv:4, column value: ")


def test_faults_of_credits_and_owners(folder: Path) -> None:
    put(
        folder,
        "credits",
        "big_sale,s1,bob,50%",
        "big_sale,s1,bob,50%",
        "big_sales,s1,ann,1",
        "big_sale,s1,ann,150%",
        "big_sale,s1,ann,50",
    )
    put(folder, "owners", "acme,bob,,2026-03-01", "acme,ann,2026-02-01,")
    found = faults(folder)
    assert found[0] == "credits.csv:3: `bob` has a share of `s1` already: credits.csv:2 says so"
    assert "no event `big_sales`, did you mean `big_sale`?" in found[1]
    assert found[2] == "credits.csv:5, column share: a share is from 0% to 100%"
    assert found[3].startswith("credits.csv:6, column share: ")
    put(folder, "credits", "big_sale,s1,bob,1")
    data, notices = opened(folder)
    assert data.splits["pay.BigSale"]["s1"][0].share == 1
    assert notices == [
        "owners.csv:3, column from: `acme` has two owners from 2026-02-01: see owners.csv:2"
    ]


# --- a directory ---------------------------------------------------------------------------

DIRECTORY = """
units: [{id: hq}, {id: east, parent: hq}, {id: west, parent: hq}]
people:
  - id: ann
    attributes: {region: north}
    positions: [{position: lead, unit: east, until: 2026-03-01}]
  - id: chen
    name: Chen
    attributes: {region: north}
    positions: [{position: lead, unit: hq, from: 2026-02-15}]
  - {id: bob, attributes: {region: south}, positions: [{position: rep, unit: east}]}
  - {id: eve, attributes: {region: south}, positions: [{position: rep, unit: west}]}
"""


def test_people_of_a_directory(folder: Path) -> None:
    (folder / "people.csv").unlink()
    (folder / "directory.yaml").write_text(DIRECTORY)
    put(folder, "credits", "big_sale,s1,bob,1")
    data, notices = opened(folder)
    assert [(s.start, s.until, s.managers) for s in data.people["bob"]] == [
        (None, date(2026, 2, 15), ("ann",)),
        (date(2026, 2, 15), date(2026, 3, 1), ("ann", "chen")),
        (date(2026, 3, 1), None, ("chen",)),
    ]
    assert [(s.start, s.until, s.managers) for s in data.people["eve"]] == [
        (None, date(2026, 2, 15), ()),
        (date(2026, 2, 15), None, ("chen",)),
    ]
    assert data.people["bob"][0].attributes == {
        "id": "bob", "region": "south", "position": "pay.rep", "unit": "east",
    }  # fmt: skip
    assert any(
        "`eve` reports to nobody until 2026-02-15: no `lead` is above him" in n for n in notices
    )


def test_people_twice(folder: Path) -> None:
    (folder / "directory.yaml").write_text(DIRECTORY)
    assert "people twice" in faults(folder)[0]


# --- Parquet and databases -----------------------------------------------------------------


def parquet(folder: Path, query: str) -> None:
    path = folder / "big_sale.parquet"
    (folder / "big_sale.csv").unlink(missing_ok=True)
    duckdb.sql(f"COPY ({query}) TO '{path}' (FORMAT parquet)")


def test_parquet_with_types_of_its_own(folder: Path) -> None:
    parquet(
        folder,
        "SELECT 's1' id, DATE '2026-01-31' date, 1200.50::DECIMAL(12,2) net, "
        "{'region': 'beijing', 'rate': 0.1::DECIMAL(3,2)} account, 'bob' seller, "
        "NULL::VARCHAR note, true rush, 3::BIGINT size",
    )
    data, notices = opened(folder)
    (sale,) = data.events["pay.BigSale"]
    assert sale.place == "big_sale.parquet:1"
    assert sale.facts["net"] == Fraction("1200.5")
    assert sale.facts["account"] == {"region": "beijing", "rate": Fraction(1, 10)}
    assert sale.facts["rush"] is True
    assert sale.facts["size"] == 3
    assert notices == []


@pytest.mark.parametrize(
    ("net", "said"),
    [
        ("1.5::DOUBLE", "is a binary fraction and not exact: store the column as DECIMAL or text"),
        ("'nan'::DOUBLE", "is a binary fraction and not exact"),
        ("true", "is not an amount of money"),
        ("1.234::DECIMAL(9,3)", "has more than the 2 decimals of CNY"),
        ("DATE '2026-01-01'", "is not an amount of money"),
        ("'1,5'", "`1,5` has a comma: write 1.5"),
    ],
)
def test_parquet_that_does_not_fit(folder: Path, net: str, said: str) -> None:
    put(folder, "payment")
    put(folder, "credits")
    parquet(
        folder,
        f"SELECT 's1' id, DATE '2026-01-31' date, {net} net, {{'region': 'beijing'}} account, "
        "'bob' seller, NULL::VARCHAR note",
    )
    (found,) = faults(folder)
    assert found.startswith("big_sale.parquet:1, column net: ")
    assert said in found


@pytest.mark.parametrize("kind", ["DATE", "TIMESTAMP", "TIMESTAMP_NS"])
@pytest.mark.parametrize("day", ["infinity", "-infinity"])
def test_an_infinite_day_is_none(folder: Path, kind: str, day: str) -> None:
    put(folder, "payment")
    put(folder, "credits")
    parquet(
        folder,
        f"SELECT 's1' id, CAST('{day}' AS {kind}) date, 5::DECIMAL(9,2) net, "
        "{'region': 'beijing'} account, 'bob' seller, NULL::VARCHAR note",
    )
    (found,) = faults(folder)
    assert found.startswith("big_sale.parquet:1, column date: ")
    assert "is not a date" in found or "is a time, and a date is expected" in found


def test_a_table_in_two_files(folder: Path) -> None:
    duckdb.sql(f"COPY (SELECT 1 id) TO '{folder / 'big_sale.parquet'}' (FORMAT parquet)")
    with pytest.raises(FileTrouble, match=r"both `big_sale.csv` and `big_sale.parquet`"):
        opened(folder)


def test_a_database(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "pay.db"
    with sqlite3.connect(path) as base:
        for name, text in GOOD.items():
            header, *lines = [line.split(",") for line in text.strip().splitlines()]
            columns = ", ".join(f'"{c}" TEXT' for c in header)
            base.execute(f"CREATE TABLE {name} ({columns})")
            marks = ", ".join("?" * len(header))
            base.executemany(f"INSERT INTO {name} VALUES ({marks})", lines)
        base.execute("UPDATE big_sale SET note = NULL")
    base.close()
    got = open_data(f"sqlite:///{path}", model(POLICY))
    (sale,) = got.events["pay.BigSale"]
    assert sale.place == "big_sale:1"
    assert sale.facts["net"] == Fraction("1200.5")
    assert sale.facts["note"] is None
    expected, _ = opened(folder)
    assert got.people == expected.people
    assert (got.splits, got.targets) == (expected.splits, expected.targets)


def test_a_database_with_binary_fractions(tmp_path: Path) -> None:
    path = tmp_path / "pay.db"
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE people (id, position, manager, 'from', until, region)")
        base.execute("INSERT INTO people VALUES ('bob', 'rep', NULL, NULL, NULL, 'north')")
        base.execute("CREATE TABLE s (id TEXT, date TEXT, net REAL)")
        base.execute("INSERT INTO s VALUES ('a', '2026-01-01', 1.5)")
    base.close()
    text = """policy p { currency CNY owner rep }
enum Region { north } position rep
record Person { region: Region }
event S { id: text date: date net: money }
commission c { pays rep period month from S by date credit net
  pool 1% of credit rounded half up to 0.01 share equally remainders to largest }
"""
    with pytest.raises(BadData, match=r"SQLite keeps 1\.5 in binary"):
        open_data(f"sqlite:///{path}", model(text))


# --- there and back ------------------------------------------------------------------------


@settings(max_examples=examples(25, 600))
@given(plan_texts(), st.integers(0, 10**9))
def test_random_data_read_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, text: PlanText, seed: int
) -> None:
    folder = tmp_path_factory.mktemp("data")
    data = dataset(Random(seed), program(text.text))
    write_dataset(data, folder, model(text.text))
    assert open_data(str(folder), model(text.text)) == data


@pytest.mark.parametrize("seed", range(4))
def test_texts_in_parquet_are_read_as_cells(tmp_path: Path, seed: int) -> None:
    data = dataset(Random(seed), program(POLICY))
    write_dataset(data, tmp_path, model(POLICY))
    for path in list(tmp_path.glob("*.csv")):
        source = f"read_csv('{path}', all_varchar=true, header=true, quote='\"')"
        target = path.with_suffix(".parquet")
        duckdb.sql(f"COPY (SELECT * FROM {source}) TO '{target}' (FORMAT parquet)")
        path.unlink()
    got = open_data(str(tmp_path), model(POLICY))
    assert {n: [r.facts for r in rows] for n, rows in got.events.items()} == {
        n: [r.facts for r in rows] for n, rows in data.events.items()
    }
    assert (got.people, got.splits, got.owners) == (data.people, data.splits, data.owners)
    assert (got.targets, got.measures) == (data.targets, data.measures)


def test_what_no_cell_can_hold_is_not_written(tmp_path: Path) -> None:
    data = dataset(Random(1), program(POLICY))
    (row, *_) = data.events["pay.BigSale"]
    for value in (" x", "", "a\rb", Decimal(1)):
        facts: dict[str, Any] = {**row.facts, "note": value}
        odd = Dataset({"pay.BigSale": (type(row)(row.id, facts, row.place),)}, data.people)
        with pytest.raises(ValueError, match="a cell cannot hold"):
            write_dataset(odd, tmp_path, model(POLICY))
