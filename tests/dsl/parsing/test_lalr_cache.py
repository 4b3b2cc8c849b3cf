"""Tables of a grammar that are kept: the same as those that are made, or none."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lark import Lark, Transformer

from remit_dsl.parsing import automaton, lalr_cache

GRAMMAR = 'start: "a" number "b"\nnumber: NUMBER\nNUMBER: /[0-9]+/\n'


class _Reader(Transformer[Any, Any]):
    def number(self, children: list[Any]) -> int:
        """A number of the text."""
        return int(children[0])


@pytest.fixture
def grammar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    path = tmp_path / "small.lark"
    path.write_text(GRAMMAR)
    return path


@pytest.fixture
def ask(grammar: Path) -> Callable[[], bool]:
    """Reads a text with what is kept, and says whether the tables were made for it."""

    def asked() -> bool:
        calls = []

        def made() -> Lark:
            calls.append(1)
            return Lark(grammar.read_text(), parser="lalr", transformer=_Reader())

        parser = lalr_cache.kept(grammar, made, transformer=_Reader())
        assert parser.parse("a12b").children == [12]
        return bool(calls)

    return asked


def _files(grammar: Path) -> list[Path]:
    return [x for x in grammar.parent.rglob("*") if x.is_file() and x != grammar]


def test_tables_are_made_once(grammar: Path, ask: Callable[[], bool]) -> None:
    assert [ask(), ask(), ask()] == [True, False, False]
    assert [x.suffix for x in _files(grammar)] == [".lalr"]


def test_another_grammar_replaces_what_was_kept(grammar: Path, ask: Callable[[], bool]) -> None:
    assert ask()
    grammar.write_text(GRAMMAR + "// changed\n")
    assert [ask(), ask()] == [True, False]
    assert len(_files(grammar)) == 1


@pytest.mark.parametrize("cut", [0, 1, 40, 64, 65, -1])
def test_half_a_file_is_made_anew(grammar: Path, ask: Callable[[], bool], cut: int) -> None:
    assert ask()
    (file,) = _files(grammar)
    file.write_bytes(file.read_bytes()[:cut])
    assert [ask(), ask()] == [True, False]


def test_a_byte_that_changed_is_noticed(grammar: Path, ask: Callable[[], bool]) -> None:
    assert ask()
    (file,) = _files(grammar)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    assert ask()


def test_tables_that_name_a_class_that_is_no_more_are_made_anew(
    grammar: Path, ask: Callable[[], bool]
) -> None:
    assert ask()
    (file,) = _files(grammar)
    head, gone = file.read_bytes()[:32], b"cremit_dsl.parsing.automaton\n_Gone\n."
    file.write_bytes(head + hashlib.sha256(gone).digest() + gone)
    assert [ask(), ask()] == [True, False]


def test_where_nothing_can_be_written_nothing_is(grammar: Path, ask: Callable[[], bool]) -> None:
    (grammar.parent / "__pycache__").write_text("in the way")
    assert [ask(), ask()] == [True, True]


def test_a_full_disk_leaves_nothing_behind(
    grammar: Path, ask: Callable[[], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as m:
        m.setattr("remit_dsl.parsing.lalr_cache.os.replace", full)
        assert ask()
        assert _files(grammar) == []
    assert [ask(), ask()] == [True, False]


def test_where_python_keeps_no_bytecode_no_tables_are_kept(
    grammar: Path, ask: Callable[[], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert [ask(), ask()] == [True, True]
    assert _files(grammar) == []


def test_the_language_is_read_alike_with_tables_that_were_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    made, kept = automaton._compute(), automaton._compute()
    assert any(tmp_path.rglob("*.lalr"))
    assert made.keywords == kept.keywords
    assert made.start == kept.start
    assert [_shape(x) for x in made.rows] == [_shape(x) for x in kept.rows]


def _shape(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: x if isinstance(x, int) else (x.size, x.origin, x.build is None)
        for name, x in row.items()
    }
