"""Threads in the staff groups, made with their cards when something has to go there.

In a forum a thread is a topic; in a plain group it is the card and the replies to it.
"""

from __future__ import annotations

from collections.abc import Callable

from aiogram.methods import (
    CloseForumTopic,
    CreateForumTopic,
    ReopenForumTopic,
)

from bot.pipeline import calls
from bot.pipeline.attempt import Attempt
from bot.pipeline.cards import Cards
from bot.pipeline.sender import NotYet
from bot.relay.parts import Place
from bot.views.card import topic_name
from desk.lifecycle import State
from desk.profile import Profile
from dialogs import moving
from dialogs.groups import Group, Groups
from locales import Translator
from storage import customers, destinations, meta, outbox, tickets
from storage.rows import OutboxRow, Ticket
from storage.store import Store
from storage.tickets import Stands
from storage.transaction import Transaction

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
        self._cards = Cards(store, profile, tr, groups)
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

    async def place(self, attempt: Attempt) -> Place:
        """Where a row goes; the thread of a ticket is made, with its card, if it is not there.

        Raises NotYet if something else has to go first, or the ticket has to leave another group.
        """
        number = destinations.ticket_of(attempt.row.destination)
        if number is None:
            return Place(self.chat_of(attempt.row.destination))
        known = self._known.get(number)
        # Where a ticket may move to another group, only the database knows whether it has.
        if known is not None and not self.groups.are_several:
            return known
        ticket = await self._ticket(number)
        group = self.groups.of(ticket)
        if ticket.thread_chat_id not in (None, group.chat_id):
            await self._leave(attempt, ticket)
            raise NotYet
        card_id = ticket.card_message_id
        if group.is_forum and ticket.thread_id is None:
            ticket, card_id = await self._make_topic(attempt, ticket, group), None
        if card_id is None:
            card_id = await self._cards.post(attempt, ticket, group)
        place = Place(group.chat_id, ticket.thread_id, None if group.is_forum else card_id)
        if self.groups.are_several and not await attempt.sender.is_next(attempt.row, anew=known != place):
            # It has moved since the row was chosen: first comes what it brings along.
            raise NotYet
        if len(self._known) >= _KNOWN:
            # All that are in use will be known again with what is sent next.
            self._known.clear()
        self._known[number] = place
        return place

    async def _leave(self, attempt: Attempt, ticket: Ticket) -> None:
        """The department of a ticket has another group than its thread: settings or profile have changed."""

        async def note(tx: Transaction) -> None:
            now = await tickets.get(tx, ticket.number)
            if now.thread_chat_id not in (None, self.groups.of(now).chat_id):
                await moving.leave(tx, self.groups, now)

        await attempt.commit(note)

    async def _ticket(self, number: int) -> Ticket:
        async with self._store.reading() as tx:
            return await tickets.get(tx, number)

    async def _make_topic(self, attempt: Attempt, ticket: Ticket, group: Group) -> Ticket:
        async with self._store.reading() as tx:
            customer = await customers.get(tx, ticket.customer_id)
        chat_id = group.chat_id
        named = CreateForumTopic(chat_id=chat_id, name=topic_name(ticket, customer))
        topic = await attempt.call(chat_id, named)
        thread_id: int = topic["message_thread_id"] if isinstance(topic, dict) else topic.message_thread_id

        async def note(tx: Transaction) -> None:
            if await moving.has_left(tx, self.groups, ticket.number, group, chat_id):
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

        await attempt.commit(note)
        made = await self._ticket(ticket.number)
        if (made.thread_chat_id, made.thread_id) != (chat_id, thread_id):
            raise NotYet
        return made

    async def deliver_card(self, attempt: Attempt) -> None:
        """A card is owed: let it show the ticket as it is, and owe it again if that has changed by then."""
        row = attempt.row
        assert row.ticket_number is not None
        number = row.ticket_number
        await self.refresh_card(attempt)

        async def done(tx: Transaction) -> None:
            await outbox.remove(tx, row.id)
            # Whoever changed the ticket while Telegram was called saw this row queued and added none.
            if not await self._is_current(tx, number):
                await outbox.Outbox(tx).card(number)

        await attempt.commit(done)

    async def refresh_card(self, attempt: Attempt) -> bool:
        """Make the card, and whether the topic is open, agree with the ticket of a row.

        False if the card said already what it should.
        """
        assert attempt.row.ticket_number is not None
        number = attempt.row.ticket_number
        ticket = await self._ticket(number)
        if ticket.card_message_id is None and ticket.state == State.CLOSED:
            return False
        place = await self.place(attempt)
        async with self._store.reading() as tx:
            facts, view = await self._cards.now(tx, number)
        ticket = facts.ticket
        if ticket.thread_chat_id != place.chat_id or ticket.card_message_id is None:
            # It has moved this very moment.
            raise NotYet
        is_old = view.digest != ticket.card_digest
        if is_old and not await self._cards.edit(attempt, ticket):
            self._known.pop(number, None)
            await self._cards.post(attempt, ticket, self.groups.of(ticket))
        await self._open_or_close(attempt, ticket)
        return is_old

    async def _is_current(self, tx: Transaction, number: int) -> bool:
        """Whether card and topic agree with the ticket, which nobody else changes until the commit."""
        facts, view = await self._cards.now(tx, number)
        ticket = facts.ticket
        closed = ticket.state == State.CLOSED
        if ticket.card_message_id is None:
            return closed
        if view.digest != ticket.card_digest:
            return False
        return ticket.thread_id is None or closed == ticket.thread_closed

    async def _open_or_close(self, attempt: Attempt, ticket: Ticket) -> None:
        closed = ticket.state == State.CLOSED
        if closed != ticket.thread_closed and ticket.thread_id is not None:
            await self._switch_topic(attempt, ticket, closed=closed)

    async def _switch_topic(self, attempt: Attempt, ticket: Ticket, *, closed: bool) -> None:
        assert ticket.thread_id is not None
        assert ticket.thread_chat_id is not None
        chat_id = ticket.thread_chat_id
        method = CloseForumTopic if closed else ReopenForumTopic
        topic = method(chat_id=chat_id, message_thread_id=ticket.thread_id)
        try:
            await attempt.call(chat_id, topic)
        except calls.Refused as refused:
            # Somebody did it by hand, or was faster.
            if _TOPIC_NOT_MODIFIED not in refused.reason:
                raise
        await attempt.commit(lambda tx: tickets.place(tx, ticket.number, thread_closed=closed))

    async def lost(self, attempt: Attempt, number: int, gone: calls.ThreadGone) -> None:
        """The topic was deleted: forget it, so that the next thing to send makes a new one.

        Where a new one was made meanwhile, as by another process, that one is kept.
        """
        self._known.pop(number, None)

        async def note(tx: Transaction) -> None:
            await tickets.lose_thread(tx, number, gone.chat_id, gone.thread_id)

        await attempt.commit(note)

    async def reopen(self, attempt: Attempt, number: int) -> None:
        """The topic was closed by hand, and there is something to say in it."""
        await self._switch_topic(attempt, await self._ticket(number), closed=False)
