"""Desks of a test's own: a profile written in the test, served by the real bot."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from tests.world import World

OpenDesk = Callable[[str], Awaitable[World]]

_FRAME = """
key = "test"
name = "A desk of the test"
zone = "Europe/Riga"
welcome = "Welcome to the desk"
languages = ["ru", "en", "lv"]
"""


@pytest.fixture
async def open_desk(sqlite_url: str, tmp_path: Path) -> AsyncIterator[OpenDesk]:
    """Start a desk with this profile; again with another one to change the profile of the same desk."""
    file = tmp_path / "desk.toml"
    worlds: list[World] = []

    async def open_it(profile: str) -> World:
        file.write_text(_FRAME + profile, encoding="utf-8")
        if worlds:
            await worlds[0].stop()
        else:
            worlds.append(World(sqlite_url, desk=str(file)))
        await worlds[0].start()
        return worlds[0]

    yield open_it
    for world in worlds:
        await world.close()
