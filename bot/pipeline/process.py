"""Process: one update, one transaction; in order within a private chat and within a thread."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
import traceback
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiogram import Bot, Dispatcher
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Update

from bot.metrics import Metrics
from bot.pipeline.pace import Pace
from bot.pipeline.pause import Pause
from dialogs.context import Toast
from storage import inbox, trace
from storage.outbox import Outbox
from storage.raw import part
from storage.rows import InboxRow
from storage.store import Store
from storage.transaction import Transaction
from storage.trouble import is_trouble

log = logging.getLogger(__name__)

TRIES = 3
_TRY_AGAIN_AFTER = 0.2
_LOOK_EVERY = 0.2
_CALLBACK_ANSWERS_AT_ONCE = 20


class Guard(Protocol):
    """What has to be asked of Telegram before an update can be processed, outside any transaction."""

    def needs(self, row: InboxRow) -> Callable[[], Awaitable[None]] | None:
        """The question to ask first, or None."""
        ...


@dataclass(slots=True)
class _Lane:
    """Updates that have to stay in order."""

    rows: deque[InboxRow] = field(default_factory=deque)
    busy: bool = False


TellAside = Callable[[Transaction, InboxRow], Awaitable[None]]
TellSlowed = Callable[[Transaction, str], Awaitable[None]]


class Processor:
    """Runs the dispatcher over the inbox.

    `batch` updates of different lanes share a transaction, each in a savepoint of its own;
    `workers` transactions run at once. SQLite wants one large one, PostgreSQL several small ones.
    """

    # So many updates are best accepted in one transaction, if as many are there.
    accepts = 100

    def __init__(
        self,
        *,
        store: Store,
        bot: Bot,
        dispatcher: Dispatcher,
        guard: Guard,
        tell_aside: TellAside,
        tell_slowed: TellSlowed,
        batch: int,
        workers: int,
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._bot = bot
        self._dispatcher = dispatcher
        self._guard = guard
        self._tell_aside = tell_aside
        self._tell_slowed = tell_slowed
        self._pace = Pace(store.clock)
        self._batch = batch
        self.workers = workers
        self._metrics = metrics
        self._lanes: dict[str, _Lane] = {}
        self._ready: deque[str] = deque()
        self._wake = asyncio.Event()
        # Being accepted and processed in one transaction.
        self._taken: list[InboxRow] = []
        self._side_tasks: set[asyncio.Task[None]] = set()
        # Lanes that wait for nothing but a moment to try again.
        self._resting: set[str] = set()
        # Those of customers who send more than a person can mean; nobody else waits for them.
        self._slowed: set[str] = set()
        self._answers = asyncio.Semaphore(_CALLBACK_ANSWERS_AT_ONCE)

    @property
    def idle(self) -> bool:
        """Whether everything handed over is processed, but for what is slowed down."""
        at_work = self._lanes.keys() - self._slowed
        return not (at_work or self._taken or len(self._side_tasks) > len(self._slowed))

    @property
    def working(self) -> bool:
        """Whether something is being processed at this moment, and does not wait for its next try."""
        return not self._resting.issuperset(self._lanes) or len(self._side_tasks) > len(self._resting)

    async def catch_up(self) -> None:
        """Return once everything that was accepted by now is processed."""
        while not self.idle:
            await self._store.clock.sleep(_LOOK_EVERY)

    async def expects(self, tx: Transaction, media_group_id: str) -> bool:
        """Whether an item of this album waits to be processed."""
        waiting = itertools.chain(self._taken, *(lane.rows for lane in self._lanes.values()))
        return any(part(row.payload, "message").get("media_group_id") == media_group_id for row in waiting)

    def hand(self, rows: Iterable[InboxRow]) -> None:
        """Updates that are committed to the inbox, in order."""
        for row in rows:
            lane = self._lanes.setdefault(row.lane, _Lane())
            lane.rows.append(row)
            self._offer(row.lane, lane)

    def _offer(self, key: str, lane: _Lane) -> None:
        if lane.busy:
            return
        if not lane.rows:
            del self._lanes[key]
            return
        lane.busy = True
        self._begin(key)

    def _begin(self, key: str) -> None:
        """It is a lane's turn, unless its customer has to be slowed down first."""
        if wait := self._pace.wait(key):
            self._slowed.add(key)
            self._spawn(self._slow_down(key, wait))
            return
        self._ready.append(key)
        self._wake.set()

    async def _slow_down(self, key: str, seconds: float) -> None:
        try:
            if self._pace.is_new(key):
                await self._say_slowed(key)
            await self._rest([key], seconds)
        finally:
            self._slowed.discard(key)
        self._ready.append(key)
        self._wake.set()

    async def _say_slowed(self, key: str) -> None:
        try:
            async with self._store.transaction() as tx:
                await self._tell_slowed(tx, key)
        except Exception as error:
            # A courtesy: what they send is processed all the same.
            log.warning("%s is slowed down and could not be told so: %s", key, error)
        else:
            log.info("%s sends faster than anybody writes, and is slowed down", key)

    async def run(self) -> None:
        """Process until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self.workers):
                    group.create_task(self._work())
        finally:
            # An answer to a button must not open a connection again that is being closed.
            aside = list(self._side_tasks)
            for task in aside:
                task.cancel()
            await asyncio.gather(*aside, return_exceptions=True)

    async def _work(self) -> None:
        pause = Pause(first=0.2, most=10.0)
        while True:
            while not self._ready:
                self._wake.clear()
                await self._wake.wait()
            keys = [self._ready.popleft() for _ in range(min(self._batch, len(self._ready)))]
            keys = [key for key in keys if not self._asks_first(key)]
            if not keys:
                continue
            rows = [self._lanes[key].rows[0] for key in keys]
            try:
                # Before what the timers want: people wait for this.
                async with self._store.transaction(urgent=True) as tx:
                    results = await self._process(tx, rows)
                    await self._done(tx, rows, results)
            except Exception as error:
                await self._wait_out(keys, error, pause)
                continue
            pause.reset()
            self._finish(keys, results)

    async def _wait_out(self, keys: list[str], error: Exception, pause: Pause) -> None:
        """The transaction of these lanes failed as a whole: again, after a pause."""
        if not is_trouble(error):
            log.error("the transaction of %d updates failed", len(keys), exc_info=error)
        wait = pause.next()
        log.warning("processing pauses for %.1f s: %s", wait, error)
        await self._rest(keys, wait)
        self._again(keys)

    async def take(self, rows: Sequence[InboxRow]) -> bool:
        """Accept a few updates and process them in the same transaction, which saves a commit on their way.

        False, with nothing done, if there is work already or the database makes trouble: then they are to be
        accepted first and handed over.
        """
        if len(self._lanes) > len(self._slowed) or len(rows) > self._batch:
            return False
        first: dict[str, InboxRow] = {}
        for row in rows:
            first.setdefault(row.lane, row)
        # One that has to wait holds up its lane.
        free = {row.update_id for key, row in first.items() if self._is_free(key, row)}
        try:
            async with self._store.transaction(urgent=True) as tx:
                self._taken = await inbox.accept(tx, rows, at_once=free)
                first = {row.lane: row for row in self._taken if row.update_id in free}
                results = await self._process(tx, list(first.values()))
        except Exception as error:
            log.warning("%d updates could not be processed at once: %s", len(rows), error)
            return False
        finally:
            taken, self._taken = self._taken, []
        for row in taken:
            self._lanes.setdefault(row.lane, _Lane(busy=row.lane in first)).rows.append(row)
        self._finish(list(first), results)
        for key, lane in list(self._lanes.items()):
            self._offer(key, lane)
        return True

    def _is_free(self, key: str, row: InboxRow) -> bool:
        """Whether an update that came now need not wait for anything."""
        return key not in self._lanes and not self._pace.wait(key) and self._guard.needs(row) is None

    def _finish(self, keys: list[str], results: list[_Finished | None]) -> None:
        """The first update of each of these lanes is committed, or gets another try."""
        for key, finished in zip(keys, results, strict=True):
            if finished is None:
                self._spawn(self._later(key))
                continue
            self._lanes[key].rows.popleft()
            self._pace.took(key)
            if finished.answer is not None:
                self._spawn(self._answer_callback(finished.answer))
            self._again([key])

    def _again(self, keys: list[str]) -> None:
        for key in keys:
            lane = self._lanes[key]
            lane.busy = False
            self._offer(key, lane)

    async def _later(self, key: str) -> None:
        await self._rest([key], _TRY_AGAIN_AFTER)
        self._again([key])

    async def _rest(self, keys: list[str], seconds: float) -> None:
        self._resting.update(keys)
        try:
            await self._store.clock.sleep(seconds)
        finally:
            self._resting.difference_update(keys)

    def _asks_first(self, key: str) -> bool:
        """Whether the lane has to wait for an answer of Telegram's; it comes back by itself."""
        question = self._guard.needs(self._lanes[key].rows[0])
        if question is None:
            return False

        async def ask() -> None:
            pause = Pause(first=0.2, most=10.0)
            while True:
                try:
                    await question()
                except Exception as error:
                    # Whatever it is, the lane must not stay waiting for good.
                    wait = pause.next()
                    log.warning("%s waits %.1f s to ask Telegram again: %s", key, wait, error)
                    await self._rest([key], wait)
                else:
                    self._again([key])
                    return

        self._spawn(ask())
        return True

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._side_tasks.add(task)
        task.add_done_callback(self._side_tasks.discard)

    async def _process(self, tx: Transaction, rows: list[InboxRow]) -> list[_Finished | None]:
        """Process updates in savepoints of their own; None for one that failed and gets another try."""
        results = []
        for row in rows:
            trace.begin(update=row.update_id)
            try:
                results.append(await self._process_one(tx, row))
            finally:
                trace.end()
            # On SQLite nothing above waits: answers of Telegram's have to be read meanwhile.
            await asyncio.sleep(0)
        return results

    @staticmethod
    async def _done(tx: Transaction, rows: list[InboxRow], results: list[_Finished | None]) -> None:
        """Write down which of these that waited are processed."""
        done = [row.update_id for row, result in zip(rows, results, strict=True) if result and result.done]
        if done:
            await inbox.done(tx, done)

    async def _process_one(self, tx: Transaction, row: InboxRow) -> _Finished | None:
        began = time.perf_counter()
        try:
            async with tx.savepoint() as part:
                return await self._feed(part, row)
        except Exception as error:
            if is_trouble(error):
                raise
            self._metrics.processed(row.payload, time.perf_counter() - began, failed=True)
            log.exception("update %d failed", row.update_id)
            attempts = await inbox.count_attempt(tx, row)
            if attempts < TRIES:
                return None
            await inbox.set_aside(tx, row.update_id, traceback.format_exc())
            await self._tell(tx, row)
            return _Finished(done=False, answer=_callback_answer(row, Toast()))

    async def _feed(self, tx: Transaction, row: InboxRow) -> _Finished:
        """Process an update; whatever it raises, what it changed must not be committed then."""
        toast = Toast()
        began = time.perf_counter()
        update = Update.model_validate(row.payload, context={"bot": self._bot})
        await self._dispatcher.feed_update(self._bot, update, tx=tx, outbox=Outbox(tx), toast=toast)
        self._metrics.processed(row.payload, time.perf_counter() - began, failed=False)
        return _Finished(done=True, answer=_callback_answer(row, toast))

    async def _tell(self, tx: Transaction, row: InboxRow) -> None:
        try:
            async with tx.savepoint() as told:
                await self._tell_aside(told, row)
        except Exception as error:
            if is_trouble(error):
                raise
            # Its lane must go on: `talon inbox` lists it all the same.
            log.exception("nobody could be told that update %d was set aside", row.update_id)

    async def _answer_callback(self, answer: AnswerCallbackQuery) -> None:
        # A late answer fails, and a lost one costs a spinner on a button: neither is worth a word.
        async with self._answers:
            try:
                await self._bot(answer, request_timeout=10)
            except Exception as error:
                log.debug("a button press was not answered: %s", error)


@dataclass(frozen=True, slots=True)
class _Finished:
    done: bool
    answer: AnswerCallbackQuery | None


def _callback_answer(row: InboxRow, toast: Toast) -> AnswerCallbackQuery | None:
    query_id = part(row.payload, "callback_query").get("id")
    if not isinstance(query_id, str):
        return None
    # Telegram takes 200 characters.
    text = toast.text[:200] if toast.text else None
    return AnswerCallbackQuery(callback_query_id=query_id, text=text, show_alert=toast.alert or None)
