"""`remit impact NEW --against SOURCE`."""

from __future__ import annotations

import csv
import json
import os
import shutil
import sqlite3
import subprocess
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from engine.warehouses import warehouse

ROWS = """\
order_id,as_of,actor,requester,rate,order.total,order.margin,approvals
B1,2026-03-02,rita,sam,2%,1000.10,20%,
B2,2026-03-02,rita,sam,3.5%,2000.20,20%,
B3,2026-03-02,mark,sam,9.5%,400000,20%,
B4,2026-03-02,mark,sam,9%,3000,20%,review=fay
B5,2026-03-02,grace,sam,2%,4000,6%,
B6,2026-03-02,grace,sam,2%,5000,4%,
B7,2026-03-02,rita,sam,2%,1000.10,20%,
"""
"""Under the starter policy: permit, escalate, escalate, permit, permit, deny, permit."""


@pytest.fixture
def draft(house, file):
    """A draft: representatives up to 4 %, managers up to 8 %, the floor at 7 %, other reviewers."""
    text = Path("policies/sales.remit").read_text(encoding="utf-8")
    for old, new in (
        ("up to 3%", "up to 4%"),
        ("-> 10%", "-> 8%"),
        ("margin < 5%", "margin < 7%"),
        ("review by finance_controller", "review by general_manager"),
    ):
        assert old in text
        text = text.replace(old, new)
    file("draft/sales.remit", text)
    shutil.copy("policies/directory.yaml", "draft/directory.yaml")
    file("past.csv", ROWS)
    return house


def listed(path: str) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_report(draft):
    ran = draft("impact", "draft", "--old", "policies", "--against", "past.csv")
    assert ran.code == 0, ran.err
    assert ran.first == (
        "7 of 7 past requests replayed from past.csv: draft against the answers of policies"
    )
    lines = [line.strip() for line in ran.out.splitlines()]
    assert "4  answered as before (57.1%)" in lines
    assert "3  answered otherwise (42.9%)" in lines
    changes = lines[lines.index("what changes") + 1 :][:4]
    assert changes == [
        "1  ████████████████  escalate -> permit  2,000.20 EUR",
        "1  ████████████████  permit -> deny      4,000.00 EUR",
        "1  ████████████████  permit -> escalate  3,000.00 EUR",
        "the money is `order.total` of discount",
    ]
    assert "1 of 3  sales_representative  1 escalate -> permit" in lines
    assert "1  permit -> deny      discount.general_manager.approve" in ran.out
    at = lines.index("row 5 (B5)  2026-03-02  grace (general_manager) discount  "
                     "rate 2%, order.total 4,000.00 EUR, order.margin 6%")  # fmt: skip
    assert lines[at + 1] == (
        "permit -> deny: no: the margin falls below 5% (`discount.margin_floor`)"
    )
    assert "could not be replayed" not in ran.out
    assert ran.err == ""


def test_the_report_as_json(draft):
    words = ("impact", "draft", "--old", "policies", "--against", "past.csv", "--json")
    ran = draft(*words, "--limit", "1")
    found = ran.document
    assert (found["rows"], found["replayed"], found["errors"]) == (7, 7, 0)
    assert found["same"]["rows"] == 4
    assert found["changed"]["money"] == [
        {"action": "discount", "value": "9000.2", "currency": "EUR", "text": "9,000.20 EUR"}
    ]
    assert [(c["old"], c["new"], c["kind"], c["rows"]) for c in found["changes"]] == [
        ("escalate", "permit", "newly permitted", 1),
        ("permit", "deny", "newly refused", 1),
        ("permit", "escalate", "no longer permitted", 1),
    ]
    assert found["money"] == [{"action": "discount", "fact": "order.total"}]
    assert found["compared_with"] == "old text"
    assert {p["position"]: p["changed"] for p in found["positions"]} == {
        "sales_representative": 1, "sales_manager": 1, "general_manager": 1,
    }  # fmt: skip
    by_rules = {r["new"]: (r["old_rules"], r["new_rules"]) for r in found["rules"]}
    assert by_rules["deny"] == (["discount.general_manager.approve"], ["discount.margin_floor"])
    (first,) = found["first"]
    assert first["order_id"] == "B2"
    assert first["facts"] == {"rate": "3.5%", "order.total": "2000.20", "order.margin": "20%"}
    assert found["policy"]["digest"] != found["policy"]["old_digest"]


