"""Reading written numbers exactly: `200_000`, `20万`, `12%`, `2‰`, `25bp`, `90 days`, dates."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

from remit_dsl.lexing.currencies import is_currency
from remit_dsl.source import Span
from remit_dsl.syntax import Literal

DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?!\w)", re.ASCII)

_DIGITS = r"[0-9]+(?:_[0-9]+)*"
_UNIT_END = r"(?!\w|\s*:|\s+may\b)"
NUMERAL = re.compile(
    rf"""(?P<digits>{_DIGITS}(?:\.{_DIGITS})?)
    (?:[ \t]*(?P<ratio>%|‰|bp(?!\w))
      |[ \t]*(?P<span>days?|weeks?|months?|years?){_UNIT_END}
             (?:[ \t]+(?P<rule>clipped|rolled)(?!\w))?
      |(?:[ \t]*(?P<many>[万亿])(?=[A-Z]{{3}}(?!\w)|\W|$))?
       (?:[ \t]*(?P<currency>[A-Z]{{3}}){_UNIT_END})?
    )?""",
    re.VERBOSE,
)

_RATIOS = {"%": 100, "‰": 1000, "bp": 10000}
_MANY = {"万": 10_000, "亿": 100_000_000}
_SPANS = {
    "day": ("days", 1),
    "week": ("days", 7),
    "month": ("months", 1),
    "year": ("months", 12),
}


def match(text: str, position: int) -> re.Match[str] | None:
    """The longest numeral at `position`; letters that are no currency code stay outside."""
    found = NUMERAL.match(text, position)
    if found is None or found["currency"] is None or is_currency(found["currency"]):
        return found
    end = found.end("many") if found["many"] else found.end("digits")
    return NUMERAL.match(text, position, end)


def literal(written: str, span: Span) -> Literal:
    """The literal of a text that `NUMERAL` matches as a whole."""
    found = NUMERAL.fullmatch(written)
    if found is None:
        raise ValueError(f"not a number: {written!r}")
    digits = found["digits"].replace("_", "")
    if found["ratio"]:
        unit = found["ratio"]
        return Literal(span, "percent", Fraction(digits) / _RATIOS[unit], written, unit)
    if found["span"]:
        unit = found["span"]
        kind, size = _SPANS[unit.removesuffix("s")]
        return Literal(span, kind, Fraction(digits) * size, written, unit, found["rule"])
    value = Fraction(digits) * _MANY.get(found["many"] or "", 1)
    if found["currency"]:
        return Literal(span, "money", value, written, found["currency"])
    return Literal(span, "number", value, written, found["many"])


def read_date(written: str) -> date | None:
    """The date of `2026-01-31`, None when there is no such day or it is written otherwise."""
    found = DATE.fullmatch(written)
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


_ESCAPES = {"\\n": "\n", "\\t": "\t", '\\"': '"', "\\\\": "\\"}
_ESCAPE = re.compile(r"\\.", re.DOTALL)


def unescape(quoted: str) -> str:
    """The text of a quoted string."""
    inner = quoted[1:-1]
    if "\\" not in inner:
        return inner
    return _ESCAPE.sub(lambda m: _ESCAPES.get(m.group(), m.group()), inner)


def has_idle_zero(written: str) -> bool:
    """True for `007` and `050`: the tail of a number that was grouped with commas."""
    return len(written) > 1 and written[0] == "0" and written[1] in "0123456789_"
