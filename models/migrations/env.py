"""Runs the migrations on the connection that `server.db.migration.migrate` hands over."""

from alembic import context

from models.metadata import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