def test_the_list_holds_every_changed_row_and_can_be_replayed(draft):
    words = ("impact", "draft", "--old", "policies", "--against")
    for ending in ("csv", "jsonl", "parquet"):
        assert draft(*words, "past.csv", "--limit", "0", "--list", f"all.{ending}").code == 0
    rows = listed("all.csv")
    assert [row["row"] for row in rows] == ["2", "4", "5"]
    assert [row["order_id"] for row in rows] == ["B2", "B4", "B5"]
    assert [row["kind"] for row in rows] == [
        "newly permitted", "no longer permitted", "newly refused",
    ]  # fmt: skip
    assert rows[0]["money"] == "2000.2"
    assert rows[2]["new_rules"] == "discount.margin_floor"
    lines = [json.loads(line) for line in Path("all.jsonl").read_text().splitlines()]
    assert [line["new_outcome"] for line in lines] == [row["new_outcome"] for row in rows]
    again = [draft(*words, f"all.{e}", "--json").document for e in ("csv", "jsonl", "parquet")]
    assert [a["changes"] for a in again] == [again[0]["changes"]] * 3
    assert again[0]["rows"] == again[0]["changed"]["rows"] == 3


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_answers_of_a_batch_are_compared_with_what_was_recorded(draft, ending):
    recorded = f"decided.{ending}"
    batch = ("--action", "discount", "--batch", "past.csv", "--out", recorded)
    assert draft("decide", "policies", *batch).code == 0
    ran = draft("impact", "draft", "--against", recorded)
    assert ran.code == 0, ran.err
    assert ran.first == (
        f"7 of 7 past requests replayed from {recorded}: draft against the recorded outcomes"
    )
    assert "permit -> deny      as recorded  discount.margin_floor" in ran.out
    found = draft("impact", "draft", "--against", recorded, "--json").document
    both = draft("impact", "draft", "--old", "policies", "--against", recorded, "--json").document
    assert found["changes"] == both["changes"]
    assert both["recorded"] == 7
    assert both["recorded_otherwise"] == 0
    assert found["compared_with"] == "recorded outcomes"


def test_what_was_recorded_otherwise_than_the_old_text_answers(draft, file):
    file("past.csv", "as_of,actor,requester,rate,order.total,order.margin,outcome\n"
         "2026-03-02,rita,sam,2%,10,20%,deny\n2026-03-02,rita,sam,1%,10,20%,permit\n")  # fmt: skip
    ran = draft("impact", "draft", "--old", "policies", "--against", "past.csv")
    assert ran.code == 0
    assert "1  recorded otherwise than policies answers" in ran.out
    assert "not used" not in ran.out


def test_rows_that_cannot_be_replayed_are_counted_listed_and_told(draft, file):
    file("past.csv", ROWS + "C1,2026-03-02,ritta,sam,2%,1,20%,\nC2,2026-03-02,rita\n"
         "C3,,rita,sam,2%,1,20%,\nC4,2026-03-02,rita,sam,lots,1,20%,\n")  # fmt: skip
    words = ("impact", "draft", "--old", "policies", "--against", "past.csv")
    ran = draft(*words, "--list", "all.csv")
    assert ran.code == 1
    assert ran.first.startswith("7 of 11 past requests replayed")
    assert "4 rows could not be replayed" in ran.out
    assert "row 8 (C1): actor: " in ran.out
    assert "did you mean `rita`?" in ran.out
    assert "row 9 (C2): the line has 3 cells, and the header names 8" in ran.out
    assert "row 10 (C3): the row does not say its day" in ran.out
    assert "row 11" not in ran.out
    assert "and others: `--list FILE` writes each of them" in ran.out
    assert "the changed rows and 4 that could not be replayed are in all.csv" in ran.out
    errors = [row for row in listed("all.csv") if row["error"]]
    assert [row["order_id"] for row in errors] == ["C1", "C2", "C3", "C4"]
    found = draft(*words, "--json").document
    assert found["errors_at"] == {"row": 4, "old": 0, "new": 0}
    assert draft(*words, "--as-of", "2026-03-02", "--json").document["errors"] == 3


