"""`/erase` in a thread: an administrator erases everything personal of its customer, in two steps."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters.callback_data import CallbackData
from aiogram.methods import EditMessageText
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from markupsafe import Markup

from bot.relay.notices import line
from bot.staff.commands import Asks
from bot.staff.context import Shift
from bot.staff.thread import say_no_ticket, ticket_of
from dialogs import erasing
from dialogs.buttons import Number
from dialogs.reply import language_of, view
from dialogs.words import CANCEL
from locales import mark
from storage import customers, destinations, memberships, privacy, tickets
from storage.rows import Ticket

ERASE = mark("Erase for good")


class EraseButton(CallbackData, prefix="erase"):
    """The answer to whether everything of that customer is to be erased; the number is the ticket's."""

    number: Number
    yes: bool


async def asked(message: Message, shift: Shift) -> None:
    """Ask an administrator whether they mean it."""
    ticket = await ticket_of(shift, message)
    if ticket is None:
        await say_no_ticket(shift, message)
        return
    tr = shift.tr
    if not await memberships.is_administrator(shift.tx, message.chat.id, shift.agent.id):
        text = tr.text("Only administrators of this group may erase a customer's data.")
        await shift.notices.to_thread(shift.tx, ticket.number, text)
        return
    if ticket.is_erased:
        await shift.notices.nobody_reads(shift.tx, ticket.number)
        return
    customer = await customers.get(shift.tx, ticket.customer_id)
    found = await privacy.stored(shift.tx, customer.id)
    text = tr.text(
        "Erase everything personal of <b>{name}</b>: {tickets}, {messages}? Open tickets are closed, the "
        "threads of all their tickets are cleared, and the customer is told. This cannot be undone.",
        name=customer.name,
        tickets=tr.plural("{n} ticket", "{n} tickets", found.tickets),
        messages=tr.plural("{n} message", "{n} messages", found.messages),
    )
    buttons = [
        InlineKeyboardButton(
            text="🗑 " + tr.plain(ERASE), callback_data=EraseButton(number=ticket.number, yes=True).pack()
        ),
        InlineKeyboardButton(
            text=tr.plain(CANCEL), callback_data=EraseButton(number=ticket.number, yes=False).pack()
        ),
    ]
    view = line(text, InlineKeyboardMarkup(inline_keyboard=[buttons]))
    await shift.outbox.owe(destinations.thread(ticket.number), view, ticket_number=ticket.number)


async def pressed(query: CallbackQuery, callback_data: EraseButton, shift: Shift) -> None:
    """Erase, or leave it."""
    tr = shift.tr
    ticket = await tickets.find(shift.tx, callback_data.number)
    if ticket is None or ticket.is_erased or query.message is None:
        shift.out_of_date()
        return
    await shift.here(ticket)
    if not await memberships.is_administrator(shift.tx, query.message.chat.id, shift.agent.id):
        text = tr.plain("Only administrators of this group may erase a customer's data.")
        shift.toast.say(text, alert=True)
        return
    if callback_data.yes:
        await _erase(shift, ticket)
        shift.toast.say(tr.plain("Erased."))
        return
    edit = EditMessageText(
        chat_id=0,
        message_id=query.message.message_id,
        text=tr.plain("Nothing was erased."),
        parse_mode="HTML",
    )
    await shift.outbox.call(destinations.thread(ticket.number), edit)


async def _erase(shift: Shift, ticket: Ticket) -> None:
    customer = await customers.get(shift.tx, ticket.customer_id)
    theirs = language_of(customer, shift.desk)
    await erasing.erase(shift.tx, shift.outbox, shift.desk, customer, shift.agent)
    lines = [
        theirs.text("The desk has erased everything personal that was stored about you."),
        theirs.text("If you write here again, you begin as somebody new."),
    ]
    await shift.outbox.owe(destinations.customer(customer.id), view(Markup("\n").join(lines)))


def register_erase(router: Router) -> None:
    """The command and its buttons; comes before what relays messages."""
    router.message.register(asked, Asks("erase"))
    router.callback_query.register(pressed, EraseButton.filter())
