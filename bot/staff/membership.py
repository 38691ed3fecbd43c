"""Who acts as an agent: members of the staff group, asked of Telegram before anything is done."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from aiogram import Bot
from aiogram.enums import ChatMemberStatus
from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramBadRequest
from aiogram.methods import GetChatAdministrators, GetChatMember
from aiogram.types import ChatMember, ChatMemberUnion, ResultChatMemberUnion

from bot.pipeline.pause import Pause
from dialogs import assigning
from storage import duty, memberships
from storage.raw import number, part
from storage.rows import InboxRow
from storage.store import Store, Transaction, is_trouble

log = logging.getLogger(__name__)

_ASK_EVERY = 24 * 3600.0


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
        query = part(update, "callback_query")
        reaction = part(update, "message_reaction")
        event = query or reaction or part(update, "message") or part(update, "edited_message")
        message = part(query, "message") if query else event
        if part(message, "chat").get("id") != self._staff_chat():
            return None
        sender = part(event, "user" if reaction and not query else "from")
        if sender.get("is_bot") or "sender_chat" in event:
            return None
        return number(sender.get("id"))

    async def _ask(self, user_id: int) -> None:
        chat_id = self._staff_chat()
        assert chat_id is not None
        pause = Pause()
        while True:
            try:
                member = await self._bot(GetChatMember(chat_id=chat_id, user_id=user_id), request_timeout=20)
                status, name, anonymous = standing(member), member.user.full_name, is_anonymous(member)
            except TelegramBadRequest as error:
                log.info("member %d of the staff group: %s", user_id, error.message)
                status, name, anonymous = "left", "", False
            except (TelegramAPIError, ClientDecodeError, TimeoutError) as error:
                await self._store.clock.sleep(getattr(error, "retry_after", None) or pause.next())
                continue
            break
        async with self._store.transaction() as tx:
            await write_down(tx, chat_id, user_id, status, name, anonymous=anonymous)
        self.heard_of(user_id)


class Roster:
    """Knows who administers the staff group, also those who were made administrators before we came, and
    whether those who are on duty are still there.
    """

    def __init__(self, store: Store, bot: Bot, staff_chat: Callable[[], int | None]) -> None:
        self._store = store
        self._bot = bot
        self._staff_chat = staff_chat

    async def run(self) -> None:
        """Ask Telegram, again each day, until cancelled; what changes between it tells by itself."""
        pause = Pause(most=600.0)
        while True:
            try:
                await self._ask()
            except (TelegramAPIError, ClientDecodeError, TimeoutError) as error:
                wait = getattr(error, "retry_after", None) or pause.next()
                log.info("the administrators of the staff group: %s; next try in %.1f s", error, wait)
            except Exception as error:
                if not is_trouble(error):
                    log.exception("the administrators of the staff group are not written down")
                wait = pause.next()
            else:
                pause.reset()
                wait = _ASK_EVERY
            await self._store.clock.sleep(wait)

    async def _ask(self) -> None:
        chat_id = self._staff_chat()
        if not chat_id:
            return
        found = await self._bot(GetChatAdministrators(chat_id=chat_id), request_timeout=20)
        people = [member for member in found if not member.user.is_bot]
        async with self._store.transaction() as tx:
            await memberships.only_administrators(tx, chat_id, [member.user.id for member in people])
            for member in people:
                await memberships.record(
                    tx,
                    chat_id,
                    member.user.id,
                    str(member.status),
                    member.user.full_name,
                    anonymous=is_anonymous(member),
                )
            on_duty = {each.user_id for each in await duty.on_duty(tx)}
        for user_id in on_duty.difference(member.user.id for member in people):
            await self._look_for(chat_id, user_id)

    async def _look_for(self, chat_id: int, user_id: int) -> None:
        """Whether somebody on duty left unnoticed, while nothing told us."""
        try:
            member = await self._bot(GetChatMember(chat_id=chat_id, user_id=user_id), request_timeout=20)
            status = standing(member)
        except TelegramBadRequest:
            status = ChatMemberStatus.LEFT.value
        if not memberships.counts(status):
            async with self._store.transaction() as tx:
                await write_down(tx, chat_id, user_id, status, "")


async def write_down(
    tx: Transaction, chat_id: int, user_id: int, status: str, name: str, *, anonymous: bool = False
) -> None:
    """What Telegram says of a person in the group now; whoever left it is on duty no more."""
    await memberships.record(tx, chat_id, user_id, status, name, anonymous=anonymous)
    if not memberships.counts(status):
        await assigning.gone(tx, user_id)


def standing(member: ResultChatMemberUnion | ChatMemberUnion) -> str:
    """A person's status as it counts for us: who is restricted may be outside of the group."""
    if member.status == ChatMemberStatus.RESTRICTED and not getattr(member, "is_member", True):
        return ChatMemberStatus.LEFT.value
    return str(member.status)


def is_anonymous(member: ChatMember) -> bool:
    """Whether this administrator acts in the group's name, so that nobody is to be told who it is."""
    return bool(getattr(member, "is_anonymous", False))