def test_an_action_that_the_new_text_does_not_have(draft, file):
    text = Path("draft/sales.remit").read_text(encoding="utf-8")
    file("draft/sales.remit", text.replace("discount", "rebate"))
    words = ("impact", "draft", "--old", "policies", "--against", "past.csv")
    ran = draft(*words, "--action", "discount")
    assert ran.code == 1
    assert "0 of 7 past requests replayed" in ran.out
    assert "row 1 (B1): the new text does not take it: action: there is no action" in ran.out
    back = ("impact", "policies", "--old", "draft", "--against", "past.csv")
    assert "the old text does not take it" in draft(*back, "--action", "discount").out


def test_a_fact_whose_type_changed(draft, file):
    text = Path("draft/sales.remit").read_text(encoding="utf-8")
    file("draft/sales.remit", text.replace("margin: percent optional", "margin: text optional")
         .replace("order.margin < 7%", 'order.margin = "low"'))  # fmt: skip
    lines = ('{"as_of":"2026-03-02","actor":"rita","rate":"2%","order.margin":0.2}',)
    file("past.jsonl", "\n".join(lines))
    ran = draft("impact", "draft", "--old", "policies", "--against", "past.jsonl")
    assert ran.code == 1
    assert "row 1: the new text does not take it: facts.order.margin: " in ran.out


def test_no_outcomes_and_no_old_text(draft):
    ran = draft("impact", "draft", "--against", "past.csv")
    assert ran.code == 2
    assert "`past.csv` records no outcomes, so there is nothing to compare with" in ran.err
    assert "name the text that was in force with `--old`" in ran.err


def test_an_outcome_that_is_none(draft, file):
    file("past.csv", "as_of,actor,rate,outcome\n2026-03-02,rita,2%,yes\n2026-03-02,rita,2%,\n"
         "2026-03-02,rita,2%,permit\n")  # fmt: skip
    ran = draft("impact", "draft", "--against", "past.csv")
    assert ran.code == 1
    known = "permit, needs, escalate, deny, incomplete, undefined"
    assert f"row 1: outcome: `yes` is not an outcome: they are {known}" in ran.out
    assert "row 2: the row records no outcome" in ran.out


