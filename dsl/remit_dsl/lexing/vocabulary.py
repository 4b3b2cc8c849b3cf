"""The words of the language: which are keywords, where a word may still be a name."""

from __future__ import annotations

import re

from remit_dsl.lexing.wordlists import words

LANGUAGES = words("zh en de fr es ja ko pt it ru vi th ar nl pl")

DECLARATIONS = words(
    """
    enum position record parameter exchange define table right action authority delegation waive
    event commission scorecard allocation watch duty
    """
)
HEADERS = words("policy use")

# What `remit prove` asks of a policy, and a `waive` answers for.
QUESTIONS = (
    "tables", "unreachable", "shadowed", "emptied", "dead_end", "monotone", "separation",
    "accountability", "contradiction", "dates", "unset", "falling_pay", "watching",
)  # fmt: skip
WAIVER_PARTS = words("of on for at when unless because")

# Never a name: a condition read aloud would be misheard.
RESERVED = words("if then else and or not true false when unless in is")

# Terminals whose text is not simply their name in lower case.
SPELLING = {"DOTTED_LINE": "dotted"}

# Words that mean something else in a watch, with what has to follow them there.
_OPERATOR = (
    r"(?:and|or|in|is|not|between|reports|holds|otherwise|rounded|as|of|then|else|for|where|by"
    r"|within|over|under|at)\b"
)
WATCHED = {
    "over": ("IS_OVER", ""),
    "under": ("IS_UNDER", ""),
    "at": ("IS_AT", r"(?:least|most)\b"),
    "count": ("COUNT_OF", r"of\b"),
    "sum": ("SUM_OF", r"of\b"),
    "a": ("ARTICLE", rf"(?!{_OPERATOR})[^\W\d]"),
    "an": ("ARTICLE", rf"(?!{_OPERATOR})[^\W\d]"),
    "by": ("COUNTED_BY", ""),
    "where": ("COUNTED_WHERE", ""),
    "within": ("COUNTED_WITHIN", ""),
}
# After these a number of a watch is only a number.
_PARTS = r"(?:when|notify|freeze|require|raise|until|because|source|stays)\b"

# Terminals that are not words.
CLASSES = words(
    """
    HOW_MANY ARTICLE IS_OVER IS_UNDER IS_AT COUNT_OF SUM_OF COUNTED_BY COUNTED_WHERE COUNTED_WITHIN
    NAME DOTTED STRING NUMERAL DATE_LITERAL SPAN_LITERAL CURRENCY_CODE LANG LPAR RPAR LBRACE
    RBRACE COMMA COLON ARROW EQ CMP PLUS MINUS STAR SLASH OTHERWISE_ROW FROM_MONTH $END
    """
)

# Where both the keyword and a name could stand, it is the keyword only before this.
_NAME_NEXT = r"[^\W\d]"
# Items of a plan; before `=` each is the name of a step.
_STEP_NAMES = words(
    """
    pays currency effective credit quota cap floor hold reverse guarantee draw pool share group
    remainders leavers
    """
)
_FOLLOWED_BY = {
    "source": '"',
    "start": r"of\b",
    "end": r"of\b",
    "days": r"from\b",
    "whole": r"(?:months|rates)\b",
    "marginal": r"rates\b",
    "interpolated": r"rates\b",
    "rates": r"on\b",
    "period": r"(?:month|quarter|year)\b",
    **dict.fromkeys(_STEP_NAMES, r"(?!=(?!=))"),
    "bands": r"of\b",
    "set": r"of\b",
    "list": r"of\b",
    "limit": r"on\b",
    "all": r"of\b",
    "one": r"level\b",
    "own": r"limit\b",
    "up": r"to\b",
    "at": r"(?:least|most)\b",
    "reports": r"(?:to|directly)\b",
    "anyone": r"may\b",
    "nobody": r"may\b",
    "requester": r"may\b",
    "separate": rf"{_NAME_NEXT}\w*(?:\s|#[^\n]*)+and\b",
    "superiors": r"inherit\b",
    "escalate": r"(?:to|through)\b",
    "evidence": rf"(?!by\b){_NAME_NEXT}",
    "any": r"(?!\()",
    "day": r"(?!per\b)",
    "week": r"(?!per\b)",
    "month": r"(?!per\b|:)",
    "quarter": r"(?!per\b|:)",
    "year": r"(?!per\b)",
}
_BLANK = r"(?:\s|\#[^\n]*)*+"
_ELSEWHERE = re.compile(_BLANK + r"(?!may\b|:)")
_AFTER = {word: re.compile(_BLANK + pattern) for word, pattern in _FOLLOWED_BY.items()}
BEFORE_TEXT = re.compile(_BLANK + '"')
BEFORE_MONTH = re.compile(_BLANK + r"month(?![\w.])")
BEFORE_ARROW = re.compile(_BLANK + "(?:->|=>|→)")

_WATCHED = {word: (name, re.compile(_BLANK + after)) for word, (name, after) in WATCHED.items()}
_COUNTED = re.compile(rf"{_BLANK}(?!{_OPERATOR}|{_PARTS})[^\W\d][\w.]*+{_BLANK}(?![:=(]|of\b)")


def watched(word: str, text: str, end: int) -> str | None:
    """The terminal that a word ending at `end` may be in a watch."""
    name, after = _WATCHED.get(word, (None, None))
    return name if after is not None and after.match(text, end) else None


def counts(text: str, end: int) -> bool:
    """Whether a number of a watch ending at `end` says how many: `3 Return by customer`."""
    return _COUNTED.match(text, end) is not None


def keyword_meant(word: str, text: str, end: int) -> bool:
    """Whether `word`, ending at `end` where a name could stand too, is the keyword."""
    return (_AFTER.get(word) or _ELSEWHERE).match(text, end) is not None
