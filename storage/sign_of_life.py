"""By what processes that share a PostgreSQL see of each other that they live."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

# Who lost the connection that shows their life is likely not alone in that: the others have so many seconds
# to show theirs again before they are taken for dead.
_OTHERS_RETURN_WITHIN = 10.0


def sign_of_life(name: str) -> ColumnElement[int]:
    """The number of the advisory lock that the process of this name holds on PostgreSQL while it lives."""
    return func.hashtextextended(name, 0)


class SignOfLife:
    """A lock that PostgreSQL frees when we end, however we do: others see by it that we live."""

    def __init__(self, connect: Callable[[], Awaitable[AsyncConnection]]) -> None:
        self._connect = connect
        self._connection: AsyncConnection | None = None
        self._showing = asyncio.Lock()
        # When we last showed our life again after that was cut off, by the machine's steady clock.
        self._shown_again = float("-inf")

    @property
    def is_shown(self) -> bool:
        """Whether it is shown, as far as we know without looking."""
        return self._connection is not None

    @property
    def others_may_return(self) -> bool:
        """Whether a process that shows no life may just have lost its connection, as we did."""
        return time.monotonic() - self._shown_again < _OTHERS_RETURN_WITHIN

    async def show(self, name: str) -> None:
        """Let others see that `name` lives, after looking whether they do already."""
        async with self._showing:
            if self._connection is not None:
                if await _answers(self._connection):
                    return
                self._shown_again = float("inf")
            await self.end()
            connection = await self._connect()
            try:
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                await connection.execute(select(func.pg_advisory_lock(sign_of_life(name))))
            except BaseException:
                await connection.invalidate()
                await connection.close()
                raise
            self._connection = connection
            if self._shown_again == float("inf"):
                self._shown_again = time.monotonic()

    async def end(self) -> None:
        """Show it no more."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            # Back in the pool it would keep the lock.
            await connection.invalidate()
            await connection.close()


async def _answers(connection: AsyncConnection) -> bool:
    try:
        await connection.execute(select(1))
    except (DBAPIError, OSError):
        return False
    return True