def test_answers_that_were_errors_when_they_were_recorded(draft, file):
    file("past.csv", "actor,rate\nrita,lots\nrita,2%\n")
    batch = ("--batch", "past.csv", "--out", "out.csv", "--as-of", "2026-03-02")
    assert draft("decide", "policies", *batch).code == 1
    ran = draft("impact", "draft", "--against", "out.csv")
    assert ran.code == 1
    assert 'row 1: it was not answered: rate: `"lots"` is not a percent' in ran.out


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("{", "request: not JSON"),
        ("[1]", "request: this is not an object with names and values"),
        ('{"said":{"facts":{"rate":2}}}', "request.said.facts.rate: this is not a text"),
        ('{"said":{"approvals":"x"}}', "request.said.approvals: this is not a list of texts"),
        ('{"facts":3}', "request.facts: this is not an object"),
        ('{"actor":"rita","action":["discount"],"as_of":"2026-03-02"}', "action: "),
        ('{"actor":{"person":7},"action":"discount","as_of":"2026-03-02"}', "actor.person: "),
        ('{"actor":"rita","action":"discount","as_of":"2026-13-02"}', "as_of: "),
    ],
)
def test_a_recorded_request_that_is_none(draft, cell, said):
    with open("past.csv", "w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerows([["outcome", "request"], ["permit", cell]])
    ran = draft("impact", "draft", "--against", "past.csv")
    assert ran.code == 1
    assert f"row 1: {said}" in ran.out


def test_same_answer_with_other_steps_or_rules(draft, file):
    file("past.csv", "as_of,actor,requester,rate,order.total,order.margin\n"
         "2026-03-02,grace,sam,9%,100,20%\n2026-03-02,grace,sam,9%,100,20%\n"
         "2026-03-02,grace,sam,9%,70,20%\n")  # fmt: skip
    words = ("impact", "draft", "--old", "policies", "--against", "past.csv")
    ran = draft(*words)
    assert "3  answered as before (100.0%)" in ran.out
    assert "3    of these with other steps to do first" in ran.out
    assert "what changes" not in ran.out
    assert "needs, other steps  discount.general_manager.approve" in ran.out
    found = draft(*words, "--json").document
    assert found["same"]["rows"] == 0
    assert found["other_steps"]["rows"] == 3
    assert found["same_outcome"][0]["money"][0]["value"] == "270"
    text = Path("policies/sales.remit").read_text(encoding="utf-8")
    named = text.replace("general_manager may approve any", "top: general_manager may approve any")
    file("draft/sales.remit", named)
    found = draft(*words, "--json").document
    assert found["other_rules"]["rows"] == 3
    assert found["same_outcome"][0]["new_rules"] == ["discount.second_look", "discount.top"]


def test_the_same_text_changes_nothing(draft):
    ran = draft("impact", "policies", "--old", "policies", "--against", "past.csv")
    assert ran.code == 0
    assert "7  answered as before (100.0%)" in ran.out
    assert "0  answered otherwise (0.0%)" in ran.out
    assert len(ran.out.splitlines()) == 3


def test_equal_requests_are_answered_once(draft, file, monkeypatch):
    from remit_engine.engine import Engine

    asked = []
    decide = Engine.decide
    monkeypatch.setattr(Engine, "decide", lambda self, r: asked.append(r) or decide(self, r))
    rows = "".join(f"N{i},2026-03-02,rita,sam,2%,10,20%,\n" for i in range(500))
    file("past.csv", ROWS.splitlines(keepends=True)[0] + rows)
    found = draft("impact", "draft", "--old", "policies", "--against", "past.csv", "--json")
    assert found.document["same"]["rows"] == 500
    assert len(asked) == 2


def test_values_that_look_alike_are_not_the_same_request(draft, file):
    """`true`, `1` and `"1"` are equal to Python, and three requests."""
    file("past.jsonl", "\n".join(
        json.dumps({"as_of": "2026-03-02", "actor": "rita", "rate": "2%", "order.total": total})
        for total in (1, True, "1")
    ))  # fmt: skip
    found = draft("impact", "draft", "--old", "policies", "--against", "past.jsonl", "--json")
    assert found.document["errors"] == 2


def test_money_that_is_named(draft, file):
    words = ("impact", "draft", "--old", "policies", "--against", "past.csv")
    assert draft(*words, "--money", "order.total").code == 0
    ran = draft(*words, "--money", "order.totl")
    assert ran.code == 2
    assert "no action has money in `order.totl`" in ran.err
    assert "did you mean `order.total`?" in ran.err
    ran = draft(*words, "--money", "rate")
    assert "the facts with money are `order.total`" in ran.err


def test_rows_without_an_amount_are_counted(draft, file):
    file("past.csv", "as_of,actor,requester,rate,order.margin\n2026-03-02,grace,sam,1%,6%\n")
    ran = draft("impact", "draft", "--old", "policies", "--against", "past.csv")
    assert "the money is `order.total` of discount; 1 row without an amount" in ran.out
    assert "1  ████████████████  permit -> deny  -\n" in ran.out


def test_a_column_of_no_use_is_named(draft, file):
    file("past.csv", ROWS.replace("order.margin", "order.margn").replace("rate", "comment", 0))
    ran = draft("impact", "draft", "--old", "policies", "--against", "past.csv")
    assert "order_id" not in ran.out
    file("past.csv", ROWS.replace("requester", "asked_by"))
    ran = draft("impact", "draft", "--old", "policies", "--against", "past.csv")
    assert "not used: asked_by, which no action knows" in ran.out


def test_facts_and_action_of_the_command_line(draft, file):
    file("past.csv", "actor,rate\nrita,3.5%\nrita,2%\n")
    facts = ("order.total=100", "order.margin=20%")
    options = ("--old", "policies", "--action", "discount", "--as-of", "2026-03-02")
    options = (*options, "--requester", "sam")
    ran = draft("impact", "draft", *facts, *options, "--against", "past.csv")
    assert "1  ████████████████  escalate -> permit  100.00 EUR" in ran.out
    for slip in (("--verb", "revew"), ("--action", "discnt")):
        ran = draft("impact", "draft", *facts, *options, *slip, "--against", "past.csv")
        assert ran.code == 4
        assert "did you mean `" in ran.err


def test_an_empty_file(draft, file):
    file("past.csv", ROWS.splitlines(keepends=True)[0])
    ran = draft("impact", "draft", "--old", "policies", "--against", "past.csv")
    assert ran.code == 0
    assert ran.first.startswith("0 of 0 past requests replayed")


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("impact", "draft"), "no past requests were named", 2),
        (("impact", "draft", "--against", "none.csv"), "there is no file `none.csv`", 2),
        (("impact", "draft", "--against", "a.xlsx"), "is not a file of requests", 2),
        (("impact", "drft", "--against", "past.csv"), "drft", 2),
        (("impact", "draft", "--old", "polices", "--against", "past.csv"), "polices", 2),
        (("impact", "draft", "--against", "past.csv", "--table", "t"), "has no table `t`", 2),
        (("impact", "draft", "--against", "past.csv", "--list", "past.csv"), "overwrite", 2),
        (("impact", "draft", "--against", "past.csv", "--list", "x/y.csv"), "no folder `x`", 2),
        (("impact", "draft", "--against", "past.csv", "--limit", "-1"), "--limit", 2),
        (("impact", "draft", "--against", "past.csv", "-d", "no.yaml"), "no.yaml", 2),
    ],
)
def test_what_is_asked_wrongly(draft, words, said, code):
    ran = draft(*words)
    assert ran.code == code
    assert said in ran.err


