"""Threads of erased tickets: deleted, or where that cannot be, with nothing personal in title and card."""

from __future__ import annotations

import contextlib
from typing import Any

from aiogram.methods import DeleteForumTopic, EditForumTopic, TelegramMethod

from bot.pipeline import calls
from bot.pipeline.sender import Sender
from bot.pipeline.threads import Threads
from bot.relay.notices import Notices
from storage import outbox, tickets
from storage.rows import OutboxRow
from storage.store import Store, Transaction


async def erase_thread(
    row: OutboxRow, threads: Threads, notices: Notices, store: Store, sender: Sender
) -> None:
    """Do what the row says of a ticket's thread. Raises an Outcome only where it is to be tried again."""
    assert row.ticket_number is not None
    assert row.payload is not None
    number, chat_id = row.ticket_number, threads.staff_chat_id
    async with store.reading() as tx:
        ticket = await tickets.get(tx, number)
    thread_id = ticket.thread_id
    if ticket.thread_chat_id != chat_id:
        # There never was a thread, or the group is another one now: nothing of the ticket can be reached.
        await sender.commit(row, lambda tx: outbox.remove(tx, row.id))
        return
    refusal = None
    if row.payload["delete"] and thread_id is not None:
        delete = DeleteForumTopic(chat_id=chat_id, message_thread_id=thread_id)
        try:
            await _call(row, chat_id, delete, sender)
        except calls.ThreadGone:
            pass
        except calls.Refused as refused:
            refusal = refused.reason
        if refusal is None:
            await threads.lost(number, calls.ThreadGone(chat_id, thread_id), row, sender)
            await sender.commit(row, lambda tx: outbox.remove(tx, row.id))
            return
    if thread_id is not None:
        rename = EditForumTopic(chat_id=chat_id, message_thread_id=thread_id, name=f"#{number}")
        # A title that cannot be changed is seen by agents alone, who read below what is to be done.
        with contextlib.suppress(calls.Refused, calls.ThreadGone, calls.ThreadClosed):
            await _call(row, chat_id, rename, sender)

    async def note(tx: Transaction) -> None:
        assert row.payload is not None
        await outbox.remove(tx, row.id)
        # A thread that is gone with its card is not made anew.
        if ticket.card_message_id is not None:
            await outbox.Outbox(tx).card(number)
        if row.payload["ask"] and row.payload["delete"]:
            await notices.words_stay(tx, number, refusal)

    await sender.commit(row, note)


async def _call(row: OutboxRow, chat_id: int, method: TelegramMethod[Any], sender: Sender) -> None:
    async def make() -> TelegramMethod[Any]:
        return method

    # Nothing else of the desk needs the right to delete messages.
    await sender.call(row, chat_id, make, optional=True)
