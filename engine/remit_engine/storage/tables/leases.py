"""Who does what one process of several does for all."""

from __future__ import annotations

import sqlalchemy as sql

from remit_engine.storage.tables.columns import key, metadata, text

lease = sql.Table(
    "lease",
    metadata,
    # what is done
    key("name"),
    # the process that does it, until a moment in UTC
    text("holder"),
    text("until"),
)
