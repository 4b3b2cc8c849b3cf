"""`remit explain`."""

from __future__ import annotations

import pytest

from remit_api.cli.prove_words import FINDINGS, HOLDS
from remit_dsl.catalogue import CATALOGUE
from remit_dsl.lexing.vocabulary import QUESTIONS


@pytest.fixture
def code():
    return sorted(CATALOGUE)[0]


def test_one_code(remit, code):
    ran = remit("explain", code)
    assert ran.code == 0
    assert ran.first == f"{code}  {CATALOGUE[code].title}"
    assert CATALOGUE[code].cause in ran.out
    assert CATALOGUE[code].repair in ran.out


def test_case_does_not_matter(remit, code):
    assert remit("explain", code.lower()).code == 0


def test_all_codes(remit):
    ran = remit("explain")
    assert ran.code == 0
    assert len(ran.out.splitlines()) == len(CATALOGUE)


def test_unknown_code(remit, code):
    ran = remit("explain", code + "9")
    assert ran.code == 2
    assert f"there is no diagnostic `{code}9`" in ran.err
    assert "did you mean `" in ran.err


def test_nothing_like_it(remit):
    ran = remit("explain", "banana")
    assert ran.code == 2
    assert "`remit explain` lists all codes" in ran.err


def test_json(remit, code):
    document = remit("explain", code, "--json").document
    assert document["code"] == code
    assert set(document) == {"code", "severity", "title", "cause", "repair", "example"}


def test_the_example_is_shown(remit):
    code = next(code for code, entry in sorted(CATALOGUE.items()) if entry.example)
    ran = remit("explain", code)
    assert "Example (wrong)" in ran.out
    assert CATALOGUE[code].example.strip("\n").split("\n")[0] in ran.out


def test_all_as_json(remit):
    assert len(remit("explain", "--json").document) == len(CATALOGUE)


def test_a_question(remit):
    ran = remit("explain", "dates")
    assert ran.code == 0
    assert ran.first == "dates  a question of `remit prove`; proven: no day is left out"
    for code in ("W0811", "W0812", "W0813"):
        assert f"{code}  {CATALOGUE[code].title}" in ran.out
        assert CATALOGUE[code].repair in ran.out
    found = remit("explain", "Dead_End", "--json").document
    assert found["question"] == "dead_end"
    assert [f["code"] for f in found["findings"]] == ["W0804"]


def test_every_question_has_its_codes():
    assert tuple(FINDINGS) == tuple(HOLDS) == QUESTIONS
    proofs = {code for code in CATALOGUE if code.startswith("W08")}
    assert proofs - {code for codes in FINDINGS.values() for code in codes} == {"W0815", "W0816"}


def test_a_question_that_is_misspelt(remit):
    ran = remit("explain", "dead_ends")
    assert ran.code == 2
    assert "did you mean `dead_end`?" in ran.err


def test_a_code_far_from_all_others_has_no_suggestion(remit):
    ran = remit("explain", "E9999")
    assert "did you mean" not in ran.err
    assert "`remit explain` lists all codes" in ran.err
