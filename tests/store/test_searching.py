"""What takes long to look up keeps nobody waiting, and writes nothing."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from desk.lookup import read_lookup
from storage import meta, search
from storage.store import Store

_LONG = {
    "sqlite": (
        "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s LIMIT 2000000) SELECT max(n) FROM s"
    ),
    "postgresql": "SELECT max(n) FROM generate_series(1, 2000000) AS n",
}


async def test_others_write_while_somebody_searches(store: Store) -> None:
    order = []

    async def look_up() -> None:
        async with store.searching() as tx:
            order.append("asked")
            assert await tx.scalar(text(_LONG[tx.dialect])) == 2_000_000
            order.append("found")

    searching = asyncio.create_task(look_up())
    while not order:
        await asyncio.sleep(0)
    async with store.transaction() as tx:
        await meta.put(tx, "meanwhile", "yes")
    order.append("written")
    await searching
    assert order == ["asked", "written", "found"]


async def test_whoever_searches_sees_what_is_committed_and_changes_nothing(store: Store) -> None:
    async with store.transaction() as tx:
        await meta.put(tx, "known", "yes")
        lookup_id = await search.remember(tx, "терминал")
    async with store.searching() as tx:
        assert await meta.get(tx, "known") == "yes"
        assert await search.recall(tx, lookup_id) == "терминал"
        assert await search.find(tx, read_lookup("терминал", None)) == search.Found((), is_all=True)
        if store.is_sqlite:
            with pytest.raises(DBAPIError):
                await meta.put(tx, "known", "no")
    async with store.transaction() as tx:
        assert await meta.get(tx, "known") == "yes"
