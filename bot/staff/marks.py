"""Marks of a ticket's customer, in its thread: by the button of the card, or by /mark and /unmark."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.filters.callback_data import CallbackData
from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from markupsafe import Markup

from bot.relay.notices import line
from bot.staff.commands import Asks
from bot.staff.context import Shift
from bot.staff.thread import ticket_to_act_on
from bot.views.buttons import MarksButton
from desk.texts import LANGUAGES
from desk.types import Mark
from dialogs.buttons import Number
from dialogs.marking import set_mark
from storage import customers, destinations, marks
from storage.rows import Ticket


class MarkButton(CallbackData, prefix="mark"):
    """A mark in the list of them: which, of which ticket's customer, and whether to set it."""

    number: Number
    mark: str
    on: bool


async def commanded(message: Message, command: CommandObject, shift: Shift) -> None:
    """`/mark owner` and `/unmark owner`; without a name, the list to press at."""
    ticket = await ticket_to_act_on(shift, message)
    if ticket is None:
        return
    if not shift.desk.profile.marks:
        text = shift.tr.text("This desk has no marks.")
        await shift.notices.to_thread(shift.tx, ticket.number, text)
        return
    name = " ".join((command.args or "").split())
    if not name:
        await shift.outbox.owe(
            destinations.thread(ticket.number), await _list(shift, ticket), ticket_number=ticket.number
        )
        return
    mark = _named(shift, name)
    if mark is None:
        known = ", ".join(each.key for each in shift.desk.profile.marks)
        text = shift.tr.text("There is no mark “{name}”. There are: {known}.", name=name, known=known)
    else:
        on = command.command == "mark"
        await set_mark(shift.life, ticket, mark.key, shift.agent, on=on)
        text = Markup("{}").format(_done(shift, mark, on=on))
    await shift.notices.to_thread(shift.tx, ticket.number, text)


def _named(shift: Shift, name: str) -> Mark | None:
    """The mark that somebody means, by its key or its label in any language."""
    wanted = name.casefold()
    for mark in shift.desk.profile.marks:
        if wanted in {mark.key, *(mark.label.in_language(each).casefold() for each in LANGUAGES)}:
            return mark
    return None


def _done(shift: Shift, mark: Mark, *, on: bool) -> str:
    label = mark.label.in_language(shift.tr.language)
    if on:
        return shift.tr.plain("The customer is marked: {mark}", mark=label)
    return shift.tr.plain("The customer is no longer marked: {mark}", mark=label)


async def _list(shift: Shift, ticket: Ticket) -> SendMessage:
    tr = shift.tr
    customer = await customers.get(shift.tx, ticket.customer_id)
    has = await marks.of(shift.tx, ticket.customer_id)
    buttons = [
        InlineKeyboardButton(
            text=("✅ " if mark.key in has else "☐ ") + mark.label.in_language(tr.language),
            callback_data=MarkButton(number=ticket.number, mark=mark.key, on=mark.key not in has).pack(),
        )
        for mark in shift.desk.profile.marks
    ]
    text = tr.text("Marks of {name}. Press to set one or to take it away.", name=customer.name)
    return line(text, InlineKeyboardMarkup(inline_keyboard=[[each] for each in buttons]))


async def opened(query: CallbackQuery, callback_data: MarksButton, shift: Shift) -> None:
    """The button of the card: show the marks, below in the thread."""
    ticket = await shift.ticket(callback_data.number)
    if ticket is None:
        shift.out_of_date()
        return
    # It may have stood behind the card's "…".
    await shift.life.open_menu(ticket, None)
    await shift.outbox.owe(
        destinations.thread(ticket.number), await _list(shift, ticket), ticket_number=ticket.number
    )


async def pressed(query: CallbackQuery, callback_data: MarkButton, shift: Shift) -> None:
    """A mark in the list: the list shows at once how it is then."""
    ticket = await shift.ticket(callback_data.number)
    mark = shift.desk.profile.find_mark(callback_data.mark)
    if ticket is None or mark is None:
        shift.out_of_date()
        return
    await set_mark(shift.life, ticket, mark.key, shift.agent, on=callback_data.on)
    shift.toast.say(_done(shift, mark, on=callback_data.on))
    if query.message is None:
        return
    view = await _list(shift, ticket)
    keyboard = view.reply_markup
    assert isinstance(keyboard, InlineKeyboardMarkup)
    edit = EditMessageText(
        chat_id=0,
        message_id=query.message.message_id,
        text=view.text,
        parse_mode="HTML",
        reply_markup=keyboard,
    )
    await shift.outbox.call(destinations.thread(ticket.number), edit)


def register_marks(router: Router) -> None:
    """What agents do with marks; comes before what they say."""
    router.message.register(commanded, Asks("mark", "unmark"))
    router.callback_query.register(opened, MarksButton.filter())
    router.callback_query.register(pressed, MarkButton.filter())
