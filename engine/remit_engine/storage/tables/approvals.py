"""Requests for approval, their steps and what was said about them."""

from __future__ import annotations

import sqlalchemy as sql

from remit_engine.storage.tables.columns import (
    key,
    metadata,
    number,
    of_named,
    optional,
    perhaps_said,
    said,
    text,
    whole,
)

approval_request = sql.Table(
    "approval_request",
    metadata,
    key(),
    # the id of the recorded answer it was made from
    text("decision"),
    text("action"),
    text("verb"),
    text("requester"),
    text("actor"),
    # as canonical JSON, and the fingerprint of its facts
    text("request"),
    text("facts"),
    # `open`, `approved`, `rejected`, `withdrawn`, `expired` or `void`
    text("state"),
    text("made"),
    sql.Column("day", sql.Date, nullable=False),
    sql.Column("expires", sql.Date),
    optional("ended"),
    # the last answer of the engine, as canonical JSON
    text("answer"),
    whole("edition"),
    sql.Index("ix_approval_request_state", "state", "made"),
    sql.Index("ix_approval_request_requester", "requester"),
)

approval_step = sql.Table(
    "approval_step",
    metadata,
    number(),
    of_named("approval_request", "request"),
    whole("position"),
    text("verb"),
    # how many different persons must do it
    whole("count"),
    # JSON lists
    text("positions"),
    text("people"),
    text("after"),
    sql.Column("due", sql.Date),
    # `waiting`, `done`, `rejected`, `void` or `passed on`
    text("state"),
    optional("by"),
    optional("in_position"),
    optional("on_behalf_of"),
    optional("done"),
    perhaps_said("reason"),
)

approval_comment = sql.Table(
    "approval_comment",
    metadata,
    number(),
    of_named("approval_request", "request"),
    text("by"),
    text("made"),
    said("text"),
)
