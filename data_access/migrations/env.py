"""Alembic runs inside the caller's transaction."""

from alembic import context

from data_access import facts
from data_access.tables import schema

assert facts.FACTS  # the facts belong to the same schema
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
