"""What is prepared gives back on both databases what SQLAlchemy does."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, Table, bindparam, delete, insert, select

from storage import models
from storage.prepared import Prepared
from storage.store import Store
from storage.trouble import is_orphan

_INBOX = models.inbox
_ADD = Prepared(insert(_INBOX))
_ADDED = Prepared(insert(_INBOX).returning(_INBOX.c.update_id, _INBOX.c.received_at))
_BY_ID = select(_INBOX).where(_INBOX.c.update_id == bindparam("of"), _INBOX.c.state == "waiting")
_FIND = Prepared(_BY_ID)
_DROP = Prepared(delete(_INBOX).where(_INBOX.c.update_id == bindparam("of")))
_AT = datetime(2026, 11, 22, 10, 30, 0, 250_000, tzinfo=UTC)


def row(update_id: int, payload: Any) -> dict[str, Any]:
    return {"update_id": update_id, "seq": update_id, "lane": "c:1", "payload": payload, "received_at": _AT}


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    opened = Store(database_url)
    await opened.open()
    yield opened
    await opened.close()


@pytest.mark.parametrize("payload", [None, {}, {"text": "Ōzoliņš «1»", "of": [1, None, {"a": True}]}])
async def test_values_come_back_as_they_were(store: Store, payload: Any) -> None:
    async with store.transaction() as tx:
        # The first statement of a transaction begins it.
        assert await tx.first(_FIND, {"of": 1}) is None
        await tx.run(_ADD, row(1, payload))
        found = await tx.first(_FIND, {"of": 1})
        usual = await tx.first(_BY_ID, {"of": 1})
    assert found is not None
    assert usual is not None
    assert found._asdict() == usual._asdict()
    assert found.payload == payload
    assert found.received_at == _AT


async def test_what_is_not_there_is_no_row(store: Store) -> None:
    async with store.transaction() as tx:
        assert await tx.first(_FIND, {"of": 1}) is None
        assert await tx.scalar(_FIND, {"of": 1}) is None
        assert await tx.all(_FIND, {"of": 1}) == []
        assert await tx.run(_DROP, {"of": 1}) == []


async def test_what_is_added_can_be_given_back_and_dropped(store: Store) -> None:
    async with store.transaction() as tx:
        [added] = await tx.all(_ADDED, row(7, {}))
        assert (added.update_id, added.received_at) == (7, _AT)
        assert await tx.scalar(_ADDED, {**row(8, {}), "state": "aside"}) == 8
        assert await tx.first(_FIND, {"of": 8}) is None
        await tx.run(_DROP, {"of": 7})
        assert await tx.first(_FIND, {"of": 7}) is None


@pytest.mark.parametrize("is_first", [True, False])
async def test_what_refers_to_nothing_is_known_for_that(store: Store, *, is_first: bool) -> None:
    copy = {
        "message_id": 404,
        "chat_id": 1,
        "telegram_message_id": 1,
        "part": 0,
        "origin": True,
        "at": _AT,
    }
    with pytest.raises(Exception, match=r"(?i)foreign key") as caught:  # noqa: PT012
        async with store.transaction() as tx:
            if not is_first:
                await tx.run(_ADD, row(1, {}))
                await tx.run(_ADD, row(2, {}))
            await tx.run(Prepared(insert(models.delivery)), copy)
    assert is_orphan(caught.value)
    async with store.transaction() as tx:
        assert await tx.first(_FIND, {"of": 2}) is None


async def test_a_part_that_fails_is_undone_alone(store: Store) -> None:
    async with store.transaction() as tx:
        with pytest.raises(RuntimeError):  # noqa: PT012
            async with tx.savepoint() as part:
                await part.run(_ADD, row(1, {}))
                raise RuntimeError
        await tx.run(_ADD, row(2, {}))
    async with store.reading() as tx:
        assert await tx.first(_FIND, {"of": 1}) is None
        assert await tx.first(_FIND, {"of": 2}) is not None


async def test_what_cannot_be_prepared_is_refused(store: Store) -> None:
    of_python = Table("t", MetaData(), Column("id", Integer), Column("made", Integer, default=lambda: 1))
    lists = Prepared(select(_INBOX).where(_INBOX.c.update_id.in_(bindparam("of", expanding=True))))
    if not store.is_sqlite:
        return
    async with store.transaction() as tx:
        assert isinstance(tx.connection, Connection)
        with pytest.raises(AssertionError, match="list"):
            lists.run(tx.connection, {"of": [1, 2]})
        with pytest.raises(AssertionError, match="default"):
            Prepared(insert(of_python)).run(tx.connection, {"id": 1})
