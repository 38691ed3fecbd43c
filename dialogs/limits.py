"""How much one customer may have at once; who wants more is told so, and keeps what they have."""

from __future__ import annotations

from datetime import timedelta

from aiogram.types import Message
from markupsafe import Markup

from dialogs.reply import Talk
from storage import tickets

# A dealer with a hundred devices has fewer that are broken; agents could not keep more of one person apart.
MOST_TICKETS = 50
# Those that were closed since count too, or opening and closing would go on for ever.
_WITHIN = timedelta(days=1)
# Messages that wait for a request of their own, or for a word which one they are about; an album is one.
MOST_KEPT = 100


async def tell_no_room(talk: Talk, message: Message) -> None:
    """This message is one too many to be kept: its sender has to know that it is not."""
    text = talk.tr.text(
        "This message is not kept: there is room for no more. Please submit the request, or choose the one "
        "that your messages are about, and then send this one again."
    )
    await talk.tell(text, reply_to=message.message_id)


async def too_many_tickets(talk: Talk) -> Markup | None:
    """What to tell a customer who has as many tickets as one person may, or None."""
    count = await tickets.count_of(talk.tx, talk.customer.id, talk.tx.now - _WITHIN)
    if count < MOST_TICKETS:
        return None
    return talk.tr.text(
        "You have opened as many requests as we can take from one person at a time. "
        "Please write to one of them, or come back when some are closed. What you have filled in is kept."
    )
