"""Keys to the service, and the events it was told."""

from __future__ import annotations

import sqlalchemy as sql

from remit_engine.storage.tables.columns import (
    key,
    metadata,
    number,
    optional,
    perhaps_said,
    said,
    text,
)

api_key = sql.Table(
    "api_key",
    metadata,
    key(),
    # SHA-256 of the secret, which is kept nowhere
    text("digest"),
    perhaps_said("name"),
    optional("person"),
    # JSON lists
    text("roles"),
    text("scopes"),
    text("made"),
    text("made_by"),
    optional("expires"),
    optional("revoked"),
    optional("revoked_by"),
    sql.Index("ix_api_key_person", "person"),
)

event = sql.Table(
    "event",
    metadata,
    number("seq"),
    said("kind"),
    # as its sender named it: an event of a kind is told once
    said("id"),
    text("happened"),
    text("received"),
    text("by"),
    # as canonical JSON
    text("body"),
    sql.UniqueConstraint("kind", "id"),
    sql.Index("ix_event_happened", "kind", "happened"),
    sqlite_autoincrement=True,
)
