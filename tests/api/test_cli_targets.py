"""`remit allocation` and `remit scorecard`."""

from __future__ import annotations

import csv
import shutil
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from remit_api.cli.exit_codes import ExitCode

STORY = Path(__file__).parents[2] / "examples" / "targets"
TARGET = ("allocation", "target", ".", "--data", "data")
MARCH = ("scorecard", "appraisal", ".", "--data", "data", "--period", "2026-03")


@pytest.fixture
def story(remit, tmp_path):
    """Runs `remit` where the story of targets stands."""
    shutil.copytree(STORY, tmp_path, dirs_exist_ok=True)
    return remit


def amounts(line: str) -> list[int]:
    return [int(n.replace(",", "")) for n in line.split()]


# --- allocations ---------------------------------------------------------------------------


def test_tables_add_up_down_and_across(story):
    ran = story(*TARGET)
    assert ran.code == ExitCode.OK
    table = ran.out.split("by region\n")[1].split("\n\n")[0].split("\n")
    body = {line.split()[0]: amounts(line.strip().split(" ", 1)[1]) for line in table[1:]}
    quarters = [body[f"2026-Q{n}"] for n in (1, 2, 3, 4)]
    assert [sum(column) for column in zip(*quarters, strict=True)] == body["2026"]
    assert all(sum(row[:-1]) == row[-1] for row in body.values())
    assert "adds up to 8,800,000: quarters 8,800,000, region 8,800,000, person 8,800,000" in ran.out


def test_an_amendment_shows_before_and_after(story):
    ran = story(*TARGET)
    assert ran.line("kept").split() == ["3,600,000", "3,600,000", "0"]
    assert ran.line("coast ben").split() == ["1,937,000", "871,000", "-1,066,000"]
    assert ran.line("total").split() == ["8,000,000", "8,800,000", "+800,000"]
    assert "board, 18 June" in ran.out


def test_where_all_goes_to_one_no_table_is_needed(story):
    assert "mountains: all of it to franz" in story(*TARGET).out


def test_as_json_with_every_version(story):
    found = story(*TARGET, "--json").document
    assert (found["amount"], found["currency"], found["unit"]) == ("8800000", "EUR", "quarter")
    assert found["axes"] == ["region", "person"]
    assert sum(int(cell["amount"]) for cell in found["cells"]) == 8_800_000
    assert [v["from"] for v in found["versions"]] == ["2026-01-01", "2026-07-01"]
    assert [v["kept"] for v in found["versions"]] == ["0", "3600000"]
    assert {"period": "2026-Q1", "at": {}, "amount": "1600000"} in found["sums"]["periods"]
    coast = {"period": "2026", "at": {"region": "coast"}, "amount": "5326000"}
    assert coast in found["sums"]["places"]
    assert found["policy"]["digest"]


def test_as_csv_and_as_a_workbook(story, tmp_path):
    ran = story(*TARGET, "--csv", "cells.csv", "--xlsx", "cells.xlsx")
    assert ran.code == ExitCode.OK
    rows = list(csv.DictReader((tmp_path / "cells.csv").open()))
    assert list(rows[0]) == ["period", "region", "person", "amount"]
    assert sum(float(row["amount"]) for row in rows) == 8_800_000
    assert Counter(row["period"] for row in rows)["2026-Q1"] == 5
    assert (tmp_path / "cells.xlsx").read_bytes().startswith(b"PK")


def test_the_same_workbook_every_time(story, tmp_path):
    for name in ("one.xlsx", "two.xlsx"):
        assert story(*TARGET, "--xlsx", name).code == ExitCode.OK
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_data_from_a_database(story, tmp_path):
    place = tmp_path / "pay.db"
    rows = list(csv.reader((tmp_path / "data" / "people.csv").open()))
    with sqlite3.connect(place) as db:
        columns = ", ".join(f'"{name}" TEXT' for name in rows[0])
        db.execute(f"CREATE TABLE people ({columns})")
        marks = ", ".join("?" for _ in rows[0])
        filled = [[cell or None for cell in row] for row in rows[1:]]
        db.executemany(f"INSERT INTO people VALUES ({marks})", filled)
    ran = story("allocation", "target", ".", "--data", f"sqlite:///{place}", "--json")
    assert ran.code == ExitCode.OK, ran.err
    assert ran.document["cells"] == story(*TARGET, "--json").document["cells"]


def test_without_data_only_where_nobody_is_asked_for(story, tmp_path):
    ran = story("allocation", "target", ".")
    assert ran.code == ExitCode.USAGE
    assert "--data DIR" in ran.err
    text = (tmp_path / "targets.remit").read_text()
    line = next(x for x in text.split("\n") if "by person" in x)
    (tmp_path / "targets.remit").write_text(text.replace(line, ""))
    ran = story("allocation", "target", ".")
    assert ran.code == ExitCode.OK
    assert "quarters 8,800,000, region 8,800,000" in ran.out


