"""A ticket goes on in another staff group, in a thread with all that was said; the old one leads on."""

from __future__ import annotations

from dialogs.groups import Group, Groups
from storage import destinations, messages, old_threads, outbox, tickets
from storage.albums import album_groups
from storage.journal import Actor
from storage.outbox import Outbox
from storage.rows import Ticket
from storage.transaction import Transaction

# What makes the file that tells the new group all that happened before.
HISTORY = "history"


async def leave(tx: Transaction, groups: Groups, ticket: Ticket, by: Actor | None = None) -> None:
    """Let a ticket, which is locked, leave the group of its thread for that of its department.

    What waits for the thread goes to the new one, behind the card, the history and the files that the ticket
    was opened with. In a group where it was before it has its old thread again.
    """
    owed = Outbox(tx)
    await owed.leave_group(ticket.number)
    old = await old_threads.leave(tx, ticket, None if by is None else by.name)
    back = await old_threads.take_again(tx, ticket.number, groups.of(ticket).chat_id)
    await tickets.place(
        tx,
        ticket.number,
        thread_chat_id=None if back is None else back.chat_id,
        thread_id=None if back is None else back.thread_id,
        card_message_id=None if back is None else back.card_message_id,
        card_digest=None,
        thread_closed=back is not None and back.closed,
        menu=None,
    )
    for each in await old_threads.of(tx, ticket.number):
        # Others lead to the new card as soon as it stands; an old one stands already.
        if (back is not None or each == old) and groups.of_chat(each.chat_id) is not None:
            await owed.onward(each.id)
    if ticket.thread_chat_id is not None:
        await owed.history(ticket.number, HISTORY, {"ticket": ticket.number})
        await _owe_files(tx, owed, ticket)
    await owed.card(ticket.number, at_once=True)


async def _owe_files(tx: Transaction, owed: Outbox, ticket: Ticket) -> None:
    """What the ticket was opened with besides words; what waits to be shown comes by itself."""
    thread = destinations.thread(ticket.number)
    opening = [
        message
        for message in await messages.opening(tx, ticket.number)
        if message.attachments
        and message.taken_back_at is None
        and not await outbox.is_queued(tx, message.id, thread)
    ]
    for first, *rest in album_groups(opening):
        await owed.bring(thread, first.id, ticket.number, also=[message.id for message in rest])


async def has_left(tx: Transaction, groups: Groups, number: int, group: Group, chat_id: int) -> bool:
    """Whether a ticket went to another group while something was made for it in this one, of that id then."""
    return groups.of(await tickets.get(tx, number)) is not group or group.chat_id != chat_id


async def left_at_once(
    tx: Transaction,
    number: int,
    chat_id: int,
    *,
    thread_id: int | None = None,
    card_message_id: int | None = None,
) -> None:
    """A thread was made in a group that the ticket had left by then."""
    old = await old_threads.add(tx, number, chat_id, thread_id=thread_id, card_message_id=card_message_id)
    await Outbox(tx).onward(old.id)
