"""Trouble of the database and the machine: told from our own mistakes, waited out, never a frozen loop."""

import asyncio
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from playground import Fault, Slow
from storage import meta, models
from storage.store import Store
from storage.trouble import StoreError, in_one_line, is_trouble
from tests.agents.seeds import really, seed
from tests.world import World, texts


class _PostgresError(Exception):
    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("said PostgreSQL")
        self.sqlstate = sqlstate


def _sqlite(words: str) -> OperationalError:
    return OperationalError("SELECT 1", {}, sqlite3.OperationalError(words))


def _postgres(state: str | None) -> DBAPIError:
    return DBAPIError("SELECT 1", {}, _PostgresError(state))


@pytest.mark.parametrize(
    "error",
    [
        _sqlite("database is locked"),
        _sqlite("disk I/O error"),
        _sqlite("database or disk is full"),
        _sqlite("attempt to write a readonly database"),
        _sqlite("unable to open database file"),
        InterfaceError("SELECT 1", {}, _PostgresError(None)),
        *(
            _postgres(state)
            for state in ("40001", "40P01", "55P03", "57P01", "57P03", "53300", "53100", "08006")
        ),
        DBAPIError("SELECT 1", {}, _PostgresError(None), connection_invalidated=True),
        asyncpg.DeadlockDetectedError("deadlock detected"),
        asyncpg.DiskFullError("could not extend file"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InternalClientError("another operation is in progress"),
        PoolTimeout("QueuePool limit"),
        OSError(28, "No space left on device"),
        ConnectionRefusedError(),
        MemoryError(),
    ],
    ids=str,
)
def test_trouble(error: Exception) -> None:
    assert is_trouble(error)


@pytest.mark.parametrize(
    "error",
    [
        _sqlite("no such table: x"),
        _sqlite('near "SELEC": syntax error'),
        _sqlite("table meta has no column named x"),
        IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE constraint failed")),
        _postgres("23505"),
        _postgres("42P01"),
        _postgres(None),
        ProgrammingError("SELECT 1", {}, sqlite3.ProgrammingError("wrong number of bindings")),
        asyncpg.UniqueViolationError("duplicate key"),
        asyncpg.UndefinedTableError("no such relation"),
        asyncpg.exceptions._base.DataError("value out of int64 range"),
        ValueError(),
        KeyError("x"),
        AssertionError(),
    ],
    ids=str,
)
def test_our_own_mistakes(error: Exception) -> None:
    assert not is_trouble(error)


async def test_mistakes_and_trouble_of_real_databases(store: Store) -> None:
    with pytest.raises(DBAPIError) as wrong:
        async with store.transaction() as tx:
            await tx.execute(text("SELECT * FROM nothing_of_the_kind"))
    assert not is_trouble(wrong.value)
    with pytest.raises(DBAPIError) as twice:  # noqa: PT012
        async with store.transaction() as tx:
            for _ in range(2):
                await tx.execute(models.meta.insert().values(key="a", value="1"))
    assert not is_trouble(twice.value)


async def test_a_deadlock_is_trouble(postgres_url: str) -> None:
    store = Store(postgres_url)
    await store.open()
    async with store.transaction() as tx:
        await meta.put(tx, "a", "1")
        await meta.put(tx, "b", "1")
    both = asyncio.Barrier(2)

    async def work(first: str, second: str) -> Exception | None:
        try:
            async with store.transaction() as tx:
                await meta.put(tx, first, "2")
                await both.wait()
                await meta.put(tx, second, "2")
        except DBAPIError as error:
            return error
        return None

    failed = [error for error in await asyncio.gather(work("a", "b"), work("b", "a")) if error]
    assert len(failed) == 1
    assert is_trouble(failed[0])
    await store.close()


async def test_a_connection_cut_by_the_server_is_trouble(postgres_url: str) -> None:
    store = Store(postgres_url)
    await store.open()
    with pytest.raises(DBAPIError) as cut:  # noqa: PT012
        async with store.transaction() as tx:
            mine = await tx.scalar(text("SELECT pg_backend_pid()"))
            async with store.transaction() as other:
                await other.execute(text(f"SELECT pg_terminate_backend({mine})"))
            await tx.execute(select(models.meta))
    assert is_trouble(cut.value)
    async with store.transaction() as tx:
        assert await meta.get(tx, "a") is None
    await store.close()


async def test_moments_need_a_zone(store: Store) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    with pytest.raises(Exception, match="needs a time zone"):
        async with store.transaction() as tx:
            await tx.execute(models.timer.insert().values(kind="x", subject=1, due_at=naive))


# SQLite whose file somebody else holds.


def _path(store_url: str) -> str:
    return store_url.removeprefix("sqlite+aiosqlite:///")


async def test_a_lock_between_a_call_and_its_outcome_repeats_nothing(world: World) -> None:
    anna = await seed(world)
    assert world.app is not None
    outside = sqlite3.connect(world.app.store.url.database or "", isolation_level=None)
    slow = world.pg.faults.add(Fault("sendMessage", Slow(3), anna.customer.person.id))
    world.agent.write(anna.topic, "раз")
    world.agent.write(anna.topic, "два")
    await really(world, lambda: slow.struck)
    outside.execute("BEGIN IMMEDIATE")
    for _ in range(16):
        world.clock.move_to(world.clock.now() + timedelta(seconds=0.5))
        await asyncio.sleep(0.01)
    outside.execute("ROLLBACK")
    outside.close()
    await world.settle(20)
    assert texts(anna.customer.chat) == ["раз", "два"]


async def test_a_disk_that_is_full_for_a_while(world: World) -> None:
    anna = await seed(world)
    assert world.app is not None
    async with world.app.store.transaction() as tx:
        pages = await tx.scalar(text("PRAGMA page_count"))
        await tx.execute(text(f"PRAGMA max_page_count = {pages}"))
    for number in range(20):
        anna.customer.write(f"{number} " + "x" * 4000)
    for _ in range(8):
        world.clock.move_to(world.clock.now() + timedelta(seconds=1))
        await asyncio.sleep(0.02)
    assert len(texts(anna.topic, of=world.bot)) < 21
    while True:
        try:
            async with world.app.store.transaction() as tx:
                await tx.execute(text("PRAGMA max_page_count = 1000000"))
            break
        except OperationalError:
            await asyncio.sleep(0.01)
    await world.settle(60)
    assert [line.split()[0] for line in texts(anna.topic, of=world.bot)[1:]] == [str(n) for n in range(20)]


async def test_a_database_that_cannot_be_used_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("this is no database, and long enough to be looked at as one\n" * 20)
    for url, words in (
        (f"sqlite+aiosqlite:///{tmp_path}/none/talon.db", "there is no folder"),
        ("sqlite+aiosqlite:///:memory:", "in memory"),
        (f"sqlite+aiosqlite:///{tmp_path}/text.db", "not a database"),
        ("postgresql+asyncpg://talon:geheim@127.0.0.1:1/talon", "cannot be used"),
    ):
        store = Store(url)
        with pytest.raises(StoreError) as refused:
            await store.open()
        said = str(refused.value)
        assert said.startswith("DATABASE_URL: ")
        assert words in said
        assert "\n" not in said
        assert "geheim" not in said
        await store.close()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (_sqlite("unable to open database file"), "unable to open database file"),
        (
            OperationalError("SELECT 1", {}, Exception("<class 'asyncpg.X'>: no such role\nDETAIL: none")),
            "no such role",
        ),
        (
            PermissionError("it is there, but nothing can be written"),
            "it is there, but nothing can be written",
        ),
        # What asyncio raises says nothing.
        (TimeoutError(), "it does not answer"),
        (ConnectionResetError(), "ConnectionResetError"),
    ],
    ids=repr,
)
def test_an_error_of_the_database_has_words_of_one_line(error: Exception, said: str) -> None:
    assert in_one_line(error) == said
