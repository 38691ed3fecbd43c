"""Canned answers in a ticket's thread: by the button of the card, or by `/canned`.

`/canned photos` sends at once. The list shows an answer as the customer would get it, and sends it at the
next press: the message with the list becomes the copy in the thread, so that it can be sent only once.
"""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from markupsafe import Markup

from bot.relay.notices import line
from bot.staff.commands import Asks
from bot.staff.context import Shift
from bot.staff.thread import ticket_to_act_on
from bot.staff.writing import note_answer
from bot.views.buttons import CannedButton
from desk.canned import Canned
from desk.texts import LANGUAGES
from dialogs.canned import FIELD_NAMES, Filled, fill
from dialogs.words import BACK, CANCEL, LANGUAGE_NAMES
from locales import mark
from storage import destinations, messages
from storage.content import Content
from storage.rows import Ticket

SEND = mark("Send to the customer")


async def commanded(message: Message, command: CommandObject, shift: Shift) -> None:
    """`/canned photos` sends that answer; without a name, the list to choose from."""
    ticket = await ticket_to_act_on(shift, message)
    if ticket is None:
        return
    name = " ".join((command.args or "").split())
    if not shift.desk.profile.canned:
        text = shift.tr.text("This desk has no canned answers.")
        await shift.notices.to_thread(shift.tx, ticket.number, text)
        return
    if not name:
        await _owe(shift, ticket, _list(shift, ticket))
        return
    canned = _named(shift, name)
    if canned is None:
        await shift.notices.to_thread(shift.tx, ticket.number, _unknown(shift, name))
        return
    filled = await fill(shift.tx, shift.desk, ticket, canned, shift.agent)
    if filled.missing:
        text = Markup("{}").format(_lacking(shift, filled))
        await shift.notices.to_thread(shift.tx, ticket.number, text)
        return
    message_id = await _add(shift, ticket, filled, message.chat.id, None)
    # The command says less than what went out, so that is shown below it.
    await shift.outbox.relay(destinations.thread(ticket.number), message_id, ticket.number)
    await _send(shift, ticket, message_id)


def _named(shift: Shift, name: str) -> Canned | None:
    """The answer that somebody means, by its key or its label in any language."""
    wanted = name.casefold()
    for each in shift.desk.profile.canned:
        if wanted in {each.key, *(each.label.in_language(language).casefold() for language in LANGUAGES)}:
            return each
    return None


def _unknown(shift: Shift, name: str) -> Markup:
    known = ", ".join(each.key for each in shift.desk.profile.canned)
    return shift.tr.text("There is no canned answer “{name}”. There are: {known}.", name=name, known=known)


def _lacking(shift: Shift, filled: Filled) -> str:
    names = ", ".join(shift.tr.plain(FIELD_NAMES[name]) for name in filled.missing)
    return shift.tr.plain("Not sent: the answer tells what this ticket does not have: {names}.", names=names)


async def _add(shift: Shift, ticket: Ticket, filled: Filled, chat_id: int, shown_as: int | None) -> int:
    """Store the answer as the agent's message; `shown_as` is what shows it in the thread already."""
    return await messages.add(
        shift.tx,
        Content("text", filled.text, None, None, None),
        customer_id=ticket.customer_id,
        author="agent",
        author_id=shift.agent.id,
        author_name=shift.agent.name,
        chat_id=chat_id,
        telegram_message_id=shown_as,
        ticket_number=ticket.number,
    )


async def _send(shift: Shift, ticket: Ticket, message_id: int) -> None:
    await note_answer(shift, ticket, message_id)
    await shift.outbox.relay(destinations.customer(ticket.customer_id), message_id, ticket.number)


async def _owe(shift: Shift, ticket: Ticket, view: SendMessage) -> None:
    await shift.outbox.owe(destinations.thread(ticket.number), view, ticket_number=ticket.number)


async def _turn_into(shift: Shift, ticket: Ticket, message_id: int, view: SendMessage) -> None:
    """The message whose button was pressed shows this from now on."""
    keyboard = view.reply_markup
    assert keyboard is None or isinstance(keyboard, InlineKeyboardMarkup)
    edit = EditMessageText(
        chat_id=0, message_id=message_id, text=view.text, parse_mode="HTML", reply_markup=keyboard
    )
    await shift.outbox.call(destinations.thread(ticket.number), edit)


