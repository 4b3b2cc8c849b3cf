"""Runs of pay, closed periods, disputes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make what is not there yet: stores from before migrations have most of it."""
    _dispute()
    _run()
    _closing()
    _difference()
    _dispute_answer()
    _run_plan()
    _statement()
    _uncounted()
    _line()
    _movement()
    _stage()


def _dispute() -> None:
    op.create_table(
        "dispute",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=True),
        sa.Column("expected", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )


def _run() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )


def _closing() -> None:
    op.create_table(
        "closing",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("made", sa.Text(), nullable=False),
        sa.Column("statements", sa.Integer(), nullable=False),
        sa.Column("differences", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name=op.f("fk_closing_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing")),
        sa.UniqueConstraint("plan", "period", name=op.f("uq_closing_plan_period")),
        sa.UniqueConstraint("previous", name=op.f("uq_closing_previous")),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_index(op.f("ix_closing_run"), "closing", ["run"], unique=False, if_not_exists=True)


def _difference() -> None:
    op.create_table(
        "difference",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("posted", sa.Text(), nullable=False),
        sa.Column("amount", sa.Text(), nullable=False),
        sa.Column("old_run", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["old_run"], ["run.id"], name=op.f("fk_difference_old_run")),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name=op.f("fk_difference_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_difference")),
        sa.UniqueConstraint(
            "run", "plan", "period", "person", name=op.f("uq_difference_run_plan_period_person")
        ),
        if_not_exists=True,
    )
    op.create_index(
        op.f("ix_difference_run"), "difference", ["run"], unique=False, if_not_exists=True
    )


def _dispute_answer() -> None:
    op.create_table(
        "dispute_answer",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("dispute", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dispute"], ["dispute.id"], name=op.f("fk_dispute_answer_dispute")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_answer")),
        sa.UniqueConstraint("dispute", name=op.f("uq_dispute_answer_dispute")),
        if_not_exists=True,
    )
    op.create_index(
        op.f("ix_dispute_answer_dispute"),
        "dispute_answer",
        ["dispute"],
        unique=False,
        if_not_exists=True,
    )


def _run_plan() -> None:
    op.create_table(
        "run_plan",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("closings", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name=op.f("fk_run_plan_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_plan")),
        sa.UniqueConstraint("run", "plan", name=op.f("uq_run_plan_run_plan")),
        if_not_exists=True,
    )
    op.create_index(op.f("ix_run_plan_run"), "run_plan", ["run"], unique=False, if_not_exists=True)


def _statement() -> None:
    op.create_table(
        "statement",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("credit", sa.Text(), nullable=True),
        sa.Column("quota", sa.Text(), nullable=True),
        sa.Column("payable", sa.Text(), nullable=True),
        sa.Column("entitled", sa.Text(), nullable=True),
        sa.Column("held", sa.Text(), nullable=True),
        sa.Column("reversed", sa.Text(), nullable=True),
        sa.Column("net", sa.Text(), nullable=True),
        sa.Column("guarantee", sa.Text(), nullable=True),
        sa.Column("advance", sa.Text(), nullable=True),
        sa.Column("recovered", sa.Text(), nullable=True),
        sa.Column("balance", sa.Text(), nullable=True),
        sa.Column("due", sa.Text(), nullable=True),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name=op.f("fk_statement_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint(
            "run", "plan", "period", "person", name=op.f("uq_statement_run_plan_period_person")
        ),
        if_not_exists=True,
    )
    op.create_index(
        op.f("ix_statement_run"), "statement", ["run"], unique=False, if_not_exists=True
    )


def _uncounted() -> None:
    op.create_table(
        "uncounted",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("fault", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name=op.f("fk_uncounted_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uncounted")),
        if_not_exists=True,
    )
    op.create_index(
        op.f("ix_uncounted_run"), "uncounted", ["run"], unique=False, if_not_exists=True
    )


def _line() -> None:
    op.create_table(
        "line",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("statement", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("credit", sa.Text(), nullable=True),
        sa.Column("earned", sa.Text(), nullable=True),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("share", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["statement"], ["statement.id"], name=op.f("fk_line_statement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line")),
        if_not_exists=True,
    )
    op.create_index(
        op.f("ix_line_statement"), "line", ["statement"], unique=False, if_not_exists=True
    )


def _movement() -> None:
    op.create_table(
        "movement",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("statement", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("counted", sa.Text(), nullable=False),
        sa.Column("amount", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["statement"], ["statement.id"], name=op.f("fk_movement_statement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movement")),
        if_not_exists=True,
    )
    op.create_index(
        op.f("ix_movement_statement"), "movement", ["statement"], unique=False, if_not_exists=True
    )


def _stage() -> None:
    op.create_table(
        "stage",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("statement", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("span", sa.Text(), nullable=True),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["statement"], ["statement.id"], name=op.f("fk_stage_statement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage")),
        if_not_exists=True,
    )
    op.create_index(
        op.f("ix_stage_statement"), "stage", ["statement"], unique=False, if_not_exists=True
    )
    # ### end Alembic commands ###
