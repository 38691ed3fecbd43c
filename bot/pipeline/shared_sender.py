"""Deliver where several processes share one outbox: one of them sends to a destination at a time.

What waits for a destination is read from the table by whoever holds its lease, never handed on in memory:
only so does what another process queued before stand before what this one queued.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from bot.pipeline.committer import LeaseLost
from bot.pipeline.gate import Gate
from bot.pipeline.lanes import Lane
from bot.pipeline.sender import AT_ONCE_PER_CHAT, Sender
from bot.pipeline.shared_gate import SharedGate
from bot.pipeline.signals import BACK, PASSED, ROWS, VOID, WAIT, WORK, Signals
from storage import leases
from storage.clock import wait_for
from storage.rows import OutboxRow, StoredMessage
from storage.tickets import Stands
from storage.transaction import Transaction
from storage.trouble import is_trouble

log = logging.getLogger(__name__)

# Seconds for which what was read is believed to be so still; longer where others tell what they change.
_BELIEVED = 0.5
_BELIEVED_IF_TOLD = 2.0
# So long another process is believed to have a destination that it had when we asked.
_ELSEWHERE = 1.0
# Of so many destinations it is remembered that another has them.
_MOST_ELSEWHERE = 5000
# For so long a lease is ours whatever happens, and a call that begins then ends before the lease does.
_SURELY_OURS = leases.LEASE.total_seconds() / 2
# How long others may wait that want to send to a destination where we wait for something to be due.
_LOOK_AGAIN = 2.0
# Looks come after all that is looked at already, so that other processes get their share.
_LAST = 100


class _SharedLane(Lane):
    """The queue of one destination as it was when the table was last read."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        # What we queued ourselves, so that it need not be read again.
        self.written: dict[int, StoredMessage] = {}
        # Whether there is word that the table says something else now.
        self.is_old = True
        self._read_at = -_SURELY_OURS

    @property
    def age(self) -> float:
        """Seconds since it was read and the lease was ours, by the machine's own clock."""
        return time.monotonic() - self._read_at

    def grew(self) -> None:
        """There is something new in the table."""
        self.is_old = True
        self.changed.set()

    def show(self, rows: Sequence[OutboxRow], asked_at: float) -> None:
        """Queue just these rows; one that is as it was stays the same."""
        found = {row.id: row for row in rows}
        for row_id in [row.id for row in self if row.id not in found]:
            self.remove(row_id)
        known = {row.id: row for row in self}
        for row in rows:
            before = known.get(row.id)
            if before is None or before.due_at != row.due_at or before.payload != row.payload:
                row.stored = self.written.pop(row.id, row.stored)
                self.put(row)
        self._read_at = asked_at

    def forget(self) -> None:
        """Another process has it: nothing that we know is worth anything."""
        self.show((), -_SURELY_OURS)
        self.written.clear()


