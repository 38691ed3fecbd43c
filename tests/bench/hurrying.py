"""The real bot by a clock that hurries: run as a module with its speed and the moment when it began to."""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import UTC, datetime

from bot.app import App
from bot.log import set_up
from bot.settings import load_settings


class HurryingClock:
    """A clock that goes so many times as fast as the machine's, since a moment in seconds since the epoch."""

    def __init__(self, speed: float, began: float) -> None:
        self._speed = speed
        self._began = began

    def time(self) -> float:
        """The present moment in seconds since the epoch, as this clock has it."""
        return self._began + (time.time() - self._began) * self._speed

    def now(self) -> datetime:
        """The same, in UTC."""
        return datetime.fromtimestamp(self.time(), UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait until this clock is so many seconds on."""
        await asyncio.sleep(seconds / self._speed)


def main() -> None:
    """As `talon run`."""
    settings = load_settings()
    set_up(settings.log_format, settings.log_level)
    asyncio.run(App(settings, HurryingClock(float(sys.argv[1]), float(sys.argv[2]))).run())


if __name__ == "__main__":
    main()
