"""Timers: what is due is done, in order of lateness, a few at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

from bot.pipeline.pause import Pause
from storage import timers
from storage.store import Store
from storage.timers import Timer
from storage.transaction import Transaction
from storage.trouble import is_trouble

log = logging.getLogger(__name__)

# How often the table is looked at; a timer is no stopwatch.
_LOOK_EVERY = 5.0
# Our own code failed on a timer: it must not hold up the others, nor be lost.
_AGAIN_AFTER = timedelta(minutes=10)

Fire = Callable[[Transaction, int], Awaitable[None]]


class Ticker:
    """Fires timers, `at_a_time` of them in one transaction: what they lock is locked until its end.

    Begins only when Telegram's backlog is processed, else an automatic close would beat a "No".
    """

    def __init__(
        self,
        store: Store,
        kinds: Mapping[str, Fire],
        ready: Callable[[], Awaitable[None]],
        *,
        at_a_time: int,
    ) -> None:
        self._store = store
        self._kinds = kinds
        self._ready = ready
        self._at_a_time = at_a_time

    async def run(self) -> None:
        """Fire until cancelled."""
        await self._ready()
        pause = Pause()
        while True:
            try:
                fired = await self.fire()
            except Exception as error:
                wait = pause.next()
                if is_trouble(error):
                    log.warning("timers wait %.1f s: %s", wait, error)
                else:
                    log.exception("timers wait")
                await self._store.clock.sleep(wait)
                continue
            pause.reset()
            if fired:
                await asyncio.sleep(0)
            else:
                await self._store.clock.sleep(_LOOK_EVERY)

    async def fire(self) -> int:
        """Fire what is due, a few at a time so that customers need not wait; gives back how many."""
        async with self._store.transaction() as tx:
            if not await timers.turn(tx):
                return 0
            due = await timers.due(tx, self._at_a_time)
            if due and await self._failure(tx, due) is not None:
                # Our own code failed on one of them, which must not stop the others.
                for timer in due:
                    await self._fire_alone(tx, timer)
        return len(due)

    async def _fire_alone(self, tx: Transaction, timer: Timer) -> None:
        failure = await self._failure(tx, [timer])
        if failure is not None:
            log.error("the timer %s of %d waits", timer.kind, timer.subject, exc_info=failure)
            await timers.put(tx, timer.kind, timer.subject, tx.now + _AGAIN_AFTER)

    async def _failure(self, tx: Transaction, due: Sequence[Timer]) -> Exception | None:
        """Fire these, all or none; gives back what our own code failed with."""
        try:
            async with tx.savepoint() as part:
                for timer in due:
                    await self._kinds[timer.kind](part, timer.subject)
                    # On SQLite nothing above waits: answers of Telegram's have to be read meanwhile.
                    await asyncio.sleep(0)
                # After what they are about was locked, as where people act.
                await timers.fired(part, due)
        except Exception as error:
            if is_trouble(error):
                raise
            return error
        return None
