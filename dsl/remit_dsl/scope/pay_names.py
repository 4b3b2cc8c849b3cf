"""The names of each place of pay: a line, a statement, what lies ahead, a weight."""

from __future__ import annotations

from collections.abc import Iterable

from remit_dsl.pay import STATEMENT_NAMES, Event
from remit_dsl.program import Field
from remit_dsl.scope.facts import PayFacts
from remit_dsl.source import NOWHERE, Span
from remit_dsl.types import DATE, INTEGER, PERSON, Type

_MONEY = ("credit", "quota", "paid")
_COUNTS = ("lines", "days_active", "days_in_period", "months_in_plan", "reports")
AHEAD = ("days_active", "days_in_period", "months_in_plan")
_ASKING = {
    "actor": ("`actor` belongs to a request", "pay knows `payee`"),
    "requester": ("`requester` belongs to a request", "pay knows `payee`"),
}
_OF_LINES = "a statement knows sums of lines: `credit`, `lines`"
Refused = dict[str, tuple[str, str | None]]


def person(span: Span) -> dict[str, Field]:
    """`payee` and `as_of`."""
    return {
        "payee": Field("payee", PERSON, False, None, span),
        "as_of": Field("as_of", DATE, False, None, NOWHERE),
    }


def named(names: Iterable[str], money: Type, span: Span) -> dict[str, Field]:
    """Names of a statement with their types."""
    return {n: Field(n, money if n in _MONEY else INTEGER, False, None, span) for n in names}


def line(where: str, span: Span, event: Event, with_payee: bool) -> PayFacts:
    """What an expression about one line may read."""
    fields = {**event.fields, **person(span)}
    refused: Refused = dict(_ASKING)
    for name in STATEMENT_NAMES:
        refused[name] = f"`{name}` belongs to a statement, and this is about one line", None
    if not with_payee:
        del fields["payee"]
        refused["payee"] = "the lines of a pool have no payee", "a share may have a weight"
    return PayFacts(f"a line of {where}", span, fields, {}, refused, event.links)


def statement(
    where: str,
    span: Span,
    known: dict[str, Field],
    paths: dict[str, tuple[str, ...]],
    refused: Refused,
    event: Event | None,
) -> PayFacts:
    """What an expression about a statement may read."""
    why: Refused = {n: (f"`{n}` is a field of a line", _OF_LINES) for n in _fields(event)}
    for name in (*_MONEY, *_COUNTS):
        why[name] = (f"`{name}` is not known here", None)
    return PayFacts(f"a statement of {where}", span, known, paths, {**_ASKING, **why, **refused})


def _fields(event: Event | None) -> Iterable[str]:
    return event.fields if event is not None else ()
