"""A report takes its place in one step, is put back after a crash, and loses no text on the way."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as tree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit_api.failures import FileTrouble
from remit_api.pay import folder as folders
from remit_api.pay import workbook
from remit_api.pay.exchange import exchanged
from remit_api.pay.folder import MARK, prepared
from remit_api.pay.sheets import Column, Sheet


def filled(target: Path, text: str) -> None:
    """A folder of ours is published with one file more."""
    with prepared(target) as made:
        (made.place / MARK).write_text("{}")
        (made.place / "what.txt").write_text(text)
        made.publish()


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("exchange", [True, False])
def test_a_folder_replaces_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool
) -> None:
    if not exchange:
        monkeypatch.setattr(folders, "exchanged", lambda *_: False)
    for text in ("one", "two"):
        filled(tmp_path / "out", text)
        assert (tmp_path / "out" / "what.txt").read_text() == text
        assert left(tmp_path) == ["out"]


def test_two_folders_change_places_or_nothing_happens(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    assert not exchanged(one, other)
    other.mkdir()
    (one / "a").touch()
    done = exchanged(one, other)
    assert left(other if done else one) == ["a"]
    assert left(one if done else other) == []


def test_a_renaming_that_fails_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path / "out", "one")
    monkeypatch.setattr(folders, "exchanged", lambda *_: False)
    rename, done = Path.rename, list[Path]()

    def second_fails(path: Path, target: Path) -> Path:
        done.append(path)
        if len(done) == 2:
            raise OSError("no")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", second_fails)
    with pytest.raises(OSError, match="no"):
        filled(tmp_path / "out", "two")
    assert (tmp_path / "out" / "what.txt").read_text() == "one"
    assert left(tmp_path) == ["out"]


def test_what_a_killed_run_put_aside_is_put_back(tmp_path: Path) -> None:
    filled(tmp_path / "out", "one")
    (tmp_path / "out").rename(tmp_path / ".out.abc.tmp.old")
    with prepared(tmp_path / "out"):
        assert (tmp_path / "out" / "what.txt").read_text() == "one"
    (tmp_path / "out").rename(tmp_path / ".out.abc.tmp.old")
    (tmp_path / ".out.abc.tmp.old" / MARK).unlink()
    with prepared(tmp_path / "out"):
        assert not (tmp_path / "out").exists()


def test_a_folder_of_others_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").touch()
    with pytest.raises(FileTrouble, match="not written by a run"):
        filled(tmp_path / "out", "one")


# --- long texts in a workbook --------------------------------------------------------------


@given(st.text(max_size=60), st.integers(2, 9))
def test_parts_make_the_text_and_fit(text: str, most: int) -> None:
    parts = list(workbook._parts(text, most))
    assert "".join(parts) == text
    assert all(len(part.encode("utf-16-le", "surrogatepass")) // 2 <= most for part in parts)


LONG = (
    "x" * workbook.LONGEST,
    "x" * (workbook.LONGEST + 1),
    "客" * 70_000,
    "😀" * 20_000,
    "=" + "y" * 100_000,
)


@pytest.mark.parametrize("text", LONG, ids=lambda text: f"{len(text)} {text[0]}")
def test_a_text_that_is_too_long_for_a_cell_is_all_there(tmp_path: Path, text: str) -> None:
    def rows() -> Iterator[tuple[None, tuple[str, str]]]:
        yield None, ("short", "first")
        yield None, (text, "second")

    sheet = Sheet("lines", (Column("event"), Column("place")), rows)
    workbook.write_sheets([sheet], tmp_path / "book.xlsx", "Pay", date(2026, 3, 1))
    cells = cells_of(tmp_path / "book.xlsx")
    assert all(len(c.encode("utf-16-le")) // 2 <= workbook.LONGEST for s in cells for c in s)
    if len(cells) == 1:
        assert text in cells[0]
        return
    first, continued = cells
    more = next(c for c in first if "more in the sheet `continued`" in c)
    assert continued[5:8] == ["lines", "3", "event"]
    parts = [continued[i] for i in range(9, len(continued), 5)]
    assert more[: more.rindex(" … (more")] + "".join(parts) == text


def cells_of(book: Path) -> list[list[str]]:
    """The cells of each sheet, row by row."""
    name = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    found = []
    with zipfile.ZipFile(book) as files:
        sheets = sorted(n for n in files.namelist() if n.startswith("xl/worksheets/sheet"))
        for sheet in sheets:
            cells = tree.fromstring(files.read(sheet)).iter(f"{name}c")
            found.append(["".join(c.itertext()) for c in cells])
    return found
