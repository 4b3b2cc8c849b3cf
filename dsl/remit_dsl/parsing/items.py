"""The items that blocks are made of, and how the beginning of one looks from outside."""

from __future__ import annotations

from collections.abc import Callable

from remit_dsl.lexing.braces import declares, is_first_on_line
from remit_dsl.lexing.tokens import Token
from remit_dsl.lexing.wordlists import words

_HEADER = words(
    """
    document version revision summary effective approved published owner currency
    """
)
_POSITION = words("reports dotted also answers headcount external source")
_DELEGATION = words("to at needs never onward")
_PLAN = words(
    """
    pays period currency effective from on credit quota cap floor hold reverse guarantee draw pool
    share group remainders leavers source
    """
)
_SCORECARD = words("of period item score source")
_MEASURED = words("weight target floor cap value nothing higher lower")
_ALLOCATION = words("amount year by in remainders amend source")
_TIER = words("up under at over otherwise")
_BAND = frozenset(["under", "up", "otherwise"])
_BOUNDS = words("over under at up between needs")


def begins(level: str, tokens: list[Token], index: int) -> bool:
    """Whether an item of this level plausibly begins at `index`."""
    return _BEGINNINGS[level](tokens, index)


def _is_name(token: Token) -> bool:
    return token.type == "DOTTED" or token.text[:1].isidentifier()


def _word(words: frozenset[str]) -> Callable[[list[Token], int], bool]:
    return lambda tokens, index: tokens[index].text in words


def _declaration(tokens: list[Token], index: int) -> bool:
    fresh = is_first_on_line(tokens, index) or tokens[index - 1].type == "RBRACE"
    return fresh and declares(tokens, index)


def _statement(tokens: list[Token], index: int) -> bool:
    token, after = tokens[index], tokens[index + 1 : index + 2]
    if not _is_name(token) or not after:
        return False
    if after[0].type == "COLON":
        return True
    if (token.text, after[0].text) in (
        ("superiors", "inherit"),
        ("escalate", "to"),
        ("escalate", "through"),
    ):
        return True
    if is_first_on_line(tokens, index) and (after[0].text in _BOUNDS or token.text == "separate"):
        return True
    return _has_may(tokens, index)


def _has_may(tokens: list[Token], index: int) -> bool:
    """`a may`, `a, b, c may`."""
    while _is_name(tokens[index]):
        after = tokens[index + 1]
        if after.text == "may":
            return index == 0 or tokens[index - 1].type != "COMMA" or True
        if after.type != "COMMA":
            return False
        index += 2
    return False


def _named_field(tokens: list[Token], index: int) -> bool:
    return _is_name(tokens[index]) and tokens[index + 1].type == "COLON"


def _action_item(tokens: list[Token], index: int) -> bool:
    token = tokens[index]
    return _is_name(token) and (
        is_first_on_line(tokens, index)
        or tokens[index + 1].type == "COLON"
        or (token.text == "limit" and tokens[index + 1].text == "on")
    )


def _plan_item(tokens: list[Token], index: int) -> bool:
    """An item of a plan on a line of its own, or `NAME =` of a step."""
    token = tokens[index]
    if not is_first_on_line(tokens, index):
        return False
    return token.text in _PLAN or (_is_name(token) and tokens[index + 1].type == "EQ")


def _watch_item(tokens: list[Token], index: int) -> bool:
    """A rule or a value of a watch, on a line of its own."""
    token, after = tokens[index], tokens[index + 1]
    if not is_first_on_line(tokens, index):
        return False
    named = _is_name(token) and (after.type in ("COLON", "EQ") or after.text == "of")
    return token.text == "when" or named


def _word_on_new_line(words: frozenset[str]) -> Callable[[list[Token], int], bool]:
    return lambda tokens, index: tokens[index].text in words and is_first_on_line(tokens, index)


def _new_line(tokens: list[Token], index: int) -> bool:
    return is_first_on_line(tokens, index)


def _member(tokens: list[Token], index: int) -> bool:
    return _is_name(tokens[index])


_BEGINNINGS: dict[str, Callable[[list[Token], int], bool]] = {
    "item": _declaration,
    "statement": _statement,
    "header_item": _word(_HEADER),
    "position_item": _word(_POSITION),
    "delegation_item": _word(_DELEGATION),
    "band_row": _word(_BAND),
    "dated_value": _word(frozenset({"from"})),
    "plan_item": _plan_item,
    "scorecard_item": _word_on_new_line(_SCORECARD),
    "measured": _word(_MEASURED),
    "allocation_item": _word_on_new_line(_ALLOCATION),
    "watch_item": _watch_item,
    "tier": _word_on_new_line(_TIER),
    "field": _named_field,
    "action_item": _action_item,
    "enum_member": _member,
    "table_row": _new_line,
}
ITEMS = tuple(_BEGINNINGS)
