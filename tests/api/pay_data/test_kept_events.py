"""What the service was told is read as the same rows of a folder are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from remit_api.http.desk import Desk
from remit_api.http.tellings import read_event
from remit_api.pay.running import Texts, read_data
from remit_api.pay_data.failures import BadData
from remit_api.pay_data.kept_events import KeptDataset, KeptEvents
from remit_dsl.loader import load_texts
from remit_engine.commission.basis.dataset import Dataset
from remit_engine.commission.reading.findings import MOST
from remit_engine.engine import Engine as Answers
from remit_engine.people.directory import Directory
from remit_engine.reading.directory_reader import read_directory_text
from remit_engine.storage import events
from remit_engine.storage.canonical import canonical
from remit_engine.storage.opening import open_store, writing

POLICY = """\
policy acme "Acme" { effective from 2026-01-01  owner lead  currency CNY }
enum Line { soap tea }
position lead
position rep { reports to lead }
record Account { id: text  big: boolean  growth: percent optional }
event Sale {
  id: text  date: date  net: money  seller: Person  line: Line  account: Account
  of: position  rate: percent  pieces: integer  tag: text
  paid: date optional
}
event Payment { id: text  sale: Sale  date: date  amount: money }
commission field {
  pays rep  period month
  from Sale by date when line = soap and account.big and of = rep and pieces > 0
  credit net * rate to seller
  quota from targets
  payable = 1% of credit rounded half up to 0.01
  hold pro rata to Payment.amount by date against net
}
"""
PEOPLE = """\
directory: acme
people:
  - {id: ann, positions: [{position: rep, from: 2026-01-01}]}
"""
SALES: list[dict[str, Any]] = [
    {
        "id": "S1", "date": "2026-01-10", "net": Decimal("60000.50"), "seller": "ann",
        "line": "soap", "account": {"id": "A", "big": True, "growth": "150%"}, "of": "rep",
        "rate": "120%", "pieces": 3, "tag": "new, b", "paid": None,
    },
    {
        "id": "S2", "date": "2026-01-11", "net": -7, "seller": "ann", "line": "tea",
        "account": {"id": "B", "big": False}, "of": "lead", "rate": "12.5%",
        "pieces": 0, "tag": "1e3", "paid": "2026-02-01",
    },
]  # fmt: skip
PAYMENT = {"id": "P1", "sale": "S1", "date": "2026-02-01", "amount": 500}
CSV = {
    "sale": """\
