"""A desk that Telegram brings its updates to."""

from collections.abc import AsyncIterator

import pytest

from tests.world import WEBHOOK, World


@pytest.fixture
async def hooked(sqlite_url: str) -> AsyncIterator[World]:
    """A desk on SQLite with a webhook."""
    world = World(sqlite_url, **WEBHOOK)
    await world.start()
    try:
        yield world
    finally:
        await world.close()
