"""Threads and their cards in the staff groups, made when something has to go there.

In a forum a thread is a topic; in a plain group it is the card and the replies to it.
"""

from __future__ import annotations

from collections.abc import Callable
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
from bot.pipeline.sender import NotYet, Sender
from bot.relay.render import Place
from bot.staff.card import NO_PREVIEW, Card, card, topic_name
from bot.staff.menus import colleagues
from desk.lifecycle import State
from desk.profile import Profile
from dialogs import moving
from dialogs.groups import Group, Groups
from dialogs.promises import clocks_of
from locales import Translator
from storage import customers, destinations, marks, messages, meta, old_threads, ratings, tickets
from storage.outbox import Outbox
from storage.rows import OutboxRow, StoredMessage, Ticket
from storage.store import Store, Transaction
from storage.tickets import Stands

_NOT_MODIFIED = "message is not modified"
# Of so many threads it is remembered where they are.
_KNOWN = 5000
_TOPIC_NOT_MODIFIED = "TOPIC_NOT_MODIFIED"


async def group_now(tx: Transaction, chat_id: int) -> int:
    """A staff group's id now: a migrated group's new one beats the setting."""
    while (moved := await meta.get(tx, f"migrated:{chat_id}")) is not None:
        chat_id = int(moved)
    return chat_id


async def has_topics(tx: Transaction, chat_id: int) -> bool:
    """Whether a staff group has topics, as far as we know."""
    return await meta.get(tx, f"topics:{chat_id}") != "off"


