"""Notices, and other calls that were made ready when they were queued: only where they go was not known."""

from __future__ import annotations

from typing import Any

from aiogram.methods import SendMessage, TelegramMethod

from bot.pipeline.attempt import Attempt
from bot.relay.notices import Notices
from bot.relay.parts import Place
from dialogs.groups import Groups
from storage import destinations, messages
from storage.methods import load
from storage.rows import OutboxRow
from storage.store import Store
from storage.transaction import Transaction


async def make_call(attempt: Attempt, place: Place) -> None:
    """Make a call that shows nothing new, such as turning over a list."""
    assert attempt.row.payload is not None
    method = load(attempt.row.payload)
    # A list may show already what it has to show.
    await attempt.change(place.chat_id, method.model_copy(update=_chat(method, place)))
    await attempt.over()


async def send_notice(attempt: Attempt, place: Place, groups: Groups, notices: Notices, store: Store) -> None:
    """Send a notice, as a reply to what it is about."""
    row = attempt.row
    assert row.payload is not None
    method = load(row.payload)
    values = _chat(method, place)
    async with store.reading() as tx:
        place = await _reply_place(tx, row, place)
        if groups.are_several:
            values |= await _about(tx, row, place, method, notices)
    # What a notice itself replies to comes before what its place suggests.
    values |= {
        key: value
        for key, value in place.address().items()
        if value is not None and key in type(method).model_fields and not getattr(method, key)
    }
    await attempt.call(place.chat_id, method.model_copy(update=values))
    await attempt.over()


def _chat(method: TelegramMethod[Any], place: Place) -> dict[str, Any]:
    return {"chat_id": place.chat_id} if "chat_id" in type(method).model_fields else {}


async def _reply_place(tx: Transaction, row: OutboxRow, place: Place) -> Place:
    if row.message_id is None:
        return place
    copies = await messages.copies(tx, row.message_id, place.chat_id)
    reply_to = copies[0].telegram_message_id if copies else place.reply_to
    return Place(place.chat_id, place.thread_id, reply_to)


async def _about(
    tx: Transaction, row: OutboxRow, place: Place, method: TelegramMethod[Any], notices: Notices
) -> dict[str, Any]:
    """What a notice in a thread is about, in its words, where that stands in another group."""
    if row.message_id is None or destinations.ticket_of(row.destination) is None:
        return {}
    if not isinstance(method, SendMessage) or await messages.copies(tx, row.message_id, place.chat_id):
        return {}
    about = notices.about(await messages.get(tx, row.message_id))
    return {"text": f"{about}\n{method.text}"}
