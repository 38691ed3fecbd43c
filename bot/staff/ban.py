"""`/ban reason` and `/unban`: administrators of the group decide whom the desk answers no more.

In a ticket's thread it is the ticket's customer; elsewhere the command names one by id.
"""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import Message
from markupsafe import Markup

from bot.relay.notices import line
from bot.staff.commands import Asks
from bot.staff.context import Shift
from bot.staff.thread import ticket_of
from dialogs import bans
from dialogs.description import excerpt
from storage import customers, destinations, memberships, tickets
from storage.rows import Customer, Ticket

_REASON = 500
# The widest that Telegram makes ids of people.
_LARGEST_ID = 2**52


async def commanded(message: Message, command: CommandObject, shift: Shift) -> None:
    """Do it, or say why not."""
    ticket = await ticket_of(shift, message)
    if ticket is not None and ticket.is_erased:
        await shift.notices.nobody_reads(shift.tx, ticket.number)
        return
    text = await _answer(message, command, shift, ticket)
    if ticket is None:
        await shift.tell(message, text)
        return
    place = destinations.thread(ticket.number)
    await shift.outbox.owe(place, line(text, answers=message.message_id), ticket_number=ticket.number)


async def _answer(message: Message, command: CommandObject, shift: Shift, ticket: Ticket | None) -> Markup:
    tr = shift.tr
    if not await memberships.is_administrator(shift.tx, message.chat.id, shift.agent.id or 0):
        return tr.text("Only administrators of this group ban customers and lift a ban.")
    words = " ".join((command.args or "").split())
    if ticket is None:
        name, _, words = words.partition(" ")
        known = await _customer(shift, name)
        if known is None:
            return tr.text(
                "Write the command in the thread of a ticket, or with the id of a customer: "
                "<code>{command}</code>",
                command=f"/{command.command} 123456789" + (" spam" if command.command == "ban" else ""),
            )
    else:
        known = await customers.get(shift.tx, ticket.customer_id)
    number = await _journal_of(shift, known, ticket)
    reason = excerpt(words, _REASON)
    if command.command == "unban":
        if not await bans.unban(shift.life, known, reason, shift.agent, number):
            return tr.text("{name} is not banned.", name=known.name)
        return tr.text("{name} is no longer banned and has been told so.", name=known.name)
    if not reason:
        return tr.text("Please give a reason, for example <code>{command}</code>", command="/ban spam")
    if not await bans.ban(shift.life, known, reason, shift.agent, number):
        return tr.text("{name} is banned already: {reason}", name=known.name, reason=known.ban_reason or "—")
    return tr.text(
        "{name} is banned and has been told so: what they write reaches nobody. Their tickets stay open, "
        "and what you write still goes to them. /unban lifts the ban.",
        name=known.name,
    )


async def _customer(shift: Shift, name: str) -> Customer | None:
    """The customer of that id, or None."""
    if not (name.isascii() and name.isdecimal() and int(name) < _LARGEST_ID):
        return None
    return await customers.find(shift.tx, int(name))


async def _journal_of(shift: Shift, customer: Customer, ticket: Ticket | None) -> int | None:
    """The ticket whose journal tells it: that of the thread, else an open one, else the latest."""
    if ticket is not None:
        return ticket.number
    page, _ = await tickets.page_of(shift.tx, customer.id, 0, 1)
    return page[0].number if page else None


def register_ban(router: Router) -> None:
    """The commands; comes before what relays messages."""
    router.message.register(commanded, Asks("ban", "unban"))
