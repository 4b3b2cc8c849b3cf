"""The rules for messages hold for every code of the catalogue."""

from __future__ import annotations

import re

import pytest

from dsl.expect import check_all, split
from remit_dsl import catalogue
from remit_dsl.catalogue import CATALOGUE
from remit_dsl.diagnostics import Diagnostic

WITHOUT_EXAMPLE = {"E0101", "E0102", "E0103", "E0105", "E0317", "W0511"}
TOP = "policy p { owner board currency CNY }\nposition board\n"
PYTHON = re.compile(
    r"\b(?:str|int|float|bool|dict|tuple|NoneType|None|Fraction|Decimal|frozenset|True|False|"
    r"object|[A-Za-z]*Error|Expression|traceback)\b|<class|__"
)
DATA = set(catalogue.data.ENTRIES)  # their examples are no policy texts
PROOFS = set(catalogue.proofs.ENTRIES)  # only `remit prove` finds what their examples show
WITH_EXAMPLE = sorted(
    c for c, entry in CATALOGUE.items() if entry.example and c not in DATA | PROOFS
)


def _sentences(diagnostic: Diagnostic) -> list[str]:
    related = [r.message for r in diagnostic.related]
    return [diagnostic.message, *([diagnostic.help] if diagnostic.help else []), *related]


def _judge(text: str) -> None:
    bare = re.sub(r"`[^`]*`", "", text)
    assert "\n" not in text, text
    assert text == text.strip(), text
    assert text, "empty message"
    assert text.count("`") % 2 == 0, text
    assert not text.endswith((".", "!")), text
    assert not (bare[:1].isupper() and bare[1:2].islower()), text
    assert not PYTHON.search(bare), text
    assert '"' not in bare, f"names stand in backticks: {text}"
    assert "'" not in bare, text


@pytest.mark.parametrize("code", WITH_EXAMPLE)
def test_example_yields_its_code(code: str) -> None:
    report = check_all(split(CATALOGUE[code].example))
    assert report.codes == [code], report.shown()


@pytest.mark.parametrize("code", WITH_EXAMPLE)
def test_messages_keep_the_rules(code: str) -> None:
    for diagnostic in check_all(split(CATALOGUE[code].example)).found:
        for sentence in _sentences(diagnostic):
            _judge(sentence)


def test_an_expression_too_deep(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parser refuses it before; trees that programs build meet this."""
    monkeypatch.setattr("remit_dsl.elaboration.elaboration.DEEPEST", 3)
    deep = TOP + "define rest: money = ((9 - 1) * 2 - 3) * 4\n"
    found, *others = check_all(split(deep)).found
    assert {d.code for d in others} <= {"E0317"}
    assert (found.code, found.help) == ("E0317", "name a part of it with `define`")
    assert found.message == "this expression is nested more than 3 deep"
    _judge(found.message)
    assert check_all(split(TOP + "define rest: money = (9 - 1) * 2\n")).codes == ["W0503"]


def test_a_table_too_entangled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("remit_dsl.tables.proof.MOST_STEPS", 1)
    rows = "  up to 5, up to 5 -> 1\n  over 5, any -> 2\n  any, over 5 -> 3\n"
    text = TOP + f"table fee (a: money, b: money) gives money first {{\n{rows}}}\n"
    (found,) = (d for d in check_all(split(text)).found if d.code == "W0511")
    assert (found.code, found.help) == ("W0511", "split it into two tables")
    assert found.message == "table `fee` is too entangled to prove that no row is missing"
    _judge(found.message)


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_entries_are_complete(code: str) -> None:
    entry = CATALOGUE[code]
    assert re.fullmatch(r"[EW]\d{4}", code)
    assert entry.title
    assert not entry.title.endswith(".")
    assert entry.title[:1].islower() or not entry.title[1:2].islower(), entry.title
    assert entry.cause
    assert entry.repair


@pytest.mark.parametrize("code", sorted(c for c in PROOFS if CATALOGUE[c].example))
def test_what_a_proof_finds_is_in_a_text_that_checks(code: str) -> None:
    check_all(split(CATALOGUE[code].example)).fine()


def test_every_check_has_an_example() -> None:
    checks = catalogue.checks.ENTRIES
    assert {c for c, e in checks.items() if not e.example} == WITHOUT_EXAMPLE


@pytest.mark.parametrize(
    "bad", ["Unknown name", "unknown name.", "got a str", "two\nlines", "unknown 'x'", "odd `x"]
)
def test_the_judge_refuses(bad: str) -> None:
    with pytest.raises(AssertionError):
        _judge(bad)
