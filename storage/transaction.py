"""One unit of work on the store, whichever database that is."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import asyncpg
from sqlalchemy import Connection, CursorResult, Executable, Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.clock import Clock
from storage.prepared import Prepared
from storage.sqlite import Database

if TYPE_CHECKING:
    from storage.rows import OutboxRow


@dataclass(slots=True, eq=False)
class Transaction:
    """One unit of work: what it changes becomes true all at once, or not at all."""

    # SQLite's connections are plain ones, whose statements do not wait.
    connection: AsyncConnection | Connection
    clock: Clock
    # The file that is written to; None on PostgreSQL, and where the transaction only reads.
    database: Database | None = None
    # The connection of asyncpg below SQLAlchemy's; None on SQLite.
    driver: Any = None
    # Whether PostgreSQL knows of it: SQLAlchemy begins a transaction with its first statement.
    has_begun: bool = False
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
        result = await self.connection.execute(statement, parameters)
        self.has_begun = True
        return result

    async def run(self, prepared: Prepared, parameters: dict[str, Any]) -> Sequence[Row[Any]]:
        """Run a statement of the hot path; gives back its rows."""
        if isinstance(self.connection, Connection):
            return prepared.run(self.connection, parameters)
        if self.driver is None or not self.has_begun:
            result = await self.execute(prepared.statement, parameters)
            return result.all() if result.returns_rows else []
        try:
            return await prepared.fetch(self.driver, self.connection.dialect, parameters)
        except Exception as error:
            if self.driver.is_closed() or isinstance(error, asyncpg.InternalClientError):
                # SQLAlchemy would lend it to the next.
                await self.connection.invalidate()
            raise

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
        part = Transaction(
            self.connection,
            self.clock,
            self.database,
            self.driver,
            has_begun=True,
            others_may_return=self.others_may_return,
        )
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
