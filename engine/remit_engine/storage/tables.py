"""The tables of the store. Amounts are exact text; days are dates; moments are ISO text in UTC."""

from __future__ import annotations

import re
from fractions import Fraction

import sqlalchemy as sql
from sqlalchemy.engine import Dialect, RowMapping

from remit_engine.commission.periods import Period
from remit_engine.commission.statement import AMOUNTS
from remit_engine.storage.faults import Corrupt
from remit_engine.text import exact

metadata = sql.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


_EXACT = re.compile(r"-?[0-9]+(\.[0-9]+)?(/[0-9]+)?")
ALTERED = "somebody altered it: take the store from a copy that `remit commission verify` passes"


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


def _number(name: str = "id") -> sql.Column[int]:
    return sql.Column(name, sql.Integer, primary_key=True, autoincrement=True)


def _text(name: str) -> sql.Column[str]:
    return sql.Column(name, sql.Text, nullable=False)


def _optional(name: str) -> sql.Column[str]:
    return sql.Column(name, sql.Text)


def _period(name: str) -> sql.Column[Period]:
    return sql.Column(name, Written, nullable=False)


def _amount(name: str) -> sql.Column[Fraction]:
    return sql.Column(name, Exact)


def _whole(name: str) -> sql.Column[int]:
    return sql.Column(name, sql.Integer, nullable=False)


def _of(table: str) -> sql.Column[int]:
    """The row of another table that a row belongs to."""
    target = f"{table}.id"
    return sql.Column(table, sql.Integer, sql.ForeignKey(target), nullable=False, index=True)


run = sql.Table(
    "run",
    metadata,
    _number(),
    _period("period"),
    _text("policy"),
    sql.Column("day", sql.Date, nullable=False),
    _text("made"),
    _text("data"),
    _text("engine"),
    sqlite_autoincrement=True,
)

run_plan = sql.Table(
    "run_plan",
    metadata,
    _number(),
    _of("run"),
    _text("plan"),
    _optional("currency"),
    # how many closings the plan had when it ran
    _whole("closings"),
    # why it cannot be closed, as a JSON list of sentences
    _text("faults"),
    sql.UniqueConstraint("run", "plan"),
)

statement = sql.Table(
    "statement",
    metadata,
    _number(),
    _of("run"),
    _text("plan"),
    _text("person"),
    _period("period"),
    *(_amount(name) for name in AMOUNTS),
    # the steps by name, as JSON of exact text
    _text("steps"),
    _optional("fault"),
    _text("digest"),
    sql.UniqueConstraint("run", "plan", "period", "person"),
)

stage = sql.Table(
    "stage",
    metadata,
    _number(),
    _of("statement"),
    _whole("position"),
    _text("name"),
    _text("rule"),
    # the place of the rule, as JSON
    _optional("span"),
    _text("inputs"),
    _amount("value"),
    _text("kind"),
    _text("note"),
)

line = sql.Table(
    "line",
    metadata,
    _number(),
    _of("statement"),
    _whole("position"),
    _text("event"),
    _text("kind"),
    sql.Column("day", sql.Date, nullable=False),
    _amount("credit"),
    _amount("earned"),
    # the tier parts, as JSON of exact text
    _text("parts"),
    _amount("share"),
    _text("place"),
)

movement = sql.Table(
    "movement",
    metadata,
    _number(),
    _of("statement"),
    _whole("position"),
    _text("event"),
    _text("kind"),
    _period("counted"),
    _amount("amount"),
    sql.Column("day", sql.Date),
)

uncounted = sql.Table(
    "uncounted",
    metadata,
    _number(),
    _of("run"),
    _text("plan"),
    _text("event"),
    _text("place"),
    _text("reason"),
    sql.Column("fault", sql.Boolean, nullable=False),
)

difference = sql.Table(
    "difference",
    metadata,
    _number(),
    _of("run"),
    _text("plan"),
    _text("person"),
    _period("period"),
    _period("posted"),
    sql.Column("amount", Exact, nullable=False),
    sql.Column("old_run", sql.Integer, sql.ForeignKey("run.id"), nullable=False),
    # what changed, as JSON of exact text
    _text("changes"),
    _text("digest"),
    sql.UniqueConstraint("run", "plan", "period", "person"),
)

closing = sql.Table(
    "closing",
    metadata,
    _number(),
    _text("plan"),
    _period("period"),
    _of("run"),
    _text("by"),
    _text("made"),
    _whole("statements"),
    _whole("differences"),
    # over all that was closed, and over the hash of the closing before
    _text("hash"),
    _text("previous"),
    sql.UniqueConstraint("plan", "period"),
    sql.UniqueConstraint("previous"),
    sqlite_autoincrement=True,
)

dispute = sql.Table(
    "dispute",
    metadata,
    _number(),
    _text("plan"),
    _text("person"),
    _period("period"),
    _optional("line"),
    _amount("expected"),
    _text("reason"),
    _text("by"),
    sql.Column("day", sql.Date, nullable=False),
    sql.Column("deadline", sql.Date, nullable=False),
    sqlite_autoincrement=True,
)

dispute_answer = sql.Table(
    "dispute_answer",
    metadata,
    _number(),
    _of("dispute"),
    _text("status"),
    _text("outcome"),
    _text("by"),
    sql.Column("day", sql.Date, nullable=False),
    sql.UniqueConstraint("dispute"),
)

Row = RowMapping
