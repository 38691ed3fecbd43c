"""SQLite under asyncio: statements run in the event loop, only what waits for the disk runs in a thread.

A statement on a local file takes microseconds, a hop into a thread and back many times that, so
stock aiosqlite (four hops a statement) spends most of its time hopping. This facade speaks the part
of aiosqlite's interface that SQLAlchemy's `sqlite+aiosqlite` dialect uses.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any


class Cursor:
    """The cursor that SQLAlchemy drives: coroutines that never wait."""

    __slots__ = ("_cursor",)

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor

    async def __aenter__(self) -> Cursor:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self._cursor.close()

    @property
    def description(self) -> Any:
        """The columns of the present result, or None."""
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        """Rows changed by the last statement."""
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        """The id of the last inserted row."""
        return self._cursor.lastrowid

    async def execute(self, operation: str, parameters: Sequence[Any] = ()) -> Cursor:
        """Run one statement."""
        self._cursor.execute(operation, parameters)
        return self

    async def executemany(self, operation: str, parameters: Sequence[Sequence[Any]]) -> Cursor:
        """Run one statement for each set of parameters."""
        self._cursor.executemany(operation, parameters)
        return self

    async def fetchall(self) -> list[Any]:
        """All rows that are left."""
        return self._cursor.fetchall()

    async def close(self) -> None:
        """Free the cursor."""
        self._cursor.close()


class Connection:
    """One connection to one file, with COMMIT and the like in a thread of its own."""

    def __init__(self, path: str) -> None:
        # No waiting for a lock inside the loop: it would freeze everything. The store retries.
        self._connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")
        self._changes_committed = 0

    def prepare(self) -> None:
        """Set what has to be set on every connection."""
        # WAL lets others read meanwhile; FULL makes a commit survive a loss of power.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self._connection.execute(f"PRAGMA {pragma}").close()

    async def _in_thread(self, work: Callable[[], None]) -> None:
        future = asyncio.get_running_loop().run_in_executor(self._thread, work)
        try:
            await asyncio.shield(future)
        except asyncio.CancelledError:
            # Nobody may use the connection while the thread is still at it.
            await asyncio.wait([future])
            raise

    def cursor(self) -> Cursor:
        """A new cursor."""
        return Cursor(self._connection.cursor())

    async def commit(self) -> None:
        """Make the transaction durable."""
        if self._connection.total_changes == self._changes_committed:
            # It only read: there is nothing to wait for.
            self._connection.commit()
            return
        await self._in_thread(self._connection.commit)
        self._changes_committed = self._connection.total_changes

    async def rollback(self) -> None:
        """Forget the transaction."""
        if not self._connection.in_transaction:
            # The pool makes sure of that whenever it gets the connection back.
            return
        await self._in_thread(self._connection.rollback)

    async def close(self) -> None:
        """Close the file."""
        await self._in_thread(self._connection.close)
        self._thread.shutdown(wait=False)

    def stop(self) -> None:
        """Close without an event loop to wait in."""
        self._thread.shutdown(wait=True)
        self._connection.close()

    async def create_function(
        self, name: str, parameters: int, function: Callable[..., Any], deterministic: bool = False
    ) -> None:
        """Register an SQL function; the dialect brings its own."""
        self._connection.create_function(name, parameters, function, deterministic=deterministic)


async def connect(path: str) -> Connection:
    """Open the file; for `create_async_engine(..., async_creator=...)`.

    Raises sqlite3.OperationalError when the file cannot be opened.
    """
    connection = Connection(path)
    connection.prepare()
    return connection
