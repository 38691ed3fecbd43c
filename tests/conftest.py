"""Fixtures that every test may ask for. A server starts with the first test that needs it."""

from __future__ import annotations

import asyncio
import functools
import gc
import os
import shutil
import ssl
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from tests.servers import PostgresServer, ValkeyServer
from tests.watched_loop import WatchedLoop

# How long an example takes says more about the machine than about us.
hypothesis.settings.register_profile("talon", deadline=None)
hypothesis.settings.load_profile("talon")

if TYPE_CHECKING:
    # Slow to load, and wanted by the workers of a test run alone.
    from tests.world import World


@pytest.fixture(scope="session", autouse=True)
def _one_set_of_certificates() -> Iterator[None]:
    """Reading all certificates there are takes longer than the start of a bot that needs none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", functools.cache(ssl.create_default_context))
        yield


@pytest.fixture(scope="session", autouse=True)
def _handlers_are_looked_at_once() -> Iterator[None]:
    """Each start of a bot has a thousand handlers and filters inspected, always the same ones."""
    from aiogram.dispatcher.event.handler import CallableObject
    from aiogram.filters import Filter

    look = CallableObject.__post_init__
    known: dict[object, tuple[bool, set[str], bool]] = {}

    def remembered(self: CallableObject) -> None:
        callback = getattr(self.callback, "__func__", self.callback)
        key: object = type(callback) if isinstance(callback, Filter) else getattr(callback, "__code__", None)
        if key is None or getattr(callback, "__wrapped__", None) is not None:
            look(self)
            return
        if key not in known:
            look(self)
            known[key] = self.awaitable, self.params, self.varkw
        self.awaitable, self.params, self.varkw = known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CallableObject, "__post_init__", remembered)
        yield


@pytest.fixture(scope="session", autouse=True)
def _statements_are_compiled_once() -> Iterator[None]:
    """Each engine compiles every statement for itself, and each test has its own engines."""
    engines: dict[str, Engine] = {}

    def share(engine: Engine) -> None:
        first = engines.setdefault(engine.dialect.name, engine)
        # What was compiled is found by the dialect it was compiled for.
        engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache

    def made(*args: Any, **how: Any) -> Engine:
        engine = create_engine(*args, **how)
        share(engine)
        return engine

    def made_async(*args: Any, **how: Any) -> AsyncEngine:
        engine = create_async_engine(*args, **how)
        share(engine.sync_engine)
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("storage.sqlite.create_engine", made)
        patch.setattr("storage.engines.create_async_engine", made_async)
        yield


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: tests that wait for processes of the desk leave theirs to others."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest, and so was given more time, begins: at the end all workers should be busy."""
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported now stays: the collector need not look at it again and again."""
    gc.disable()
    result = yield
    gc.freeze()
    gc.enable()
    return result


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], WatchedLoop]]:
    """Every test runs in a loop that can be asked whether anything is left to do."""
    return {"watched": WatchedLoop}


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server, one for each worker of the test run."""
    with PostgresServer() as server:
        yield server


def _migrate(url: str) -> None:
    from storage.store import Store

    async def climb() -> None:
        store = Store(url)
        await store.open()
        await store.close()

    asyncio.run(climb())


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> str:
    """A database with the tables in it, for `postgres_url` to copy."""
    name = "template_with_tables"
    _migrate(postgres.create_database(name))
    return name


@pytest.fixture
def postgres_url(postgres: PostgresServer, postgres_template: str) -> Iterator[str]:
    """The URL of a database that only this test uses."""
    name = f"test_{uuid.uuid4().hex}"
    yield postgres.create_database(name, postgres_template)
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def valkey() -> Iterator[ValkeyServer]:
    """A Valkey server, one for each worker of the test run; its contents are left by earlier tests."""
    with ValkeyServer() as server:
        yield server


@pytest.fixture
def valkey_url(valkey: ValkeyServer) -> str:
    """The URL of a Valkey that has just been emptied."""
    valkey.flush()
    return valkey.url()


@pytest.fixture(scope="session")
def fast_folder() -> Iterator[Path]:
    """A folder for SQLite files, in memory where the system has such a place: tests commit a lot."""
    memory = Path("/dev/shm")
    usable = memory.is_dir() and os.access(memory, os.W_OK)
    with tempfile.TemporaryDirectory(prefix="talon-", dir=memory if usable else None) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def sqlite_template(fast_folder: Path) -> Path:
    """A SQLite file with the tables in it."""
    path = fast_folder / "template.db"
    _migrate(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(fast_folder: Path, sqlite_template: Path) -> Iterator[str]:
    """The URL of a SQLite file that only this test uses."""
    path = fast_folder / f"{uuid.uuid4().hex}.db"
    shutil.copy(sqlite_template, path)
    yield f"sqlite+aiosqlite:///{path}"
    for leftover in fast_folder.glob(f"{path.name}*"):
        leftover.unlink()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty store; a test that asks for it runs on both databases."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="session")
def launcher() -> Iterator[Path]:
    """Where to have the bot run in a process of its own, one for each worker of the test run."""
    from tests.crash_rig import crash_launcher

    with crash_launcher() as address:
        yield address


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    """A desk that runs on SQLite, with nobody in it but an agent."""
    async with _living(sqlite_url) as living:
        yield living


@pytest.fixture
async def any_world(database_url: str) -> AsyncIterator[World]:
    """A desk that runs, once on SQLite and once on PostgreSQL."""
    async with _living(database_url) as living:
        yield living


@asynccontextmanager
async def _living(database_url: str) -> AsyncIterator[World]:
    from tests.world import World

    world = World(database_url)
    await world.start()
    try:
        yield world
    finally:
        await world.close()