def test_a_text_with_errors_ends_the_replay(draft, file):
    file("draft/sales.remit", "policy")
    ran = draft("impact", "draft", "--old", "policies", "--against", "past.csv")
    assert ran.code == 3


def test_a_revision_in_git(draft):
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@t"]
    for words in (["init", "-q"], ["add", "policies"], ["commit", "-qm", "first"]):
        subprocess.run([*git, *words], check=True)
    shutil.copy("draft/sales.remit", "policies/sales.remit")
    ran = draft("impact", "policies", "--old", "HEAD", "--against", "past.csv")
    assert ran.code == 0, ran.err
    assert "against the answers of HEAD" in ran.out
    assert "3  answered otherwise" in ran.out


# --- databases ----------------------------------------------------------------------------------


def base(path: str, create: str, rows: list[tuple[object, ...]], table: str = "decided") -> str:
    with sqlite3.connect(path) as connection:
        connection.execute(f"CREATE TABLE {table} ({create})")
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
    connection.close()
    return f"sqlite:///{path}"


COLUMNS = (
    'id INTEGER PRIMARY KEY, as_of TEXT, actor TEXT, requester TEXT, rate TEXT, "order.total" TEXT,'
    ' "order.margin" TEXT, outcome TEXT'
)


def past_rows() -> list[tuple[object, ...]]:
    asked = list(csv.DictReader(ROWS.splitlines()))
    names = ("as_of", "actor", "requester", "rate", "order.total", "order.margin")
    return [(n, *(row[k] for k in names), "permit") for n, row in enumerate(asked, 1)]


def test_a_database_gives_what_the_file_gives(draft):
    url = base("log.db", COLUMNS, past_rows())
    words = ("impact", "draft", "--old", "policies", "--json", "--against")
    ours, theirs = draft(*words, url).document, draft(*words, "past.csv").document
    rest = ("against", "first", "recorded", "recorded_otherwise", "same", "changes", "rules")
    for name in ours.keys() - set(rest) - {"changed", "actions", "positions"}:
        assert ours[name] == theirs[name], name
    assert ours["rows"] == 7
    assert ours["recorded_otherwise"] == 4
    ran = draft("impact", "draft", "--old", "policies", "--against", url, "--table", "decided")
    assert "row 5 (5)" in ran.out


def test_numbers_in_a_database(draft):
    rows = [
        (1, "2026-03-02", "rita", "sam", "2%", 1000, "20%", "permit"),
        (2, "2026-03-02", "rita", "sam", "2%", 1000.5, "20%", "permit"),
        (3, "2026-03-02", "rita", "sam", "2%", 1000.0, "20%", "permit"),
        (4, "2026-03-02", "rita", "sam", 2, 1000, "20%", "permit"),
        (5, "2026-03-02", "rita", "sam", "2%", b"\x00", "20%", "permit"),
    ]
    url = base("log.db", COLUMNS.replace(" TEXT", ""), rows)
    ran = draft("impact", "draft", "--against", url, "--json")
    assert ran.code == 1
    assert ran.document["replayed"] == 2
    errors = [e["error"] for e in ran.document["first_errors"]]
    assert errors[0] == (
        "order.total: SQLite keeps 1000.5 in binary, and not exact: store the column as TEXT"
    )
    assert "would be" in errors[1]
    assert "a value that no fact can have" in errors[2]


