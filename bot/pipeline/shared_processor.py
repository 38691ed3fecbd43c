"""Process where several processes share an inbox: the table says what is next in a lane, and who has it."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from bot.pipeline.pause import Pause
from bot.pipeline.process import Processor, _Finished, _Lane
from storage import inbox, trace
from storage.rows import InboxRow
from storage.transaction import Transaction

log = logging.getLogger(__name__)

_LOOK_EVERY = 0.5


class SharedProcessor(Processor):
    """One of several processors over one inbox.

    What it is handed says only where to look. The earliest update of a lane is locked and processed, whoever
    accepted it; if another process has it, the lane is left to that one, which looks again when it is done.
    """

    # One alone is processed in the transaction that accepts it.
    accepts = 1

    def __init__(self, *, too_much: Callable[[], None], **parts: Any) -> None:
        super().__init__(**parts)
        # Called when there is more to do than can be begun at once.
        self._too_much = too_much
        self._taking = 0

    @property
    def idle(self) -> bool:
        """Whether everything that this process knows of is processed."""
        return super().idle and not self._taking

    @property
    def is_full(self) -> bool:
        """Whether there is more to do than can be begun at once."""
        return len(self._ready) > self.workers

    async def catch_up(self) -> None:
        """Return once everything that was accepted by now is processed, whoever does that."""
        pause = Pause()
        newest: int | None = None
        while True:
            try:
                async with self._store.reading() as tx:
                    if newest is None:
                        newest = await inbox.newest(tx)
                    if not await inbox.is_waiting(tx, newest):
                        return
            except Exception as error:
                log.warning("the inbox cannot be read: %s", error)
                await self._store.clock.sleep(pause.next())
            else:
                await self._store.clock.sleep(_LOOK_EVERY)

    async def expects(self, tx: Transaction, media_group_id: str) -> bool:
        """Whether an item of this album waits to be processed, whoever accepted it."""
        return await inbox.has_album(tx, media_group_id)

    def hand(self, rows: Iterable[InboxRow]) -> None:
        """Updates that are committed to the inbox, in order."""
        super().hand(rows)
        if self.is_full:
            self._too_much()

    def look(self, lanes: Iterable[str]) -> None:
        """Something waits in these lanes, whoever accepted it."""
        for key in lanes:
            self._offer(key, self._lanes.setdefault(key, _Lane()))

    def _offer(self, key: str, lane: _Lane) -> None:
        if lane.busy:
            return
        lane.busy = True
        self._begin(key)

    async def _work(self) -> None:
        pause = Pause(first=0.2, most=10.0)
        while True:
            while not self._ready:
                self._wake.clear()
                await self._wake.wait()
            key = self._ready.popleft()
            lane = self._lanes[key]
            # What comes from now on may be too late for this look.
            lane.rows.clear()
            results: list[_Finished | None] = []
            try:
                async with self._store.transaction() as tx:
                    row = await inbox.head(tx, key)
                    asks = row is not None and self._guard.needs(row) is not None
                    if row is not None and not asks:
                        results = await self._process(tx, [row])
                        await self._done(tx, [row], results)
            except Exception as error:
                await self._wait_out([key], error, pause)
                continue
            pause.reset()
            if row is None:
                lane.busy = False
                if lane.rows:
                    self._offer(key, lane)
                else:
                    del self._lanes[key]
                continue
            lane.rows = deque([row])
            if not asks:
                self._finish([key], results)
            elif not self._asks_first(key):
                # Somebody else got the answer meanwhile.
                self._again([key])

    async def take(self, rows: Sequence[InboxRow]) -> bool:
        """Accept an update and process it in the same transaction, which saves a commit on its way.

        False, with nothing done, if it has to wait, fails, all hands are busy or the database makes trouble:
        then it is to be accepted first and handed over.
        """
        if len(rows) != 1 or self._ready or self._taking >= self.workers:
            return False
        [row] = rows
        if not self._is_free(row.lane, row):
            return False
        self._taking += 1
        finished: _Finished | None = None
        try:
            async with self._store.transaction() as tx:
                if await inbox.accept(tx, rows, at_once=[row.update_id]):
                    trace.begin(update=row.update_id)
                    # Without a savepoint: if it fails all of it is undone, and it goes the long way.
                    finished = await self._feed(tx, row)
        except inbox.HeldUp:
            return False
        except Exception as error:
            log.warning("an update could not be processed at once: %s", error)
            return False
        finally:
            trace.end()
            self._taking -= 1
        self._pace.took(row.lane)
        if finished is not None and finished.answer is not None:
            self._spawn(self._answer_callback(finished.answer))
        return True
