"""A shipped desk that opens at a moment of its own wall clock."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from locales import Language
from tests.desks.scene import come
from tests.world import World

OpenShipped = Callable[..., Awaitable[World]]


@pytest.fixture
async def shipped(sqlite_url: str) -> AsyncIterator[OpenShipped]:
    """Start a desk by the name of its profile; the clock stands at this moment in the desk's zone."""
    worlds: list[World] = []

    async def open_it(desk: str, moment: str, *, staff_language: Language = "ru") -> World:
        world = World(sqlite_url, desk=desk, staff_language=staff_language)
        worlds.append(world)
        come(world, desk, moment)
        await world.start()
        return world

    yield open_it
    for world in worlds:
        await world.close()
