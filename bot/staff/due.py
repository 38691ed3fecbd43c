"""`/due 25.11 14:00`: an agent agrees by when a problem will be solved.

The command replies to the message in which they told the customer why: no deadline moves without a word.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import Message
from markupsafe import Markup

from bot.staff.commands import Asks
from bot.staff.context import Shift
from bot.staff.thread import replied_to, ticket_to_act_on
from desk.moments import parse_moment
from storage.rows import Ticket

_FURTHEST = timedelta(days=366)


async def due(message: Message, command: CommandObject, shift: Shift) -> None:
    """Set the deadline, or say what is missing."""
    ticket = await ticket_to_act_on(shift, message)
    if ticket is not None:
        answer = await _answer(message, (command.args or "").strip(), shift, ticket)
        await shift.notices.to_thread(shift.tx, ticket.number, answer)


def moment_to_come(shift: Shift, typed: str) -> datetime | None:
    """The moment that was typed, on the desk's wall clock; None if it is none, or not within a year."""
    moment = parse_moment(typed, shift.desk.profile.timezone, shift.tx.now)
    return moment if moment is not None and shift.tx.now < moment <= shift.tx.now + _FURTHEST else None


def please_write_a_moment(shift: Shift, command: str) -> Markup:
    """What to write instead."""
    example = (shift.tx.now + timedelta(days=2)).astimezone(shift.desk.profile.timezone)
    return shift.tr.text(
        "Please give a date and a time in the future, for example <code>{command}</code>",
        command=f"{command} {example:%d.%m.%Y} 14:00",
    )


async def _answer(message: Message, typed: str, shift: Shift, ticket: Ticket) -> Markup:
    tr = shift.tr
    due_at = moment_to_come(shift, typed)
    if due_at is None:
        return please_write_a_moment(shift, "/due")
    reply = await replied_to(shift, message)
    if reply is None or reply.author != "agent" or reply.ticket_number != ticket.number:
        return tr.text(
            "First write to the customer why the deadline changes, "
            "then reply to that message with <code>{command}</code>",
            command=f"/due {typed}",
        )
    if not await shift.life.agree_deadline(ticket, due_at, shift.agent):
        return tr.text("That is no longer possible: the ticket's state has changed.")
    moment = tr.timestamp(due_at, shift.desk.profile.timezone)
    return tr.text("The customer is told the new deadline: {moment}", moment=moment)


def register_due(router: Router) -> None:
    """The command in threads; comes before what relays messages."""
    router.message.register(due, Asks("due"))
