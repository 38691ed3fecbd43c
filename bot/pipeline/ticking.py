"""Timers: what is due is done, in order of lateness, each in a transaction of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from bot.pipeline.pause import Pause
from storage import timers
from storage.store import Store, Transaction, is_trouble

log = logging.getLogger(__name__)

# How often the table is looked at; a timer is no stopwatch.
_LOOK_EVERY = 5.0
_AT_A_TIME = 20
# Our own code failed on a timer: it must not hold up the others, nor be lost.
_AGAIN_AFTER = timedelta(minutes=10)

Fire = Callable[[Transaction, int], Awaitable[None]]


class Ticker:
    """Fires timers.

    Begins only when Telegram's backlog is processed, else an automatic close would beat a "No".
    """

    def __init__(self, store: Store, kinds: Mapping[str, Fire], ready: Callable[[], Awaitable[None]]) -> None:
        self._store = store
        self._kinds = kinds
        self._ready = ready

    async def run(self) -> None:
        """Fire until cancelled."""
        await self._ready()
        pause = Pause()
        while True:
            try:
                fired = await self.fire()
            except Exception:
                log.exception("timers wait")
                await self._store.clock.sleep(pause.next())
                continue
            pause.reset()
            if fired:
                await asyncio.sleep(0)
            else:
                await self._store.clock.sleep(_LOOK_EVERY)

    async def fire(self) -> int:
        """Fire what is due, a few at a time so that customers need not wait; gives back how many."""
        async with self._store.transaction() as tx:
            due = await timers.due(tx, _AT_A_TIME)
            for timer in due:
                await timers.cancel(tx, timer.kind, timer.subject)
                try:
                    async with tx.savepoint() as part:
                        await self._kinds[timer.kind](part, timer.subject)
                except Exception as error:
                    if is_trouble(error):
                        raise
                    log.exception("the timer %s of %d waits", timer.kind, timer.subject)
                    await timers.put(tx, timer.kind, timer.subject, tx.now + _AGAIN_AFTER)
        return len(due)
