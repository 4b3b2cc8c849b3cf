"""Requests as rows of the table that the batch judge reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from remit_engine.compile.sql_columns import TOTALS, Column, Path
from remit_engine.compile.sql_cuts import EPOCH
from remit_engine.people.party import Party
from remit_engine.request import Request
from remit_engine.warehouse.warehouse import BIGINT, BOOLEAN, TEXT, Columns, Row

LARGEST = 2**63 - 1
FIXED: Columns = (
    ("row_id", BIGINT),
    ("actor", TEXT),
    ("requester", TEXT),
    ("action", TEXT),
    ("verb", TEXT),
    ("as_of", BIGINT),
    ("irregular", BOOLEAN),
)
"""The columns that every table of requests begins with."""


class NotPlain(Exception):
    """Something of a request has no exact place in a row."""


def columns_of(columns: Sequence[Column]) -> Columns:
    """All columns of a table of requests, in their order."""
    return (*FIXED, *((c.name, c.type) for c in columns))


def row_of(number: int, request: Request, columns: Sequence[Column], others: frozenset[str]) -> Row:
    """The row of a request. columns: those of the table; others: see `BatchJudge.others`."""
    cells: dict[Path, Any] = {}
    try:
        cells = _cells(request)
        actor = _name(request.actor)
        requester = None if request.requester is None else _name(request.requester)
        irregular = bool(request.approvals or request.evidence) or any(
            _under(path, others) for path in cells
        )
        found = [_cell(cells.get(c.path), c) for c in columns]
    except NotPlain:
        actor, requester, irregular, found = "", None, True, [None] * len(columns)
    as_of = request.as_of.toordinal() - EPOCH
    return (number, actor, requester, request.action, request.verb, as_of, irregular, *found)


def _cells(request: Request) -> dict[Path, Any]:
    """Everything stated, by path."""
    cells = dict(_leaves(request.facts, ()))
    cells |= {(TOTALS, name): used for name, used in request.totals.items()}
    for role, party in (("actor", request.actor), ("requester", request.requester)):
        if party is not None and party.person is None:
            stated = {k: v for k, v in party.attributes.items() if k != "position"}
            cells |= dict(_leaves(stated, (role,)))
    return cells


def _leaves(facts: Mapping[str, Any], above: Path) -> Iterator[tuple[Path, Any]]:
    for name, value in facts.items():
        if isinstance(value, Mapping):
            if not value:  # an object with nothing in it is given all the same
                raise NotPlain
            yield from _leaves(value, (*above, name))
        elif value is None:  # given as absent, which a row cannot tell from not given
            raise NotPlain
        else:
            yield (*above, name), value


def _under(path: Path, others: frozenset[str]) -> bool:
    return any(".".join(path[:n]) in others for n in range(1, len(path) + 1))


def _name(party: Party) -> str:
    """The one word that names a party."""
    if party.beside:
        raise NotPlain
    if party.person is not None:
        return party.person
    if len(party.holdings) != 1 or party.holdings[0].unit is not None:
        raise NotPlain
    return party.holdings[0].position


def _cell(value: Any, column: Column) -> Any:
    if value is None:
        return None
    if column.form == "text" and isinstance(value, str):
        return value
    if column.form == "boolean" and isinstance(value, bool):
        return value
    if column.form == "date" and isinstance(value, date):
        return value.toordinal() - EPOCH
    if column.numeric and isinstance(value, Fraction):
        whole = value * 10**column.scale
        if whole.denominator == 1 and abs(whole) <= LARGEST:
            return whole.numerator
    raise NotPlain


__all__ = ["FIXED", "NotPlain", "columns_of", "row_of"]