def test_facts_of_a_database_as_json(draft):
    facts = {"rate": "3.5%", "order": {"total": Decimal("7"), "margin": "20%"}}
    text = json.dumps(facts, default=int)
    create = "id INTEGER, as_of TEXT, actor TEXT, requester TEXT, facts TEXT"
    rows = [(1, "2026-03-02", "rita", "sam", text), (2, "2026-03-02", "rita", "sam", "{")]
    url = base("log.db", create, rows)
    ran = draft("impact", "draft", "--old", "policies", "--against", url)
    assert ran.code == 1
    assert "1  ████████████████  escalate -> permit  7.00 EUR" in ran.out
    assert "row 2 (2): facts: not JSON at line 1, column 2: " in ran.out


def test_a_base_with_several_tables(draft):
    url = base("log.db", COLUMNS, past_rows())
    base("log.db", "x", [(1,)], '"other: table"')
    ran = draft("impact", "draft", "--old", "policies", "--against", url)
    assert ran.code == 2
    assert "no table was named" in ran.err
    assert "say which with `--table`: `decided`, `other: table`" in ran.err
    ran = draft("impact", "draft", "--old", "policies", "--against", url, "--table", "decide")
    assert "there is no table `decide`" in ran.err
    assert "did you mean `decided`?" in ran.err
    words = ("--old", "policies", "--against", url, "--table", "other: table")
    assert "0 of 1 past request replayed" in draft("impact", "draft", *words).out


@pytest.mark.parametrize(
    ("url", "said", "code"),
    [
        ("sqlite:///none.db", "there is no database file `none.db`", 2),
        ("nonsense://x", "`nonsense://x` is not a database address", 2),
        ("://", "is not a database address", 2),
        ("sqlite:///past.csv", "the database `sqlite:///past.csv` cannot be read: ", 74),
        ("mysql+pymysql://u:secret@h/b", "the driver `pymysql` for this database", 2),
        ("postgresql://u:secret@h:no/b", "`postgresql://***` is not a database address", 2),
        ("postgresql://u:se@secret/x@h", "`postgresql://***` is not a database address", 2),
        (
            "sqlite:///past.csv?timeout=9876",
            "the database `sqlite:///past.csv?timeout=***` cannot be read: ",
            74,
        ),
    ],
)
def test_an_address_that_leads_nowhere(draft, url, said, code):
    ran = draft("impact", "draft", "--old", "policies", "--against", url)
    assert said in ran.err
    assert ran.code == code
    assert "secret" not in ran.err
    assert not Path("none.db").exists()


def test_a_database_is_read_in_pieces(draft, monkeypatch):
    from remit_api.past import database

    monkeypatch.setattr(database, "CHUNK", 2)
    url = base("log.db", COLUMNS, past_rows())
    assert draft("impact", "draft", "--against", url, "--json").document["rows"] == 7


def test_nothing_is_left_behind(draft):
    before = sorted(os.listdir())
    draft("impact", "draft", "--old", "policies", "--against", "past.csv", "--list", "no.xlsx")
    assert sorted(os.listdir()) == before


def test_a_report_shows_no_password(draft):
    base("log.db", COLUMNS, past_rows())
    for option in ((), ("--json",)):
        words = ("impact", "draft", "--against", "sqlite:///log.db?timeout=9876", *option)
        ran = draft(*words)
        assert ran.code == 0, ran.err
        assert "sqlite:///log.db?timeout=***" in ran.out
        assert "9876" not in ran.out + ran.err


# --- Parquet ------------------------------------------------------------------------------------


