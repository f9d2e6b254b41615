"""Alembic runs this inside a connection that ``tasks.store.workspace`` opened."""

from alembic import context
from sqlmodel import SQLModel

from nr_models import tables  # noqa: F401  - registers the tables

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
