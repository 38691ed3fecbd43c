"""Threads and their cards in the staff group, made when something has to go there.

In a forum a thread is a topic; in a plain group it is the card and the replies to it.
"""

from __future__ import annotations

from typing import Any

from aiogram.methods import (
    CloseForumTopic,
    CreateForumTopic,
    EditMessageText,
    ReopenForumTopic,
    SendMessage,
    TelegramMethod,
)

from bot.pipeline import calls
from bot.pipeline.sender import Sender
from bot.relay.render import Place
from bot.staff.card import NO_PREVIEW, Card, card, topic_name
from bot.staff.menus import colleagues
from desk.lifecycle import State
from desk.profile import Profile
from dialogs.promises import clocks_of
from locales import Translator
from storage import customers, destinations, marks, messages, ratings, tickets
from storage.rows import OutboxRow, StoredMessage, Ticket
from storage.store import Store, Transaction

_NOT_MODIFIED = "message is not modified"
# Of so many threads it is remembered where they are.
_KNOWN = 5000
_TOPIC_NOT_MODIFIED = "TOPIC_NOT_MODIFIED"


class Threads:
    """Where each ticket stands in the staff group."""

    def __init__(self, *, store: Store, profile: Profile, tr: Translator, staff_chat_id: int) -> None:
        self._store = store
        self._profile = profile
        self._tr = tr
        self.staff_chat_id = staff_chat_id
        self.is_forum = True
        # Threads whose card is known to stand; the database is asked only about others.
        self._known: dict[int, Place] = {}

    def move(self, chat_id: int) -> None:
        """The staff group has another id now."""
        self.staff_chat_id = chat_id
        self._known.clear()

    def switch(self, *, is_forum: bool) -> None:
        """The group has topics now, or has none."""
        self.is_forum = is_forum
        self._known.clear()

    def chat_of(self, destination: str) -> int:
        """The chat that a destination is in now."""
        customer_id = destinations.customer_of(destination)
        if customer_id is not None:
            return customer_id
        if destination.startswith("chat:"):
            return int(destination.removeprefix("chat:"))
        return self.staff_chat_id

    async def place(self, number: int, row: OutboxRow, sender: Sender) -> Place:
        """The thread of a ticket; made, with its card, if it is not there."""
        known = self._known.get(number)
        if known is not None and known.chat_id == self.staff_chat_id:
            return known
        ticket = await self._ticket(number)
        card_id = ticket.card_message_id if ticket.thread_chat_id == self.staff_chat_id else None
        if self.is_forum and (ticket.thread_id is None or ticket.thread_chat_id != self.staff_chat_id):
            ticket, card_id = await self._make_topic(ticket, row, sender), None
        if card_id is None:
            card_id = await self._post_card(ticket, row, sender)
        place = Place(self.staff_chat_id, ticket.thread_id, None if self.is_forum else card_id)
        if len(self._known) >= _KNOWN:
            # All that are in use will be known again with what is sent next.
            self._known.clear()
        self._known[number] = place
        return place

    async def _ticket(self, number: int) -> Ticket:
        async with self._store.reading() as tx:
            return await tickets.get(tx, number)

    async def _make_topic(self, ticket: Ticket, row: OutboxRow, sender: Sender) -> Ticket:
        async with self._store.reading() as tx:
            customer = await customers.get(tx, ticket.customer_id)
        chat_id = self.staff_chat_id

        async def make() -> TelegramMethod[Any]:
            return CreateForumTopic(chat_id=chat_id, name=topic_name(ticket, customer))

        topic = await sender.call(row, chat_id, make)
        thread_id: int = topic["message_thread_id"] if isinstance(topic, dict) else topic.message_thread_id

        async def note(tx: Transaction) -> None:
            await tickets.place(
                tx,
                ticket.number,
                thread_chat_id=chat_id,
                thread_id=thread_id,
                card_message_id=None,
                card_digest=None,
                thread_closed=False,
            )

        await sender.commit(row, note)
        return await self._ticket(ticket.number)

    async def _card(self, number: int) -> tuple[Ticket, Card, list[StoredMessage]]:
        async with self._store.reading() as tx:
            return await self._card_in(tx, number)

    async def _card_in(self, tx: Transaction, number: int) -> tuple[Ticket, Card, list[StoredMessage]]:
        ticket = await tickets.get(tx, number)
        customer = await customers.get(tx, ticket.customer_id)
        opening = await messages.opening(tx, number)
        description = [message for message in opening if message.text]
        attachments = sum(len(message.attachments) for message in opening)
        known = await marks.of(tx, customer.id) if self._profile.marks else ()
        found = await clocks_of(tx, self._profile, number)
        rating = await ratings.of_close(tx, number, ticket.closed_at)
        earlier = await tickets.earlier_of(tx, ticket)
        offered = await colleagues(tx, self._profile, ticket, self.staff_chat_id)
        view = card(
            ticket,
            customer,
            description,
            attachments,
            found,
            tx.now,
            self._profile,
            self._tr,
            known,
            rating,
            earlier,
            offered,
        )
        return ticket, view, [message for message in description if message.on_card]

    async def _post_card(self, ticket: Ticket, row: OutboxRow, sender: Sender) -> int:
        shown: tuple[Card, list[StoredMessage]] | None = None

        async def make() -> TelegramMethod[Any]:
            nonlocal shown
            now, view, on_card = await self._card(ticket.number)
            shown = view, on_card
            return SendMessage(
                chat_id=self.staff_chat_id,
                message_thread_id=now.thread_id,
                text=view.text,
                parse_mode="HTML",
                link_preview_options=NO_PREVIEW,
                reply_markup=view.keyboard,
            )

        answer = await sender.call(row, self.staff_chat_id, make)
        card_id: int = answer["message_id"] if isinstance(answer, dict) else answer.message_id
        assert shown is not None
        view, on_card = shown

        async def note(tx: Transaction) -> None:
            await tickets.place(
                tx,
                ticket.number,
                thread_chat_id=self.staff_chat_id,
                card_message_id=card_id,
                card_digest=view.digest,
            )
            for message in on_card:
                await messages.add_copy(tx, message.id, self.staff_chat_id, card_id)

        await sender.commit(row, note)
        return card_id

    async def refresh_card(self, number: int, row: OutboxRow, sender: Sender) -> bool:
        """Make the card, and whether the topic is open, agree with the ticket.

        False if the card said already what it should.
        """
        ticket = await self._ticket(number)
        if ticket.card_message_id is None and ticket.state == State.CLOSED:
            return False
        await self.place(number, row, sender)
        ticket, view, _ = await self._card(number)
        is_old = view.digest != ticket.card_digest
        if is_old:
            await self._edit_card(ticket, row, sender)
        await self._open_or_close(ticket, row, sender)
        return is_old

    async def is_current(self, tx: Transaction, number: int) -> bool:
        """Whether card and topic agree with the ticket, which nobody else changes until the commit."""
        ticket, view, _ = await self._card_in(tx, number)
        closed = ticket.state == State.CLOSED
        if ticket.card_message_id is None:
            return closed
        if view.digest != ticket.card_digest:
            return False
        return ticket.thread_id is None or closed == ticket.thread_closed

    async def _edit_card(self, ticket: Ticket, row: OutboxRow, sender: Sender) -> None:
        assert ticket.card_message_id is not None
        card_id = ticket.card_message_id
        view: Card | None = None

        async def make() -> TelegramMethod[Any]:
            nonlocal view
            _, view, _ = await self._card(ticket.number)
            return EditMessageText(
                chat_id=self.staff_chat_id,
                message_id=card_id,
                text=view.text,
                parse_mode="HTML",
                link_preview_options=NO_PREVIEW,
                reply_markup=view.keyboard,
            )

        try:
            await sender.call(row, self.staff_chat_id, make)
        except calls.Refused as refused:
            if _NOT_MODIFIED not in refused.reason:
                self._known.pop(ticket.number, None)
                await self._post_card(ticket, row, sender)
                return
        assert view is not None
        digest = view.digest
        await sender.commit(row, lambda tx: tickets.place(tx, ticket.number, card_digest=digest))

    async def _open_or_close(self, ticket: Ticket, row: OutboxRow, sender: Sender) -> None:
        closed = ticket.state == State.CLOSED
        if closed != ticket.thread_closed and ticket.thread_id is not None:
            await self._switch_topic(ticket, row, sender, closed=closed)

    async def _switch_topic(self, ticket: Ticket, row: OutboxRow, sender: Sender, *, closed: bool) -> None:
        assert ticket.thread_id is not None
        method = CloseForumTopic if closed else ReopenForumTopic
        topic = method(chat_id=self.staff_chat_id, message_thread_id=ticket.thread_id)

        async def make() -> TelegramMethod[Any]:
            return topic

        try:
            await sender.call(row, self.staff_chat_id, make)
        except calls.Refused as refused:
            # Somebody did it by hand, or was faster.
            if _TOPIC_NOT_MODIFIED not in refused.reason:
                raise
        await sender.commit(row, lambda tx: tickets.place(tx, ticket.number, thread_closed=closed))

    async def lost(self, number: int, gone: calls.ThreadGone, row: OutboxRow, sender: Sender) -> None:
        """The topic was deleted: forget it, so that the next thing to send makes a new one.

        Where a new one was made meanwhile, as by another process, that one is kept.
        """
        self._known.pop(number, None)

        async def note(tx: Transaction) -> None:
            await tickets.lose_thread(tx, number, gone.chat_id, gone.thread_id)

        await sender.commit(row, note)

    async def reopen(self, number: int, row: OutboxRow, sender: Sender) -> None:
        """The topic was closed by hand, and there is something to say in it."""
        await self._switch_topic(await self._ticket(number), row, sender, closed=False)
