"""Run by Alembic for each command; the connection comes from `migrations.runner`."""

from __future__ import annotations

from alembic import context

from bot.store.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
