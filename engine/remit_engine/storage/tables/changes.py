"""What was written of the rows that the service answers from, in one chain of hashes."""

from __future__ import annotations

import sqlalchemy as sql

from remit_engine.storage.tables.columns import LONG, metadata, optional, text

# Rows are only added.
change = sql.Table(
    "change",
    metadata,
    sql.Column("seq", LONG, primary_key=True, autoincrement=False),
    # which table, and which row of it: the values of its key as a JSON list
    text("subject"),
    text("key"),
    # over the row as it was left; absent: the rows of `key`, a list of keys, were taken out
    optional("mark"),
    text("previous"),
    text("hash"),
    sql.UniqueConstraint("previous"),
)
