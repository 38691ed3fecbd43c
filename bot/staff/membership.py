"""Who acts as an agent: members of the staff group, asked of Telegram before anything is done."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramBadRequest
from aiogram.methods import GetChatMember

from bot.pipeline.pause import Pause
from storage import memberships
from storage.rows import InboxRow
from storage.store import Store

log = logging.getLogger(__name__)


class MembershipGuard:
    """Refreshes what we know of a person before an update of theirs from the staff group is processed."""

    def __init__(self, store: Store, bot: Bot, staff_chat: Callable[[], int | None]) -> None:
        self._store = store
        self._bot = bot
        self._staff_chat = staff_chat
        self._checked: dict[int, datetime] = {}
        self._asking: dict[int, asyncio.Lock] = {}

    def heard_of(self, user_id: int) -> None:
        """Telegram told us by itself; no need to ask for a while."""
        self._checked[user_id] = self._store.clock.now()

    def needs(self, row: InboxRow) -> Callable[[], Awaitable[None]] | None:
        """The question to ask Telegram before this update, or None."""
        user_id = self._agent(row.payload)
        if user_id is None:
            return None
        if self._is_fresh(user_id):
            return None

        async def ask() -> None:
            # Many updates of one person at once are one question.
            async with self._asking.setdefault(user_id, asyncio.Lock()):
                if not self._is_fresh(user_id):
                    await self._ask(user_id)

        return ask

    def _is_fresh(self, user_id: int) -> bool:
        checked = self._checked.get(user_id)
        return checked is not None and self._store.clock.now() - checked < memberships.FRESH

    def _agent(self, update: dict[str, Any]) -> int | None:
        """The person who acts in the staff group by this update, or None."""
        query = update.get("callback_query")
        reaction = update.get("message_reaction")
        event = query or reaction or update.get("message") or update.get("edited_message") or {}
        chat = ((query or {}).get("message") if query else event) or {}
        if (chat.get("chat") or {}).get("id") != self._staff_chat():
            return None
        sender = event.get("user" if reaction else "from") or {}
        if sender.get("is_bot") or "sender_chat" in event:
            return None
        user_id = sender.get("id")
        return user_id if isinstance(user_id, int) else None

    async def _ask(self, user_id: int) -> None:
        chat_id = self._staff_chat()
        assert chat_id is not None
        pause = Pause()
        while True:
            try:
                member = await self._bot(GetChatMember(chat_id=chat_id, user_id=user_id), request_timeout=20)
                status, name = str(member.status), member.user.full_name
            except TelegramBadRequest as error:
                log.info("member %d of the staff group: %s", user_id, error.message)
                status, name = "left", ""
            except (TelegramAPIError, ClientDecodeError, TimeoutError) as error:
                await self._store.clock.sleep(getattr(error, "retry_after", None) or pause.next())
                continue
            break
        async with self._store.transaction() as tx:
            await memberships.record(tx, chat_id, user_id, status, name)
        self.heard_of(user_id)
