"""What handlers of the staff groups are given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiogram import BaseMiddleware
from aiogram.dispatcher.middlewares.user_context import EVENT_CONTEXT_KEY, EventContext
from aiogram.filters import Filter
from aiogram.methods import SendMessage
from aiogram.types import CallbackQuery, Message, TelegramObject

from bot.pipeline.failures import switch_topics
from bot.pipeline.threads import Threads
from bot.relay.notices import Notices, line
from bot.views import links
from dialogs.context import Desk, Toast
from dialogs.groups import Group
from dialogs.life import Life
from locales import Translator, guess, translator
from storage import memberships, tickets
from storage.journal import Actor
from storage.outbox import Outbox
from storage.rows import Ticket
from storage.transaction import Transaction


class Elsewhere(Exception):
    """What an agent wants to act on is in another group by now; the middleware tells them so."""

    def __init__(self, ticket: Ticket) -> None:
        super().__init__(ticket.number)
        self.ticket = ticket


@dataclass(slots=True)
class Shift:
    """One turn of an agent: who acts in which group, and what the turn may use."""

    group: Group
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
        """The ticket that a button names; None for none, and for one whose customer's data was erased.

        Raises Elsewhere.
        """
        found = await tickets.find(self.tx, number)
        return None if found is None or found.is_erased else await self.here(found)

    async def here(self, ticket: Ticket) -> Ticket:
        """A ticket, if it is in the group where the agent acts. Raises Elsewhere."""
        groups = self.desk.groups
        if groups.of(ticket) is self.group:
            return ticket
        if ticket.thread_chat_id == self.group.chat_id:
            # Its department has got another group, and nothing has made it leave this one yet.
            await self.outbox.card(ticket.number, at_once=True)
        raise Elsewhere(ticket)

    def where(self, ticket: Ticket) -> str:
        """What the department that a ticket is in is called."""
        department = self.desk.profile.department(ticket.department)
        return "—" if department is None else department.label.in_language(self.tr.language)

    def out_of_date(self) -> None:
        """What was pressed means nothing any more."""
        self.toast.say(self.tr.plain("This button is out of date."))

    async def tell(self, message: Message, said: str | SendMessage) -> None:
        """One line, or more than that, where an agent wrote something that is no ticket's."""
        told = said if isinstance(said, SendMessage) else line(said, answers=message.message_id)
        told.message_thread_id = message.message_thread_id if message.is_topic_message else None
        await self.outbox.owe(self.group.general, told)


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
        chat = context.chat
        group = None if chat is None else self._threads.groups.of_chat(chat.id)
        if chat is None or group is None:
            return await handler(event, data)
        chat_id = group.chat_id
        await self._notice_topics(event, tx, group)
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
        elif isinstance(event, CallbackQuery) and await memberships.is_anonymous(
            tx, context.user.id, chat_id
        ):
            # Who writes in the group's name presses buttons in their own, which nobody is to be told.
            actor = Actor("agent", memberships.ANONYMOUS_ADMIN, chat.title)
        else:
            actor = Actor("agent", context.user.id, context.user.full_name)
        desk: Desk = data["desk"]
        tr = translator(desk.staff_language)
        shift = Shift(group, tx, data["outbox"], desk, tr, self._notices, actor, data["toast"])
        data["shift"] = shift
        try:
            return await handler(event, data)
        except Elsewhere as moved:
            await _tell_where(event, shift, moved.ticket)

    async def _notice_topics(self, event: TelegramObject, tx: Transaction, group: Group) -> None:
        """Every message tells whether its group has topics; no update does when they are switched."""
        if isinstance(event, Message):
            await switch_topics(tx, self._threads, group, is_forum=bool(event.chat.is_forum))


async def _tell_where(event: TelegramObject, shift: Shift, ticket: Ticket) -> None:
    """An agent acted on a ticket that is in another group: say where."""
    if isinstance(event, Message):
        text = shift.tr.text(
            "The ticket is in another group now: {department}, {ticket}.",
            department=shift.where(ticket),
            ticket=links.numbered(ticket),
        )
        await shift.tell(event, text)
        return
    said = shift.tr.plain(
        "Ticket #{number} is in another group now: {department}.",
        number=ticket.number,
        department=shift.where(ticket),
    )
    shift.toast.say(said, alert=True)


def refuse(toast: Toast, language_code: str | None) -> None:
    """A polite word to somebody who pressed a button that is not theirs."""
    toast.say(translator(guess(language_code)).plain("This button is for the desk's agents."))
