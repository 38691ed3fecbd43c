"""Whose turn it is to poll: one process does, the others stand by and take over when it is gone."""

from __future__ import annotations

import logging
import time

from bot.pipeline.pause import Pause
from storage import leases
from storage.store import Store

log = logging.getLogger(__name__)

_LOOK_EVERY = 2.0
_RENEW_EVERY = 10.0
# For so long after it was asked for it is ours whatever happens, and a poll that begins then ends in time.
_SURELY_OURS = leases.LEASE.total_seconds() / 2


class TurnLost(Exception):
    """Another process may be polling."""


class Turn:
    """The right to poll. It ends like any lease: given back, or its holder dead, or frozen for too long."""

    def __init__(self, store: Store, owner: str) -> None:
        self._store = store
        self._owner = owner
        # When we last asked for it and it was ours, by the machine's own clock.
        self._asked_at = float("-inf")

    @property
    def is_sure(self) -> bool:
        """Whether polling is ours without a doubt, so that nobody need be asked."""
        return self._age < _RENEW_EVERY

    @property
    def _age(self) -> float:
        return time.monotonic() - self._asked_at

    def make_sure(self) -> None:
        """For the moment right before a poll: a process may have stood still since. Raises TurnLost."""
        if self._age > _SURELY_OURS:
            raise TurnLost

    async def wait(self) -> bool:
        """Return once it is ours; True if nobody else can have polled since we last did."""
        pause = Pause(most=10.0)
        while True:
            try:
                had = await self._take()
            except Exception as error:
                log.warning("who polls cannot be looked up: %s", error)
                await self._store.clock.sleep(pause.next())
                continue
            if had is not None:
                return had
            pause.reset()
            await self._store.clock.sleep(_LOOK_EVERY)

    async def _take(self) -> bool | None:
        """Take it or go on with it; tells whether it was ours before. None if it is another's."""
        asked_at = time.monotonic()
        await self._store.show_life(self._owner)
        async with self._store.transaction() as tx:
            found = await leases.lock(tx, [leases.POLLING])
            if not await leases.claimable(tx, self._owner, found):
                return None
            await leases.hold(tx, self._owner, found)
        self._asked_at = asked_at
        return found[leases.POLLING].owner == self._owner
