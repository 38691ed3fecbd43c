"""`/time 45`: an agent books more for a reply than the least that the desk accounts for."""

from __future__ import annotations

from datetime import timedelta

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import Message
from markupsafe import Markup

from bot.staff.commands import Asks
from bot.staff.context import Shift
from bot.staff.thread import replied_to, ticket_to_act_on
from desk import booking
from desk.journal import BOOKED
from storage import journal, messages
from storage.rows import Ticket


async def book(message: Message, command: CommandObject, shift: Shift) -> None:
    """Book the time, or say what is missing; without a time, tell what is booked."""
    ticket = await ticket_to_act_on(shift, message)
    if ticket is not None:
        answer = await _answer(message, (command.args or "").strip(), shift, ticket)
        await shift.notices.to_thread(shift.tx, ticket.number, answer)


async def _answer(message: Message, typed: str, shift: Shift, ticket: Ticket) -> Markup:
    tr, least = shift.tr, shift.desk.profile.reply_minutes
    if least is None:
        return tr.text("Time is not booked at this desk.")
    if not typed:
        return await _total(shift, ticket, least)
    minutes = booking.read_length(typed)
    if minutes is None or minutes > booking.LONGEST / timedelta(minutes=1):
        return tr.text(
            "Please write minutes, or hours and minutes, for example <code>{minutes}</code> or "
            "<code>{hours}</code>",
            minutes="/time 45",
            hours="/time 1:30",
        )
    reply = await _reply(message, shift, ticket)
    if reply is None:
        return tr.text(
            "Time is booked for answers to the customer: reply to yours with <code>{command}</code>",
            command="/time",
        )
    if minutes < least:
        return tr.plural(
            "For an answer at least {n} minute is booked.",
            "For an answer at least {n} minutes are booked.",
            least,
        )
    data = {"minutes": minutes, "message": reply}
    await journal.note(shift.tx, ticket.number, shift.agent, BOOKED, data)
    return await _total(shift, ticket, least)


async def _reply(message: Message, shift: Shift, ticket: Ticket) -> int | None:
    """The id of the answer that is meant: the one replied to, else the latest."""
    if message.reply_to_message is None or message.reply_to_message.message_id == message.message_thread_id:
        answers = await messages.answers(shift.tx, ticket.number)
        return answers[-1] if answers else None
    known = await replied_to(shift, message)
    if known is None or known.author != "agent" or known.ticket_number != ticket.number:
        return None
    return known.id


async def _total(shift: Shift, ticket: Ticket, least: int) -> Markup:
    answers = await messages.answers(shift.tx, ticket.number)
    entries = await journal.entries(shift.tx, ticket.number)
    minutes = sum(booking.booked(least, answers, entries).values())
    length = shift.tr.duration(timedelta(minutes=minutes))
    return shift.tr.text("Time booked for this ticket: <b>{length}</b>", length=length)


def register_booking(router: Router) -> None:
    """The command in threads; comes before what relays messages."""
    router.message.register(book, Asks("time"))
