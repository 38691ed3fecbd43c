"""Bringing the tables up to date, from the migrations inside the package."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

# Any number will do, as long as every replica uses the same.
_LOCK = 0x7A109


class UnknownRevision(Exception):
    """The tables are of a revision that this version of the program does not know, so of a newer one."""


def is_modelled(name: str | None, *_: object) -> bool:
    """Whether the models say what a table or an index of this name is: not of those for full-text search."""
    return not (name or "").startswith("words_of_")


def configuration(connection: Connection) -> Config:
    """Alembic's settings for an open connection; works from an installed wheel as well."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def known() -> set[str]:
    """The revisions that this version of the program knows."""
    names = (entry.name for entry in resources.files("storage.migrations.versions").iterdir())
    return {name.partition("_")[0] for name in names if name[0].isdigit()}


def newest() -> str:
    """The revision that this version of the program works with: the last file of the migrations."""
    return max(known())


def revisions(connection: Connection) -> list[str]:
    """Of which revision the tables are: one, or none where there are no tables yet."""
    if not inspect(connection).has_table("alembic_version"):
        return []
    return list(connection.scalars(text("SELECT version_num FROM alembic_version")))


def is_current(connection: Connection) -> bool:
    """Whether nothing is to be done; so it is at most starts, which need not load Alembic then."""
    return revisions(connection) == [newest()]


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Climb to `revision`; of several replicas that start at once one migrates, the others wait."""
    from alembic import command

    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    command.upgrade(configuration(connection), revision)


def bring_up_to_date(connection: Connection) -> None:
    """Climb to the newest revision, if the tables are of another. Raises UnknownRevision."""
    if unknown := set(revisions(connection)) - known():
        raise UnknownRevision(*unknown)
    if not is_current(connection):
        upgrade(connection)


def downgrade(connection: Connection, revision: str) -> None:
    """Descend to `revision`."""
    from alembic import command

    command.downgrade(configuration(connection), revision)
