"""Characters that do not belong in a policy text, and what was meant by them."""

from __future__ import annotations

import re
import unicodedata

# Everything outside ASCII that may stand in a name, before a closer look: no general or CJK
# punctuation, no symbols, no full-width signs.
FOREIGN = (
    r"\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u167f\u1681-\u1fff\u2070-\u218f\u2c00-\u2fff"
    r"\u3005-\u3007\u3021-\u302f\u3031-\ufe2f\ufe50-\ufefe\uff10-\uff19\uff21-\uff3a"
    r"\uff41-\uff5a\uff66-\uffdf\U00010000-\U0010ffff"
)

BIDIRECTIONAL = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

# Letters to Unicode, and nothing to the eye.
FILLERS = "\u115f\u1160\u3164\uffa0"

# What an editor may show as the end of a line, and the language does not: a rule could stand in
# what looks like the line after a comment.
LINE_ENDS = re.compile("\r(?!\n)|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")

# Full-width and typographic signs: the plain sign that was meant, or an empty text for none.
FULL_WIDTH = {
    "，": ",",
    "、": ",",
    "：": ":",
    "（": "(",
    "）": ")",
    "｛": "{",
    "｝": "}",
    "％": "%",
    "＝": "=",
    "＜": "<",
    "＞": ">",
    "＋": "+",
    "－": "-",
    "＊": "*",
    "／": "/",
    "＃": "#",
    "；": "",
    "。": "",
    "．": ".",
}
TYPOGRAPHIC = {
    "−": "-",
    "–": "-",
    "—": "-",
    "×": "*",
    "÷": "/",
    "→": "->",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
}
CURLY_QUOTES = "“”„‟＂「」『』"


def describe(character: str) -> str:
    """A character as it can be shown to a person: itself, or its name when it cannot be seen."""
    name = unicodedata.name(character, f"U+{ord(character):04X}").lower()
    if character == "`":
        return "a backtick"
    if character.isprintable() and not unicodedata.combining(character):
        return f"`{character}`"
    return f"the invisible character U+{ord(character):04X} ({name})"


def script(character: str) -> str | None:
    """The script of a letter (`LATIN`, `CYRILLIC`, `CJK`), None for digits, marks and `_`."""
    if not character.isalpha():
        return None
    name = unicodedata.name(character, "UNKNOWN")
    first = name.split(" ", 1)[0].split("-", 1)[0]
    return {"IDEOGRAPHIC": "CJK", "KATAKANA": "KANA", "HIRAGANA": "KANA"}.get(first, first)


_TOGETHER = (
    frozenset({"LATIN", "CJK", "KANA"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
)


def stranger(name: str) -> tuple[int, str, str] | None:
    """The letter of another script inside a name: its index, its script and the name's script.

    Names in one script are fine, and so are the mixtures that Chinese, Japanese and Korean
    writing uses. In a name of two scripts, the stranger is of the rarer one.
    """
    scripts = [script(c) for c in name]
    found = {s for s in scripts if s}
    if len(found) < 2 or any(found <= allowed for allowed in _TOGETHER):
        return None
    # The name is taken for the script of most of its letters, of the first one among equals.
    usual = max(found, key=lambda s: (scripts.count(s), -scripts.index(s)))
    index, odd = next((i, s) for i, s in enumerate(scripts) if s and s != usual)
    return index, odd, usual