def test_parquet_gives_what_csv_gives(draft):
    duckdb.sql("""COPY (SELECT * REPLACE (as_of::DATE AS as_of,
                          ("order.total")::DECIMAL(12, 2) AS "order.total")
                        FROM read_csv('past.csv', all_varchar = true))
                  TO 'past.parquet' (FORMAT parquet)""")
    words = ("impact", "draft", "--old", "policies", "--json", "--against")
    ours, theirs = draft(*words, "past.parquet").document, draft(*words, "past.csv").document
    for row in (*ours["first"], *theirs["first"]):
        row.pop("facts")
    assert {**ours, "against": ""} == {**theirs, "against": ""}


def test_postgresql(draft):
    """NUMERIC, dates and booleans come out exact, numbers inside JSON too."""
    psycopg = pytest.importorskip("psycopg")
    connection = warehouse("postgres").connection
    info = connection.info
    rows = past_rows()
    with psycopg.connect(host=info.host, user=info.user, dbname=info.dbname) as base:
        base.execute("CREATE SCHEMA IF NOT EXISTS sales")
        base.execute("DROP TABLE IF EXISTS sales.decided")
        base.execute("""CREATE TABLE sales.decided (id int PRIMARY KEY, as_of date, actor text,
            requester text, facts jsonb, "order.total" numeric(12, 2), outcome text)""")
        for number, day, actor, requester, rate, total, margin, outcome in reversed(rows):
            ratio = Decimal(str(margin).rstrip("%")) / 100
            facts = f'{{"rate": "{rate}", "order": {{"margin": {ratio}}}}}'
            values = (number, day, actor, requester, facts, total, outcome)
            base.execute("INSERT INTO sales.decided VALUES (%s,%s,%s,%s,%s,%s,%s)", values)
    url = f"postgresql+psycopg://{info.user}@/{info.dbname}?host={info.host}"
    words = ("impact", "draft", "--old", "policies", "--json", "--against")
    ran = draft(*words, url, "--table", "sales.decided")
    theirs = draft(*words, "past.csv").document
    assert ran.code == 0, ran.out
    assert [r["id"] for r in ran.document["first"]] == ["2", "5", "4"]
    assert ran.document["rows"] == 7
    assert ran.document["errors"] == 0
    # B4 was reviewed, which the table does not say
    assert {c["new"] for c in ran.document["changes"]} <= {c["new"] for c in theirs["changes"]}
    wrong = draft(*words, url.replace("/postgres?", "/nowhere?"), "--table", "decided")
    assert wrong.code == 74
    assert "nowhere" in wrong.document["error"]["message"]


# --- a text that holds later --------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_text_that_does_not_hold_yet(draft, file, monkeypatch, ending):
    from remit_api.past import run

    monkeypatch.setattr(run, "MANY", 0)
    text = Path("draft/sales.remit").read_text(encoding="utf-8")
    file(
        "draft/sales.remit", text.replace("effective from 2026-01-01", "effective from 2026-07-01")
    )
    duckdb.sql("""COPY (SELECT * FROM read_csv('past.csv', all_varchar = true))
                  TO 'past.parquet' (FORMAT parquet)""")
    words = ("impact", "draft", "--old", "policies", "--against", f"past.{ending}")
    ran = draft(*words)
    hint = (
        "`sales` of draft holds from 2026-07-01, and rows are older: "
        "`--new-as-of 2026-07-01` asks as if it held already"
    )
    assert hint in ran.out
    assert "permit -> undefined" in ran.out
    found = draft(*words, "--new-as-of", "2026-07-01", "--json").document
    assert [(c["old"], c["new"], c["rows"]) for c in found["changes"]] == [
        ("escalate", "permit", 1), ("permit", "deny", 1), ("permit", "escalate", 1),
    ]  # fmt: skip
    assert found["not_yet"] == []
    assert {row["as_of"] for row in found["first"]} == {"2026-03-02"}
    ran = draft(*words, "--new-as-of", "July")
    assert ran.code == 2
    assert '--new-as-of: `"July"` is not a date' in ran.err


def test_a_bar_stands_beside_its_count(draft, file):
    text = ROWS.splitlines()
    more = [line.replace("B2", "B9") for line in text if "B2" in line]
    file("past.csv", "\n".join([*text, *more]) + "\n")
    ran = draft("impact", "draft", "--old", "policies", "--against", "past.csv")
    lines = [line.strip() for line in ran.out.splitlines()]
    changes = lines[lines.index("what changes") + 1 :][:3]
    assert changes == [
        "2  ████████████████  escalate -> permit  4,000.40 EUR",
        "1  ████████          permit -> deny      4,000.00 EUR",
        "1  ████████          permit -> escalate  3,000.00 EUR",
    ]


