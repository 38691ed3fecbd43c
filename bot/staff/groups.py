"""Groups: who comes and goes in ours, what changes about it, and groups that are not ours."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from aiogram import BaseMiddleware, Router
from aiogram.enums import ChatMemberStatus
from aiogram.filters import Command, Filter
from aiogram.fsm.context import FSMContext
from aiogram.methods import LeaveChat, SendMessage
from aiogram.types import (
    CallbackQuery,
    ChatMemberUpdated,
    Message,
    MessageReactionUpdated,
    TelegramObject,
)

from bot.pipeline.failures import adopt_group
from bot.pipeline.sender import Sender
from bot.pipeline.threads import Threads
from bot.relay.notices import Notices
from bot.staff.context import refuse
from bot.staff.membership import MembershipGuard, is_anonymous, standing, write_down
from bot.staff.reactions import cross_reaction
from dialogs.context import Desk, Toast
from dialogs.intake import show_again
from locales import guess, translator
from storage import customers, destinations, timers
from storage.outbox import Outbox
from storage.rows import Customer
from storage.transaction import Transaction

LEAVE_TIMER = "leave"
# A foreign group has time to read its id, which is all the bot does there.
STAY = timedelta(hours=1)
_GONE = {ChatMemberStatus.LEFT, ChatMemberStatus.KICKED}


class Migrated(Filter):
    """The service message in a group that became a supergroup."""

    async def __call__(self, message: Message) -> bool:
        """Whether this tells the group's new id."""
        return message.migrate_to_chat_id is not None


class ReturnMiddleware(BaseMiddleware):
    """Tells the threads of customers who can be reached again, whatever it was that showed it."""

    def __init__(self, notices: Notices) -> None:
        self._notices = notices

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Look afterwards at whom the update brought back."""
        result = await handler(event, data)
        tx: Transaction = data["tx"]
        for destination in tx.resumed:
            customer_id = destinations.customer_of(destination)
            if customer_id is not None:
                await self._notices.returned(tx, customer_id)
        return result


def groups_router(threads: Threads, guard: MembershipGuard, notices: Notices, sender: Sender) -> Router:
    """Handlers for what happens to groups and to the bot in chats."""
    router = Router(name="groups")

    @router.chat_member()
    async def member_changed(event: ChatMemberUpdated, tx: Transaction) -> None:
        """Somebody joined, left, or was given another role."""
        group = threads.groups.of_chat(event.chat.id)
        if group is None:
            return
        member = event.new_chat_member
        if not member.user.is_bot:
            await write_down(
                tx,
                group,
                threads.groups,
                member.user.id,
                standing(member),
                member.user.full_name,
                anonymous=is_anonymous(member),
            )
        tx.after_commit.append(lambda: guard.heard_of(event.chat.id, member.user.id))

    @router.my_chat_member()
    async def bot_changed(
        event: ChatMemberUpdated, tx: Transaction, desk: Desk, state: FSMContext | None = None
    ) -> None:
        """The bot was blocked, unblocked, added, removed, or given other rights."""
        gone = event.new_chat_member.status in _GONE
        chat_id = event.chat.id
        if event.chat.type == "private":
            customer = await _customer_changed(event, tx, notices, gone=gone)
            if customer is not None and state is not None:
                await show_again(tx, customer, desk, state)
        elif threads.groups.of_chat(chat_id) is not None:
            tx.after_commit.append(lambda: sender.rights_are_back(chat_id))
        elif gone:
            await timers.cancel(tx, LEAVE_TIMER, chat_id)
        elif desk.is_open and event.old_chat_member.status in _GONE:
            await timers.put(tx, LEAVE_TIMER, chat_id, tx.now + STAY)

    @router.message(Command("id"))
    async def tell_id(message: Message, outbox: Outbox) -> None:
        """The id of this group, for STAFF_CHAT_ID or a department's own setting."""
        if message.chat.type == "private":
            return
        language = guess(message.from_user.language_code if message.from_user else None)
        text = translator(language).text("The id of this group: <code>{id}</code>", id=message.chat.id)
        await outbox.owe(
            destinations.chat(message.chat.id), SendMessage(chat_id=0, text=text, parse_mode="HTML")
        )

    @router.message(Migrated())
    async def migrated(message: Message, tx: Transaction) -> None:
        """The group became a supergroup."""
        assert message.migrate_to_chat_id is not None
        new_id = message.migrate_to_chat_id
        group = threads.groups.of_chat(message.chat.id)
        if group is not None:
            await adopt_group(tx, message.chat.id, new_id)
            tx.after_commit.append(lambda: threads.move(group, new_id))

    @router.message_reaction()
    async def reacted(event: MessageReactionUpdated, tx: Transaction) -> None:
        """A reaction, in a private chat or in a staff group."""
        if event.chat.type == "private" or threads.groups.of_chat(event.chat.id) is not None:
            await cross_reaction(tx, event, threads.groups)

    return router


def strangers_router() -> Router:
    """The last in the tree: buttons that nobody before it knew."""
    router = Router(name="strangers")

    @router.callback_query()
    async def strange_button(query: CallbackQuery, toast: Toast) -> None:
        """A button that is not for this person, or of a version that is gone."""
        if toast.text is None:
            refuse(toast, query.from_user.language_code)

    return router


async def _customer_changed(
    event: ChatMemberUpdated, tx: Transaction, notices: Notices, *, gone: bool
) -> Customer | None:
    """A customer blocked the bot, or came back: then gives back who it is."""
    customer = await customers.find(tx, event.chat.id, lock=True)
    if customer is None:
        return None
    if gone:
        if await customers.set_unreachable(tx, customer.id, "Forbidden: bot was blocked by the user"):
            await Outbox(tx).drop_screens(customer.id)
            await notices.blocked(tx, customer)
        return None
    if not await customers.set_unreachable(tx, customer.id, None):
        return None
    tx.resumed.append(destinations.customer(customer.id))
    return customer


async def leave(tx: Transaction, chat_id: int) -> None:
    """The hour is over: leave a group that is not ours."""
    await Outbox(tx).call(destinations.chat(chat_id), LeaveChat(chat_id=chat_id))
