"""Cutting numbers and dates, and saying what is wrong with the ones that only look like it."""

from __future__ import annotations

import re

from remit_dsl.lexing import numerals
from remit_dsl.lexing.currencies import CODES, NICKNAMES
from remit_dsl.lexing.tokens import Tape, Token
from remit_dsl.suggest import nearest

NO_DAY = "2000-01-01"
"""What a date that cannot be read stands for in the tree, so that the rest can be checked."""
_ODD_DATE = re.compile(
    r"""(?:((?:19|20)[0-9]{2})([-/.])([0-9]{1,4})\2([0-9]{1,4})
    |([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日?
    |([0-9]{1,6})-(0[0-9])-([0-3][0-9])
    |((?:19|20)[0-9]{2})([01][0-9])-([0-3][0-9])
    |((?:19|20)[0-9]{2})-([01][0-9])([0-3][0-9]))(?![\w.])""",
    re.VERBOSE,
)
_NAME_BEFORE = re.compile(r"[^\W\d][\w.]*\Z")
_COMMAS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9_])(?:\.[0-9]+)?")
_EXPONENT = re.compile(r"[0-9][0-9_]*(?:\.[0-9_]+)?[eE][+-]?[0-9]+(?!\w)")
_TAIL = re.compile(r"[\w.]*\w|\.")
_WIDE_PERCENT = re.compile(r"[ \t]*％")


def cut(tape: Tape, start: int) -> Token:
    """The number or date at `start`."""
    for reader in (_date, _point_first, _with_commas, _exponent):
        token = reader(tape, start)
        if token is not None:
            return token
    return _plain(tape, start)


def _date(tape: Tape, start: int) -> Token | None:
    found = numerals.DATE.match(tape.text, start)
    odd = None if found else _ODD_DATE.match(tape.text, start)
    if found:
        return _day(tape, start, found.end(), found.group())
    if odd is None:
        return None
    year, month, day = (int(part) for part in odd.groups() if part and part.isdigit())
    meant = f"{year:04}-{month:02}-{day:02}"
    tape.fault(
        "E0020",
        start,
        odd.end(),
        f"`{odd.group()}` is not how a date is written",
        f"write `{meant}`"
        if numerals.read_date(meant)
        else "write year, month and day: `2026-01-31`",
    )
    return _day(tape, start, odd.end(), meant if numerals.read_date(meant) else NO_DAY)


def _day(tape: Tape, start: int, end: int, written: str) -> Token:
    tape.position = end
    if numerals.read_date(written) is None:
        tape.fault("E0021", start, end, f"there is no day `{written}`")
        written = NO_DAY
    return tape.token("DATE_LITERAL", written, start, end)


def _point_first(tape: Tape, start: int) -> Token | None:
    if tape.text[start] != ".":
        return None
    found = numerals.match(tape.text, start + 1)
    end = found.end() if found else start + 2
    written = "0" + tape.text[start:end]
    said = tape.text[start:end]
    if name := _NAME_BEFORE.search(tape.text, tape.line_start, start):
        message = f"`{said}` cannot be the end of a name"
        help = f'a rule whose id ends in a number is named in quotes: `"{name.group()}{said}"`'
    else:
        message, help = f"`{said}` lacks the digit before the point", f"write `{written}`"
    tape.fault("E0019", start, end, message, help)
    return _numeral(tape, written, start, end)


def _with_commas(tape: Tape, start: int) -> Token | None:
    found = _COMMAS.match(tape.text, start)
    if found is None:
        return None
    written = found.group()
    one = written.replace(",", "_")
    help = f"write `{one}`"
    if not any(group.startswith("0") for group in written.split(",")[1:]):
        help += f" for one number, `{written.replace(',', ', ')}` for several"
    tape.fault("E0017", start, found.end(), f"`{written}` groups its digits with a comma", help)
    unit = numerals.match("1" + tape.text[found.end() : found.end() + 20], 0)
    end = found.end() + (unit.end() - 1 if unit else 0)
    return _numeral(tape, one + tape.text[found.end() : end], start, end)


def _exponent(tape: Tape, start: int) -> Token | None:
    found = _EXPONENT.match(tape.text, start)
    if found is None:
        return None
    tape.fault(
        "E0018",
        start,
        found.end(),
        f"`{found.group()}` is written with an exponent",
        "write the number out: `1_000_000`, `0.001`",
    )
    return _numeral(tape, "1", start, found.end())


def _plain(tape: Tape, start: int) -> Token:
    found = numerals.match(tape.text, start)
    end = found.end() if found else start + 1
    written = tape.text[start:end]
    wide = _WIDE_PERCENT.match(tape.text, end) if written[-1].isdigit() else None
    if wide:
        tape.fault("E0011", wide.end() - 1, wide.end(), "`％` is a full-width sign", "write `%`")
        return _numeral(tape, written + "%", start, wide.end())
    tail = _TAIL.match(tape.text, end)
    if tail:
        return _with_tail(tape, start, end, tail.group())
    if numerals.has_idle_zero(written):
        tape.fault(
            "E0019",
            start,
            end,
            f"`{written}` begins with an idle zero",
            "write `_` between groups of digits, and no zero in front",
        )
    return _numeral(tape, written, start, end)


def _with_tail(tape: Tape, start: int, end: int, tail: str) -> Token:
    """A number with letters or signs stuck to it: `20k`, `5.`, `1__0`, `20万元`, `200RMB`."""
    whole = tape.text[start : end + len(tail)]
    if tail[0] in "万亿" and tail[1:] in NICKNAMES:
        end, tail = end + 1, tail[1:]
    if tail.isalpha() and (tail.isupper() or tail in NICKNAMES):
        code = NICKNAMES.get(tail) or nearest(tail, CODES)
        tape.fault(
            "E0022",
            end,
            end + len(tail),
            f"`{tail}` is not a currency code",
            f"write `{tape.text[start:end]} {code}`"
            if code
            else "currencies are written by their ISO code: `CNY`, `USD`, `EUR`",
        )
    else:
        tape.fault("E0019", start, end + len(tail), f"`{whole}` is not a number", _tail_help(tail))
    return _numeral(tape, tape.text[start:end], start, end + len(tail))


def _tail_help(tail: str) -> str:
    if tail == ".":
        return "leave out the point"
    if "_" in tail:
        return "a single `_` stands between two digits: `200_000`"
    return "after a number stand `%`, `‰`, `bp`, `万`, `亿`, a currency code, `days` or `months`"


def _numeral(tape: Tape, written: str, start: int, end: int) -> Token:
    tape.position = end
    type = "SPAN_LITERAL" if _is_span(written) else "NUMERAL"
    return tape.token(type, written, start, end)


def _is_span(written: str) -> bool:
    if written[-1] in "0123456789%":
        return False
    found = numerals.NUMERAL.fullmatch(written)
    return found is not None and found["span"] is not None
