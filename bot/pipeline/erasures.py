"""Threads of erased tickets: deleted, or where that cannot be, with nothing personal in title and card."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from aiogram.methods import DeleteForumTopic, EditForumTopic

from bot.pipeline import calls
from bot.pipeline.attempt import Attempt
from bot.pipeline.threads import Threads
from bot.relay.notices import Notices
from storage import destinations, old_threads, outbox, tickets
from storage.rows import OutboxRow
from storage.store import Store
from storage.transaction import Transaction


async def erase_thread(attempt: Attempt, threads: Threads, notices: Notices, store: Store) -> None:
    """Do what the row says of a ticket's thread, present or old. Raises an Outcome only to be tried again."""
    row = attempt.row
    assert row.ticket_number is not None
    assert row.payload is not None
    number = row.ticket_number
    async with store.reading() as tx:
        place = await _place(tx, row, threads)
    if place is None:
        # There never was a thread, or its group is none of ours any more: nothing can be reached.
        await attempt.over()
        return
    refusal = None
    if row.payload["delete"] and place.thread_id is not None:
        delete = DeleteForumTopic(chat_id=place.chat_id, message_thread_id=place.thread_id)
        try:
            # Nothing else of the desk needs the right to delete messages.
            await attempt.call(place.chat_id, delete, optional=True)
        except calls.ThreadGone:
            pass
        except calls.Refused as refused:
            refusal = refused.reason
        if refusal is None:
            await _forget(attempt, place, threads)
            await attempt.over()
            return
    if place.thread_id is not None:
        rename = EditForumTopic(chat_id=place.chat_id, message_thread_id=place.thread_id, name=f"#{number}")
        # A title that cannot be changed is seen by agents alone, who read below what is to be done.
        with contextlib.suppress(calls.Refused, calls.ThreadGone, calls.ThreadClosed):
            await attempt.call(place.chat_id, rename, optional=True)

    async def note(tx: Transaction) -> None:
        assert row.payload is not None
        await outbox.remove(tx, row.id)
        # A thread that is gone with its card is not made anew.
        if place.has_card:
            await outbox.Outbox(tx).card(number)
        if row.payload["ask"] and row.payload["delete"]:
            await notices.words_stay(tx, number, refusal, place.general)

    await attempt.commit(note)


@dataclass(frozen=True, slots=True)
class _Place:
    """A thread, present or old; `has_card` if a card of it can be made to say what is left."""

    chat_id: int
    thread_id: int | None
    has_card: bool
    general: str


async def _place(tx: Transaction, row: OutboxRow, threads: Threads) -> _Place | None:
    """The thread that a row is about; None if it stands in no group of ours."""
    assert row.ticket_number is not None
    old_id = destinations.old_thread_of(row.destination)
    if old_id is None:
        ticket = await tickets.get(tx, row.ticket_number)
        chat_id, thread_id = ticket.thread_chat_id, ticket.thread_id
        has_card = ticket.card_message_id is not None
    else:
        old = await old_threads.find(tx, old_id)
        if old is None:
            return None
        chat_id, thread_id, has_card = old.chat_id, old.thread_id, False
    group = threads.groups.of_chat(chat_id) if chat_id is not None else None
    return None if group is None else _Place(group.chat_id, thread_id, has_card, group.general)


async def _forget(attempt: Attempt, place: _Place, threads: Threads) -> None:
    """The topic is gone."""
    row = attempt.row
    assert row.ticket_number is not None
    old_id = destinations.old_thread_of(row.destination)
    if old_id is None:
        gone = calls.ThreadGone(place.chat_id, place.thread_id)
        await threads.lost(attempt, row.ticket_number, gone)
    else:
        await attempt.commit(lambda tx: old_threads.forget(tx, old_id))
