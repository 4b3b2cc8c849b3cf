"""Runs of pay that were asked for, and how far they are."""

from __future__ import annotations

import sqlalchemy as sql

from remit_engine.storage.tables.columns import metadata, number, optional, period, text

run_job = sql.Table(
    "run_job",
    metadata,
    number(),
    text("name"),
    text("by"),
    optional("person"),
    text("made"),
    # a plan by its qualified name, or `all`
    text("plan"),
    period("period"),
    # how the place of the data is called in the configuration, never where it is
    text("data"),
    text("engine"),
    text("state"),
    # the process that computes it, and when it last said so
    optional("worker"),
    optional("beat"),
    # phase, how much of it is done, and of how much, as JSON
    optional("progress"),
    sql.Column("run", sql.Integer, sql.ForeignKey("run.id"), index=True),
    # what is told beside it, as a JSON list; and why there is no run, as JSON
    optional("notes"),
    optional("problem"),
    optional("ended"),
    sql.UniqueConstraint("name"),
    sql.Index("ix_run_job_state", "state", "id"),
    sqlite_autoincrement=True,
)

# who asked for a run, where the service made it; a row is written with the run, and never changes
run_maker = sql.Table(
    "run_maker",
    metadata,
    sql.Column("run", sql.Integer, sql.ForeignKey("run.id"), primary_key=True, autoincrement=False),
    text("by"),
    optional("person"),
    text("job"),
)
