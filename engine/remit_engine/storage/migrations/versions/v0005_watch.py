"""What watches say and hold: alerts with their history, holds, what is to be delivered."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _alert()
    _alert_event()
    _hold()
    _outbox()
    _watch_state()


def _text(*names: str, optional: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=optional) for name in names]


def _number() -> sa.Column[int]:
    return sa.Column("number", sa.Integer(), autoincrement=True, nullable=False)


def _of_alert() -> sa.Column[str]:
    return sa.Column("alert", sa.Text(), nullable=False)


def _to_alert(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["alert"], ["alert.id"], name=op.f(f"fk_{table}_alert"))


def _alert() -> None:
    op.create_table(
        "alert",
        _number(),
        *_text("id", "rule", "subject", "severity"),
        *_text("owner", optional=True),
        *_text("status"),
        sa.Column("began", sa.Date(), nullable=False),
        sa.Column("cleared", sa.Date(), nullable=True),
        *_text("note", optional=True),
        *_text("made", "changed"),
        sa.Column("edition", sa.Integer(), nullable=False),
        *_text("document"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_alert")),
        sa.UniqueConstraint("id", name=op.f("uq_alert_id")),
    )
    op.create_index("ix_alert_status", "alert", ["status", "number"], unique=False)
    op.create_index("ix_alert_rule_subject", "alert", ["rule", "subject"], unique=False)
    op.create_index("ix_alert_owner", "alert", ["owner", "number"], unique=False)


def _alert_event() -> None:
    op.create_table(
        "alert_event",
        sa.Column("seq", _LONG, autoincrement=False, nullable=False),
        _of_alert(),
        *_text("kind", "made"),
        sa.Column("day", sa.Date(), nullable=False),
        *_text("by", "text", optional=True),
        *_text("body"),
        sa.Column("edition", sa.Integer(), nullable=False),
        *_text("stands", "previous", "hash"),
        _to_alert("alert_event"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_alert_event")),
        sa.UniqueConstraint("previous", name=op.f("uq_alert_event_previous")),
    )
    op.create_index(op.f("ix_alert_event_alert"), "alert_event", ["alert"], unique=False)


def _hold() -> None:
    op.create_table(
        "hold",
        _number(),
        *_text("id"),
        _of_alert(),
        *_text("action"),
        *_text("value", optional=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("begun", _LONG, nullable=False),
        sa.Column("ended", _LONG, nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        *_text("ending", "by", "because", optional=True),
        *_text("document"),
        _to_alert("hold"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_hold")),
        sa.UniqueConstraint("id", name=op.f("uq_hold_id")),
    )
    op.create_index(op.f("ix_hold_alert"), "hold", ["alert"], unique=False)
    op.create_index("ix_hold_ended", "hold", ["ended", "number"], unique=False)
    op.create_index("ix_hold_begun", "hold", ["begun"], unique=False)


def _outbox() -> None:
    op.create_table(
        "outbox",
        _number(),
        *_text("id"),
        _of_alert(),
        *_text("channel", "made", "body", "state"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *_text("next", "ended", "fault", optional=True),
        _to_alert("outbox"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_outbox")),
        sa.UniqueConstraint("id", name=op.f("uq_outbox_id")),
    )
    op.create_index(op.f("ix_outbox_alert"), "outbox", ["alert"], unique=False)
    op.create_index("ix_outbox_state", "outbox", ["state", "next"], unique=False)


def _watch_state() -> None:
    op.create_table(
        "watch_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("holds", _LONG, nullable=False),
        sa.Column("clock", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_state")),
    )
