"""A wall clock that the campaign moves while the bot lives by it."""

from __future__ import annotations

import asyncio
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

_FORMAT = "d"


class ShiftedClock:
    """The machine's clock, so many seconds ahead or behind as a file says; waiting is not moved by that."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        """The present moment as this clock has it, in UTC."""
        return datetime.now(UTC) + timedelta(seconds=self._ahead())

    def _ahead(self) -> float:
        (seconds,) = struct.unpack(_FORMAT, self._path.read_bytes())
        return float(seconds)

    async def sleep(self, seconds: float) -> None:
        """Wait for that many seconds."""
        await asyncio.sleep(seconds)

    def jump(self, seconds: float) -> None:
        """Go so far forwards, or backwards, at once."""
        self.set(self._ahead() + seconds)

    def set(self, seconds: float) -> None:
        """From now on be so far ahead of the machine's clock, or behind it."""
        aside = self._path.with_suffix(".new")
        aside.write_bytes(struct.pack(_FORMAT, seconds))
        # Whoever reads meanwhile reads the old one or the new one.
        aside.replace(self._path)
