"""Deliver: what we owe Telegram, in order per destination, many destinations at once."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from aiogram import Bot
from aiogram.methods import GetChat, TelegramMethod

from bot.metrics import Metrics
from bot.pipeline import calls
from bot.pipeline.committer import Committer, LeaseLost
from bot.pipeline.gate import Gate
from bot.pipeline.gates import Gates
from bot.pipeline.lanes import Lane
from bot.pipeline.pause import Pause
from bot.pipeline.roles import Deliverer, Recovery
from storage import customers, destinations, outbox, trace
from storage.clock import wait_for
from storage.rows import OutboxRow
from storage.store import Store
from storage.transaction import Transaction
from storage.trouble import is_orphan, is_trouble

log = logging.getLogger(__name__)

# Few calls in flight per chat, so that one 429 is one and not forty.
AT_ONCE_PER_CHAT = 4
# Calls made whose outcome is not committed yet: after a crash these are made again.
_AT_ONCE = 10
# How long a call is tried again after trouble on the way, and how often at least: a clock may jump.
GIVE_UP_AFTER = timedelta(days=1)
_TRIES = 20
# Between looks whether lost rights are back, unless Telegram tells us first.
_RIGHTS_PROBE = 30.0
_A_MOMENT = 0.2
# Said of the chat that is written to, and of the one that something is copied from.
_NO_CHAT = "chat not found"

Change = Callable[[Transaction], Awaitable[None]]
Call = Callable[[], Awaitable[TelegramMethod[Any]]]


class Void(Exception):
    """The row was replaced or dropped while it waited its turn."""


class NotYet(Exception):
    """The row has to wait a moment longer."""


class Sender:
    """Takes rows after the commit that made them and sends them until their outcome is committed."""

    def __init__(
        self,
        *,
        store: Store,
        bot: Bot,
        deliverer: Deliverer,
        recovery: Recovery,
        owner: str,
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._bot = bot
        self._deliverer = deliverer
        self._recovery = recovery
        self._owner = owner
        self._metrics = metrics
        self._committer = Committer(store, owner)
        self._lanes: dict[str, Lane] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._gates = Gates(store.clock, self._new_gate)
        self._places = asyncio.Semaphore(_AT_ONCE)
        # Who looks up what to send: after a stop thousands may want to, and others need the database too.
        self._preparing = Gate(store.clock, _AT_ONCE)
        self._turns: dict[str, contextlib.AsyncExitStack] = {}
        self._parked: set[str] = set()
        # Destinations with a call made whose outcome is not committed yet.
        self._in_flight: set[str] = set()
        self._stopping = False
        # Set, and replaced by the next, once Telegram answers again after it did not.
        self._back = asyncio.Event()
        # Why nothing goes to a staff group now, in Telegram's words.
        self.staff_trouble: dict[int, str] = {}
        store.listen(self._after_commit)

    @property
    def committing(self) -> bool:
        """Whether outcomes are being committed at this moment."""
        return self._committer.busy

    async def run(self) -> None:
        """Send until cancelled; `take_over` comes first."""
        committing = asyncio.create_task(self._committer.run())
        try:
            await committing
        finally:
            committing.cancel()
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(committing, *self._tasks.values(), return_exceptions=True)

    async def take_over(self) -> None:
        """Begin with what an earlier process left; before anything is queued, or it could go out twice."""
        pause = Pause()
        while True:
            try:
                async with self._store.reading() as tx:
                    rows = await outbox.waiting(tx)
                    parked = await self._unreachable(tx)
            except Exception as error:
                if not is_trouble(error):
                    raise
                wait = pause.next()
                log.warning("what is owed cannot be read, next try in %.1f s: %s", wait, error)
                await self._store.clock.sleep(wait)
                continue
            self._parked |= parked
            for row in rows:
                self._put(row)
            return

    @staticmethod
    async def _unreachable(tx: Transaction) -> set[str]:
        return {destinations.customer(customer_id) for customer_id in await customers.unreachable(tx)}

    def _after_commit(self, tx: Transaction) -> None:
        for row in tx.queued:
            if row.id not in tx.dropped:
                self._put(row)
        if tx.dropped:
            for lane in self._lanes.values():
                for row_id in tx.dropped:
                    lane.remove(row_id)
        for destination in tx.resumed:
            self.resume(destination)

    async def stop(self, seconds: float) -> None:
        """Begin nothing new, and give calls under way that long to be made and committed."""
        self._stopping = True
        waiting = [task for key, task in self._tasks.items() if key not in self._in_flight]
        for task in waiting:
            task.cancel()
        under_way = [task for task in self._tasks.values() if task not in waiting]
        if under_way:
            _, under_way = map(list, await asyncio.wait(under_way, timeout=seconds))
        if not under_way:
            await self._all_done()

    async def _all_done(self) -> None:
        """Nothing is under way any more, and nothing will be begun."""

    def _put(self, row: OutboxRow) -> None:
        lane = self._lanes.get(row.destination)
        if lane is None:
            lane = self._lanes[row.destination] = Lane(row.destination)
        lane.put(row)
        self._start(lane)

    def _start(self, lane: Lane) -> None:
        if lane.key not in self._tasks and lane.key not in self._parked and not self._stopping:
            task = asyncio.create_task(self._drain(lane))
            self._tasks[lane.key] = task
            task.add_done_callback(lambda done: self._ended(lane, done))

    def _ended(self, lane: Lane, task: asyncio.Task[None]) -> None:
        self._tasks.pop(lane.key, None)
        if task.cancelled():
            return
        if error := task.exception():
            log.error("the lane %s stopped and starts again", lane.key, exc_info=error)
        if not lane:
            self._lanes.pop(lane.key, None)
        else:
            self._start(lane)

    def resume(self, destination: str) -> None:
        """The customer is back: what was owed goes out."""
        if destination in self._parked:
            self._parked.discard(destination)
            if lane := self._lanes.get(destination):
                self._start(lane)

    def try_again(self) -> None:
        """Telegram answers again: what waits after trouble on the way need not wait any longer."""
        self._back.set()
        self._back = asyncio.Event()

    def rights_are_back(self, chat_id: int) -> None:
        """Telegram says that the bot may do more in the staff group: try at once."""
        self._gates.of(chat_id).open_now()

    def _new_gate(self, chat_id: int) -> Gate:
        return Gate(self._store.clock, AT_ONCE_PER_CHAT)

    async def call(self, row: OutboxRow, chat_id: int, make: Call, *, optional: bool = False) -> Any:
        """Make one call for a row, in its turn. Raises an Outcome, Void or LeaseLost.

        `make` builds the call when its turn has come, so that it says what is true then. If the call is
        `optional`, lost rights are a refusal like others, for nothing else needs them.
        """
        # A second call of the same attempt waits its turn without keeping others from theirs.
        self._landed(row.destination)
        await self._prepared(row.destination)
        gate = self._gates.of(chat_id)
        async with gate.pass_through(row.rank):
            await self._places.acquire()
            self._in_flight.add(row.destination)
            await self._still_wanted(row)
            if not optional and not await self._deliverer.is_there(row, chat_id):
                raise NotYet
            method = await make()
            self._still_ours(row)
            if gate.is_closed:
                # Another call was told to wait while this one was being built.
                raise calls.Wait(0)
            try:
                answer = await calls.call(self._bot, method, chat_id, partial(self._still_ours, row))
            except calls.Wait as wait:
                self._metrics.told_to_wait(chat_id, gate.close_for(wait.seconds))
                raise
            except calls.RightsLost as lost:
                if optional or destinations.is_foreign(row.destination):
                    # Nobody waits for us in a group that is not ours.
                    gate.passed()
                    raise calls.Refused(lost.reason) from lost
                if await self._is_there(chat_id, method, lost.reason):
                    gate.passed()
                    raise calls.Refused(lost.reason) from lost
                gate.close_for(_RIGHTS_PROBE)
                if self.staff_trouble.get(chat_id) != lost.reason:
                    log.error("nothing can be sent to the staff group %d: %s", chat_id, lost.reason)
                self.staff_trouble[chat_id] = lost.reason
                raise
            except calls.Retry:
                raise
            except calls.Outcome:
                gate.passed()
                raise
            gate.passed()
            if self.staff_trouble and not optional and self.staff_trouble.pop(chat_id, None) is not None:
                log.warning("the staff group %d can be written to again", chat_id)
            return answer

    async def _is_there(self, chat_id: int, method: TelegramMethod[Any], reason: str) -> bool:
        """Whether the chat is there, so that what is gone is another one from which something is copied."""
        if _NO_CHAT not in reason or not hasattr(method, "from_chat_id"):
            return False
        try:
            await self._bot(GetChat(chat_id=chat_id), request_timeout=20)
        except Exception as error:
            log.info("the chat %d does not answer: %s", chat_id, error)
            return False
        return True

    async def _still_wanted(self, row: OutboxRow) -> None:
        """Make sure, when its turn has come, that the row is still to be sent by us. Raises Void."""
        lane = self._lanes.get(row.destination)
        if lane is None or row not in lane or self._stopping:
            raise Void

    def _still_ours(self, row: OutboxRow) -> None:
        """Make sure, right before a call, that nobody else sends to its destination. Raises LeaseLost."""

    async def is_next(self, row: OutboxRow, *, anew: bool = False) -> bool:
        """Whether nothing that came meanwhile has to go before a row.

        `anew` tells that others may have queued something: what is believed of the table is not enough.
        """
        lane = self._lanes.get(row.destination)
        return lane is None or lane.next(self._store.clock.now())[0] is row

    def waited_behind(self, row: OutboxRow, chat_id: int) -> list[OutboxRow]:
        """What waits right behind a row that Telegram made wait; nothing if it did not have to."""
        last_opened = self._gates.of(chat_id).last_opened
        lane = self._lanes.get(row.destination)
        if last_opened is None or last_opened < row.created_at or lane is None:
            return []
        return lane.behind(row)

    def done(self, rows: Iterable[OutboxRow]) -> None:
        """These went out together with another row."""
        for row in rows:
            self._metrics.delivered(row.destination)
            if lane := self._lanes.get(row.destination):
                lane.remove(row.id)

    async def commit(self, row: OutboxRow, change: Change) -> None:
        """Make an outcome true. Raises LeaseLost."""
        try:
            await self._committer.commit(row.destination, change)
        finally:
            self._landed(row.destination)

    def _landed(self, destination: str) -> None:
        if destination in self._in_flight:
            self._in_flight.discard(destination)
            self._places.release()

    async def _drain(self, lane: Lane) -> None:
        """Send what a destination waits for, one after the other, until nothing is left."""
        pause = Pause(first=1.0, most=60.0)
        trouble_since, tries = None, 0
        while await self._has_work(lane):
            lane.changed.clear()
            row, due_at = lane.next(self._store.clock.now())
            if row is None:
                assert due_at is not None
                await self._wait_until(lane, due_at)
                continue
            try:
                await self._attempt(lane, row)
            except calls.Retry as retry:
                now = self._store.clock.now()
                trouble_since = trouble_since or now
                tries += 1
                if now - trouble_since > GIVE_UP_AFTER and tries > _TRIES:
                    self._metrics.delivered(lane.key, "given_up")
                    await self._recovery.fail(row, retry.reason, self)
                    lane.remove(row.id)
                    continue
                self._metrics.delivered(lane.key, "retried")
                wait = pause.next()
                log.info("%s waits %.1f s: %s", lane.key, wait, retry.reason)
                back = self._back
                await wait_for(back, self._store.clock, wait)
                if back.is_set():
                    pause.reset()
                continue
            except LeaseLost:
                self._lost(lane)
                continue
            except Exception:
                log.exception("%s: what became of row %d cannot be written down", lane.key, row.id)
                await self._store.clock.sleep(pause.next())
                continue
            pause.reset()
            trouble_since, tries = None, 0

    async def _has_work(self, lane: Lane) -> bool:
        """Whether there is something to send to a destination, now or when it is due."""
        return bool(lane) and lane.key not in self._parked and not self._stopping

    async def _wait_until(self, lane: Lane, due_at: datetime) -> None:
        """Wait until something is due, or the lane changes."""
        wait = (due_at - self._store.clock.now()).total_seconds()
        await wait_for(lane.changed, self._store.clock, max(wait, 0.0))

    def _lost(self, lane: Lane) -> None:
        """Another process has the lane now, and what we know of it is out of date."""

    async def _attempt(self, lane: Lane, row: OutboxRow) -> None:
        async with contextlib.AsyncExitStack() as turn:
            trace.begin(ticket=row.ticket_number, row=row.kind, destination=destinations.sort_of(lane.key))
            await turn.enter_async_context(self._preparing.pass_through(row.rank))
            self._turns[lane.key] = turn
            try:
                await self._send(lane, row)
            finally:
                self._turns.pop(lane.key, None)
                self._landed(lane.key)

    async def _prepared(self, destination: str) -> None:
        """All that was to be read for a call is read: let the next in."""
        if turn := self._turns.pop(destination, None):
            await turn.aclose()

    async def _send(self, lane: Lane, row: OutboxRow) -> None:
        try:
            await self._deliver(lane, row)
        except Void:
            # Unless a newer version took its place, or we are stopping, there is nothing left to send.
            if row in lane and not self._stopping:
                lane.remove(row.id)
        except NotYet:
            await self._store.clock.sleep(_A_MOMENT)
        except calls.Wait:
            # The gate keeps the lane waiting.
            self._metrics.delivered(lane.key, "told_to_wait")
        except calls.RightsLost:
            self._metrics.delivered(lane.key, "rights_lost")
        except (calls.Retry, LeaseLost):
            raise
        except Exception as error:
            if is_trouble(error):
                raise calls.Retry(f"the database: {error}") from error
            if is_orphan(error):
                # What the row is about was erased while the call was under way.
                lane.remove(row.id)
                return
            self._metrics.delivered(lane.key, "broken")
            log.exception("%s: row %d cannot be delivered", lane.key, row.id)
            await self._recovery.fail(row, "internal error", self)
            lane.remove(row.id)

    async def _deliver(self, lane: Lane, row: OutboxRow) -> None:
        try:
            await self._deliverer.deliver(row, self)
            self._metrics.delivered(lane.key)
            lane.remove(row.id)
        except calls.Unreachable as gone:
            self._metrics.delivered(lane.key, "unreachable")
            self._parked.add(lane.key)
            dropped = lane.drop_screens()
            log.info("%s cannot be reached: %s; %d screens dropped", lane.key, gone.reason, len(dropped))
            await self._recovery.unreachable(row, gone.reason, self)
        except calls.ThreadGone as gone:
            self._metrics.delivered(lane.key, "thread_gone")
            if not await self._recovery.lost_thread(row, gone, self):
                lane.remove(row.id)
        except calls.TopicsOff as off:
            self._metrics.delivered(lane.key, "moved")
            await self._recovery.topics_off(off.chat_id, self)
        except calls.ThreadClosed:
            self._metrics.delivered(lane.key, "thread_closed")
            if not await self._recovery.reopen_thread(row, self):
                lane.remove(row.id)
        except calls.Migrated as moved:
            self._metrics.delivered(lane.key, "moved")
            self.staff_trouble.pop(moved.old_chat_id, None)
            if not await self._recovery.migrated(row, moved, self):
                lane.remove(row.id)
        except calls.Refused as refused:
            self._metrics.delivered(lane.key, "refused")
            log.warning("%s: %s of row %d refused: %s", lane.key, row.kind, row.id, refused.reason)
            await self._recovery.fail(row, refused.reason, self)
            lane.remove(row.id)
