"""Signals between the processes of one desk: what may be lost, for the database keeps order and truth."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline, PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from bot.pipeline.pause import Pause
from storage.clock import Clock

log = logging.getLogger(__name__)

# What is told. Somebody has more to do than they can begin, or gives up what they had.
WORK = "work"
# Rows were queued for the destination `place`, which the process `holder` had a moment ago.
ROWS = "rows"
# The rows `ids` were taken out of the outbox.
VOID = "void"
# Telegram answers again after it did not.
BACK = "back"
# Something about the staff group is other than before.
GROUP = "group"
# Telegram told `owner` that the chat `chat` has to wait `seconds`.
WAIT = "wait"
# The chat `chat` need not wait any more.
PASSED = "passed"

Hear = Callable[[dict[str, Any]], None]

# So much may wait to be told; when that is not enough, looks at the tables have to do.
_MOST = 1000
_ALIVE_EVERY = 5.0
_AGAIN_AFTER = 1.0


class Signals:
    """Of a process that is alone: there is nobody to tell anything."""

    def __init__(self) -> None:
        self._hear: dict[str, list[Hear]] = {}

    def listen(self, what: str, hear: Hear) -> None:
        """Call `hear` with what other processes tell of this kind."""
        self._hear.setdefault(what, []).append(hear)

    def tell(self, what: str, **details: Any) -> None:
        """Tell the other processes, some time soon or never."""

    @property
    def are_carried(self) -> bool:
        """Whether the others hear what is told, so far as one can know."""
        return False

    async def run(self) -> None:
        """Carry signals until cancelled."""
        await asyncio.Event().wait()

    def _heard(self, told: dict[str, Any]) -> None:
        for hear in self._hear.get(told.pop("what"), ()):
            hear(told)


class RedisSignals(Signals):
    """Carried by any server that speaks Redis' protocol. While it is away nothing is told or heard."""

    def __init__(self, url: str, *, channel: str, owner: str, clock: Clock) -> None:
        super().__init__()
        self._redis = Redis.from_url(
            url,
            decode_responses=True,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=_ALIVE_EVERY,
            socket_connect_timeout=_ALIVE_EVERY,
        )
        self._channel = channel
        self._owner = owner
        self._clock = clock
        # In order, the same thing once.
        self._outgoing: dict[str, dict[str, Any]] = {}
        self._something = asyncio.Event()
        self._connected = False
        self._is_away = False

    @property
    def are_carried(self) -> bool:
        """Whether the others hear what is told, so far as one can know."""
        return self._connected

    def tell(self, what: str, **details: Any) -> None:
        """Tell the other processes, some time soon or never."""
        if self._connected and len(self._outgoing) < _MOST:
            told = {"what": what, "from": self._owner, **details}
            self._outgoing[json.dumps(told)] = told
            self._something.set()

    async def run(self) -> None:
        """Carry signals until cancelled, connecting again as long as it takes."""
        pause = Pause(first=0.5, most=30.0)
        try:
            while True:
                try:
                    await self._connect(pause)
                except Exception as error:
                    self._away(error)
                if _is_cancelled():
                    return
                await self._clock.sleep(pause.next())
        finally:
            # That we give up what we had is worth telling.
            with suppress(RedisError, OSError, TimeoutError):
                if self._outgoing:
                    await self._publish()
            await self._redis.aclose()

    def _away(self, error: BaseException) -> None:
        self._connected = False
        self._outgoing.clear()
        if not isinstance(error, RedisError | OSError | TimeoutError):
            log.error("signals begin anew", exc_info=error)
        if not self._is_away:
            self._is_away = True
            log.warning(
                "REDIS_URL: %s; until it is back the processes look at the database for each other's work",
                str(error).rstrip(".") or type(error).__name__,
            )

    async def _connect(self, pause: Pause) -> None:
        async with self._redis.pubsub(ignore_subscribe_messages=True) as pubsub:
            await pubsub.subscribe(self._channel)
            await self._recall_waits()
            pause.reset()
            self._connected = True
            if self._is_away:
                self._is_away = False
                log.warning("REDIS_URL: the server is back")
            # What was told meanwhile is lost.
            self._heard({"what": WORK})
            if not _is_cancelled():
                await self._carry(pubsub)

    async def _carry(self, pubsub: PubSub) -> None:
        """Receive and send until one of both fails."""
        # A TaskGroup forgets that it was cancelled if one of its tasks fails meanwhile.
        both = [asyncio.create_task(self._receive(pubsub)), asyncio.create_task(self._send())]
        try:
            done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await _end(both)

    async def _receive(self, pubsub: PubSub) -> None:
        async for message in pubsub.listen():
            try:
                told = json.loads(message["data"])
                if told["from"] != self._owner:
                    self._heard(told)
            except (ValueError, KeyError, TypeError):
                log.warning("REDIS_URL: somebody else uses the channel %s", self._channel)

    async def _send(self) -> None:
        while not _is_cancelled():
            try:
                async with asyncio.timeout(_ALIVE_EVERY):
                    await self._something.wait()
            except TimeoutError:
                # A server that stands still tells nothing either.
                await self._redis.ping()
                continue
            self._something.clear()
            await self._publish()

    async def _publish(self) -> None:
        outgoing, self._outgoing = self._outgoing, {}
        async with self._redis.pipeline(transaction=False) as pipeline:
            for line, told in outgoing.items():
                pipeline.publish(self._channel, line)
                self._keep(pipeline, told)
            await pipeline.execute()

    # Who starts while a chat has to wait was not told.

    def _keep(self, pipeline: Pipeline, told: dict[str, Any]) -> None:
        if told["what"] == WAIT:
            milliseconds = max(1, int(told["seconds"] * 1000))
            pipeline.set(f"{self._channel}:wait:{told['chat']}", told["owner"], px=milliseconds)
        elif told["what"] == PASSED:
            pipeline.delete(f"{self._channel}:wait:{told['chat']}")

    async def _recall_waits(self) -> None:
        async for key in self._redis.scan_iter(match=f"{self._channel}:wait:*"):
            owner, milliseconds = await self._redis.get(key), await self._redis.pttl(key)
            if owner is not None and milliseconds > 0:
                chat_id = int(str(key).rpartition(":")[2])
                self._heard({"what": WAIT, "chat": chat_id, "seconds": milliseconds / 1000, "owner": owner})


def _is_cancelled() -> bool:
    """Whether this task has to end: the client may swallow a cancellation while it waits for the server."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    """Cancel tasks, and again those that swallowed it, until all are over."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=_AGAIN_AFTER)
    for task in tasks:
        if not task.cancelled():
            # Looked at, or it would be logged as never retrieved.
            task.exception()


def make_signals(url: str | None, *, bot_id: int, owner: str, clock: Clock) -> Signals:
    """What carries signals for this desk: nothing, or Redis."""
    if url is None:
        return Signals()
    return RedisSignals(url, channel=f"talon:{bot_id}", owner=owner, clock=clock)
