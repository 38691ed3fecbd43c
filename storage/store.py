"""The database and its transactions: the one place that opens, commits and rolls back."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from filelock import FileLock, Timeout
from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    CursorResult,
    Executable,
    Row,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage import models
from storage.clock import Clock, SystemClock
from storage.migrate import UnknownRevision, bring_up_to_date, is_current
from storage.prepared import Prepared
from storage.sqlite import Database
from storage.turns import Turns

if TYPE_CHECKING:
    from storage.rows import OutboxRow

# SQLSTATEs after which the same transaction may well succeed: serialization failure, deadlock,
# lock not available, server going down or starting up, too many connections, disk full.
_PASSING_STATES = frozenset({"40001", "40P01", "55P03", "57P01", "57P02", "57P03", "53300", "53100", "25006"})
# SQLite says "operational" also of a statement that is simply wrong.
_WRONG_STATEMENT = ("no such", "syntax error", "has no column", "ambiguous column")

# What the names begin with by which stores that are open can be told from other clients of PostgreSQL.
CLIENT = "talon-"
# The key in `meta` under which a desk that has moved says where to.
MOVED_TO = "moved_to"
# What a process that stands still, or a machine that is gone, has locked is free again after so long.
_SESSION = {
    "idle_in_transaction_session_timeout": "15s",
    "tcp_keepalives_idle": "10s",
    "tcp_keepalives_interval": "5s",
    "tcp_keepalives_count": "3",
}

# Who lost the connection that shows their life is likely not alone in that: the others have so many seconds
# to show theirs again before they are taken for dead.
_OTHERS_RETURN_WITHIN = 10.0

T = TypeVar("T")


def sign_of_life(name: str) -> ColumnElement[int]:
    """The number of the advisory lock that the process of this name holds on PostgreSQL while it lives."""
    return func.hashtextextended(name, 0)


class StoreError(Exception):
    """The store cannot be used; the message is one line for people."""


def is_trouble(error: BaseException) -> bool:
    """Whether this is trouble of the database or the machine, so that trying again may help."""
    if isinstance(error, OperationalError | InterfaceError):
        return not isinstance(error.orig, sqlite3.Error) or is_trouble(error.orig)
    if isinstance(error, sqlite3.OperationalError):
        return not any(words in str(error) for words in _WRONG_STATEMENT)
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None)
        return error.connection_invalidated or state in _PASSING_STATES or (state or "").startswith("08")
    return isinstance(error, PoolTimeout | OSError | MemoryError)


def is_orphan(error: BaseException) -> bool:
    """Whether something refers to what was removed meanwhile."""
    return isinstance(error, IntegrityError | sqlite3.IntegrityError)


def lock_file(path: str) -> FileLock:
    """Let nobody else run on a file of SQLite. Raises StoreError if somebody does."""
    lock = FileLock(f"{path}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise StoreError(
            f"DATABASE_URL: another process already runs on {path}; "
            "stop it first, or use PostgreSQL for more than one"
        ) from None
    except OSError as error:
        raise StoreError(f"DATABASE_URL: {path} cannot be locked ({error.strerror})") from error
    return lock


@dataclass(slots=True, eq=False)
class Transaction:
    """One unit of work: what it changes becomes true all at once, or not at all."""

    # SQLite's connections are plain ones, whose statements do not wait.
    connection: AsyncConnection | Connection
    clock: Clock
    # The file that is written to; None on PostgreSQL, and where the transaction only reads.
    database: Database | None = None
    # Whether a process that shows no life may just have lost its connection, as we did.
    others_may_return: bool = False
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

    @property
    def dialect(self) -> str:
        """SQLAlchemy's name of the kind of database: `sqlite` or `postgresql`."""
        return self.connection.dialect.name

    async def execute(
        self, statement: Executable, parameters: Sequence[dict[str, Any]] | dict[str, Any] | None = None
    ) -> CursorResult[Any]:
        """Run a statement."""
        if isinstance(self.connection, Connection):
            return self.connection.execute(statement, parameters)
        return await self.connection.execute(statement, parameters)

    async def run(self, prepared: Prepared, parameters: dict[str, Any]) -> Sequence[Row[Any]]:
        """Run a statement of the hot path; gives back its rows."""
        if isinstance(self.connection, Connection):
            return prepared.run(self.connection, parameters)
        result = await self.connection.execute(prepared.statement, parameters)
        return result.all() if result.returns_rows else []

    async def first(
        self, statement: Executable | Prepared, parameters: dict[str, Any] | None = None
    ) -> Row[Any] | None:
        """The first row, or None."""
        if isinstance(statement, Prepared):
            return next(iter(await self.run(statement, parameters or {})), None)
        return (await self.execute(statement, parameters)).first()

    async def all(
        self,
        statement: Executable | Prepared,
        parameters: Sequence[dict[str, Any]] | dict[str, Any] | None = None,
    ) -> Sequence[Row[Any]]:
        """All rows."""
        if isinstance(statement, Prepared):
            assert isinstance(parameters, dict)
            return await self.run(statement, parameters)
        return (await self.execute(statement, parameters)).all()

    async def scalar(self, statement: Executable | Prepared, parameters: dict[str, Any] | None = None) -> Any:
        """The first column of the first row, or None."""
        if isinstance(statement, Prepared):
            rows = await self.run(statement, parameters or {})
            return rows[0][0] if rows else None
        return (await self.execute(statement, parameters)).scalar()

    @contextlib.asynccontextmanager
    async def savepoint(self) -> AsyncIterator[Transaction]:
        """A part that can fail by itself: an exception undoes only what was done inside."""
        part = Transaction(self.connection, self.clock, self.database, self.others_may_return)
        if isinstance(self.connection, Connection):
            assert self.database is not None, "nothing is written where one only reads"
            with self.database.savepoint():
                yield part
        else:
            async with self.connection.begin_nested():
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
        # Transactions, and other work on the database, that have begun and not ended.
        self.under_way = 0
        self._database: Database | None = None
        self._engine: AsyncEngine | None = None
        self._readers: AsyncEngine | None = None
        self._writer = Turns()
        self._file_lock: FileLock | None = None
        self._sign_of_life: AsyncConnection | None = None
        self._showing_life = asyncio.Lock()
        # When we last showed our life again after that was cut off, by the machine's steady clock.
        self._life_shown_again = float("-inf")
        self._listeners: list[Callable[[Transaction], None]] = []

    async def open(self, *, even_if_moved: bool = False) -> None:
        """Connect, and bring the tables up to date.

        Raises StoreError if another process has the SQLite file, if the database cannot be used, or if the
        desk has moved to another one since.
        """
        if self.is_sqlite:
            self._database = self._open_sqlite()
        else:
            self._engine = create_async_engine(
                self.url,
                # None beyond that: connections that come and go cost more than those that stay. One that
                # broke is found out by the first who uses it, and whoever does tries again anyway.
                pool_size=16,
                max_overflow=0,
                pool_use_lifo=True,
                # The name shows in pg_stat_activity, where `talon migrate` looks for desks that run.
                connect_args={
                    "server_settings": {**_SESSION, "application_name": f"{CLIENT}{uuid.uuid4().hex[:12]}"}
                },
                # As on SQLite: what people wrote must not come into logs.
                hide_parameters=True,
            )
        try:
            await self.run(bring_up_to_date)
            place = await self.run(_moved_to)
        except (DBAPIError, sqlite3.Error, OSError) as error:
            await self.close()
            raise self._unusable(error) from error
        except UnknownRevision as error:
            await self.close()
            raise StoreError(
                f"DATABASE_URL: {self.url.render_as_string()} was written by a newer version of Talon "
                f"(revision {error}); run that version, or restore a backup"
            ) from error
        if place is not None and not even_if_moved:
            await self.close()
            raise StoreError(
                f"DATABASE_URL: this desk has moved to {place}; put that address there. "
                "To go on with what stands here, as it was before: talon migrate --undo"
            )

    async def open_to_read(self) -> None:
        """Connect for `reading` alone, to a database that another process may be using.

        Raises StoreError if there is none, or its tables are of another version of the program.
        """
        if self.is_sqlite:
            self._database = self._existing_sqlite()
        else:
            self._engine = create_async_engine(self.url, hide_parameters=True)
        try:
            async with self.reading() as tx:
                connection = tx.connection
                if isinstance(connection, AsyncConnection):
                    current = await connection.run_sync(is_current)
                else:
                    current = is_current(connection)
        except (DBAPIError, sqlite3.Error, OSError) as error:
            await self.close()
            raise self._unusable(error) from error
        if not current:
            await self.close()
            raise StoreError(
                f"DATABASE_URL: {self.url.render_as_string()} is of another version; start the desk once"
            )

    def _existing_sqlite(self) -> Database:
        path = self.url.database or ":memory:"
        if not Path(path).is_file():
            raise StoreError(f"DATABASE_URL: there is no file {path}; name the desk's own")
        return Database(path)

    def _unusable(self, error: Exception) -> StoreError:
        words = str(getattr(error, "orig", None) or error).splitlines()[0]
        return StoreError(
            f"DATABASE_URL: {self.url.render_as_string()} cannot be used ({words}); "
            "check the address and the rights"
        )

    def _open_sqlite(self) -> Database:
        path = self.url.database or ":memory:"
        if path == ":memory:":
            raise StoreError("DATABASE_URL: a desk in memory would forget everything; name a file")
        folder = Path(path).resolve().parent
        if not folder.is_dir():
            raise StoreError(f"DATABASE_URL: there is no folder {folder}; make it, or name another file")
        self._file_lock = lock_file(path)
        return Database(path)

    @property
    def _postgres(self) -> AsyncEngine:
        if self._engine is None:
            raise StoreError("the store is not open")
        return self._engine

    @property
    def _sqlite(self) -> Database:
        if self._database is None:
            raise StoreError("the store is not open")
        return self._database

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Do what wants a plain connection, such as a migration, in a transaction of its own."""
        async with self.transaction() as tx:
            if isinstance(tx.connection, AsyncConnection):
                return await tx.connection.run_sync(work)
            return work(tx.connection)

    async def show_life(self, name: str, *, look: bool = False) -> None:
        """Let other processes see that `name` lives: a lock that PostgreSQL frees when we end, however we do.

        Does nothing if it is shown already; with `look`, after making sure that it is.
        """
        if self.is_sqlite or (self._sign_of_life is not None and not look):
            return
        async with self._showing_life:
            if self._sign_of_life is not None and await self._is_shown(self._sign_of_life):
                return
            if self._sign_of_life is not None:
                self._life_shown_again = float("inf")
            await self._end_sign_of_life()
            self.under_way += 1
            try:
                connection = await self._postgres.connect()
                try:
                    await connection.execution_options(isolation_level="AUTOCOMMIT")
                    await connection.execute(select(func.pg_advisory_lock(sign_of_life(name))))
                except BaseException:
                    await connection.invalidate()
                    await connection.close()
                    raise
            finally:
                self.under_way -= 1
            self._sign_of_life = connection
            if self._life_shown_again == float("inf"):
                self._life_shown_again = time.monotonic()

    @property
    def _others_may_return(self) -> bool:
        return time.monotonic() - self._life_shown_again < _OTHERS_RETURN_WITHIN

    async def _is_shown(self, connection: AsyncConnection) -> bool:
        self.under_way += 1
        try:
            await connection.execute(select(1))
        except (DBAPIError, OSError):
            return False
        finally:
            self.under_way -= 1
        return True

    async def _end_sign_of_life(self) -> None:
        if self._sign_of_life is not None:
            connection, self._sign_of_life = self._sign_of_life, None
            # Back in the pool it would keep the lock.
            await connection.invalidate()
            await connection.close()

    async def close(self) -> None:
        """Disconnect and let others have the file."""
        await self._end_sign_of_life()
        for engine in (self._engine, self._readers):
            if engine is not None:
                await engine.dispose()
        self._engine = self._readers = None
        if self._database is not None:
            self._database.close()
            self._database = None
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
        begin = self._begin_sqlite(urgent=urgent) if self.is_sqlite else self._begin_postgres()
        async with begin as tx:
            yield tx
        for call in tx.after_commit:
            call()

    @contextlib.asynccontextmanager
    async def _begin_sqlite(self, *, urgent: bool) -> AsyncIterator[Transaction]:
        async with self._writer.turn(urgent=urgent):
            database = self._sqlite
            tx = Transaction(database.begin(), self.clock, database)
            self.under_way += 1
            try:
                yield tx
                await database.commit()
            except BaseException:
                await database.rollback()
                raise
            finally:
                self.under_way -= 1
            self._committed(tx)

    @contextlib.asynccontextmanager
    async def _begin_postgres(self) -> AsyncIterator[Transaction]:
        self.under_way += 1
        try:
            async with self._postgres.begin() as connection:
                tx = Transaction(connection, self.clock, others_may_return=self._others_may_return)
                yield tx
        finally:
            self.under_way -= 1
        self._committed(tx)

    def _committed(self, tx: Transaction) -> None:
        for listener in self._listeners:
            listener(tx)

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """For looking things up: waits for no writer; each statement sees what is committed by then."""
        if self.is_sqlite:
            yield Transaction(self._sqlite.reading(), self.clock)
            return
        self.under_way += 1
        try:
            async with self._postgres.connect() as connection:
                yield Transaction(
                    await connection.execution_options(isolation_level="AUTOCOMMIT"),
                    self.clock,
                    others_may_return=self._others_may_return,
                )
        finally:
            self.under_way -= 1

    @contextlib.asynccontextmanager
    async def searching(self) -> AsyncIterator[Transaction]:
        """The same for what may take long: on SQLite it runs in a thread, so that nobody waits for it."""
        if not self.is_sqlite:
            async with self.reading() as tx:
                yield tx
            return
        if self._readers is None:
            self._readers = _readers(self.url)
        self.under_way += 1
        try:
            async with self._readers.connect() as connection:
                yield Transaction(connection, self.clock)
        finally:
            self.under_way -= 1


def _moved_to(connection: Connection) -> str | None:
    return connection.scalar(select(models.meta.c.value).where(models.meta.c.key == MOVED_TO))


def _readers(url: URL) -> AsyncEngine:
    """Connections of their own to a SQLite file; few, for a processor has to be left for the others."""
    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"),
        pool_size=2,
        max_overflow=0,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _only_reads(connection: Any, record: object) -> None:
        connection.execute("PRAGMA query_only=ON").close()

    return engine
