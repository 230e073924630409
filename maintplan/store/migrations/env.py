"""How Alembic runs the migrations: on the connection that the store hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from maintplan.store.tables import VERSIONS, metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, version_table=VERSIONS
)
context.run_migrations()
