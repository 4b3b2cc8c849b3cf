"""JSON read exactly: no float, no NaN, no member twice, bounded depth, faults with their place."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from remit_engine.reading.exact import MOST_DIGITS
from remit_engine.request import InvalidRequest, Problem

DEEPEST = 100
LARGEST = 64 * 1024 * 1024
DOCUMENT = "document"
"""The path of problems with the text as a whole."""


class _RefusedError(ValueError):
    pass


def read_json(data: bytes | str) -> Any:
    """The value of a JSON text: numbers are whole or decimal and exact, of any size.

    `InvalidRequest` with line and column says what is wrong. A member given twice is refused,
    because readers disagree on which of the two counts.
    """
    text = _text(data)
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise _invalid(f"not JSON at {place}: {error.msg.lower()}") from None
    except _RefusedError as error:
        raise _invalid(str(error)) from None
    except RecursionError:
        raise _invalid(f"values are nested more than {DEEPEST} deep") from None
    _check(text, value)
    return value


def _invalid(message: str) -> InvalidRequest:
    return InvalidRequest([Problem(DOCUMENT, message)])


def _text(data: bytes | str) -> str:
    if len(data) > LARGEST:
        raise _invalid("the text is larger than 64 MiB")
    if isinstance(data, str):
        return data.removeprefix("\ufeff")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _invalid(f"the text is not UTF-8 (byte {error.start})") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(k for k, _ in pairs if k in seen or seen.add(k))  # type: ignore[func-returns-value]
        raise _RefusedError(f"the member `{twice[:80]}` is given twice")
    return made


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise _RefusedError(f"a number has more than {MOST_DIGITS:_} digits")
    return int(digits)


def _decimal(digits: str) -> Decimal:
    try:
        number = Decimal(digits)
    except InvalidOperation:
        number = None
    if number is None or len(digits) > MOST_DIGITS or abs(number.adjusted()) > MOST_DIGITS:
        raise _RefusedError(f"a number has more than {MOST_DIGITS:_} digits")
    return number


def _constant(word: str) -> Any:
    raise _RefusedError(f"`{word}` is not a number that can be compared")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_whole,
    parse_float=_decimal,
    parse_constant=_constant,
)
_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")


def _check(text: str, value: Any) -> None:
    """Depth and lone surrogates, looked for only where the text could hold them."""
    deep = text.count("{") + text.count("[") > DEEPEST
    if deep or _HALF_CHARACTER.search(text):
        _walk(value)


def _walk(value: Any) -> None:
    level = [value]
    for depth in range(DEEPEST + 2):
        below: list[Any] = []
        for item in level:
            match item:
                case dict() | list() if depth == DEEPEST:
                    raise _invalid(f"values are nested more than {DEEPEST} deep")
                case dict():
                    below += [*item, *item.values()]
                case list():
                    below += item
                case str():
                    _whole_characters(item)
        level = below


def _whole_characters(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise _invalid("a text holds half a character (a lone surrogate)") from None
