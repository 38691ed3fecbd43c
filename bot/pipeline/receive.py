"""Receive: what the webhook brings is written into the inbox and committed, and only then answered."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from bot.pipeline.accept import receive
from bot.pipeline.pause import Pause
from bot.pipeline.process import Processor
from bot.pipeline.subscription import Subscription
from storage import inbox
from storage.rows import InboxRow
from storage.store import Store

log = logging.getLogger(__name__)

# As long a request waits for a database in trouble; Telegram and proxies give up after a minute.
_PATIENCE = timedelta(seconds=15)
_LOOK_FOR_LATE_EVERY = 5.0
# Telegram has at most twice `max_connections` updates on their way to us.
_MOST_WAITING = 1000
# Between looks at what Telegram says of the webhook: while it has a backlog, and later.
_LOOK_FOR_BACKLOG_EVERY = 1.0
_LOOK_EVERY = 30.0


class Reception(Enum):
    """What became of an update that was brought."""

    TAKEN = auto()  # committed, now or earlier
    LATER = auto()  # to be brought again in a moment
    BROKEN = auto()  # our own code cannot store it; another version of it may


@dataclass(slots=True, eq=False)
class _Arrival:
    """An update that is not committed yet, and the request that waits for that."""

    row: InboxRow
    since: datetime
    answer: asyncio.Future[Reception]

    def settle(self, reception: Reception) -> None:
        if not self.answer.done():
            self.answer.set_result(reception)


class Receiver:
    """What a webhook's updates go through; any number of processes may have one each.

    On SQLite, which has one writer, what waits while a commit is under way is committed together by the next.
    PostgreSQL has several at once, each with one update, so that it is processed in the same transaction;
    updates of one lane stay behind each other. A request that waited too long is sent away, but its update
    stays to be committed: whatever Telegram then brings again is known.
    """

    def __init__(
        self,
        store: Store,
        processor: Processor,
        subscription: Subscription,
        answers_again: Callable[[], None],
    ) -> None:
        self._store = store
        self._processor = processor
        self._subscription = subscription
        self._answers_again = answers_again
        self._arrivals: dict[int, _Arrival] = {}
        # Lanes of which something is being committed.
        self._busy: set[str] = set()
        self._wake = asyncio.Event()
        self._somebody_waits = asyncio.Event()
        self._closed = False
        self._received = 0
        self._backlog = 0
        # Any number of processes receive at once: none stands by.
        self.stands_by = False
        # Set once Telegram had nothing more for us: what waited during a stop is in the inbox.
        self.caught_up = asyncio.Event()

    @property
    def working(self) -> bool:
        """Whether updates can come in, as far as Telegram can be asked."""
        return self._subscription.working

    @property
    def waiting(self) -> int:
        """How many updates Telegram has for us, as it last said."""
        return self._subscription.waiting

    @property
    def behind(self) -> bool:
        """Whether Telegram is likely to have more for us that was written already."""
        return not self.caught_up.is_set()

    async def begin(self) -> None:
        """Have Telegram bring its updates here. Raises SettingsError if it refuses the address."""
        self._backlog = await self._subscription.set()
        self._look_back(self._backlog)

    async def receive(self, update: dict[str, Any]) -> Reception:
        """Take an update in, `update_id` and all; answers when its fate is known."""
        number: int = update["update_id"]
        arrival = self._arrivals.get(number)
        if self._closed or (arrival is None and len(self._arrivals) >= _MOST_WAITING):
            return Reception.LATER
        if arrival is None or arrival.answer.done():
            [row] = inbox.rows([update])
            now = self._store.clock.now()
            answer: asyncio.Future[Reception] = asyncio.get_running_loop().create_future()
            # In its place in the order, if it was brought before.
            arrival = self._arrivals[number] = _Arrival(row, now, answer)
            self._wake.set()
            self._somebody_waits.set()
        return await asyncio.shield(arrival.answer)

    async def run(self) -> None:
        """Commit what comes until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._processor.workers):
                    group.create_task(self._work())
                group.create_task(self._send_away())
                group.create_task(self._watch())
        finally:
            self._closed = True
            for arrival in self._arrivals.values():
                arrival.settle(Reception.LATER)

    async def stop(self, seconds: float) -> None:
        """Take nothing more in, and give what is being committed so many seconds."""
        self._closed = True
        waiting = [arrival.answer for arrival in self._arrivals.values() if not arrival.answer.done()]
        if waiting:
            await asyncio.wait(waiting, timeout=seconds)

    async def _work(self) -> None:
        while True:
            while not (batch := self._next()):
                self._wake.clear()
                await self._wake.wait()
            lanes = {arrival.row.lane for arrival in batch}
            self._busy |= lanes
            try:
                await self._commit(batch)
            finally:
                self._busy -= lanes

    def _next(self) -> list[_Arrival]:
        """What can be committed now: nothing may overtake what came before it in its lane."""
        found = (arrival for arrival in self._arrivals.values() if arrival.row.lane not in self._busy)
        return list(itertools.islice(found, self._processor.accepts))

    async def _commit(self, batch: Sequence[_Arrival]) -> None:
        rows = [arrival.row for arrival in batch]
        reception = Reception.TAKEN
        try:
            await receive(self._store, self._processor, rows)
        except Exception as error:
            if len(batch) > 1:
                # One of them must not stop the others.
                for arrival in batch:
                    await self._commit([arrival])
                return
            # The words of a database may quote what somebody wrote.
            log.error("update %d cannot be stored: %s", rows[0].update_id, type(error).__name__)
            reception = Reception.BROKEN
        self._received += len(batch)
        for row in rows:
            # Brought once more meanwhile, it may be in here anew.
            self._arrivals.pop(row.update_id).settle(reception)

    async def _send_away(self) -> None:
        """Tell Telegram to come again rather than let it wait without end."""
        while True:
            await self._somebody_waits.wait()
            await self._store.clock.sleep(_LOOK_FOR_LATE_EVERY)
            late = self._store.clock.now() - _PATIENCE
            for arrival in self._arrivals.values():
                if arrival.since <= late:
                    arrival.settle(Reception.LATER)
            if not self._arrivals:
                self._somebody_waits.clear()

    async def _watch(self) -> None:
        """Look after the webhook, and find out when the backlog is over."""
        pause = Pause(first=1.0, most=15.0)
        wait = _LOOK_FOR_BACKLOG_EVERY if self.behind else _LOOK_EVERY
        while True:
            await self._store.clock.sleep(wait)
            answered = self._subscription.working
            waiting = await self._subscription.look()
            if waiting is None:
                wait = pause.next()
                continue
            pause.reset()
            if not answered:
                self._answers_again()
            self._look_back(waiting)
            wait = _LOOK_FOR_BACKLOG_EVERY if self.behind else _LOOK_EVERY

    def _look_back(self, waiting: int) -> None:
        # Where people write all the time something waits always: then as many as waited have come since.
        if waiting == 0 or self._received >= self._backlog:
            self.caught_up.set()
