"""Requests for approval, for whom they wait, and the history of what was done on them."""

from __future__ import annotations

import sqlalchemy as sql

from remit_engine.storage.tables.columns import (
    LONG,
    key,
    metadata,
    number,
    optional,
    perhaps_said,
    text,
    whole,
)

# As it stands now; `approval_event` says how it came to this.
approval_request = sql.Table(
    "approval_request",
    metadata,
    number("number"),
    text("id"),
    # the recorded answer it was made from, if it was
    optional("origin"),
    text("action"),
    text("verb"),
    text("opener"),
    text("actor"),
    text("requester"),
    # `open`, `approved`, `rejected`, `withdrawn`, `expired` or `void`
    text("state"),
    # the row of the ledger, once it is approved
    optional("decision"),
    sql.Column("opened", sql.Date, nullable=False),
    # the first day on which time alone changes it
    sql.Column("late", sql.Date),
    text("made"),
    text("changed"),
    # raised by every change, for `ETag`
    whole("edition"),
    # the question as canonical JSON, and all the rest of the value as JSON
    text("question"),
    text("document"),
    sql.UniqueConstraint("id"),
    sql.UniqueConstraint("decision"),
    sql.Index("ix_approval_request_state", "state", "number"),
    sql.Index("ix_approval_request_late", "late"),
    sql.Index("ix_approval_request_opener", "opener", "number"),
    sql.Index("ix_approval_request_requester", "requester", "number"),
)

# Of all requests in one chain; rows are only added.
approval_event = sql.Table(
    "approval_event",
    metadata,
    sql.Column("seq", LONG, primary_key=True, autoincrement=False),
    sql.Column(
        "request", sql.Text, sql.ForeignKey("approval_request.id"), nullable=False, index=True
    ),
    text("kind"),
    text("made"),
    sql.Column("day", sql.Date, nullable=False),
    # absent: time did it
    optional("by"),
    optional("on_behalf_of"),
    optional("step"),
    perhaps_said("text"),
    # plain values, as canonical JSON
    text("body"),
    # the edition that it led to, and the fingerprint of the request then
    whole("edition"),
    text("stands"),
    text("previous"),
    text("hash"),
    sql.UniqueConstraint("previous"),
)

# For whom a step can be done now. kind: `position` or `person`.
approval_waiting = sql.Table(
    "approval_waiting",
    metadata,
    sql.Column("request", sql.Text, sql.ForeignKey("approval_request.id"), primary_key=True),
    key("step"),
    key("kind"),
    key("name"),
    sql.Index("ix_approval_waiting_name", "kind", "name"),
)
