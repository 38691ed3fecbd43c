"""One unit of work on the store, whichever database that is."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

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
