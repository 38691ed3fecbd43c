"""The database of a desk: the one place that opens it, commits and rolls back."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from filelock import FileLock
from sqlalchemy import Connection, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.clock import Clock, SystemClock
from storage.engines import postgres_engine, searching_engine, visitors_engine
from storage.files import existing, lock_file, place_of
from storage.meta import moved_to
from storage.migrate import UnknownRevision, bring_up_to_date, is_current
from storage.sign_of_life import SignOfLife
from storage.sqlite import Database
from storage.transaction import Transaction
from storage.trouble import DATABASE_ERRORS, StoreError, in_one_line
from storage.turns import Turns

T = TypeVar("T")


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
        self._life = SignOfLife(self._connect)
        self._listeners: list[Callable[[Transaction], None]] = []

    async def open(self, *, even_if_moved: bool = False) -> None:
        """Connect, and bring the tables up to date.

        Raises StoreError if another process has the SQLite file, if the database cannot be used, or if the
        desk has moved to another one since.
        """
        if self.is_sqlite:
            path = place_of(self.url)
            self._file_lock = lock_file(path)
            self._database = Database(path)
        else:
            self._engine = postgres_engine(self.url)
        try:
            await self.run(bring_up_to_date)
            place = await self.run(moved_to)
        except DATABASE_ERRORS as error:
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
            self._database = Database(existing(self.url))
        else:
            self._engine = visitors_engine(self.url)
        try:
            async with self.reading() as tx:
                connection = tx.connection
                if isinstance(connection, AsyncConnection):
                    current = await connection.run_sync(is_current)
                else:
                    current = is_current(connection)
        except DATABASE_ERRORS as error:
            await self.close()
            raise self._unusable(error) from error
        if not current:
            await self.close()
            raise StoreError(
                f"DATABASE_URL: {self.url.render_as_string()} is of another version; start the desk once"
            )

    def _unusable(self, error: Exception) -> StoreError:
        return StoreError(
            f"DATABASE_URL: {self.url.render_as_string()} cannot be used ({in_one_line(error)}); "
            "check the address and the rights"
        )

    @property
    def _postgres(self) -> AsyncEngine:
        if self._engine is None:
            raise StoreError("the store is not open")
        return self._engine

    async def _connect(self) -> AsyncConnection:
        return await self._postgres.connect()

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
        if self.is_sqlite or (self._life.is_shown and not look):
            return
        self.under_way += 1
        try:
            await self._life.show(name)
        finally:
            self.under_way -= 1

    async def close(self) -> None:
        """Disconnect and let others have the file."""
        await self._life.end()
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
                tx = Transaction(connection, self.clock, others_may_return=self._life.others_may_return)
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
                    others_may_return=self._life.others_may_return,
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
            self._readers = searching_engine(self.url)
        self.under_way += 1
        try:
            async with self._readers.connect() as connection:
                yield Transaction(connection, self.clock)
        finally:
            self.under_way -= 1
