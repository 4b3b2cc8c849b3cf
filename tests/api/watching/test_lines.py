"""Lines of a file of events: whole, broken, too long, and as they come."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from remit_api.batch import row
from remit_api.watching import lines
from remit_api.watching.lines import Line, follow_lines, read_lines


def test_every_line_is_read_with_its_number_and_blank_ones_are_passed() -> None:
    found = list(read_lines(io.BytesIO(b'{"a": 1}\r\n\n  \nnull\n{"b": 0.10}')))
    assert [(line.number, line.document) for line in found[:2]] == [(1, {"a": 1}), (4, None)]
    assert (found[2].number, str(found[2].document["b"])) == (5, "0.10")
    assert found[2].position == 30


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"{", "not JSON at column 2: expecting property name enclosed in double quotes"),
        (b'{"a": NaN}', "`NaN` is not a number"),
        (b'{"a": 1, "a": 2}', "`a` is given twice"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b"[" * 5_000, "nested"),
    ],
)
def test_what_is_no_json_says_why_and_the_rest_is_read(raw: bytes, said: str) -> None:
    first, second = read_lines(io.BytesIO(raw + b"\n{}\n"))
    assert said in (first.fault or ""), first.fault
    assert (second.number, second.document, second.fault) == (2, {}, None)


def test_a_line_that_is_too_long_is_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST", 8)
    monkeypatch.setattr(row, "LONGEST", 8)
    first, second = read_lines(io.BytesIO(b'{"a": "123456789"}\n{}\n'))
    assert "longer than" in (first.fault or "")
    assert second.document == {}


class Writer:
    """Does one thing to the file at each pause; then says stop."""

    def __init__(self, *acts) -> None:
        self.acts = list(acts)
        self.over = False

    def pause(self, seconds: float) -> None:
        if self.acts:
            self.acts.pop(0)()
        else:
            self.over = True

    def follow(self, path: Path) -> list[Line]:
        found = follow_lines(path, lambda: self.over, self.pause)
        return [line for group in found for line in group]


def test_lines_are_told_as_they_come_and_half_a_line_waits(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"1\n2")

    def add(more: bytes):
        def act() -> None:
            with path.open("ab") as stream:
                stream.write(more)

        return act

    found = Writer(add(b"3"), add(b"\n\n4\n"), add(b"5")).follow(path)
    assert [(line.number, line.document) for line in found] == [(1, 1), (2, 23), (4, 4)]


def look() -> None:
    """Nothing is done between two looks."""


@pytest.mark.parametrize("how", ["replaced", "cut short", "written anew"])
def test_a_file_that_begins_anew_is_read_from_its_beginning(tmp_path: Path, how: str) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"1\n2\n3\n")

    def anew() -> None:
        if how == "replaced":
            (tmp_path / "other").write_bytes(b"7\n8\n9\n")
            os.replace(tmp_path / "other", path)
        elif how == "cut short":
            path.write_bytes(b"7\n")
        else:  # cut short, and longer again before anybody looked
            path.write_bytes(b"7\n8\n9\n10\n")

    found = [line.document for line in Writer(anew, look).follow(path)]
    anew_is = {"replaced": [7, 8, 9], "cut short": [7], "written anew": [7, 8, 9, 10]}
    assert found == [1, 2, 3, *anew_is[how]]


@pytest.mark.parametrize("when", ["before it goes", "by who still has it open"])
def test_what_is_written_to_a_file_at_its_end_is_read_before_the_next(
    tmp_path: Path, when: str
) -> None:
    path, old = tmp_path / "events.jsonl", tmp_path / "events.jsonl.1"
    path.write_bytes(b"1\n")

    def add() -> None:
        with (old if old.exists() else path).open("ab") as stream:
            stream.write(b"2\n3")  # the last line of a file need not end

    def rotate() -> None:
        path.rename(old)
        path.write_bytes(b"4\n")

    def both() -> None:
        add()
        rotate()

    acts = (both, look) if when == "before it goes" else (rotate, add)
    found = [(line.number, line.document) for line in Writer(*acts).follow(path)]
    assert found == [(1, 1), (2, 2), (3, 3), (1, 4)]


def test_a_file_may_be_gone_for_a_moment(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"1\n")
    back = Writer(path.unlink, look, look, lambda: path.write_bytes(b"2\n"))
    assert [line.document for line in back.follow(path)] == [1, 2]


def test_a_file_that_stays_away_ends_it(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"1\n")
    with pytest.raises(FileNotFoundError):
        Writer(path.unlink, *[look] * (lines.LOOKS + 2)).follow(path)
