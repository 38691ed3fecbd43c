"""Bringing the tables up to date, from the migrations inside the package."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

# Any number will do, as long as every replica uses the same.
_LOCK = 0x7A109


def configuration(connection: Connection) -> Config:
    """Alembic's settings for an open connection; works from an installed wheel as well."""
    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Climb to `revision`; of several replicas that start at once one migrates, the others wait."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    command.upgrade(configuration(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Descend to `revision`."""
    command.downgrade(configuration(connection), revision)
