"""A clock that tests turn by hand."""

import asyncio


class FastClock:
    """Starts in 2026; who sleeps sees the time pass at once, but for a turn of the event loop."""

    def __init__(self) -> None:
        self.now = 1_780_000_000.0
        # Real seconds that a sleep takes, however long it is.
        self.pace = 0.02

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(self.pace)
        self.now += seconds
