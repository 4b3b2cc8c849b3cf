"""Facts as words and documents."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from remit_api.facts import read_facts, sort_words
from remit_api.failures import BadFacts, MissingFile, WrongUse
from remit_api.question import Question, Words, merged


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_words_are_paths_or_facts():
    words = sort_words(["policies", "rate=12%", "a/b=c.remit", "order.note=a/b"])
    assert words.paths == ("policies", "a/b=c.remit")
    assert words.facts == {"rate": "12%", "order.note": "a/b"}


def test_a_file_with_an_equals_sign_in_its_name_is_a_path():
    Path("x=y.remit").write_text("")
    assert sort_words(["x=y.remit"]).paths == ("x=y.remit",)


def test_a_value_may_hold_an_equals_sign():
    assert sort_words(["note=a=b"]).facts == {"note": "a=b"}


def test_a_fact_given_twice_is_refused():
    with pytest.raises(WrongUse, match="`rate` is given twice"):
        sort_words(["rate=1%", "rate=2%"])


def test_json_on_the_command_line_is_exact():
    assert read_facts('{"order": {"total": 0.1}}') == {"order": {"total": Decimal("0.1")}}


def test_json_and_yaml_files():
    Path("facts.json").write_text('{"rate": 0.12}')
    Path("facts.yaml").write_text("rate: 12%\norder: {total: 200_000}\n")
    assert read_facts("facts.json") == {"rate": Decimal("0.12")}
    assert read_facts("facts.yaml") == {"rate": "12%", "order": {"total": 200000}}


def test_faults_of_a_document_are_named():
    with pytest.raises(BadFacts, match="not JSON at line 1"):
        read_facts('{"rate": }')
    Path("facts.json").write_text("[1]")
    with pytest.raises(BadFacts, match="facts are an object"):
        read_facts("facts.json")
    with pytest.raises(MissingFile, match=r"there is no file `nowhere\.json`"):
        read_facts("nowhere.json")


def test_documents_merge_member_by_member():
    below, above = {"order": {"total": 1, "region": "east"}}, {"order": {"total": 2}}
    assert merged(below, above) == {"order": {"total": 2, "region": "east"}}
    assert below == {"order": {"total": 1, "region": "east"}}


def test_a_row_goes_before_the_command_line():
    row = Question({"actor": "ann"}, {"rate": "5%"}, Words(facts={"order.total": "7"}))
    line = Question({"actor": "bob", "verb": "sign"}, {}, Words(facts={"rate": "1%", "note": "x"}))
    whole = row.over(line)
    assert whole.members == {"actor": "ann", "verb": "sign"}
    assert whole.facts == {"rate": "5%"}
    assert whole.words.facts == {"note": "x", "order.total": "7"}
