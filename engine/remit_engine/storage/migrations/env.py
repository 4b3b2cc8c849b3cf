"""Where Alembic runs: on the connection, and in the transaction, that `schema` gives it."""

from __future__ import annotations

from alembic import context

from remit_engine.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