class Threads:
    """Where each ticket stands in the staff groups."""

    def __init__(
        self,
        *,
        store: Store,
        profile: Profile,
        tr: Translator,
        groups: Groups,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._profile = profile
        self._tr = tr
        self.groups = groups
        # Tells other processes that a group is another now, or has topics or has none.
        self._changed = changed
        # Threads whose card is known to stand; the database is asked only about others.
        self._known: dict[int, Place] = {}

    def move(self, group: Group, chat_id: int) -> None:
        """A staff group has another id now."""
        group.chat_id = chat_id
        self._known.clear()
        self._changed()

    def switch(self, group: Group, *, is_forum: bool) -> None:
        """A group has topics now, or has none."""
        group.is_forum = is_forum
        self._known.clear()
        self._changed()

    def check(self, now: Stands) -> None:
        """Forget where a thread was, if it is not there any more."""
        known = self._known.get(now.number)
        if known is None:
            return
        card_id = now.card_message_id if known.reply_to is not None else None
        if now.card_message_id is None or known != Place(now.chat_id or 0, now.thread_id, card_id):
            del self._known[now.number]

    async def read(self, tx: Transaction) -> None:
        """Believe of the groups what the store says: another process may have learned more."""
        for group in self.groups:
            chat_id = await group_now(tx, group.chat_id)
            is_forum = await has_topics(tx, chat_id)
            if (chat_id, is_forum) != (group.chat_id, group.is_forum):
                group.chat_id, group.is_forum = chat_id, is_forum
                self._known.clear()

    def chat_of(self, destination: str) -> int:
        """The chat that a destination is in now; which a ticket's thread is in, `chat_now` knows."""
        customer_id = destinations.customer_of(destination)
        if customer_id is not None:
            return customer_id
        if destination.startswith("chat:"):
            return int(destination.removeprefix("chat:"))
        return self.groups.of_general(destination).chat_id

    async def chat_now(self, tx: Transaction, destination: str) -> int:
        """The chat that any destination is in now."""
        number = destinations.ticket_of(destination)
        if number is None:
            return self.chat_of(destination)
        if not self.groups.are_several:
            return self.groups.common.chat_id
        return self.groups.of_department(await tickets.department_of(tx, number)).chat_id

    async def is_there(self, row: OutboxRow, chat_id: int) -> bool:
        """Whether what a row is about is still in that chat, after it waited to be sent there."""
        if not self.groups.are_several or destinations.ticket_of(row.destination) is None:
            return True
        async with self._store.reading() as tx:
            return await self.chat_now(tx, row.destination) == chat_id

    async def place(self, number: int, row: OutboxRow, sender: Sender) -> Place:
        """The thread of a ticket; made, with its card, if it is not there.

        Raises NotYet if something else has to go first, or it has to leave another group.
        """
        known = self._known.get(number)
        # Where a ticket may move to another group, only the database knows whether it has.
        if known is not None and not self.groups.are_several:
            return known
        ticket = await self._ticket(number)
        group = self.groups.of(ticket)
        if ticket.thread_chat_id not in (None, group.chat_id):
            await self._leave(ticket, row, sender)
            raise NotYet
        card_id = ticket.card_message_id
        if group.is_forum and ticket.thread_id is None:
            ticket, card_id = await self._make_topic(ticket, group, row, sender), None
        if card_id is None:
            card_id = await self._post_card(ticket, group, row, sender)
        place = Place(group.chat_id, ticket.thread_id, None if group.is_forum else card_id)
        if self.groups.are_several and not await sender.is_next(row, anew=known != place):
            # It has moved since the row was chosen: first comes what it brings along.
            raise NotYet
        if len(self._known) >= _KNOWN:
            # All that are in use will be known again with what is sent next.
            self._known.clear()
        self._known[number] = place
        return place

    async def _leave(self, ticket: Ticket, row: OutboxRow, sender: Sender) -> None:
        """The department of a ticket has another group than its thread: settings or profile have changed."""

        async def note(tx: Transaction) -> None:
            now = await tickets.get(tx, ticket.number)
            if now.thread_chat_id not in (None, self.groups.of(now).chat_id):
                await moving.leave(tx, self.groups, now)

        await sender.commit(row, note)

    async def _ticket(self, number: int) -> Ticket:
        async with self._store.reading() as tx:
            return await tickets.get(tx, number)

    async def _make_topic(self, ticket: Ticket, group: Group, row: OutboxRow, sender: Sender) -> Ticket:
        async with self._store.reading() as tx:
            customer = await customers.get(tx, ticket.customer_id)
        chat_id = group.chat_id

        async def make() -> TelegramMethod[Any]:
            return CreateForumTopic(chat_id=chat_id, name=topic_name(ticket, customer))

        topic = await sender.call(row, chat_id, make)
        thread_id: int = topic["message_thread_id"] if isinstance(topic, dict) else topic.message_thread_id

        async def note(tx: Transaction) -> None:
            if await self._has_moved(tx, ticket.number, group, chat_id):
                await moving.left_at_once(tx, ticket.number, chat_id, thread_id=thread_id)
                return
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
        made = await self._ticket(ticket.number)
        if (made.thread_chat_id, made.thread_id) != (chat_id, thread_id):
            raise NotYet
        return made

    async def _has_moved(self, tx: Transaction, number: int, group: Group, chat_id: int) -> bool:
        """Whether a ticket went to another group while something was made for it in this one."""
        now = await tickets.get(tx, number)
        return self.groups.of(now) is not group or group.chat_id != chat_id

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
        offered = await colleagues(tx, self._profile, ticket, self.groups.of(ticket).chat_id)
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

    async def _post_card(self, ticket: Ticket, group: Group, row: OutboxRow, sender: Sender) -> int:
        shown: tuple[Card, list[StoredMessage]] | None = None
        chat_id = group.chat_id

        async def make() -> TelegramMethod[Any]:
            nonlocal shown
            _, view, on_card = await self._card(ticket.number)
            shown = view, on_card
            return SendMessage(
                chat_id=chat_id,
                message_thread_id=ticket.thread_id,
                text=view.text,
                parse_mode="HTML",
                link_preview_options=NO_PREVIEW,
                reply_markup=view.keyboard,
            )

        answer = await sender.call(row, chat_id, make)
        card_id: int = answer["message_id"] if isinstance(answer, dict) else answer.message_id
        assert shown is not None
        view, on_card = shown
        stands = True

        async def note(tx: Transaction) -> None:
            nonlocal stands
            if await self._has_moved(tx, ticket.number, group, chat_id):
                stands = False
                if ticket.thread_id is None:
                    await moving.left_at_once(tx, ticket.number, chat_id, card_message_id=card_id)
                return
            await tickets.place(
                tx, ticket.number, thread_chat_id=chat_id, card_message_id=card_id, card_digest=view.digest
            )
            for message in on_card:
                await messages.add_copy(tx, message.id, chat_id, card_id)
            for old in await old_threads.of(tx, ticket.number):
                # From there one may follow it now.
                await Outbox(tx).onward(old.id)

        await sender.commit(row, note)
        if not stands:
            raise NotYet
        return card_id

    async def refresh_card(self, number: int, row: OutboxRow, sender: Sender) -> bool:
        """Make the card, and whether the topic is open, agree with the ticket.

        False if the card said already what it should.
        """
        ticket = await self._ticket(number)
        if ticket.card_message_id is None and ticket.state == State.CLOSED:
            return False
        place = await self.place(number, row, sender)
        ticket, view, _ = await self._card(number)
        if ticket.thread_chat_id != place.chat_id or ticket.card_message_id is None:
            # It has moved this very moment.
            raise NotYet
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
        assert ticket.thread_chat_id is not None
        card_id, chat_id = ticket.card_message_id, ticket.thread_chat_id
        view: Card | None = None

        async def make() -> TelegramMethod[Any]:
            nonlocal view
            _, view, _ = await self._card(ticket.number)
            return EditMessageText(
                chat_id=chat_id,
                message_id=card_id,
                text=view.text,
                parse_mode="HTML",
                link_preview_options=NO_PREVIEW,
                reply_markup=view.keyboard,
            )

        try:
            await sender.call(row, chat_id, make)
        except calls.Refused as refused:
            if _NOT_MODIFIED not in refused.reason:
                self._known.pop(ticket.number, None)
                await self._post_card(ticket, self.groups.of(ticket), row, sender)
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
        assert ticket.thread_chat_id is not None
        chat_id = ticket.thread_chat_id
        method = CloseForumTopic if closed else ReopenForumTopic
        topic = method(chat_id=chat_id, message_thread_id=ticket.thread_id)

        async def make() -> TelegramMethod[Any]:
            return topic

        try:
            await sender.call(row, chat_id, make)
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
