"""The time that the playground lives by."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Where the playground takes its time from; tests put one of their own here to hurry a day along."""

    def time(self) -> float:
        """Seconds since the epoch."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for this many seconds of this clock."""
        ...


class RealClock:
    """The time of the machine."""

    def time(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
