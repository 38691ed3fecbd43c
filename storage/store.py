"""The database and its transactions: the one place that opens, commits and rolls back."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout
from sqlalchemy import ColumnElement, CursorResult, Executable, Row, event, func, make_url, select
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage import sqlite
from storage.clock import Clock, SystemClock
from storage.turns import Turns

if TYPE_CHECKING:
    from storage.rows import OutboxRow

# SQLSTATEs after which the same transaction may well succeed: serialization failure, deadlock,
# lock not available, server going down or starting up, too many connections, disk full.
_PASSING_STATES = frozenset({"40001", "40P01", "55P03", "57P01", "57P02", "57P03", "53300", "53100", "25006"})
# SQLite says "operational" also of a statement that is simply wrong.
_WRONG_STATEMENT = ("no such", "syntax error", "has no column", "ambiguous column")


def sign_of_life(name: str) -> ColumnElement[int]:
    """The number of the advisory lock that the process of this name holds on PostgreSQL while it lives."""
    return func.hashtextextended(name, 0)


class StoreError(Exception):
    """The store cannot be used; the message is one line for people."""


def is_trouble(error: BaseException) -> bool:
    """Whether this is trouble of the database or the machine, so that trying again may help."""
    if isinstance(error, OperationalError | InterfaceError):
        words = str(error.orig)
        return not (isinstance(error.orig, sqlite3.Error) and any(w in words for w in _WRONG_STATEMENT))
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None)
        return error.connection_invalidated or state in _PASSING_STATES or (state or "").startswith("08")
    return isinstance(error, PoolTimeout | OSError | MemoryError)


@dataclass(slots=True, eq=False)
class Transaction:
    """One unit of work: what it changes becomes true all at once, or not at all."""

    connection: AsyncConnection
    clock: Clock
    # What the sender has to know once this is true: rows that are new, and ids that are void.
    queued: list[OutboxRow] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)
    # Destinations that can be reached again.
    resumed: list[str] = field(default_factory=list)
    after_commit: list[Callable[[], None]] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The present moment, in UTC."""
        return self.clock.now()

    async def execute(
        self, statement: Executable, parameters: Sequence[dict[str, Any]] | dict[str, Any] | None = None
    ) -> CursorResult[Any]:
        """Run a statement."""
        result: CursorResult[Any] = await self.connection.execute(statement, parameters)
        return result

    async def first(self, statement: Executable, parameters: dict[str, Any] | None = None) -> Row[Any] | None:
        """The first row, or None."""
        return (await self.execute(statement, parameters)).first()

    async def all(
        self, statement: Executable, parameters: dict[str, Any] | None = None
    ) -> Sequence[Row[Any]]:
        """All rows."""
        return (await self.execute(statement, parameters)).all()

    async def scalar(self, statement: Executable, parameters: dict[str, Any] | None = None) -> Any:
        """The first column of the first row, or None."""
        return (await self.execute(statement, parameters)).scalar()

    @contextlib.asynccontextmanager
    async def savepoint(self) -> AsyncIterator[Transaction]:
        """A part that can fail by itself: an exception undoes only what was done inside."""
        async with self.connection.begin_nested():
            part = Transaction(self.connection, self.clock)
            yield part
        self.queued += part.queued
        self.dropped += part.dropped
        self.resumed += part.resumed
        self.after_commit += part.after_commit


class Store:
    """A desk's database.

    SQLite has one writer at a time, here as in the file; PostgreSQL takes many.
    """

    def __init__(self, url: str, clock: Clock | None = None) -> None:
        self.url = make_url(url)
        self.clock: Clock = clock or SystemClock()
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._engine: AsyncEngine | None = None
        self._writer = Turns()
        self._file_lock: FileLock | None = None
        self._sign_of_life: AsyncConnection | None = None
        self._listeners: list[Callable[[Transaction], None]] = []

    @property
    def engine(self) -> AsyncEngine:
        """The open engine. Raises StoreError before `open`."""
        if self._engine is None:
            raise StoreError("the store is not open")
        return self._engine

    async def open(self) -> None:
        """Connect, and bring the tables up to date.

        Raises StoreError if another process has the SQLite file, or the database cannot be used.
        """
        from storage.migrate import upgrade

        if self.is_sqlite:
            self._engine = self._open_sqlite()
        else:
            self._engine = create_async_engine(
                self.url, pool_size=10, max_overflow=5, pool_pre_ping=True, pool_use_lifo=True
            )
        try:
            async with self._engine.begin() as connection:
                await connection.run_sync(upgrade)
        except (DBAPIError, OSError) as error:
            await self.close()
            words = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise StoreError(
                f"DATABASE_URL: {self.url.render_as_string()} cannot be used ({words}); "
                "check the address and the rights"
            ) from error

    def _open_sqlite(self) -> AsyncEngine:
        path = self.url.database or ":memory:"
        if path == ":memory:":
            raise StoreError("DATABASE_URL: a desk in memory would forget everything; name a file")
        folder = Path(path).resolve().parent
        if not folder.is_dir():
            raise StoreError(f"DATABASE_URL: there is no folder {folder}; make it, or name another file")
        self._file_lock = FileLock(f"{path}.lock")
        try:
            self._file_lock.acquire(timeout=0)
        except Timeout:
            self._file_lock = None
            raise StoreError(
                f"DATABASE_URL: another process already runs on {path}; "
                "stop it first, or use PostgreSQL for more than one"
            ) from None
        except OSError as error:
            self._file_lock = None
            raise StoreError(f"DATABASE_URL: {path} cannot be locked ({error.strerror})") from error
        engine = create_async_engine(
            self.url, async_creator=lambda: sqlite.connect(path), pool_size=1, max_overflow=0
        )
        # Python's driver would begin late and deferred, which loses updates or fails under load.
        event.listen(engine.sync_engine, "begin", lambda c: c.exec_driver_sql("BEGIN IMMEDIATE"))
        return engine

    async def show_life(self, name: str) -> None:
        """Let other processes see that `name` lives: a lock that PostgreSQL frees when we end, however we do.

        To be called again after trouble of the database, which may have freed it too.
        """
        if self.is_sqlite:
            return
        await self._end_sign_of_life()
        connection = await self.engine.connect()
        self._sign_of_life = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await self._sign_of_life.execute(select(func.pg_advisory_lock(sign_of_life(name))))

    async def _end_sign_of_life(self) -> None:
        if self._sign_of_life is not None:
            connection, self._sign_of_life = self._sign_of_life, None
            # Back in the pool it would keep the lock.
            await connection.invalidate()
            await connection.close()

    async def close(self) -> None:
        """Disconnect and let others have the file."""
        await self._end_sign_of_life()
        if self._engine is not None:
            await self._engine.dispose()
            self._engine = None
        if self._file_lock is not None:
            self._file_lock.release()
            self._file_lock = None

    def listen(self, listener: Callable[[Transaction], None]) -> None:
        """Call `listener` with every transaction right after its commit."""
        self._listeners.append(listener)

    @contextlib.asynccontextmanager
    async def transaction(self, *, urgent: bool = False) -> AsyncIterator[Transaction]:
        """A transaction that commits when the block ends, and rolls back when it raises.

        Where there is one writer at a time, an urgent one need not wait for all that came before it.
        """
        async with self._writer.turn(urgent=urgent) if self.is_sqlite else contextlib.nullcontext():
            async with self.engine.begin() as connection:
                tx = Transaction(connection, self.clock)
                yield tx
            for listener in self._listeners:
                listener(tx)
        for call in tx.after_commit:
            call()
