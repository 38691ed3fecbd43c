"""The command /del: an agent takes back on the customer's side what an agent wrote."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import Message
from markupsafe import Markup

from bot.relay import taken_back
from bot.relay.notices import line
from bot.staff.commands import Asks
from bot.staff.context import Shift
from bot.staff.thread import replied_to, ticket_of
from storage import customers, destinations, messages, outbox, tickets
from storage.rows import StoredMessage, Ticket


async def asked(message: Message, shift: Shift) -> None:
    """Take back what the command replies to, or say why there is nothing to take back."""
    replied = await replied_to(shift, message)
    if replied is None or replied.author == "customer" or replied.ticket_number is None:
        text = shift.tr.text(
            "Reply with /del to a message that an agent sent to the customer, "
            "and it disappears from the customer's chat."
        )
        await _answer(shift, message, await ticket_of(shift, message), text)
        return
    ticket = await shift.here(await tickets.get(shift.tx, replied.ticket_number))
    if replied.author == "note":
        text = shift.tr.text("This is a note: the customer never saw it, so there is nothing to take back.")
        await _answer(shift, message, ticket, text)
        return
    assert message.reply_to_message is not None
    written = await messages.written_as(shift.tx, message.chat.id, message.reply_to_message.message_id)
    staying = [each for each in written if each.taken_back_at is None]
    if staying:
        await _take_back(shift, message, ticket, staying)
    elif await outbox.is_being_taken_back(shift.tx, ticket.number, replied.id):
        await _answer(shift, message, ticket, shift.tr.text("This message is being taken back already."))
    else:
        await _answer(shift, message, ticket, shift.tr.text("This message has been taken back already."))


async def _take_back(shift: Shift, message: Message, ticket: Ticket, written: list[StoredMessage]) -> None:
    ids = [each.id for each in written]
    place = destinations.customer(ticket.customer_id)
    waited = [await shift.outbox.withdraw(message_id, place) for message_id in ids]
    # Only now: what was under way a moment ago has its copies written down by its outcome.
    copies = [await messages.copies(shift.tx, message_id, ticket.customer_id) for message_id in ids]
    await messages.change(shift.tx, ids, taken_back_at=shift.tx.now)
    if not any(waited) and not any(copies):
        await taken_back.remember(shift.tx, ticket.number, ids, shift.agent, seen=False)
        text = shift.tr.text(
            "This message never reached the customer, so there is nothing to take back. "
            "It will not be sent again."
        )
        await _answer(shift, message, ticket, text)
        return
    customer = await customers.get(shift.tx, ticket.customer_id)
    # To somebody who cannot be reached nothing is under way, so what has no copy will get none.
    told = customer.unreachable is not None and not any(copies)
    await taken_back.owe(shift.tx, ticket, ids, shift.agent, told=told)
    if told:
        await taken_back.remember(shift.tx, ticket.number, ids, shift.agent, seen=False)
        await shift.notices.taken_back(shift.tx, ticket.number, ids[0], seen=False)
    elif customer.unreachable is not None:
        text = shift.tr.text(
            "Not taken back yet; Telegram says: {reason}. It is tried as soon as the customer is back.",
            reason=customer.unreachable.rstrip("."),
        )
        await _answer(shift, message, ticket, text)


async def _answer(shift: Shift, message: Message, ticket: Ticket | None, text: Markup) -> None:
    if ticket is None:
        await shift.tell(message, text)
        return
    place = destinations.thread(ticket.number)
    await shift.outbox.owe(place, line(text, answers=message.message_id), ticket_number=ticket.number)


def register_take_back(router: Router) -> None:
    """The command /del."""
    router.message.register(asked, Asks("del"))
