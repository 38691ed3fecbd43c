"""SQLite under asyncio: statements run in the event loop, only what waits for the disk runs in a thread.

A statement on a local file takes microseconds, a hop into a thread and back many times that. So the
connections here are plain ones, and COMMIT, which waits for the disk, is all that leaves the loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import NullPool

# WAL lets others read meanwhile; FULL makes a commit survive a loss of power.
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")


def _connect(path: str) -> sqlite3.Connection:
    # No waiting for a lock inside the loop: it would freeze everything. The store retries. Transactions are
    # begun by hand, because Python's driver would begin late and deferred, which loses updates under load.
    connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()
    return connection


class Database:
    """One file: a connection that writes, one transaction at a time, and one that only reads."""

    def __init__(self, path: str) -> None:
        self._engine: Engine = create_engine(
            "sqlite://",
            creator=lambda: _connect(path),
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            # What people wrote must not come into logs with the error of a statement.
            hide_parameters=True,
        )
        self._writer: Connection | None = None
        self._reader: Connection | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")
        self._changes_committed = 0

    @property
    def _driver(self) -> sqlite3.Connection:
        assert self._writer is not None
        driver = self._writer.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        return driver

    def begin(self) -> Connection:
        """Begin a writing transaction; the caller sees to it that there is no other.

        Raises OperationalError of sqlite3 or SQLAlchemy while somebody else has the file locked.
        """
        if self._writer is None:
            self._writer = self._engine.connect()
        self._driver.execute("BEGIN IMMEDIATE").close()
        return self._writer

    async def commit(self) -> None:
        """Make the transaction durable."""
        driver = self._driver
        if driver.total_changes == self._changes_committed:
            # It only read: there is nothing to wait for.
            driver.commit()
            return
        await self._in_thread(driver.commit)
        self._changes_committed = driver.total_changes

    async def rollback(self) -> None:
        """Forget the transaction."""
        if self._driver.in_transaction:
            await self._in_thread(self._driver.rollback)

    async def _in_thread(self, work: Callable[[], None]) -> None:
        future = asyncio.get_running_loop().run_in_executor(self._thread, work)
        try:
            await asyncio.shield(future)
        except asyncio.CancelledError:
            # Nobody may use the connection while the thread is still at it.
            await asyncio.wait([future])
            raise

    @contextlib.contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of the transaction that is undone if the block raises."""
        driver = self._driver
        driver.execute("SAVEPOINT part").close()
        try:
            yield
        except BaseException:
            # Some failures, such as a full disk, end the whole transaction and the savepoint with it.
            if driver.in_transaction:
                driver.execute("ROLLBACK TO part").close()
                driver.execute("RELEASE part").close()
            raise
        driver.execute("RELEASE part").close()

    def reading(self) -> Connection:
        """The connection that only reads: each statement sees what was committed before it."""
        if self._reader is None:
            self._reader = self._engine.connect()
        return self._reader

    def close(self) -> None:
        """Close the file."""
        for connection in (self._reader, self._writer):
            if connection is not None:
                connection.close()
        self._thread.shutdown()
