"""Runs of pay, their statements, closed periods, disputes."""

from __future__ import annotations

import sqlalchemy as sql

from remit_engine.commission.statement import AMOUNTS
from remit_engine.storage.tables.columns import (
    Exact,
    amount,
    metadata,
    number,
    of,
    optional,
    period,
    text,
    whole,
)

run = sql.Table(
    "run",
    metadata,
    number(),
    period("period"),
    text("policy"),
    sql.Column("day", sql.Date, nullable=False),
    text("made"),
    text("data"),
    text("engine"),
    sqlite_autoincrement=True,
)

run_plan = sql.Table(
    "run_plan",
    metadata,
    number(),
    of("run"),
    text("plan"),
    optional("currency"),
    # how many closings the plan had when it ran
    whole("closings"),
    # why it cannot be closed, as a JSON list of sentences
    text("faults"),
    sql.UniqueConstraint("run", "plan"),
)

statement = sql.Table(
    "statement",
    metadata,
    number(),
    of("run"),
    text("plan"),
    text("person"),
    period("period"),
    *(amount(name) for name in AMOUNTS),
    # the steps by name, as JSON of exact text
    text("steps"),
    optional("fault"),
    text("digest"),
    sql.UniqueConstraint("run", "plan", "period", "person"),
)

stage = sql.Table(
    "stage",
    metadata,
    number(),
    of("statement"),
    whole("position"),
    text("name"),
    text("rule"),
    # the place of the rule, as JSON
    optional("span"),
    text("inputs"),
    amount("value"),
    text("kind"),
    text("note"),
)

line = sql.Table(
    "line",
    metadata,
    number(),
    of("statement"),
    whole("position"),
    text("event"),
    text("kind"),
    sql.Column("day", sql.Date, nullable=False),
    amount("credit"),
    amount("earned"),
    # the tier parts, as JSON of exact text
    text("parts"),
    amount("share"),
    text("place"),
)

movement = sql.Table(
    "movement",
    metadata,
    number(),
    of("statement"),
    whole("position"),
    text("event"),
    text("kind"),
    period("counted"),
    amount("amount"),
    sql.Column("day", sql.Date),
)

uncounted = sql.Table(
    "uncounted",
    metadata,
    number(),
    of("run"),
    text("plan"),
    text("event"),
    text("place"),
    text("reason"),
    sql.Column("fault", sql.Boolean, nullable=False),
)

difference = sql.Table(
    "difference",
    metadata,
    number(),
    of("run"),
    text("plan"),
    text("person"),
    period("period"),
    period("posted"),
    sql.Column("amount", Exact, nullable=False),
    sql.Column("old_run", sql.Integer, sql.ForeignKey("run.id"), nullable=False),
    # what changed, as JSON of exact text
    text("changes"),
    text("digest"),
    sql.UniqueConstraint("run", "plan", "period", "person"),
)

closing = sql.Table(
    "closing",
    metadata,
    number(),
    text("plan"),
    period("period"),
    of("run"),
    text("by"),
    text("made"),
    whole("statements"),
    whole("differences"),
    # over all that was closed, and over the hash of the closing before
    text("hash"),
    text("previous"),
    sql.UniqueConstraint("plan", "period"),
    sql.UniqueConstraint("previous"),
    sqlite_autoincrement=True,
)

dispute = sql.Table(
    "dispute",
    metadata,
    number(),
    text("plan"),
    text("person"),
    period("period"),
    optional("line"),
    amount("expected"),
    text("reason"),
    text("by"),
    sql.Column("day", sql.Date, nullable=False),
    sql.Column("deadline", sql.Date, nullable=False),
    sqlite_autoincrement=True,
)

dispute_answer = sql.Table(
    "dispute_answer",
    metadata,
    number(),
    of("dispute"),
    text("status"),
    text("outcome"),
    text("by"),
    sql.Column("day", sql.Date, nullable=False),
    sql.UniqueConstraint("dispute"),
)
