"""What is shown beside statements, and the seals of disputes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    _of_run("run_base", ("plan", "base"), 1)
    _of_run("run_name", ("person", "name"), 1)
    _of_run("run_climb", ("plan", "person", "climb"), 2)
    _dispute_seal()


def _of_run(table: str, columns: tuple[str, ...], key: int) -> None:
    """A table of texts for each run, of which the first `key` are there once."""
    unique = ("run", *columns[:key])
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in columns),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name=op.f(f"fk_{table}_run")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(*unique, name=op.f(f"uq_{table}_{'_'.join(unique)}")),
    )
    op.create_index(op.f(f"ix_{table}_run"), table, ["run"], unique=False)


def _dispute_seal() -> None:
    op.create_table(
        "dispute_seal",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("dispute", sa.Integer(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["dispute"], ["dispute.id"], name=op.f("fk_dispute_seal_dispute")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_seal")),
        sa.UniqueConstraint("dispute", "event", name=op.f("uq_dispute_seal_dispute_event")),
        sa.UniqueConstraint("previous", name=op.f("uq_dispute_seal_previous")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_dispute_seal_dispute"), "dispute_seal", ["dispute"], unique=False)
