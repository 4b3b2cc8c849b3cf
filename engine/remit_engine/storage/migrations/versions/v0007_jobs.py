"""Runs of pay that are asked for through the service."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table."""
    said = ("name", "by", "made", "plan", "period", "data", "engine", "state")
    perhaps = ("person", "worker", "beat", "progress", "notes", "problem", "ended")
    op.create_table(
        "run_job",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in said),
        *(sa.Column(name, sa.Text(), nullable=True) for name in perhaps),
        sa.Column("run", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name=op.f("fk_run_job_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_job")),
        sa.UniqueConstraint("name", name=op.f("uq_run_job_name")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_run_job_state", "run_job", ["state", "id"], unique=False)
    op.create_index(op.f("ix_run_job_run"), "run_job", ["run"], unique=False)
