"""Tickets to act on."""

from collections.abc import AsyncIterator

import pytest

from tests.agents.sides import Side, open_side
from tests.world import World


@pytest.fixture
async def side(world: World) -> Side:
    """A ticket in a forum."""
    return await open_side(world, forum=True)


@pytest.fixture(params=["forum", "plain"])
async def any_side(request: pytest.FixtureRequest, sqlite_url: str) -> AsyncIterator[Side]:
    """A ticket, once in a forum and once in a plain group."""
    world = World(sqlite_url)
    forum = request.param == "forum"
    if forum:
        await world.start()
    yield await open_side(world, forum=forum)
    await world.close()
