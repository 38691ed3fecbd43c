"""`/due 25.11 14:00`: an agent agrees by when a problem will be solved.

The command replies to the message in which they told the customer why: no deadline moves without a word.
"""

from __future__ import annotations

from datetime import timedelta

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from bot.staff.context import Shift
from bot.staff.thread import replied_to, ticket_of
from desk.moments import parse_moment
from storage.rows import Ticket

_FURTHEST = timedelta(days=366)


async def due(message: Message, command: CommandObject, shift: Shift) -> None:
    """Set the deadline, or say what is missing."""
    ticket = await ticket_of(shift, message)
    if ticket is not None:
        answer = await _answer(message, (command.args or "").strip(), shift, ticket)
        await shift.notices.to_thread(shift.tx, ticket.number, answer)


async def _answer(message: Message, typed: str, shift: Shift, ticket: Ticket) -> str:
    tr, zone, now = shift.tr, shift.desk.profile.timezone, shift.tx.now
    due_at = parse_moment(typed, zone, now)
    if due_at is None or not now < due_at <= now + _FURTHEST:
        example = (now + timedelta(days=2)).astimezone(zone)
        return tr.text(
            "Please write a date and a time to come, for example <code>{command}</code>",
            command=f"/due {example:%d.%m.%Y} 14:00",
        )
    reply = await replied_to(shift, message)
    if reply is None or reply.author != "agent" or reply.ticket_number != ticket.number:
        return tr.text(
            "First write to the customer why the deadline changes, "
            "then reply to that message with <code>{command}</code>",
            command=f"/due {typed}",
        )
    if not await shift.life.agree_deadline(ticket, due_at, shift.agent):
        return tr.text("That is no longer possible: the ticket's state has changed.")
    moment = tr.timestamp(due_at, zone)
    return tr.text("The customer is told the new deadline: {moment}", moment=moment)


def due_router() -> Router:
    """The command in threads; comes before what relays messages."""
    router = Router(name="due")
    router.message.register(due, Command("due"))
    return router