id,date,net,seller,line,account.id,account.big,account.growth,of,rate,pieces,tag,paid
S1,2026-01-10,60000.50,ann,soap,A,true,150%,rep,120%,3,"new, b",
S2,2026-01-11,-7,ann,tea,B,false,,lead,12.5%,0,1e3,2026-02-01
""",
    "payment": "id,sale,date,amount\nP1,S1,2026-02-01,500\n",
    "targets": "person,period,amount\nann,2026-01,1000\n",
}


@pytest.fixture(scope="module")
def desk() -> Desk:
    program, _ = load_texts({"pay.remit": POLICY})
    assert program is not None
    directory, _ = read_directory_text("directory.yaml", PEOPLE, Answers(program).model)
    assert isinstance(directory, Directory)
    return Desk(Answers(Answers(program).model, directory), program.digest)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Engine]:
    found = open_store(f"sqlite:///{tmp_path / 'remit.db'}")
    yield found
    found.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    made.mkdir()
    for name, text in CSV.items():
        (made / f"{name}.csv").write_text(text, "utf-8")
    return made


def tell(store: Engine, desk: Desk, name: str, facts: dict[str, Any]) -> None:
    body = {"event": name, "facts": facts}
    with writing(store) as connection:
        events.tell(connection, read_event(body, desk, "shop", date(2026, 2, 1), "now"))


def told(store: Engine, desk: Desk) -> None:
    tell(store, desk, "Sale", SALES[0])
    tell(store, desk, "Payment", PAYMENT)
    tell(store, desk, "Sale", SALES[1])


def read(place: Any, desk: Desk) -> tuple[Dataset, list[str]]:
    notices: list[str] = []
    texts = Texts(desk.model, "en", desk.directory)
    return read_data(place, texts, ["acme.field"], lambda *_: None, notices.append), notices


def test_the_same_rows_are_read(store: Engine, desk: Desk, folder: Path) -> None:
    told(store, desk)
    kept, notices = read(KeptEvents(store, 3, str(folder)), desk)
    written, others = read(str(folder), desk)
    assert {n: [(r.id, r.facts) for r in rows] for n, rows in kept.events.items()} == {
        n: [(r.id, r.facts) for r in rows] for n, rows in written.events.items()
    }
    assert (kept.people, kept.targets, notices) == (written.people, written.targets, others)
    assert [r.place for r in kept.events["acme.Sale"]] == ["events:1", "events:3"]


def test_a_run_says_how_far_it_read(store: Engine, desk: Desk, folder: Path) -> None:
    told(store, desk)
    kept = KeptEvents(store, 2, str(folder))
    assert [r.id for r in read(kept, desk)[0].events["acme.Sale"]] == ["S1"]
    assert str(kept) == "events up to 2"


def test_what_stands_beside_them_may_be_in_a_database(
    store: Engine, desk: Desk, tmp_path: Path, folder: Path
) -> None:
    told(store, desk)
    place = f"sqlite:///{tmp_path / 'beside.db'}"
    beside = open_store(place)
    with writing(beside) as connection:
        connection.exec_driver_sql("CREATE TABLE targets (person TEXT, period TEXT, amount TEXT)")
        connection.exec_driver_sql("INSERT INTO targets VALUES ('ann', '2026-01', '1000')")
    beside.dispose()
    assert read(KeptEvents(store, 3, place), desk)[0].targets == read(str(folder), desk)[0].targets


def test_what_is_missing_is_said_with_its_place(store: Engine, desk: Desk) -> None:
    told(store, desk)
    with pytest.raises(BadData, match="there is no `targets`, which the plans read"):
        read(KeptEvents(store, 3), desk)


def test_an_event_that_the_policy_reads_otherwise_by_now_is_passed_over_and_told_of(
    store: Engine, desk: Desk, folder: Path
) -> None:
    """It was told under another text: its field is not there, or of another type."""
    told(store, desk)
    later = other_desk(desk)
    found, _ = read(KeptEvents(store, 3, str(folder)), later)
    assert isinstance(found, KeptDataset)
    said = [(u.place, u.fault, u.reason.partition(":")[0]) for u in found.unread]
    assert said == [
        ("events:1", True, "pieces"),
        ("events:2", True, "sale"),
        ("events:3", True, "pieces"),
    ]
    assert "there is no sale `S1`" in found.unread[1].reason
    assert found.events["acme.Sale"] == ()


def test_a_link_means_the_event_in_place_of_one_that_was_corrected(
    store: Engine, desk: Desk, folder: Path
) -> None:
    """C stands in the place of B, that of A: a payment of A, told before, is one of C."""
    typed = read_event({"event": "Sale", "facts": SALES[0]}, desk, "shop", date(2026, 2, 1), "now")
    for id, more in (("A", {}), ("B", {"corrects": "A"}), ("C", {"corrects": "B"})):
        content = {**json.loads(typed.body), **more}
        content["facts"] |= {"id": id} if id == "C" else {"id": id, "net": "1/3"}
        with writing(store) as connection:
            events.tell(connection, replace(typed, id=id, body=canonical(content)))
        if id == "A":
            tell(store, desk, "Payment", {**PAYMENT, "sale": "A"})
    found, _ = read(KeptEvents(store, 4, str(folder)), desk)
    assert isinstance(found, KeptDataset)
    assert [r.facts["sale"] for r in found.events["acme.Payment"]] == ["C"]
    assert [r.id for r in found.events["acme.Sale"]] == ["C"]
    assert [(u.id, u.fault, u.reason) for u in found.unread] == [
        ("A", False, "`B` was told to correct it"),
        ("B", False, "`C` was told to correct it"),
    ]


def test_so_many_events_at_fault_are_a_policy_at_fault(
    store: Engine, desk: Desk, folder: Path
) -> None:
    for number in range(MOST + 1):
        tell(store, desk, "Sale", {**SALES[1], "id": f"T{number}"})
    with pytest.raises(BadData) as caught:
        read(KeptEvents(store, MOST + 1, str(folder)), other_desk(desk))
    assert str(caught.value.faults[0]).startswith("events:1, column pieces: ")
    assert caught.value.count >= MOST + 1


def other_desk(desk: Desk) -> Desk:
    """A policy that reads `pieces` otherwise, and has another field for `tag`."""
    text = POLICY.replace("pieces: integer", "pieces: date").replace("tag:", "mark:")
    text = text.replace("pieces > 0", "pieces > 2026-01-01")
    program, _ = load_texts({"pay.remit": text})
    assert program is not None
    return Desk(Answers(Answers(program).model, desk.directory), program.digest)
