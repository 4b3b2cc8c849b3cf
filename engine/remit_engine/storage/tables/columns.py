"""The kinds of columns. Amounts are exact text; days are dates; moments are ISO text in UTC."""

from __future__ import annotations

import re
from fractions import Fraction

import sqlalchemy as sql
from sqlalchemy.engine import Dialect, RowMapping

from remit_engine.commission.basis.periods import Period
from remit_engine.storage.faults import Corrupt, Unstorable
from remit_engine.text import exact

metadata = sql.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Row = RowMapping

_EXACT = re.compile(r"-?[0-9]+(\.[0-9]+)?(/[0-9]+)?")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
ALTERED = "somebody altered it: take the store from a copy that `remit commission verify` passes"
LONG = sql.BigInteger().with_variant(sql.Integer, "sqlite")
"""A whole number of 64 bits; SQLite numbers its rows only where it reads `INTEGER`."""


class Exact(sql.types.TypeDecorator[Fraction]):
    """An exact number as text: `12.5`, or `1/3` where there is no finite decimal form."""

    impl = sql.Text
    cache_ok = True

    def process_bind_param(self, value: Fraction | None, dialect: Dialect) -> str | None:
        """As it is kept."""
        return None if value is None else exact(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Fraction | None:
        """As it was; Corrupt for what is no exact number."""
        if value is not None and _EXACT.fullmatch(value) is None:
            raise Corrupt(f"`{value[:40]}` in the store is no amount", ALTERED)
        return None if value is None else Fraction(value)


class Written(sql.types.TypeDecorator[Period]):
    """A period as it is written: `2026-03`, `2026-Q1`, `2026`."""

    impl = sql.Text
    cache_ok = True

    def process_bind_param(self, value: Period | None, dialect: Dialect) -> str | None:
        """As it is kept."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Period | None:
        """As it was; Corrupt for what is no period."""
        found = None if value is None else Period.parse(value)
        if value is not None and found is None:
            raise Corrupt(f"`{value[:40]}` in the store is no period", ALTERED)
        return found


class Said(sql.types.TypeDecorator[str]):
    """Text that somebody outside wrote; Unstorable for what no database keeps."""

    impl = sql.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """As it is kept."""
        return None if value is None else storable(value)


def storable(text: str) -> str:
    """The text; Unstorable where a character of it is none: a NUL, half of a surrogate pair."""
    if _UNSTORABLE.search(text):
        raise Unstorable(
            "the text holds a character that cannot be kept",
            "take NUL characters and halves of surrogate pairs out of it",
        )
    return text


def number(name: str = "id") -> sql.Column[int]:
    """The number of a row, given by the database."""
    return sql.Column(name, sql.Integer, primary_key=True, autoincrement=True)


def key(name: str = "id") -> sql.Column[str]:
    """The name of a row, given by us; part of the key where there are several."""
    return sql.Column(name, sql.Text, primary_key=True)


def text(name: str) -> sql.Column[str]:
    """A text that is always there."""
    return sql.Column(name, sql.Text, nullable=False)


def optional(name: str) -> sql.Column[str]:
    """A text that may be absent."""
    return sql.Column(name, sql.Text)


def said(name: str) -> sql.Column[str]:
    """A text from outside that is always there."""
    return sql.Column(name, Said, nullable=False)


def perhaps_said(name: str) -> sql.Column[str]:
    """A text from outside that may be absent."""
    return sql.Column(name, Said)


def period(name: str) -> sql.Column[Period]:
    """A period."""
    return sql.Column(name, Written, nullable=False)


def amount(name: str) -> sql.Column[Fraction]:
    """An exact number that may be absent."""
    return sql.Column(name, Exact)


def whole(name: str) -> sql.Column[int]:
    """A whole number."""
    return sql.Column(name, sql.Integer, nullable=False)


def of(table: str) -> sql.Column[int]:
    """The row of another table, by its number, that a row belongs to."""
    target = f"{table}.id"
    return sql.Column(table, sql.Integer, sql.ForeignKey(target), nullable=False, index=True)


def of_named(table: str, name: str | None = None) -> sql.Column[str]:
    """The row of another table, by its name, that a row belongs to."""
    target = f"{table}.id"
    return sql.Column(name or table, sql.Text, sql.ForeignKey(target), nullable=False, index=True)
