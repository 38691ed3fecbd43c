"""A desk that Telegram brings its updates to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.world import WEBHOOK, World


@asynccontextmanager
async def _living(database_url: str) -> AsyncIterator[World]:
    world = World(database_url, **WEBHOOK)
    await world.start()
    try:
        yield world
    finally:
        await world.close()


@pytest.fixture
async def hooked(sqlite_url: str) -> AsyncIterator[World]:
    """A desk on SQLite with a webhook."""
    async with _living(sqlite_url) as world:
        yield world


@pytest.fixture
async def any_hooked(database_url: str) -> AsyncIterator[World]:
    """The same, once on SQLite and once on PostgreSQL."""
    async with _living(database_url) as world:
        yield world
