"""The sentences of an answer: every language has them all, with the same places to fill."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import remit_engine
from remit_engine.explanation.words import LANGUAGES, WORDS, say

KEYS = sorted(WORDS["en"])


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_sentence(language: str) -> None:
    assert sorted(WORDS[language]) == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_a_sentence_has_the_same_places_in_every_language(key: str) -> None:
    assert len({frozenset(places(WORDS[language][key])) for language in LANGUAGES}) == 1


def test_no_sentence_is_left_over() -> None:
    folder = Path(remit_engine.__file__).parent
    code = "\n".join(
        p.read_text(encoding="utf-8") for p in folder.rglob("*.py") if p.name != "words.py"
    )
    built = ("verb.", "fault.", "missing.")
    unused = [k for k in KEYS if not k.startswith(built) and f'"{k}"' not in code]
    assert unused == []


def test_chinese_sentences_use_chinese_punctuation() -> None:
    half_width = re.compile(r"[\u4e00-\u9fff}][,:;()]|[,:;()][\u4e00-\u9fff]")
    assert [k for k, text in WORDS["zh"].items() if half_width.search(text)] == []


def test_an_unknown_language_is_answered_in_english() -> None:
    assert say("tlh", "extent.any") == "any"
