"""Catalogue entries: reading the text (E0001 to E0099)."""

from __future__ import annotations

from remit_dsl.catalogue.entry import Entry

_HEAD = "policy p { owner board currency CNY }\n"


def _in_authority(statement: str) -> str:
    return (
        f"{_HEAD}position clerk\nposition deputy\n"
        "action purchase { amount money limit on amount }\n"
        f"authority purchase {{\n  {statement}\n}}\n"
    )


def _define(value: str, type: str = "number") -> str:
    return f"{_HEAD}define a: {type} = {value}\n"


_FILES = {
    "E0001": Entry(
        "a file that is not UTF-8",
        "A policy file is UTF-8 text. This one holds a byte that UTF-8 does not know, often "
        "because it was saved as UTF-16 or GBK.",
        "Open the file in an editor and save it with the encoding UTF-8.",
    ),
    "E0002": Entry(
        "a file that is too large",
        "A policy file has at most 8 MiB, so that a wrong file (an export, an image) is refused "
        "at once.",
        "Split the policy into several files and join them with `use`.",
    ),
    "E0003": Entry(
        "nesting that is too deep",
        "Brackets may stand 200 deep, expressions 100 and blocks 50. Deeper text cannot be read by "
        "a person either.",
        "Give the inner parts names with `define`.",
        _define("(" * 201 + "1" + ")" * 201),
    ),
    "E0004": Entry(
        "too many faults",
        "After 100 faults the rest of a text is not reported: it is probably not a policy, or one "
        "early mistake caused the others.",
        "Repair the first faults and check again.",
    ),
}

_CHARACTERS = {
    "E0010": Entry(
        "a character that has no place here",
        "The character is no part of the language: a semicolon, a bracket, a currency sign, or one "
        "that cannot be seen.",
        "Delete it, or write what the help line proposes.",
        _in_authority("clerk may approve any;"),
    ),
    "E0011": Entry(
        "full-width or typographic punctuation",
        "A Chinese or typographic sign stands where the language has a plain one.",
        "Write the plain sign: `,` for `，`, `:` for `：`, `%` for `％`, `-` for `–`.",
        _in_authority("clerk，deputy may approve any"),
    ),
    "E0012": Entry(
        "curly quotes",
        "Word processors turn straight quotes into curly ones. Only straight quotes hold a text.",
        'Write `"` before and after the text.',
        f"{_HEAD}position chef “Chef”\n",
    ),
    "E0013": Entry(
        "a text that does not end",
        'A text ends with `"` on the line on which it begins.',
        r'Close the text with `"`. A line break inside a text is written `\n`.',
        f'{_HEAD}position chef "Chef\n',
    ),
    "E0014": Entry(
        "an unknown escape",
        r'In a text, a backslash goes with `"`, `\`, `n` or `t`.',
        r"Write `\\` for a backslash itself.",
        f'{_HEAD}position chef "a\\b"\n',
    ),
    "E0015": Entry(
        "a character that makes the text look different",
        "Characters that switch between left-to-right and right-to-left, or that an editor shows "
        "as the end of a line although they are none, make a rule look different from what it "
        "says. They are refused everywhere, in texts and comments too.",
        "Delete the character; most editors can show it.",
        f"{_HEAD}# under 5%\u202e\n",
    ),
    "E0016": Entry(
        "a name in two scripts",
        "The name mixes letters of two scripts that look alike, such as a Cyrillic `а` in a Latin "
        "word. Two such names look the same and are not. Chinese, Japanese and Korean names may "
        "hold Latin letters.",
        "Type the name again in one script.",
        f"{_HEAD}define p\u0430rt: number = 1\n",
    ),
}

_NUMBERS = {
    "E0017": Entry(
        "digits grouped with a comma",
        "A comma separates numbers. Inside one number it could be read in two ways, so it is not "
        "allowed there.",
        "Write `200_000` for one number, or put a blank after the comma for two.",
        _in_authority("clerk may approve up to 200,000"),
    ),
    "E0018": Entry(
        "a number with an exponent",
        "Numbers are written out, so that an amount can be read at a glance.",
        "Write `1_000_000` for `1e6`, `100万` or `0.001` for `1e-3`.",
        _define("1e6"),
    ),
    "E0019": Entry(
        "a number that is not well written",
        "A digit is missing beside the point, `_` does not stand between two digits, the number "
        "begins with an idle zero, or letters follow that are no unit.",
        "Write `0.5`, `200_000`, `12%`, `20万` or `90 days`.",
        _define(".5"),
    ),
    "E0020": Entry(
        "a date in another notation",
        "Dates are written year, month, day with two digits each and hyphens.",
        "Write `2026-01-31`.",
        f"{_HEAD}parameter x: percent {{ from 2026-1-1 -> 5% }}\n",
    ),
    "E0021": Entry(
        "a day that does not exist",
        "The calendar has no such day.",
        "Look up the last day of the month.",
        f"{_HEAD}parameter x: percent {{ from 2026-02-30 -> 5% }}\n",
    ),
    "E0022": Entry(
        "an unknown currency",
        "Currencies are written by their code in ISO 4217: three capital letters.",
        "Write `CNY`, `USD`, `EUR` and so on; the Chinese yuan is `CNY`.",
        _in_authority("clerk may approve up to 200_000 RMB when true"),
    ),
    "E0023": Entry(
        "an operator from a programming language",
        "Conditions are written with `=`, `!=`, `and`, `or`, `not`, to be read aloud.",
        "Write `=` for `==`, `and` for `&&`, `or` for `||`, `!=` for `<>`, `>=` for `=>`.",
        _define("1 == 1", "boolean"),
    ),
}

