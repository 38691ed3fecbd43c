"""The way into one chat: few calls at once, none while Telegram says wait, then one as a probe."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from storage.clock import Clock


class Gate:
    """Lets calls into one chat pass. Who waits is let in by urgency (smaller first), then in order."""

    def __init__(self, clock: Clock, limit: int) -> None:
        self._clock = clock
        self._limit = limit
        self._inside = 0
        self._waiters: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._closed_until: datetime | None = None
        self._probing = False
        # When the last wait was over.
        self.last_opened: datetime | None = None
        self._opener: asyncio.Task[None] | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether Telegram told us to wait, and no probe has passed since."""
        return self._closed_until is not None or self._probing

    @property
    def is_closed(self) -> bool:
        """Whether nothing may pass now."""
        return self._closed_until is not None

    def is_forgettable(self, since: datetime) -> bool:
        """Whether nobody is inside or waits, and it was last opened before `since`, if ever it was closed."""
        in_use = self._inside or self._waiters or self.is_waiting
        return not in_use and (self.last_opened is None or self.last_opened < since)

    @asynccontextmanager
    async def pass_through(self, urgency: int) -> AsyncIterator[None]:
        """Hold a place inside while the block runs."""
        turn = (urgency, next(self._order), asyncio.get_running_loop().create_future())
        heapq.heappush(self._waiters, turn)
        self._admit()
        try:
            await turn[2]
        except asyncio.CancelledError:
            if turn[2].done() and not turn[2].cancelled():
                self._leave()
            elif turn in self._waiters:
                # Unless somebody who was let in meanwhile passed over it.
                self._waiters.remove(turn)
                heapq.heapify(self._waiters)
            raise
        try:
            yield
        finally:
            self._leave()

    def _leave(self) -> None:
        self._inside -= 1
        self._admit()

    def _admit(self) -> None:
        if self._closed_until is not None:
            return
        limit = 1 if self._probing else self._limit
        while self._waiters and self._inside < limit:
            _, _, turn = heapq.heappop(self._waiters)
            if not turn.done():
                self._inside += 1
                turn.set_result(None)

    def close_for(self, seconds: float) -> float:
        """Nothing passes for so long; then one call, to see. Gives back by how many seconds that is more."""
        now = self._clock.now()
        until = now + timedelta(seconds=seconds)
        self._probing = True
        before = self._closed_until or now
        if self._closed_until is not None and before >= until:
            return 0.0
        self._closed_until = until
        if self._opener is not None:
            self._opener.cancel()
        self._opener = asyncio.create_task(self._open_after(seconds))
        return (until - before).total_seconds()

    async def _open_after(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._opener = None
        self._open()

    def passed(self) -> None:
        """A call went through: no reason to hold back any more."""
        if self._probing and self._closed_until is None:
            self._probing = False
            self._admit()

    def open_now(self) -> None:
        """There is word that calls may pass again."""
        if self._opener is not None:
            self._opener.cancel()
            self._opener = None
        self._open()

    def _open(self) -> None:
        if self._closed_until is not None:
            self._closed_until = None
            self.last_opened = self._clock.now()
        self._admit()
