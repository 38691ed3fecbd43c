"""An event loop that tells when nothing is left to do but wait, so that tests need not guess by sleeping."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any


class _WatchedSelector(selectors.DefaultSelector):
    """Asked by the loop what happened, it knows when nothing did and nothing can be run."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: dict[asyncio.Future[None], Callable[[], bool]] = {}

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if not self.waiting or timeout == 0:
            return super().select(timeout)
        events = super().select(0)
        if events:
            return events
        # The loop is about to sleep, unless somebody waited for just that.
        quiet = [future for future, is_quiet in self.waiting.items() if future.done() or is_quiet()]
        for future in quiet:
            del self.waiting[future]
            if not future.done():
                future.set_result(None)
        return [] if quiet else super().select(timeout)


class WatchedLoop(asyncio.SelectorEventLoop):
    """The loop that every test runs in."""

    def __init__(self) -> None:
        self._watched = _WatchedSelector()
        # What runs in threads for somebody who waits here.
        self._in_threads: set[asyncio.Future[Any]] = set()
        super().__init__(self._watched)

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Run it in a thread, as ever, and know of it until it is done."""
        running = super().run_in_executor(executor, func, *args)
        self._in_threads.add(running)
        running.add_done_callback(self._in_threads.discard)
        return running

    async def idle(self, is_quiet: Callable[[], bool]) -> None:
        """Wait until no callback can be run, no thread works, no socket has anything to say, and `is_quiet`.

        That has to tell whether other processes are at work, or bytes on their way.
        """
        future: asyncio.Future[None] = self.create_future()
        self._watched.waiting[future] = lambda: not self._in_threads and is_quiet()
        await future