_STRUCTURE = {
    "E0030": Entry(
        "something else was expected",
        "The text cannot go on like this. The message says what could stand here.",
        "Compare the line with one that works, or with the language guide.",
        _in_authority("clerk may approve up to"),
    ),
    "E0031": Entry(
        "a word the language does not know here",
        "A word stands where only certain words can. It is probably misspelt, or comes from "
        "another language.",
        "Write the word of the help line.",
        _in_authority("clerk may approve upto 10_000"),
    ),
    "E0032": Entry(
        "a word of the language used as a name",
        "Words such as `when`, `and`, `if` cannot be names: a condition would be misheard. Most "
        "other words can.",
        "Choose another name.",
        f"{_HEAD}define when: number = 1\n",
    ),
    "E0033": Entry(
        "a missing closing brace",
        "A block that was opened with `{` is not closed before the next declaration or the end of "
        "the file.",
        "Write `}` where the block ends; the note shows where it begins.",
        f"{_HEAD}enum Region {{ north south\n",
    ),
    "E0034": Entry(
        "a bracket that closes nothing",
        "There is a `}` or `)` too many, or an earlier one closed its block too soon.",
        "Delete it.",
        f"{_HEAD}enum Region {{ north }} }}\n",
    ),
    "E0035": Entry(
        "a missing closing parenthesis",
        "A `(` has no `)` before the next clause, statement or declaration.",
        "Write `)` where the parenthesis ends; the note shows where it begins.",
        _define("(1 + 2"),
    ),
    "E0036": Entry(
        "a missing opening brace",
        "A declaration has a `}` but no `{`.",
        "Write `{` after the name and its labels.",
        f"{_HEAD}enum Region north south }}\n",
    ),
}

_MEANING = {
    "E0040": Entry(
        "mixed `and` and `or` without parentheses",
        "People read `a or b and c` in two ways, so the language asks which is meant.",
        "Put parentheses around the part that belongs together.",
        _define("true or false and true", "boolean"),
    ),
    "E0041": Entry(
        "a chain of comparisons",
        "`1 < x < 3` is not a comparison here: each compares two values.",
        "Write `x between 1 and 3` (both included), or `1 < x and x < 3`.",
        _define("1 < 2 < 3", "boolean"),
    ),
    "E0043": Entry(
        "a list that is not well walked",
        "`sum`, `average`, `min`, `max` walk a list with `for`; `count`, `any`, `all` with `in` "
        "and `where`.",
        "Write `sum(line.amount for line in order.lines where …)` or "
        "`any(line in order.lines where …)`.",
        _define("any(line in lines)", "boolean"),
    ),
    "E0050": Entry(
        "something said twice",
        "A clause, a header line or a line of a block may stand once.",
        "Keep one of the two. Two conditions are joined with `and`.",
        _in_authority("clerk may approve any when true when false"),
    ),
    "E0051": Entry(
        "a right limited from below",
        "`may approve over 10%` would allow much and forbid little. A right has an upper limit.",
        "Write `up to`, `under`, `between … and …` or `any`; to forbid, write `may not … over`.",
        _in_authority("clerk may approve over 10_000"),
    ),
    "E0052": Entry(
        "the words `anyone may not`",
        "It can mean that nobody may, or that not everybody may.",
        "Write `nobody may`.",
        _in_authority("anyone may not approve"),
    ),
    "E0053": Entry(
        "a count that is no whole number",
        "A headcount and a number of persons are whole numbers of at least one.",
        "Write `2`.",
        f"{_HEAD}position chef {{ headcount 1.5 }}\n",
    ),
    "E0054": Entry(
        "parts of a file out of order",
        "A file begins with one `policy` header, then `use`, then the declarations.",
        "Move the header or the `use` to the top; give a second policy a file of its own.",
        "position chef\npolicy p { owner board currency CNY }\n",
    ),
    "E0057": Entry(
        "an unknown language of a label",
        "Translations are marked by one of the language codes the system knows.",
        "Write one of the codes of the help line.",
        f'{_HEAD}position chef "Chef" xx "Boss"\n',
    ),
}

ENTRIES: dict[str, Entry] = {**_FILES, **_CHARACTERS, **_NUMBERS, **_STRUCTURE, **_MEANING}