def test_what_cannot_be_split_says_where_and_why(story, tmp_path):
    people = (tmp_path / "data" / "people.csv").read_text()
    (tmp_path / "data" / "people.csv").write_text(people.replace("mountains", "inland"))
    ran = story(*TARGET)
    assert ran.code == ExitCode.FAILED
    assert "nobody of `mountains` is `representative` on 2026-01-01, and 947,000" in ran.err
    assert "targets.remit:" in ran.err
    assert story(*TARGET, "--json").document["error"]["kind"] == "not_computed"


def test_faults_of_the_data_are_listed(story, tmp_path):
    people = (tmp_path / "data" / "people.csv").read_text()
    (tmp_path / "data" / "people.csv").write_text(people.replace("inland,2", "sea,2"))
    ran = story(*TARGET, "--json")
    assert ran.code == ExitCode.INVALID_REQUEST
    assert "people.csv:5" in ran.document["error"]["problems"][0]["path"]


def test_an_allocation_there_is_not(story):
    ran = story("allocation", "targte", ".", "--data", "data")
    assert ran.code == ExitCode.USAGE
    assert "did you mean `target`?" in ran.err


def test_a_directory_beside_the_policy_gives_way_to_the_people_of_the_data(story, tmp_path):
    before = story(*TARGET, "--json").document["cells"]
    entry = "{id: zoe, positions: [{position: representative}], "
    person = entry + "attributes: {region: coast, experience: 2}}"
    text = f"directory: targets\npeople:\n  - {person}\n"
    (tmp_path / "directory.yaml").write_text(text)
    assert story(*TARGET, "--json").document["cells"] == before
    (tmp_path / "data" / "people.csv").unlink()
    (tmp_path / "data" / "measures.csv").unlink()
    ran = story(*TARGET)
    assert ran.code == ExitCode.FAILED
    assert "nobody of `inland` is `representative`" in ran.err


# --- scorecards ----------------------------------------------------------------------------


def test_one_person_item_by_item(story):
    ran = story(*MARCH, "--person", "anna")
    assert ran.code == ExitCode.OK
    assert ran.line("Target met").split() == ["50%", "131%", "100%", "131%", "120%", "60%", "cap"]
    assert ran.line("Customers lost").split()[:5] == ["20%", "3", "at", "most", "2"]
    assert ran.line("total").split() == ["100%", "104%"]
    assert ran.line("score") == "104%"


def test_under_the_threshold_an_item_counts_nothing(story):
    ran = story(*MARCH, "--person", "ben", "--json")
    item = ran.document["scores"][0]["items"][0]
    assert (item["attainment"], item["counted"], item["note"]) == ("0.58", "0", "nothing under 60%")
    assert ran.document["scores"][0]["score"] == "0.4"


def test_everybody_and_who_has_no_figures_is_named(story):
    ran = story(*MARCH)
    assert ran.code == ExitCode.FAILED
    assert ran.line("dora") == "98.8%"
    assert "has no `target_met` of `carla` for 2026-03" in ran.line("carla")


def test_people_of_a_scorecard_are_called_by_their_names(story):
    people = Path("data/people.csv")
    rows = people.read_text().split("\n")
    named = [
        f"name,{rows[0]}",
        *(f"Dora Lind,{r}" if "dora" in r else f",{r}" for r in rows[1:] if r),
    ]
    people.write_text("\n".join(named) + "\n")
    assert story(*MARCH).line("dora (Dora Lind)") == "98.8%"
    assert "dora (Dora Lind), 2026-03" in story(*MARCH, "--person", "dora").first
    found = story(*MARCH, "--person", "dora", "--json").document["scores"][0]
    assert (found["person"], found["name"]) == ("dora", "Dora Lind")


def test_a_rounded_score_shows_what_was_rounded(story):
    ran = story(*MARCH, "--person", "dora")
    assert ran.line("score") == "98.8%  (98.75% rounded half up)"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--period", "2026-Q1", "--data", "data"), "`2026-Q1` is not a month"),
        (("--period", "soon", "--data", "data"), "write it as `2026-03`"),
        (("--period", "2026-03"), "--data DIR"),
        (("--period", "2026-03", "--data", "data", "--person", "ana"), "did you mean `anna`?"),
        (("--period", "2026-03", "--data", "nowhere"), "there is no folder `nowhere`"),
    ],
)
def test_what_makes_no_sense_is_told(story, words, said):
    ran = story("scorecard", "appraisal", ".", *words)
    assert ran.code == ExitCode.USAGE
    assert said in ran.err


def test_nobody_held_the_position(story):
    ran = story("scorecard", "appraisal", ".", "--data", "data", "--period", "2024-01")
    assert ran.code == ExitCode.OK
    assert "nobody held one of its positions" in ran.out