STRANGE = (
    '{"actor":"rita"\n'
    '{"actor": "rita", "action": "discount", "as_of": "2026-03-02", "outcome": "permit",'
    ' "requester": "sam", "facts": {"rate": "1%", "order": {"total": 1, "margin": "20%"}}}\n'
)
HELP = "  help: no directory of people was read; name one with `--directory FILE`\n"


def test_people_nobody_knows_without_a_directory(draft, file):
    file("past.jsonl", STRANGE + STRANGE.splitlines()[1] + "\n")
    Path("draft/directory.yaml").unlink()
    ran = draft("impact", "draft", "--against", "past.jsonl")
    assert ran.out.count(HELP) == 1
    assert "  row 1: not JSON at column 16: expecting ',' delimiter\n" in ran.out
    assert "document" not in ran.out
    known = draft("impact", "draft", "--against", "past.jsonl", "-d", "policies/directory.yaml")
    assert "no directory" not in known.out
    assert "1 row could not be replayed" in known.out
    file("past.jsonl", STRANGE.replace('"rita", ', '"nina", '))
    known = draft("impact", "draft", "--against", "past.jsonl", "-d", "policies/directory.yaml")
    assert "there is no person or position `nina`" in known.out
    assert "no directory" not in known.out


TWO_ACTIONS = """policy shop {{ version "1" effective from 2026-01-01 owner boss currency EUR }}
position boss
action buy "Buy" {{ amount money  limit on amount }}
action lend "Lend" {{ line money USD  limit on line }}
authority buy {{ boss may approve up to {0} }}
authority lend {{ boss may approve up to {0} USD }}
"""


@pytest.mark.parametrize("source", ["past.jsonl", "past.parquet"])
def test_money_of_two_actions_is_two_sums(remit, file, monkeypatch, source):
    monkeypatch.setattr("remit_api.past.run.MANY", 0)
    file("old.remit", TWO_ACTIONS.format(100))
    file("new.remit", TWO_ACTIONS.format(10))
    file("past.jsonl", "".join(
        json.dumps({"as_of": "2026-03-01", "actor": "boss", "action": action, **facts}) + "\n"
        for action, facts in (("buy", {"amount": 20}), ("buy", {"amount": 30}),
                              ("lend", {"line": 40}), ("buy", {"amount": 5}))
    ))  # fmt: skip
    duckdb.sql("COPY (FROM 'past.jsonl') TO 'past.parquet' (FORMAT parquet)")
    words = ("impact", "new.remit", "--old", "old.remit", "--against", source)
    assert remit(*words, "--json").document["changed"]["money"] == [
        {"action": "buy", "value": "50", "currency": "EUR", "text": "50.00 EUR"},
        {"action": "lend", "value": "40", "currency": "USD", "text": "40.00 USD"},
    ]
    shown = remit(*words).out
    assert "permit -> deny  50.00 EUR (buy), 40.00 USD (lend)" in shown
    assert "the money is `amount` of buy, `line` of lend" in shown


# --- large texts are read by two processes -----------------------------------------------------


@pytest.fixture
def large(draft, monkeypatch):
    monkeypatch.setattr("remit_api.past.sides.LARGE", 1)
    return draft


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_the_report_of_large_texts_is_the_same(draft, monkeypatch, words):
    asked = ("impact", "draft", "--old", "policies", "--against", "past.csv", *words)
    before = draft(*asked)
    monkeypatch.setattr("remit_api.past.sides.LARGE", 1)
    after = draft(*asked)
    assert (after.code, after.out, after.err) == (before.code, before.out, before.err)


@pytest.mark.parametrize("which", ["draft", "policies"])
def test_faults_of_large_texts_are_told(large, which):
    path = Path(which, "sales.remit")
    path.write_text(path.read_text(encoding="utf-8") + "\ndefine\n", encoding="utf-8")
    ran = large("impact", "draft", "--old", "policies", "--against", "past.csv")
    assert ran.code == 3, ran.err
    assert f"{which}/sales.remit" in ran.err
    assert "Traceback" not in ran.err
