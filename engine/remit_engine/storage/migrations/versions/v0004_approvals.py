"""Requests for approval with one chain of events; delegations that wait for an approval."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables anew: nothing was ever kept in those of 0002."""
    op.drop_table("approval_comment")
    op.drop_table("approval_step")
    op.drop_table("approval_request")
    _approval_request()
    _approval_event()
    _approval_waiting()
    _delegation()


def _delegation() -> None:
    with op.batch_alter_table("delegation") as table:
        table.alter_column("since", existing_type=sa.BigInteger(), nullable=True)
        table.add_column(sa.Column("waits_for", sa.Text(), nullable=True))
        table.add_column(sa.Column("approved_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("ended", sa.Date(), nullable=True))


def _approval_request() -> None:
    op.create_table(
        "approval_request",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("opener", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("requester", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("opened", sa.Date(), nullable=False),
        sa.Column("late", sa.Date(), nullable=True),
        sa.Column("made", sa.Text(), nullable=False),
        sa.Column("changed", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_approval_request")),
        sa.UniqueConstraint("decision", name=op.f("uq_approval_request_decision")),
        sa.UniqueConstraint("id", name=op.f("uq_approval_request_id")),
    )
    for name, columns in (
        ("late", ["late"]),
        ("opener", ["opener", "number"]),
        ("requester", ["requester", "number"]),
        ("state", ["state", "number"]),
    ):
        op.create_index(f"ix_approval_request_{name}", "approval_request", columns, unique=False)


def _approval_event() -> None:
    op.create_table(
        "approval_event",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("made", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("stands", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request"], ["approval_request.id"], name=op.f("fk_approval_event_request")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_approval_event")),
        sa.UniqueConstraint("previous", name=op.f("uq_approval_event_previous")),
    )
    op.create_index(op.f("ix_approval_event_request"), "approval_event", ["request"], unique=False)


def _approval_waiting() -> None:
    op.create_table(
        "approval_waiting",
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request"], ["approval_request.id"], name=op.f("fk_approval_waiting_request")
        ),
        sa.PrimaryKeyConstraint(
            "request", "step", "kind", "name", name=op.f("pk_approval_waiting")
        ),
    )
    op.create_index("ix_approval_waiting_name", "approval_waiting", ["kind", "name"], unique=False)
