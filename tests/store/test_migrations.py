"""The migrations climb, descend, and make what the models say; on both databases."""

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from storage import migrate
from storage.models import metadata
from storage.store import Store


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "target_metadata": metadata, "render_as_batch": True}
    )
    return list(compare_metadata(context, metadata))


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def _to_nothing(connection: Connection) -> None:
    migrate.downgrade(connection, "base")


async def test_migrations_match_the_models(database_url: str) -> None:
    store = Store(database_url)
    await store.open()
    assert await store.run(_differences) == []
    assert await store.run(_tables) == {*metadata.tables, "alembic_version"}
    await store.close()


async def test_migrations_descend_and_climb_again(database_url: str) -> None:
    store = Store(database_url)
    await store.open()
    await store.run(_to_nothing)
    assert await store.run(_tables) == {"alembic_version"}
    await store.run(migrate.upgrade)
    assert await store.run(_differences) == []
    await store.close()


async def test_opening_twice_changes_nothing(database_url: str) -> None:
    for _ in range(2):
        store = Store(database_url)
        await store.open()
        await store.close()


async def test_replicas_that_start_at_once(postgres_url: str) -> None:
    first = Store(postgres_url)
    await first.open()
    await first.run(_to_nothing)
    stores = [first, *(Store(postgres_url) for _ in range(3))]
    await asyncio.gather(*(store.open() for store in stores[1:]))
    assert await first.run(_differences) == []
    for store in stores:
        await store.close()


@pytest.mark.parametrize("name", sorted(metadata.tables))
def test_names_follow_the_convention(name: str) -> None:
    table = metadata.tables[name]
    assert table.primary_key.columns
    assert name == name.lower()
