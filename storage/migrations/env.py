"""Alembic's environment: runs on the connection it is given, in that connection's transaction."""

from __future__ import annotations

import asyncio

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from storage.migrate import is_modelled
from storage.models import metadata


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=True, include_name=is_modelled
    )
    with context.begin_transaction():
        context.run_migrations()


async def _run_from_the_command_line() -> None:
    url = context.get_x_argument(as_dictionary=True).get("url", "sqlite+aiosqlite:///talon.db")
    async with create_async_engine(url).begin() as connection:
        await connection.run_sync(_run)


given = context.config.attributes.get("connection")
if given is None:
    asyncio.run(_run_from_the_command_line())
else:
    _run(given)
