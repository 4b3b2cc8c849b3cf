"""Malformed policies: what a person is told, and what is still read.

A case in `malformed/` is a policy, a line `---`, and the rendered diagnostics; `REMIT_UPDATE=1`
writes the second half anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from remit_dsl import render, syntax
from remit_dsl.catalogue import CATALOGUE
from remit_dsl.diagnostics import Diagnostic
from remit_dsl.lexing.lexer import Lexer
from remit_dsl.lexing.tokens import Reading
from remit_dsl.parsing.automaton import table
from remit_dsl.parsing.parser import parse
from remit_dsl.printing import formatter
from remit_dsl.source import Source

FOLDER = Path(__file__).with_name("malformed")
CASES = sorted(FOLDER.glob("*.txt"))
SEPARATOR = "---\n"


def faults(text: str) -> list[Diagnostic]:
    return parse(Source("case.remit", text))[1]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_malformed(path: Path) -> None:
    policy, _, expected = path.read_text(encoding="utf-8").partition(SEPARATOR)
    source = Source("case.remit", policy)
    found = parse(source)[1]
    shown = "\n\n".join([*(render.human(d, source) for d in found), render.summary(found)]) + "\n"
    if os.environ.get("REMIT_UPDATE"):
        path.write_text(policy + SEPARATOR + shown, encoding="utf-8", newline="\n")
    else:
        assert shown == expected
    assert found, "a malformed policy has a fault"
    assert {d.code for d in found} <= set(CATALOGUE)


def test_the_corpus_is_large_enough() -> None:
    assert len(CASES) >= 40


def test_every_code_of_the_syntax_has_a_case_or_an_example() -> None:
    shown = {d.code for path in CASES for d in faults(path.read_text(encoding="utf-8"))}
    exempt = {"E0001", "E0002", "E0003", "E0004"}  # see test_robustness
    assert {code for code in CATALOGUE if code < "E0100"} - exempt <= shown


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_formatter_refuses_malformed_text(path: Path) -> None:
    policy = path.read_text(encoding="utf-8").partition(SEPARATOR)[0]
    assert formatter.format(Source("case.remit", policy)) == faults(policy)


# --- what is still read -------------------------------------------------------------------

WHOLE = """\
policy p { owner board currency CNY }
enum Region { north south }
position manager { reports to director }
position director
record Order { total: money  region: Region }
action discount { rate percent order Order limit on rate }
define half: money = order.total / 2
authority discount {
  manager may approve up to 5% when order.total < 100 and order.region = north
  director may approve up to 20%
  approve over 10% needs review by director
  requester may not approve
  escalate to the first superior able
}
"""


def statements(tree: syntax.File) -> int:
    return sum(len(d.statements) for d in tree.declarations if isinstance(d, syntax.Authority))


@pytest.mark.parametrize(
    ("good", "bad", "kept"),
    [
        ("up to 20%", "upto 20%", 5),
        ("needs review", "nedes review", 5),
        ("up to 20%", "up to", 4),
        ("may approve up to 5%", "may approve $ 5%", 4),
        ("requester may not", "requester must not", 5),
        ("approve over 10% needs", "approve over needs", 4),
    ],
)
def test_the_other_statements_are_kept(good: str, bad: str, kept: int) -> None:
    tree, found = parse(Source("case.remit", WHOLE.replace(good, bad, 1)))
    assert len(found) == 1, found
    assert len(tree.declarations) == 7
    assert statements(tree) == kept


def test_a_broken_declaration_takes_no_other_with_it() -> None:
    text = WHOLE.replace("half: money =", "half: = =").replace("{ reports to director }", "{ ) }")
    tree, found = parse(Source("case.remit", text))
    assert [d.code for d in found] == ["E0034", "E0030"]
    kinds = [type(d).__name__ for d in tree.declarations]
    assert kinds == ["Enum", "Position", "Position", "Record", "Action", "Authority"]


def _words(text: str) -> list[tuple[int, str]]:
    pieces = Lexer(Reading(Source("x", text))).pieces()
    return [(t.start, t.text) for t in pieces if t.text in table().keywords and len(t.text) > 3]


@pytest.mark.parametrize(("at", "word"), _words(WHOLE), ids=str)
def test_one_misspelt_keyword_is_at_most_one_fault(at: int, word: str) -> None:
    swapped = word[0] + word[2] + word[1] + word[3:]
    tree, found = parse(Source("x", WHOLE[:at] + swapped + WHOLE[at + len(word) :]))
    assert len(found) <= 1, [d.message for d in found]
    assert len(tree.declarations) >= 6


@pytest.mark.parametrize("count", [1, 3, 10])
def test_as_many_faults_as_typos(count: int) -> None:
    lines = [f"  p{i} may approve {'upto' if i < count else 'up to'} 5%" for i in range(30)]
    text = "authority a {\n" + "\n".join(lines) + "\n}\n"
    tree, found = parse(Source("x", text))
    assert len(found) == count
    assert statements(tree) == 30


def test_two_readings_of_one_text_are_the_same() -> None:
    text = WHOLE.replace("up to", "upto").replace("}", "", 1)
    first, second = parse(Source("x", text)), parse(Source("x", text))
    assert first[1] == second[1]
    assert syntax.same(first[0], second[0])
