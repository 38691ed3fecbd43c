"""Who acts as an agent: members of the staff group they act in, asked of Telegram before anything is done."""

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
from dialogs.groups import Group, Groups
from storage import duty, memberships
from storage.raw import number, part
from storage.rows import InboxRow
from storage.store import Store
from storage.transaction import Transaction
from storage.trouble import is_trouble

log = logging.getLogger(__name__)

_ASK_EVERY = 24 * 3600.0


class MembershipGuard:
    """Refreshes what we know of a person before an update of theirs from a staff group is processed."""

    def __init__(self, store: Store, bot: Bot, groups: Groups) -> None:
        self._store = store
        self._bot = bot
        self._groups = groups
        # By chat and person.
        self._checked: dict[tuple[int, int], datetime] = {}
        self._asking: dict[tuple[int, int], asyncio.Lock] = {}

    def heard_of(self, chat_id: int, user_id: int) -> None:
        """Telegram told us by itself; no need to ask for a while."""
        self._checked[chat_id, user_id] = self._store.clock.now()

    def needs(self, row: InboxRow) -> Callable[[], Awaitable[None]] | None:
        """The question to ask Telegram before this update, or None."""
        found = self._agent(row.payload)
        if found is None:
            return None
        group, user_id = found
        if self._is_fresh(group, user_id):
            return None

        async def ask() -> None:
            # Many updates of one person at once are one question.
            async with self._asking.setdefault((group.chat_id, user_id), asyncio.Lock()):
                if not self._is_fresh(group, user_id):
                    await self._ask(group, user_id)

        return ask

    def _is_fresh(self, group: Group, user_id: int) -> bool:
        checked = self._checked.get((group.chat_id, user_id))
        return checked is not None and self._store.clock.now() - checked < memberships.FRESH

    def _agent(self, update: dict[str, Any]) -> tuple[Group, int] | None:
        """The staff group where somebody acts by this update, and who, or None."""
        query = part(update, "callback_query")
        reaction = part(update, "message_reaction")
        event = query or reaction or part(update, "message") or part(update, "edited_message")
        message = part(query, "message") if query else event
        chat_id = number(part(message, "chat").get("id"))
        group = None if chat_id is None else self._groups.of_chat(chat_id)
        if group is None:
            return None
        sender = part(event, "user" if reaction and not query else "from")
        if sender.get("is_bot") or "sender_chat" in event:
            return None
        user_id = number(sender.get("id"))
        return None if user_id is None else (group, user_id)

    async def _ask(self, group: Group, user_id: int) -> None:
        chat_id = group.chat_id
        pause = Pause()
        while True:
            try:
                member = await self._bot(GetChatMember(chat_id=chat_id, user_id=user_id), request_timeout=20)
                status, name, anonymous = standing(member), member.user.full_name, is_anonymous(member)
            except TelegramBadRequest as error:
                log.info("member %d of the staff group %d: %s", user_id, chat_id, error.message)
                status, name, anonymous = "left", "", False
            except (TelegramAPIError, ClientDecodeError, TimeoutError) as error:
                await self._store.clock.sleep(getattr(error, "retry_after", None) or pause.next())
                continue
            break
        async with self._store.transaction() as tx:
            await write_down(tx, group, self._groups, user_id, status, name, anonymous=anonymous)
        self.heard_of(chat_id, user_id)


class Roster:
    """Knows who administers the staff groups, also those who were made administrators before we came, and
    whether those who are on duty are still there.
    """

    def __init__(self, store: Store, bot: Bot, groups: Groups) -> None:
        self._store = store
        self._bot = bot
        self._groups = groups

    async def run(self) -> None:
        """Ask Telegram, again each day, until cancelled; what changes between it tells by itself."""
        await asyncio.gather(*(self._keep(group) for group in self._groups))

    async def _keep(self, group: Group) -> None:
        pause = Pause(most=600.0)
        while True:
            try:
                await self._ask(group)
            except (TelegramAPIError, ClientDecodeError, TimeoutError) as error:
                wait = getattr(error, "retry_after", None) or pause.next()
                chat_id = group.chat_id
                log.info("the administrators of the group %d: %s; next try in %.1f s", chat_id, error, wait)
            except Exception as error:
                if not is_trouble(error):
                    log.exception("the administrators of the staff group are not written down")
                wait = pause.next()
            else:
                pause.reset()
                wait = _ASK_EVERY
            await self._store.clock.sleep(wait)

    async def _ask(self, group: Group) -> None:
        chat_id = group.chat_id
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
            here = self._groups.duties(group)
            present = await duty.on_duty(tx)
            on_duty = {each.user_id for each in present if here is None or each.department in here}
        for user_id in on_duty.difference(member.user.id for member in people):
            await self._look_for(group, user_id)

    async def _look_for(self, group: Group, user_id: int) -> None:
        """Whether somebody on duty left unnoticed, while nothing told us."""
        chat_id = group.chat_id
        try:
            member = await self._bot(GetChatMember(chat_id=chat_id, user_id=user_id), request_timeout=20)
            status = standing(member)
        except TelegramBadRequest:
            status = ChatMemberStatus.LEFT.value
        if not memberships.counts(status):
            async with self._store.transaction() as tx:
                await write_down(tx, group, self._groups, user_id, status, "")


async def write_down(
    tx: Transaction,
    group: Group,
    groups: Groups,
    user_id: int,
    status: str,
    name: str,
    *,
    anonymous: bool = False,
) -> None:
    """What Telegram says of a person in a group now; whoever left it, or hides, is on duty there no more."""
    await memberships.record(tx, group.chat_id, user_id, status, name, anonymous=anonymous)
    if not memberships.counts(status):
        await assigning.gone(tx, user_id, groups.duties(group))
    elif anonymous:
        await duty.turn(tx)
        await duty.end(tx, user_id, groups.duties(group))


def standing(member: ResultChatMemberUnion | ChatMemberUnion) -> str:
    """A person's status as it counts for us: who is restricted may be outside of the group."""
    if member.status == ChatMemberStatus.RESTRICTED and not getattr(member, "is_member", True):
        return ChatMemberStatus.LEFT.value
    return str(member.status)


def is_anonymous(member: ChatMember) -> bool:
    """Whether this administrator acts in the group's name, so that nobody is to be told who it is."""
    return bool(getattr(member, "is_anonymous", False))
