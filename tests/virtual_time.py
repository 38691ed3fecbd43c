"""Time that tests move: a day of waiting passes in milliseconds."""

import asyncio
import heapq
import itertools
from datetime import UTC, datetime, timedelta

# A Monday morning when the desk is open: 10:00 in Moscow.
START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


class VirtualClock:
    """The clock of a test world; the bot and the playground both live by it."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return self._now

    def time(self) -> float:
        """The present moment as seconds since the epoch."""
        return self._now.timestamp()

    async def sleep(self, seconds: float) -> None:
        """Wait until the time has been moved by so many seconds."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + timedelta(seconds=seconds), next(self._order), future))
        await future

    def next_wake(self) -> datetime | None:
        """When the next sleeper is to be woken."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    def move_to(self, moment: datetime) -> None:
        """Let it be that moment; whoever slept until then wakes."""
        self._now = max(self._now, moment)
        while self._sleepers and self._sleepers[0][0] <= self._now:
            _, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                future.set_result(None)
