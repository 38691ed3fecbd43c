"""Live locations, of customers and agents alike: where the sharing began and where it ended.

Telegram tells of every step between as an edit, and of the end only where somebody stopped it: when its time
is over nobody hears of that.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aiogram.types import Message

from storage import destinations, messages, timers
from storage.content import SHARING_ENDED, Content, content_of
from storage.outbox import Outbox
from storage.rows import StoredMessage
from storage.transaction import Transaction

LIVE_TIMER = "live"
# Bot API, editMessageLiveLocation: a period without end.
_FOREVER = 0x7FFFFFFF


async def began(tx: Transaction, message_id: int, message: Message) -> None:
    """A message was stored: if it is a live location, its time will be over some day."""
    period = message.location.live_period if message.location is not None else None
    if period and period != _FOREVER:
        await timers.put(tx, LIVE_TIMER, message_id, message.date + timedelta(seconds=period))


async def moved(tx: Transaction, outbox: Outbox, message: Message, known: StoredMessage) -> None:
    """A live location was edited: the position is kept, and crosses if it is the last."""
    assert message.location is not None
    before = _location(known)
    if not before.get("live_period"):
        return
    await messages.change(tx, [known.id], raw=content_of(message).raw)
    period = message.location.live_period
    if period is None:
        await timers.cancel(tx, LIVE_TIMER, known.id)
        await _ended(tx, outbox, known.id)
    elif period != before["live_period"]:
        await timers.cancel(tx, LIVE_TIMER, known.id)
        await began(tx, known.id, message)


async def expire(tx: Transaction, message_id: int) -> None:
    """The time of a live location is over."""
    for known in await messages.many(tx, [message_id]):
        assert known.raw is not None
        location = {key: value for key, value in _location(known).items() if key != "live_period"}
        await messages.change(tx, [message_id], raw=known.raw | {"location": location})
        await _ended(tx, Outbox(tx), message_id)


def _location(message: StoredMessage) -> dict[str, Any]:
    location: dict[str, Any] = (message.raw or {}).get("location", {})
    return location


async def _ended(tx: Transaction, outbox: Outbox, message_id: int) -> None:
    """The last position follows the first, unless that one stays where it is."""
    first = await messages.get(tx, message_id)
    if first.ticket_number is None or first.author == "note" or first.taken_back_at is not None:
        return
    origin = next(copy for copy in await messages.copies(tx, message_id) if copy.origin)
    last = await messages.add(
        tx,
        Content(SHARING_ENDED, "", None, None, first.raw),
        customer_id=first.customer_id,
        author=first.author,
        author_id=first.author_id,
        author_name=first.author_name,
        chat_id=origin.chat_id,
        telegram_message_id=origin.telegram_message_id,
        ticket_number=first.ticket_number,
        reply_to_id=first.id,
    )
    place = (
        destinations.thread(first.ticket_number)
        if first.author == "customer"
        else destinations.customer(first.customer_id)
    )
    await outbox.relay(place, last, first.ticket_number)
