"""Accept: write what Telegram has for us into the inbox, commit, and only then acknowledge it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from typing import Any

from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramConflictError,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import DeleteWebhook, TelegramMethod

from bot.pipeline.pause import Pause
from bot.pipeline.process import Processor
from bot.pipeline.turn import Turn, TurnLost
from bot.session import checked
from storage import inbox
from storage.rows import InboxRow
from storage.store import Store
from storage.trouble import is_trouble

log = logging.getLogger(__name__)

# Telegram's default leaves out reactions and members, which have to be asked for by name.
ALLOWED_UPDATES = [
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "chat_member",
    "message_reaction",
]
LONG_POLL = 30
# On top of the time Telegram may hold a long poll.
_ANSWER_TIME = 15
# So many updates Telegram gives at once at most.
_FULL = 100


class GetRawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates as Telegram wrote it: an update that no model knows must not stop the others."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int | None = None
    allowed_updates: list[str] | None = None


async def accept(store: Store, rows: Sequence[InboxRow]) -> list[InboxRow]:
    """Store a batch, whatever it takes; gives back what is new. Waits out trouble of the database."""
    pause = Pause()
    while True:
        try:
            async with store.transaction(urgent=True) as tx:
                return await inbox.accept(tx, rows)
        except Exception as error:
            if not is_trouble(error):
                raise
            wait = pause.next()
            log.warning("the inbox cannot be written, next try in %.1f s: %s", wait, error)
            await store.clock.sleep(wait)


async def receive(store: Store, processor: Processor, rows: Sequence[InboxRow]) -> None:
    """Take the updates that Telegram delivers; when this returns it is committed, and may be acknowledged."""
    if not await processor.take(rows):
        processor.hand(await accept(store, rows))


class Poller:
    """Long polling that outlives any outage, of Telegram's or of the database."""

    def __init__(
        self,
        bot: Bot,
        store: Store,
        processor: Processor,
        answers_again: Callable[[], None],
        turn: Turn | None = None,
    ) -> None:
        self._bot = bot
        self._store = store
        self._processor = processor
        self._answers_again = answers_again
        # Of several processes one polls: Telegram lets no two.
        self._turn = turn
        self.stands_by = False
        self.working = False
        # Whether Telegram is likely to have more for us that was written already.
        self.behind = True
        # Set once Telegram had nothing more for us: what waited during a stop is in the inbox.
        self.caught_up = asyncio.Event()

    async def run(self) -> None:
        """Poll until cancelled.

        Starts without an offset: update ids start anew at random after a quiet week, so only the batch
        just committed says where to go on.
        """
        offset: int | None = None
        pause = Pause(most=15.0)
        while True:
            if (
                self._turn is not None
                and not self._turn.is_sure
                and not await self._wait_for_turn(self._turn)
            ):
                offset = None
            try:
                # After trouble the answer is wanted at once: it tells that we are ready again.
                waits = self.working and self.caught_up.is_set()
                updates = await self._fetch(offset, LONG_POLL if waits else 0)
            except TurnLost:
                continue
            except Exception as error:
                self.working = self.behind = False
                wait = error.retry_after if isinstance(error, TelegramRetryAfter) else pause.next()
                self._report(error, wait)
                await self._store.clock.sleep(wait)
                if isinstance(error, TelegramConflictError) and "webhook is active" in error.message:
                    await self._remove_webhook()
                continue
            pause.reset()
            if not self.working:
                self.working = True
                self._answers_again()
            if updates:
                await receive(self._store, self._processor, inbox.rows(updates))
                offset = updates[-1]["update_id"] + 1
                # What came of it goes out before the next question is asked.
                await asyncio.sleep(0)
                self.behind = not self.caught_up.is_set() or len(updates) >= _FULL
            else:
                self.behind = False
                self.caught_up.set()

    async def _wait_for_turn(self, turn: Turn) -> bool:
        """Return when it is ours to poll; False if another process may have done that meanwhile."""
        behind = self.behind
        # Whoever polls sees to what Telegram has.
        self.stands_by, self.behind = True, False
        continued = await turn.wait()
        self.stands_by, self.behind = False, behind or not continued
        return continued

    async def _fetch(self, offset: int | None, timeout: int) -> list[dict[str, Any]]:
        method = GetRawUpdates(offset=offset, timeout=timeout, allowed_updates=ALLOWED_UPDATES)
        with contextlib.nullcontext() if self._turn is None else checked(self._turn.make_sure):
            return await self._bot(method, request_timeout=timeout + _ANSWER_TIME)

    async def _remove_webhook(self) -> None:
        """Somebody has set one after our start, perhaps a replica that was still to be stopped."""
        with contextlib.suppress(Exception):
            await self._bot(DeleteWebhook(), request_timeout=_ANSWER_TIME)
            log.warning("somebody has set a webhook; it is removed, for this desk polls")

    @staticmethod
    def _report(error: Exception, wait: float) -> None:
        if isinstance(error, TelegramUnauthorizedError):
            log.error("BOT_TOKEN: Telegram does not know it any more; next try in %.1f s", wait)
        elif isinstance(error, TelegramAPIError):
            log.warning("getUpdates: %s; next try in %.1f s", error.message, wait)
        else:
            log.warning("getUpdates: %s: %s; next try in %.1f s", type(error).__name__, error, wait)
