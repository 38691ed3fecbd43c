"""What handlers of the staff group are given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiogram import BaseMiddleware
from aiogram.dispatcher.middlewares.user_context import EVENT_CONTEXT_KEY, EventContext
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message, TelegramObject

from bot.pipeline.failures import switch_topics
from bot.pipeline.threads import Threads
from bot.relay.notices import Notices
from dialogs.context import Desk, Toast
from dialogs.life import Life
from locales import Translator, guess, translator
from storage import memberships, tickets
from storage.journal import Actor
from storage.outbox import Outbox
from storage.rows import Ticket
from storage.store import Transaction


@dataclass(slots=True)
class Shift:
    """One turn of an agent: who acts, and what the turn may use."""

    tx: Transaction
    outbox: Outbox
    desk: Desk
    tr: Translator
    notices: Notices
    agent: Actor
    toast: Toast

    @property
    def life(self) -> Life:
        """What may be done to tickets."""
        return Life(self.tx, self.outbox, self.desk)

    async def ticket(self, number: int) -> Ticket | None:
        """The ticket that a button names; None for none, and for one whose customer's data was erased."""
        found = await tickets.find(self.tx, number)
        return None if found is None or found.is_erased else found


class OnShift(Filter):
    """An agent acts in the staff group."""

    async def __call__(self, event: TelegramObject, shift: Shift | None = None) -> bool:
        """Whether the middleware made a shift."""
        return shift is not None


class StaffMiddleware(BaseMiddleware):
    """Lets agents through, and gives handlers the `shift`; everybody else gets a polite word at most."""

    def __init__(self, threads: Threads, notices: Notices) -> None:
        self._threads = threads
        self._notices = notices

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Add the shift, if an agent acts."""
        context: EventContext = data[EVENT_CONTEXT_KEY]
        tx: Transaction = data["tx"]
        chat_id = self._threads.staff_chat_id
        if context.chat is None or context.chat.id != chat_id:
            return await handler(event, data)
        await self._notice_topics(event, tx)
        anonymous = isinstance(event, Message) and event.sender_chat is not None
        if anonymous:
            assert isinstance(event, Message)
            assert event.sender_chat is not None
            # A channel that writes, or a post forwarded automatically, is nobody's answer.
            if event.sender_chat.id != chat_id:
                return None
            title = event.author_signature or event.sender_chat.title
            actor = Actor("agent", memberships.ANONYMOUS_ADMIN, title)
        elif context.user is None or context.user.is_bot:
            return None
        elif not await memberships.is_member(tx, chat_id, context.user.id):
            if isinstance(event, CallbackQuery):
                refuse(data["toast"], context.user.language_code)
            return None
        else:
            actor = Actor("agent", context.user.id, context.user.full_name)
        desk: Desk = data["desk"]
        data["shift"] = Shift(
            tx, data["outbox"], desk, translator(desk.staff_language), self._notices, actor, data["toast"]
        )
        return await handler(event, data)

    async def _notice_topics(self, event: TelegramObject, tx: Transaction) -> None:
        """Every message tells whether its group has topics; no update does when they are switched."""
        if isinstance(event, Message):
            await switch_topics(tx, self._threads, is_forum=bool(event.chat.is_forum))


def refuse(toast: Toast, language_code: str | None) -> None:
    """A polite word to somebody who pressed a button that is not theirs."""
    toast.say(translator(guess(language_code)).plain("This button is for the desk's agents."))