class SharedSender(Sender):
    """One of several senders over one outbox."""

    def __init__(self, *, signals: Signals, stands: Callable[[Stands], None], **parts: Any) -> None:
        super().__init__(**parts)
        self._signals = signals
        # Told where a thread is that something is sent to: another process may have made it anew.
        self._stands = stands
        # Which process had a destination when we last asked, and when that was, by the machine's own clock.
        self._elsewhere: dict[str, tuple[str, float]] = {}
        signals.listen(ROWS, self._hear_of_rows)
        signals.listen(VOID, self._hear_of_void)
        signals.listen(BACK, lambda _: Sender.try_again(self))
        signals.listen(WAIT, lambda told: self._shared_gate(told).hear_wait(told))
        signals.listen(PASSED, lambda told: self._shared_gate(told).hear_passed(told))

    async def take_over(self) -> None:
        """Nothing is read here: `send_to` is told of what waits."""

    def send_to(self, places: Iterable[str]) -> None:
        """Something waits for these destinations, as the table says; harmless if that is known."""
        for place in places:
            if place not in self._tasks:
                self._grew(place)

    def _after_commit(self, tx: Transaction) -> None:
        void = set(tx.dropped)
        for row in tx.queued:
            if row.id not in void and not self._is_told(row.destination):
                lane = self._grew(row.destination)
                if row.stored is not None:
                    lane.written[row.id] = row.stored
                else:
                    lane.written.pop(row.id, None)
                    lane.remove(row.id)
        if void:
            self._drop(void)
            self._signals.tell(VOID, ids=sorted(void))
        for destination in tx.resumed:
            self.resume(destination)

    def _is_told(self, place: str) -> bool:
        """Whether another process has the destination, and hears that there is something new for it."""
        holder, asked_at = self._elsewhere.get(place, ("", -_ELSEWHERE))
        if time.monotonic() - asked_at > _ELSEWHERE or place in self._tasks or not self._signals.are_carried:
            return False
        self._signals.tell(ROWS, place=place, holder=holder)
        return True

    def _grew(self, place: str) -> _SharedLane:
        lane = self._lanes.get(place)
        if lane is None:
            lane = self._lanes[place] = _SharedLane(place)
        assert isinstance(lane, _SharedLane)
        lane.grew()
        self._start(lane)
        return lane

    def _drop(self, row_ids: Iterable[int]) -> None:
        for row_id in row_ids:
            for lane in self._lanes.values():
                lane.remove(row_id)

    def _hear_of_rows(self, told: dict[str, Any]) -> None:
        """Another process queued what we are to send: now, or if nobody else has the destination any more."""
        if told["holder"] == self._owner:
            self._elsewhere.pop(told["place"], None)
            self._grew(told["place"])

    def _hear_of_void(self, told: dict[str, Any]) -> None:
        self._drop(told["ids"])

    def resume(self, destination: str) -> None:
        """The customer is back: what was owed goes out."""
        self._grew(destination)

    def try_again(self) -> None:
        """Telegram answers again: who stands by while another polls has to be told."""
        super().try_again()
        self._signals.tell(BACK)

    def _new_gate(self, chat_id: int) -> Gate:
        return SharedGate(
            self._store.clock, AT_ONCE_PER_CHAT, chat_id=chat_id, owner=self._owner, signals=self._signals
        )

    def _shared_gate(self, told: dict[str, Any]) -> SharedGate:
        gate = self._gates.of(told["chat"])
        assert isinstance(gate, SharedGate)
        return gate

    async def is_next(self, row: OutboxRow, *, anew: bool = False) -> bool:
        """The same, as the table says if it has to be looked at. Raises LeaseLost."""
        lane = self._lanes.get(row.destination)
        if anew and isinstance(lane, _SharedLane):
            await self._look(lane)
        return await super().is_next(row)

    async def _has_work(self, lane: Lane) -> bool:
        assert isinstance(lane, _SharedLane)
        # Who cannot be reached is in the table too.
        self._parked.discard(lane.key)
        if self._stopping:
            return False
        if lane and not lane.is_old and lane.age < self._believed:
            return True
        try:
            async with self._preparing.pass_through(_LAST):
                await self._look(lane)
        except LeaseLost as lost:
            # What was queued before the look is seen by whoever has it; what came since starts another.
            lane.forget()
            if lost.holder is not None:
                if len(self._elsewhere) >= _MOST_ELSEWHERE:
                    self._elsewhere.clear()
                self._elsewhere[lane.key] = lost.holder, time.monotonic()
                self._signals.tell(ROWS, place=lane.key, holder=lost.holder)
            return False
        return bool(lane)

    @property
    def _believed(self) -> float:
        return _BELIEVED_IF_TOLD if self._signals.are_carried else _BELIEVED

    async def _look(self, lane: _SharedLane) -> None:
        """Read what waits for a destination, and hold it if anything does. Raises LeaseLost."""
        lane.is_old = False
        asked_at = time.monotonic()
        view = await self._committer.look(lane.key, [*lane.written, *(row.id for row in lane)])
        if view.stands is not None:
            self._stands(view.stands)
        lane.show(view.rows, asked_at)

    def _ended(self, lane: Lane, task: Any) -> None:
        assert isinstance(lane, _SharedLane)
        super()._ended(lane, task)
        if lane.is_old and lane.key not in self._tasks and not task.cancelled():
            self._lanes[lane.key] = lane
            self._start(lane)

    async def _still_wanted(self, row: OutboxRow) -> None:
        lane = self._lanes.get(row.destination)
        assert isinstance(lane, _SharedLane)
        believed = self._believed
        while lane.age > believed:
            await self._look(lane)
            believed = _SURELY_OURS
        await super()._still_wanted(row)

    def _still_ours(self, row: OutboxRow) -> None:
        lane = self._lanes.get(row.destination)
        if not isinstance(lane, _SharedLane) or lane.age > _SURELY_OURS:
            raise LeaseLost

    async def _wait_until(self, lane: Lane, due_at: datetime) -> None:
        assert isinstance(lane, _SharedLane)
        if lane.is_old:
            return
        wait = (due_at - self._store.clock.now()).total_seconds()
        await wait_for(lane.changed, self._store.clock, min(max(wait, 0.0), _LOOK_AGAIN))
        lane.is_old = True

    def _lost(self, lane: Lane) -> None:
        assert isinstance(lane, _SharedLane)
        lane.forget()
        lane.is_old = True

    async def _all_done(self) -> None:
        """Let others send at once, instead of waiting for our leases to end."""
        try:
            async with self._store.transaction() as tx:
                await leases.release_all(tx, self._owner)
        except Exception as error:
            if not is_trouble(error):
                raise
            log.warning("the leases could not be given back: %s", error)
        self._signals.tell(WORK)
