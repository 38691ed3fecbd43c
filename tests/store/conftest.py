"""A store that is open, on each database."""

from collections.abc import AsyncIterator

import pytest

from storage.store import Store
from tests.virtual_time import VirtualClock


@pytest.fixture
def clock() -> VirtualClock:
    """Time that the test moves."""
    return VirtualClock()


@pytest.fixture
async def store(database_url: str, clock: VirtualClock) -> AsyncIterator[Store]:
    """An open store, once on SQLite and once on PostgreSQL."""
    store = Store(database_url, clock)
    await store.open()
    yield store
    await store.close()
