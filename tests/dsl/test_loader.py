"""Files and folders, texts, and the digest of a program."""

from __future__ import annotations

import os
from pathlib import Path
from time import process_time

import pytest

from dsl.expect import HEADER, check
from remit_dsl import loader
from remit_dsl.diagnostics import Diagnostic, errors

CLERK = HEADER + "position clerk\n"
TABLE = HEADER + 'table fee (b: boolean) gives number from "fee.csv"\n'


def only(found: list[Diagnostic]) -> Diagnostic:
    assert len(found) == 1, found
    return found[0]


def test_a_file(tmp_path: Path) -> None:
    file = tmp_path / "p.remit"
    file.write_text(CLERK)
    program, found = loader.load([file])
    assert not found
    assert program is not None
    assert list(program.positions) == ["p.clerk"]
    assert list(program.sources) == [str(file)]
    assert program.positions["p.clerk"].span.file == str(file)


def test_a_folder_is_read_in_order_and_each_file_once(tmp_path: Path) -> None:
    for name in ("b", "a/c", "a/a"):
        file = tmp_path / f"{name}.remit"
        file.parent.mkdir(exist_ok=True)
        file.write_text(CLERK.replace("policy p", f"policy {name.replace('/', '.')}"))
    (tmp_path / "notes.txt").write_text("no policy")
    program, found = loader.load([tmp_path, tmp_path / "b.remit", tmp_path / "a"])
    assert not found
    assert program is not None
    assert list(program.policies) == ["a.a", "a.c", "b"]


def test_names_stay_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "p.remit").write_text(TABLE)
    (tmp_path / "pack" / "fee.csv").write_text("b,v\ntrue,1\nfalse,2\n")
    monkeypatch.chdir(tmp_path)
    program, _ = loader.load([Path("pack")])
    assert program is not None
    assert sorted(program.sources) == ["pack/fee.csv", "pack/p.remit"]
    assert program.tables["p.fee"].rows[1].span.file == "pack/fee.csv"


def test_missing_path(tmp_path: Path) -> None:
    program, found = loader.load([tmp_path / "none.remit"])
    assert program is None
    assert only(found).code == "E0101"
    assert only(found).message == f"there is no file or folder `{tmp_path / 'none.remit'}`"
    (tmp_path / "none.remit").write_text(CLERK)
    _, found = loader.load([tmp_path / "none"])
    assert only(found).help == f"did you mean `{tmp_path / 'none.remit'}`?"


def test_empty_folder(tmp_path: Path) -> None:
    program, found = loader.load([tmp_path])
    assert program is None
    assert only(found).code == "E0103"


def test_nothing_at_all() -> None:
    program, found = loader.load([])
    assert program is None
    assert only(found).code == "E0105"


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser reads everything")
def test_a_file_without_rights(tmp_path: Path) -> None:
    file = tmp_path / "p.remit"
    file.write_text(CLERK)
    file.chmod(0)
    assert only(loader.load([file])[1]).code == "E0102"


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "p.remit"
    file.write_bytes(CLERK.encode() + b"# \xff\xfe\n")
    program, found = loader.load([file])
    assert program is None
    assert len(found) == 1, found
    assert found[0].span.line == 3


def test_a_mark_at_the_beginning_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "p.remit"
    file.write_bytes(b"\xef\xbb\xbf" + CLERK.encode())
    assert loader.load([file])[1] == []


def test_headers() -> None:
    assert only(loader.check_text("")[1]).code == "E0109"
    assert only(loader.check_text("# later\n")[1]).message == "`policy.remit` is empty"
    assert only(loader.check_text("position clerk\n")[1]).code == "E0104"
    assert only(loader.check_text(HEADER)[1]).message == "policy `p` declares nothing"


def test_program_is_none_exactly_when_there_are_errors() -> None:
    program, found = loader.check_text("policy p { }\nposition a\n")
    assert program is not None
    assert only(found).code == "W0501"
    program, found = loader.check_text(HEADER + "position a { reports to b }\n")
    assert program is None


def test_diagnostics_come_in_reading_order() -> None:
    report = check("position a { reports to x }\nposition b { reports to y }\nenum E { m m }\n")
    assert [d.span.line for d in report.found] == [2, 3, 4]


# --- digest ------------------------------------------------------------------------------


def digest(**texts: str) -> str:
    names = {
        n.replace("_csv", ".csv") if "_csv" in n else f"{n}.remit": t for n, t in texts.items()
    }
    program, found = loader.load_texts(names)
    assert program is not None, found
    return program.digest


def test_digest_is_of_texts_not_of_file_names() -> None:
    other = CLERK.replace("policy p", "policy q")
    one = digest(a=CLERK, b=other)
    assert one == digest(x=other, y=CLERK)
    assert len(one) == 64
    assert one != digest(a=CLERK + "# more\n", b=other)
    assert one != digest(a=CLERK)


def test_digest_covers_tables() -> None:
    one = digest(a=TABLE, fee_csv="b,v\ntrue,1\nfalse,2\n")
    assert one != digest(a=TABLE, fee_csv="b,v\ntrue,1\nfalse,3\n")


# --- size --------------------------------------------------------------------------------


def test_five_thousand_rules() -> None:
    rules = "\n".join(
        f"r{i}: clerk may approve up to {i} when total <= {i}_000 and region in (north, south)"
        for i in range(1, 5_001)
    )
    text = (
        CLERK + "enum Region { north south west }\n"
        "action order { total money  region Region  limit on total }\n"
        f"authority order {{\n{rules}\n}}\n"
    )
    start = process_time()
    program, found = loader.check_text(text)
    assert not found
    assert program is not None
    assert len(program.authorities[0].grants) == 5_000
    assert process_time() - start < 30  # a guard against quadratic work; measured about 3


@pytest.mark.parametrize(
    "text",
    [
        "parameter top: percent { from 2026-01-01 -> 10%  from 2027-02-30 -> 12% }",
        "parameter top: percent { from 2026-01-01 until 2027-02-30 -> 10%  from 2027-03-01 -> 9% }",
        "parameter top: percent { from 2027/02/30 -> 10%  from 1999-01-01 -> 12% }",
        "position boss\naction a { n integer  limit on n }\n"
        "authority a { boss may approve any from 2026-01-01 until 2026-02-29 }",
    ],
)
def test_an_impossible_date_is_the_only_error(text: str) -> None:
    _, found = loader.check_text(f"policy p {{ owner o }}\n{text}\n")
    (only,) = errors(found)
    assert only.code in ("E0020", "E0021")


def test_what_has_nothing_to_do_with_the_date_is_said_beside_it() -> None:
    text = "policy p { owner o effective from 2000/01/01 }\nparameter top: percent = 5\n"
    _, found = loader.check_text(text + "parameter low: percent { from 2027-02-30 -> 9% }\n")
    assert {d.code for d in errors(found)} >= {"E0020", "E0021", "E0307"}
