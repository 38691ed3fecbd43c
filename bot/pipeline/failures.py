"""What is done when something cannot be delivered: whom it is told, and what becomes of chat and thread."""

from __future__ import annotations

from bot.pipeline import calls
from bot.pipeline.announcing import counted
from bot.pipeline.attempt import Attempt
from bot.pipeline.sender import Sender
from bot.pipeline.threads import Threads, group_now, has_topics
from bot.relay import taken_back
from bot.relay.notices import Notices
from bot.relay.undelivered import Undelivered
from dialogs.groups import Group
from storage import customers, destinations, memberships, messages, meta, old_threads, outbox, tickets
from storage.rows import Customer, OutboxRow
from storage.store import Store
from storage.transaction import Transaction


class Failures:
    """Writes down for the sender what its calls met."""

    def __init__(self, *, store: Store, threads: Threads, notices: Notices) -> None:
        self._store = store
        self._threads = threads
        self._notices = notices
        self._undelivered = Undelivered(notices, threads.groups)

    async def fail(self, row: OutboxRow, reason: str, sender: Sender) -> None:
        """Commit that the row cannot be delivered, and tell whom it concerns."""

        async def note(tx: Transaction) -> None:
            if row.kind == "announcement":
                await counted(tx, row, reached=False)
                return
            if row.kind == "take_back":
                await taken_back.refused(tx, row, self._notices, reason)
                return
            if row.kind != "message":
                await outbox.remove(tx, row.id)
                await self._undelivered.other(tx, row, reason)
                return
            if not await outbox.fail(tx, row.id, reason):
                # Withdrawn while the call was under way: nobody waits for it.
                return
            assert row.message_id is not None
            chat_id = await self._threads.chat_now(tx, row.destination)
            await messages.note_failure(tx, row.message_id, chat_id, reason)
            await self._undelivered.message(tx, row, reason)

        await sender.commit(row, note)

    async def unreachable(self, row: OutboxRow, reason: str, sender: Sender) -> None:
        """Commit that the customer cannot be reached, and tell the agents."""
        customer_id = destinations.customer_of(row.destination)
        assert customer_id is not None

        async def note(tx: Transaction) -> None:
            await outbox.Outbox(tx).drop_screens(customer_id)
            known: Customer | None = await customers.find(tx, customer_id)
            if known is None:
                # A word to somebody whom we never met: nobody waits for it.
                await outbox.remove(tx, row.id)
            elif await customers.set_unreachable(tx, customer_id, reason):
                await self._notices.unreachable(tx, known, reason)

        await sender.commit(row, note)

    async def lost_thread(self, row: OutboxRow, gone: calls.ThreadGone, sender: Sender) -> bool:
        """Commit that the thread of a row is gone; False if it is no ticket's, so nobody waits for it."""
        number = destinations.ticket_of(row.destination)
        if number is None:
            await self.fail(row, "message thread not found", sender)
            return False
        await self._threads.lost(Attempt(row, sender), number, gone)
        return True

    async def reopen_thread(self, row: OutboxRow, sender: Sender) -> bool:
        """Open a thread that somebody closed; False if it is no ticket's."""
        number = destinations.ticket_of(row.destination)
        if number is None:
            await self.fail(row, "the topic is closed", sender)
            return False
        await self._threads.reopen(Attempt(row, sender), number)
        return True

    async def topics_off(self, chat_id: int, sender: Sender) -> None:
        """Commit that a staff group has no topics."""
        group = self._threads.groups.of_chat(chat_id)
        if group is not None:
            async with self._store.transaction() as tx:
                await switch_topics(tx, self._threads, group, is_forum=False)

    async def migrated(self, row: OutboxRow, moved: calls.Migrated, sender: Sender) -> bool:
        """Commit a staff group's new id; False if it is no staff group's, so that nothing is owed there."""
        group = self._threads.groups.of_chat(moved.old_chat_id)
        if group is not None:
            async with self._store.transaction() as tx:
                await adopt_group(tx, moved.old_chat_id, moved.chat_id)
            self._threads.move(group, moved.chat_id)
        elif self._threads.groups.of_chat(moved.chat_id) is None:
            await self.fail(row, "the group has another id now", sender)
            return False
        return True


async def switch_topics(tx: Transaction, threads: Threads, group: Group, *, is_forum: bool) -> None:
    """Topics were switched on or off: open tickets get their threads anew, of the other kind."""
    if group.is_forum == is_forum:
        return
    tx.after_commit.append(lambda: threads.switch(group, is_forum=is_forum))
    await meta.lock(tx, "group")
    if await has_topics(tx, group.chat_id) == is_forum:
        # Another process heard of it before.
        return
    await meta.put(tx, f"topics:{group.chat_id}", "on" if is_forum else "off")
    await old_threads.forget_topics(tx, group.chat_id)
    await _renew_threads(tx, group.chat_id)


async def _renew_threads(tx: Transaction, chat_id: int) -> None:
    owed = outbox.Outbox(tx)
    for number in await tickets.forget_threads(tx, chat_id):
        await owed.card(number, at_once=True)


async def adopt_group(tx: Transaction, old_chat_id: int, new_chat_id: int) -> None:
    """A staff group has a new id: remember it over the setting, and make the threads anew there."""
    if old_chat_id == new_chat_id:
        return
    await meta.lock(tx, "group")
    if await group_now(tx, old_chat_id) == new_chat_id:
        # Another process heard of it before.
        return
    await meta.put(tx, f"migrated:{old_chat_id}", str(new_chat_id))
    await memberships.move(tx, old_chat_id, new_chat_id)
    topics = await meta.get(tx, f"topics:{old_chat_id}")
    if topics is not None:
        await meta.put(tx, f"topics:{new_chat_id}", topics)
    await old_threads.forget_group(tx, old_chat_id)
    await _renew_threads(tx, old_chat_id)
