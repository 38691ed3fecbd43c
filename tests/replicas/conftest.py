"""Desks that several processes serve."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.replicas.rig import Replicas
from tests.servers import ValkeyServer


@pytest.fixture
async def pair(postgres_url: str) -> AsyncIterator[Replicas]:
    """Two bots behind a webhook, without Redis."""
    replicas = Replicas(postgres_url)
    await replicas.begin()
    yield replicas
    await replicas.close()


@pytest.fixture
async def linked(postgres_url: str, valkey_url: str) -> AsyncIterator[Replicas]:
    """Two bots behind a webhook, with Redis between them."""
    replicas = Replicas(postgres_url, redis_url=valkey_url)
    await replicas.begin()
    yield replicas
    await replicas.close()


@pytest.fixture
def own_valkey() -> Iterator[ValkeyServer]:
    """A Valkey that the test may stop."""
    with ValkeyServer() as server:
        yield server
