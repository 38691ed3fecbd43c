"""Committing what became of deliveries: many outcomes in one transaction, none without its lease."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.pipeline.pause import Pause
from storage import leases
from storage.store import Store, Transaction, is_trouble

log = logging.getLogger(__name__)

# So many leases are remembered before those that ended are forgotten.
_HELD = 5000

Change = Callable[[Transaction], Awaitable[None]]


class LeaseLost(Exception):
    """Another process sends to this destination now; what we know of it may be out of date."""


@dataclass(slots=True, eq=False)
class _Request:
    destination: str
    change: Change
    # Taking a lease may succeed on a free destination; an outcome needs a lease that was never lost.
    takes_lease: bool
    done: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Committer:
    """The one writer of the sender's outcomes."""

    def __init__(self, store: Store, owner: str) -> None:
        self._store = store
        self._owner = owner
        # A SQLite file is locked by its one process, which needs no leases.
        self._alone = store.is_sqlite
        self._requests: list[_Request] = []
        self._wake = asyncio.Event()
        # By the machine's own clock: until when a lease is surely still ours.
        self._held_until: dict[str, float] = {}
        self.busy = False
        # Whether others can see that the holder of our leases lives.
        self._shows_life = False

    async def commit(self, destination: str, change: Change) -> None:
        """Make a change true; returns when it is durable. Raises LeaseLost, and what the change raises."""
        await self._request(_Request(destination, change, takes_lease=False))

    async def hold(self, destination: str) -> None:
        """Make sure that the destination is ours to send to. Raises LeaseLost if it is another's."""
        if not self._alone and self._held_until.get(destination, 0.0) < time.monotonic():
            await self._request(_Request(destination, _nothing, takes_lease=True))

    async def _request(self, request: _Request) -> None:
        self._requests.append(request)
        self._wake.set()
        await request.done

    async def run(self) -> None:
        """Commit until cancelled. Trouble of the database is waited out."""
        pause = Pause(first=0.2, most=10.0)
        while True:
            await self._wake.wait()
            self._wake.clear()
            batch, self._requests = self._requests, []
            self.busy = True
            while batch:
                try:
                    results = await self._commit(batch)
                except Exception as error:
                    if not is_trouble(error):
                        log.exception("%d outcomes could not be committed", len(batch))
                    self._shows_life = False
                    wait = pause.next()
                    log.warning("outcomes wait for the database, next try in %.1f s: %s", wait, error)
                    await self._store.clock.sleep(wait)
                    continue
                pause.reset()
                for request, failure in zip(batch, results, strict=True):
                    if request.done.cancelled():
                        continue
                    if failure is None:
                        request.done.set_result(None)
                    else:
                        request.done.set_exception(failure)
                batch = []
            self.busy = False

    async def _commit(self, batch: list[_Request]) -> list[Exception | None]:
        results: list[Exception | None] = []
        destinations = [request.destination for request in batch]
        asked_at = time.monotonic()
        if not self._shows_life:
            await self._store.show_life(self._owner)
            self._shows_life = True
        # What Telegram did and we did not write down yet is done again after a crash: that must be little.
        async with self._store.transaction(urgent=True) as tx:
            ours = set(destinations) if self._alone else await self._leases(tx, batch)
            for request in batch:
                if request.destination not in ours:
                    results.append(LeaseLost())
                    continue
                try:
                    async with tx.savepoint() as part:
                        await request.change(part)
                except Exception as error:
                    if is_trouble(error):
                        raise
                    results.append(error)
                else:
                    results.append(None)
        if self._alone:
            return results
        # Half of it, so that a lease never ends while a call that relies on it is under way.
        until = asked_at + leases.LEASE.total_seconds() / 2
        if len(self._held_until) >= _HELD:
            self._held_until = {key: end for key, end in self._held_until.items() if end > asked_at}
        for destination in destinations:
            if destination in ours:
                self._held_until[destination] = until
            else:
                self._held_until.pop(destination, None)
        return results

    async def _leases(self, tx: Transaction, batch: list[_Request]) -> set[str]:
        """Of which destinations the lease is ours."""
        ours = await leases.claim(
            tx, self._owner, [request.destination for request in batch if request.takes_lease]
        )
        return ours | await leases.renew(
            tx, self._owner, [request.destination for request in batch if not request.takes_lease]
        )


async def _nothing(tx: Transaction) -> None:
    pass
