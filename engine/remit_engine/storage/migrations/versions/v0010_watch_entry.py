"""The log of the watcher: what it was told, in the order it came, in one chain."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table, and the column for the first day."""
    op.create_table(
        "watch_entry",
        sa.Column("seq", _LONG, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("event", sa.Integer(), nullable=True),
        sa.Column("entry", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("clock", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("received", "by", "body")),
        sa.Column("mark", sa.Text(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("previous", "hash")),
        sa.ForeignKeyConstraint(["event"], ["event.seq"], name=op.f("fk_watch_entry_event")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_watch_entry")),
        sa.UniqueConstraint("event", name=op.f("uq_watch_entry_event")),
        sa.UniqueConstraint("entry", name=op.f("uq_watch_entry_entry")),
        sa.UniqueConstraint("previous", name=op.f("uq_watch_entry_previous")),
    )
    op.create_index("ix_watch_entry_kind_id", "watch_entry", ["kind", "id", "seq"], unique=False)
    op.add_column("watch_state", sa.Column("since", sa.Date(), nullable=True))