def _button(text: str, number: int, act: str, key: str = "", seen: str = "") -> InlineKeyboardButton:
    data = CannedButton(act=act, number=number, key=key, seen=seen)
    return InlineKeyboardButton(text=text, callback_data=data.pack())


def _list(shift: Shift, ticket: Ticket) -> SendMessage:
    tr = shift.tr
    buttons = [
        [_button(each.label.in_language(tr.language), ticket.number, "show", each.key)]
        for each in shift.desk.profile.canned
    ]
    text = tr.text("Choose an answer: you will see it before it goes out.")
    cancel = [_button(tr.plain(CANCEL), ticket.number, "cancel")]
    return line(text, InlineKeyboardMarkup(inline_keyboard=[*buttons, cancel]))


def _preview(shift: Shift, ticket: Ticket, canned: Canned, filled: Filled) -> SendMessage:
    tr = shift.tr
    text = tr.text(
        "<b>{label}</b> ({language}), not sent yet:\n\n{text}",
        label=canned.label.in_language(tr.language),
        language=tr.plain(LANGUAGE_NAMES[filled.language]),
        text=filled.text,
    )
    number, key = ticket.number, canned.key
    keyboard = [
        [_button(tr.plain(SEND), number, "send", key, filled.token)],
        [_button(tr.plain(BACK), number, "list"), _button(tr.plain(CANCEL), number, "cancel")],
    ]
    return line(text, InlineKeyboardMarkup(inline_keyboard=keyboard))


async def pressed(query: CallbackQuery, callback_data: CannedButton, shift: Shift) -> None:
    """A button of the card, of the list or of a preview."""
    ticket = await shift.ticket(callback_data.number)
    if ticket is None or query.message is None:
        shift.out_of_date()
        return
    if callback_data.act == "open":
        await _owe(shift, ticket, _list(shift, ticket))
        return
    shown_as = query.message.message_id
    sent = await messages.find_by_copy(shift.tx, query.message.chat.id, shown_as)
    if sent is not None:
        name = sent.author_name or "?"
        shift.toast.say(shift.tr.plain("{name} has sent this answer already.", name=name), alert=True)
    elif callback_data.act == "list":
        await _turn_into(shift, ticket, shown_as, _list(shift, ticket))
    elif callback_data.act == "cancel":
        text = shift.tr.text("No canned answer was sent.")
        await _turn_into(shift, ticket, shown_as, line(text))
    else:
        await _chosen(query, callback_data, shift, ticket)


async def _chosen(query: CallbackQuery, callback_data: CannedButton, shift: Shift, ticket: Ticket) -> None:
    """Show the answer, or send it if it is still the one that was shown."""
    assert query.message is not None
    tr, shown_as = shift.tr, query.message.message_id
    canned = shift.desk.profile.find_canned(callback_data.key)
    if canned is None or callback_data.act not in ("show", "send"):
        shift.out_of_date()
        return
    filled = await fill(shift.tx, shift.desk, ticket, canned, shift.agent)
    if filled.missing:
        shift.toast.say(_lacking(shift, filled), alert=True)
        return
    if callback_data.act == "show" or callback_data.seen != filled.token:
        await _turn_into(shift, ticket, shown_as, _preview(shift, ticket, canned, filled))
        if callback_data.act == "send":
            shift.toast.say(tr.plain("The answer reads differently now: please look again."), alert=True)
        return
    message_id = await _add(shift, ticket, filled, query.message.chat.id, shown_as)
    stored = await messages.get(shift.tx, message_id)
    text = Markup("<b>{}</b>\n{}").format(shift.notices.written_by(stored), filled.text)
    await _turn_into(shift, ticket, shown_as, line(text))
    await _send(shift, ticket, message_id)
    shift.toast.say(tr.plain("#{number}: done", number=ticket.number))


def register_canned(router: Router) -> None:
    """What agents do with canned answers; comes before what they say."""
    router.message.register(commanded, Asks("canned"))
    router.callback_query.register(pressed, CannedButton.filter())
