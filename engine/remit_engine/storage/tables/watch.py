"""What watches are told, say and hold: the log, alerts with their history, holds, the outbox."""

from __future__ import annotations

import sqlalchemy as sql

from remit_engine.storage.tables.columns import (
    LONG,
    metadata,
    number,
    of_named,
    optional,
    perhaps_said,
    said,
    text,
    whole,
)

# What the watcher was told, in the order it came, in one chain; rows are only added.
watch_entry = sql.Table(
    "watch_entry",
    metadata,
    sql.Column("seq", LONG, primary_key=True, autoincrement=False),
    said("kind"),
    # of the event, or of the record that was observed
    said("id"),
    # the event that it is, or the name of the observation: one of the two
    sql.Column("event", sql.Integer, sql.ForeignKey("event.seq")),
    perhaps_said("entry"),
    sql.Column("day", sql.Date, nullable=False),
    # the day that the clock showed when it was taken
    sql.Column("clock", sql.Date, nullable=False),
    text("received"),
    text("by"),
    # as the watcher reads it, as canonical JSON
    text("body"),
    # the fingerprint of the event's row; absent where it is an observation
    optional("mark"),
    text("previous"),
    text("hash"),
    sql.UniqueConstraint("event"),
    sql.UniqueConstraint("entry"),
    sql.UniqueConstraint("previous"),
    sql.Index("ix_watch_entry_kind_id", "kind", "id", "seq"),
)

# As it stands now; `alert_event` says how it came to this.
alert = sql.Table(
    "alert",
    metadata,
    number("number"),
    text("id"),
    text("rule"),
    said("subject"),
    text("severity"),
    # a qualified position
    optional("owner"),
    # `open`, `acknowledged`, `cleared`, `closed` or `withdrawn`
    text("status"),
    sql.Column("began", sql.Date, nullable=False),
    sql.Column("cleared", sql.Date),
    # a person's closing note
    perhaps_said("note"),
    text("made"),
    text("changed"),
    # raised by every change, for `ETag`
    whole("edition"),
    # the alert as the watcher says it, as canonical JSON
    text("document"),
    sql.UniqueConstraint("id"),
    sql.Index("ix_alert_status", "status", "number"),
    sql.Index("ix_alert_rule_subject", "rule", "subject"),
    sql.Index("ix_alert_owner", "owner", "number"),
)

# Of all alerts in one chain; rows are only added.
alert_event = sql.Table(
    "alert_event",
    metadata,
    sql.Column("seq", LONG, primary_key=True, autoincrement=False),
    of_named("alert"),
    # `begun`, `cleared`, `reopened`, `withdrawn`, `acknowledged`, `closed`, `given`, `lifted`
    text("kind"),
    text("made"),
    sql.Column("day", sql.Date, nullable=False),
    # absent: the log did it
    optional("by"),
    perhaps_said("text"),
    # plain values, as canonical JSON
    text("body"),
    # the edition that it led to, and the fingerprint of the alert with its holds then
    whole("edition"),
    text("stands"),
    text("previous"),
    text("hash"),
    sql.UniqueConstraint("previous"),
)

hold = sql.Table(
    "hold",
    metadata,
    number("number"),
    text("id"),
    of_named("alert"),
    text("action"),
    # what the fact of a request is compared with; absent: nobody knows, and all are held
    perhaps_said("value"),
    sql.Column("since", sql.Date, nullable=False),
    # the last row of the ledger when it began, and when it ended: it binds what lies between
    sql.Column("begun", LONG, nullable=False),
    sql.Column("ended", LONG),
    sql.Column("ended_on", sql.Date),
    # `cleared`, `withdrawn` or `lifted`; by whom and why, where somebody lifted it
    optional("ending"),
    optional("by"),
    perhaps_said("because"),
    # the restraint and what is told of it, as canonical JSON
    text("document"),
    sql.UniqueConstraint("id"),
    sql.Index("ix_hold_ended", "ended", "number"),
    sql.Index("ix_hold_begun", "begun"),
)

# What is to be told to somebody outside, until it is delivered or given up.
outbox = sql.Table(
    "outbox",
    metadata,
    number("number"),
    # made of what happened and the channel: nothing is said twice
    text("id"),
    of_named("alert"),
    text("channel"),
    text("made"),
    # the message, as canonical JSON
    text("body"),
    # `waiting`, `delivered` or `failed`
    text("state"),
    whole("attempts"),
    # moments in UTC
    optional("next"),
    optional("ended"),
    perhaps_said("fault"),
    sql.UniqueConstraint("id"),
    sql.Index("ix_outbox_state", "state", "next"),
)

# One row: what every process looks at.
watch_state = sql.Table(
    "watch_state",
    metadata,
    sql.Column("id", sql.Integer, primary_key=True, autoincrement=False),
    # raised by every hold that begins or ends
    sql.Column("holds", LONG, nullable=False),
    # the day whose start was told; absent while there was none
    sql.Column("clock", sql.Date),
    # the first day of the clock
    sql.Column("since", sql.Date),
)
