"""Policy versions and directories, what was published when, delegations."""

from __future__ import annotations

import sqlalchemy as sql

from remit_engine.storage.tables.columns import (
    LONG,
    amount,
    key,
    metadata,
    of_named,
    optional,
    perhaps_said,
    said,
    text,
    whole,
)

policy_version = sql.Table(
    "policy_version",
    metadata,
    key(),
    # SHA-256 over the files; the id is its beginning
    text("digest"),
    # path -> text, as JSON
    text("files"),
    # `draft`, `published` or `superseded`
    text("state"),
    # everybody who wrote of it since the last publication, as a JSON list
    text("authors"),
    perhaps_said("note"),
    optional("based_on"),
    text("made"),
    # raised by every change, for `ETag`
    whole("edition"),
    sql.Index("ix_policy_version_made", "made"),
)

directory_version = sql.Table(
    "directory_version",
    metadata,
    key(),
    text("digest"),
    text("file"),
    text("authors"),
    perhaps_said("note"),
    optional("based_on"),
    text("made"),
)

publication = sql.Table(
    "publication",
    metadata,
    # the revision it made
    sql.Column("revision", LONG, primary_key=True, autoincrement=False),
    # `publish`, `roll back` or `seed`
    text("kind"),
    of_named("policy_version", "version"),
    of_named("directory_version", "directory"),
    text("by"),
    text("made"),
    perhaps_said("note"),
    # what was found before: diagnostics, tests, impact on the ledger; JSON
    text("checked"),
    text("tests"),
    text("impact"),
)

# One row: what every process looks at. Raised by publications and by changes of delegations.
revision = sql.Table(
    "revision",
    metadata,
    sql.Column("id", sql.Integer, primary_key=True, autoincrement=False),
    sql.Column("number", LONG, nullable=False),
    text("made"),
)

delegation = sql.Table(
    "delegation",
    metadata,
    key(),
    text("giver"),
    text("taker"),
    text("action"),
    # a JSON list; absent: every verb
    optional("verbs"),
    amount("limit"),
    sql.Column("starts", sql.Date, nullable=False),
    sql.Column("ends", sql.Date, nullable=False),
    said("reason"),
    optional("approved_by"),
    text("by"),
    text("made"),
    optional("revoked"),
    optional("revoked_by"),
    # the revision from which it holds (absent while it waits), and the one from which no longer
    sql.Column("since", LONG),
    sql.Column("until", LONG),
    whole("edition"),
    # the position that still has to approve it: until then it is not in force
    optional("waits_for"),
    sql.Column("approved_on", sql.Date),
    # the first day it no longer holds, where it was ended early
    sql.Column("ended", sql.Date),
    sql.Index("ix_delegation_giver", "giver"),
    sql.Index("ix_delegation_taker", "taker"),
)
