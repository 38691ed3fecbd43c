"""The watch: looks at the tables every few seconds for work that no process is at.

Whoever accepted an update or queued a row works on it at once. This finds what is left when that process is
gone, or has more than it can begin.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.pipeline.pause import Pause
from bot.pipeline.shared_processor import SharedProcessor
from bot.pipeline.shared_sender import SharedSender
from bot.pipeline.signals import GROUP, WORK, Signals
from storage import inbox, outbox
from storage.clock import wait_for
from storage.store import Store
from storage.transaction import Transaction

log = logging.getLogger(__name__)

_LOOK_EVERY = 3.0
# However much there is to tell of, looks are no more frequent than this.
_AT_MOST_EVERY = 0.1
# Who has that much to do need not know of more.
_ENOUGH = 200


class Watch:
    """Tells the parts of one process what they should see to."""

    def __init__(
        self,
        *,
        store: Store,
        processor: SharedProcessor,
        sender: SharedSender,
        signals: Signals,
        owner: str,
        read_group: Callable[[Transaction], Awaitable[None]],
    ) -> None:
        self._store = store
        self._processor = processor
        self._sender = sender
        self._owner = owner
        # What may be other about the staff group than this process believes.
        self._read_group = read_group
        self._wake = asyncio.Event()
        signals.listen(GROUP, lambda _: self._wake.set())
        signals.listen(WORK, lambda _: None if processor.is_full else self._wake.set())

    async def run(self) -> None:
        """Look until cancelled."""
        pause = Pause()
        while True:
            self._wake.clear()
            try:
                await self.look()
            except Exception as error:
                log.warning("the tables cannot be looked at: %s", error)
                await self._store.clock.sleep(pause.next())
                continue
            pause.reset()
            await wait_for(self._wake, self._store.clock, _LOOK_EVERY)
            if self._wake.is_set():
                await self._store.clock.sleep(_AT_MOST_EVERY)

    async def look(self) -> None:
        """Look once."""
        await self._store.show_life(self._owner, look=True)
        async with self._store.reading() as tx:
            await self._read_group(tx)
            lanes = [] if self._processor.is_full else await inbox.lanes(tx, _ENOUGH)
            places = await outbox.unattended(tx, self._owner, _ENOUGH)
        self._processor.look(lanes)
        self._sender.send_to(places)
