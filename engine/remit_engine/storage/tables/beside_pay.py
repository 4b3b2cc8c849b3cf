"""What is shown beside runs of pay, and the seals of disputes."""

from __future__ import annotations

import sqlalchemy as sql

from remit_engine.storage.tables.columns import metadata, number, of, text

# what a plan of a run stands on
run_base = sql.Table(
    "run_base",
    metadata,
    number(),
    of("run"),
    text("plan"),
    text("base"),
    sql.UniqueConstraint("run", "plan"),
)

# how people are called, where the data say so
run_name = sql.Table(
    "run_name",
    metadata,
    number(),
    of("run"),
    text("person"),
    text("name"),
    sql.UniqueConstraint("run", "person"),
)

# where people stand on their scales at the end of the period of a run, as JSON of exact text
run_climb = sql.Table(
    "run_climb",
    metadata,
    number(),
    of("run"),
    text("plan"),
    text("person"),
    text("climb"),
    sql.UniqueConstraint("run", "plan", "person"),
)

# the opening and the end of each dispute, in one chain of hashes
dispute_seal = sql.Table(
    "dispute_seal",
    metadata,
    number(),
    of("dispute"),
    # `opened` or `ended`
    text("event"),
    # over what was said, and over the hash before
    text("hash"),
    text("previous"),
    sql.UniqueConstraint("dispute", "event"),
    sql.UniqueConstraint("previous"),
    sqlite_autoincrement=True,
)
