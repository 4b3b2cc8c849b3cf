"""What was decided: the ledger, what it used up by day, and the answers given to a repeated key."""

from __future__ import annotations

import sqlalchemy as sql

from remit_engine.storage.tables.columns import (
    LONG,
    Exact,
    amount,
    key,
    metadata,
    optional,
    perhaps_said,
    text,
)

decision = sql.Table(
    "decision",
    metadata,
    sql.Column("seq", LONG, primary_key=True, autoincrement=False),
    text("id"),
    # `decision` or `reversal`
    text("kind"),
    text("made"),
    sql.Column("day", sql.Date, nullable=False),
    text("caller"),
    text("actor"),
    optional("requester"),
    text("action"),
    text("verb"),
    text("outcome"),
    # both as canonical JSON
    text("request"),
    text("answer"),
    # the totals that were read for it, as JSON
    text("totals"),
    # of the facts: SHA-256 over their canonical JSON
    text("facts"),
    # the digest of the policy text, and the publication it was asked under
    text("policy"),
    sql.Column("revision", LONG, nullable=False),
    # what a permit uses up: how much, of what (`?`: it cannot be said how much), whose, on which
    # day, and by path the facts of one value that a total may be kept by, as JSON
    amount("consumed"),
    optional("unit"),
    optional("authority"),
    sql.Column("counted", sql.Date),
    text("keys"),
    # of a reversal: the id of what it gives back
    optional("reverses"),
    perhaps_said("reason"),
    text("previous"),
    text("hash"),
    sql.UniqueConstraint("id"),
    sql.UniqueConstraint("reverses"),
    sql.UniqueConstraint("previous"),
    sql.Index("ix_decision_action_day", "action", "day"),
    sql.Index("ix_decision_actor", "actor", "seq"),
    sql.Index("ix_decision_caller", "caller", "seq"),
)

# What was used up on one day, by the verb of an action. dimension: empty, and then the key is whose
# authority it was; or the path of the fact that a total is kept by, and then the key is its value.
consumption = sql.Table(
    "consumption",
    metadata,
    key("action"),
    key("verb"),
    key("dimension"),
    key("key"),
    sql.Column("day", sql.Date, primary_key=True),
    key("unit"),
    sql.Column("amount", Exact, nullable=False),
)

# By which dimensions the permits of an action are added up. What is not here yet is added up from
# the ledger before it is asked for.
dimension = sql.Table("dimension", metadata, key("action"), key("dimension"))

# What a repeated key gets again. body: SHA-256 of the body it came with. decision: the row of the
# ledger, where the answer stands there.
idempotency = sql.Table(
    "idempotency",
    metadata,
    key("caller"),
    key("key"),
    text("body"),
    text("made"),
    optional("decision"),
    sql.Column("status", sql.Integer),
    optional("location"),
    optional("answer"),
    sql.Index("ix_idempotency_made", "made"),
)
