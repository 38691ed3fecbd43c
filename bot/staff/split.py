"""`/split subject`: agents choose which of the customer's messages go to a ticket of their own.

In reply to a message of the customer's that one is ticked already. The list stands in the thread; whoever
presses changes it for all.
"""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.filters.callback_data import CallbackData
from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.relay.notices import line
from bot.staff.commands import Asks
from bot.staff.context import Shift
from bot.staff.thread import replied_to, ticket_to_act_on
from desk.fields import SUBJECT_LIMIT
from desk.lifecycle import State
from dialogs.buttons import Number
from dialogs.description import excerpt
from dialogs.requests import in_short
from dialogs.splitting import split
from dialogs.words import CANCEL, DONE
from storage import destinations, messages, splits
from storage.rows import Split, StoredMessage, Ticket

_OFFERED = 10
_ON_BUTTON = 48


class SplitButton(CallbackData, prefix="sp"):
    """A button of the list: what to do with which entry of which list of which ticket."""

    act: str
    number: Number
    split: Number
    entry: Number = 0


async def commanded(message: Message, command: CommandObject, shift: Shift) -> None:
    """Offer the customer's latest messages to choose from."""
    ticket = await ticket_to_act_on(shift, message)
    if ticket is None:
        return
    tr, tx = shift.tr, shift.tx
    if ticket.state == State.CLOSED:
        text = tr.text("This ticket is closed. Reopen it first, then split it.")
        await shift.notices.to_thread(tx, ticket.number, text)
        return
    # What is on its way to the thread may be shown there yet, so it cannot be in another.
    chats = [group.chat_id for group in shift.desk.groups]
    known = await messages.latest_of_customer(tx, ticket.number, chats, _OFFERED)
    replied = await replied_to(shift, message)
    if replied is not None and not _may_go(replied, ticket):
        replied = None
    if replied is not None and replied.id not in {each.id for each in known}:
        known = [replied, *known]
    if not known:
        text = tr.text("There is nothing to split off: what stands on the card stays there.")
        await shift.notices.to_thread(tx, ticket.number, text)
        return
    entries = _entries(known)
    chosen = [entry[0] for entry in entries if replied is not None and replied.id in entry]
    subject = excerpt(" ".join((command.args or "").split()), SUBJECT_LIMIT) or None
    begun = await splits.begin(tx, ticket.number, subject, entries, chosen)
    place = destinations.thread(ticket.number)
    await shift.outbox.owe(place, await _list(shift, begun), ticket_number=ticket.number)


def _may_go(message: StoredMessage, ticket: Ticket) -> bool:
    own = message.author == "customer" and message.ticket_number == ticket.number
    return own and not message.on_card


def _entries(known: list[StoredMessage]) -> list[list[int]]:
    """The messages, those of one album together."""
    entries: dict[str, list[int]] = {}
    for message in known:
        entries.setdefault(message.media_group_id or str(message.id), []).append(message.id)
    return list(entries.values())


async def _list(shift: Shift, begun: Split) -> SendMessage:
    tr, zone = shift.tr, shift.desk.profile.timezone
    shown = {each.id: each for each in await messages.many(shift.tx, [entry[0] for entry in begun.offered])}
    number = begun.ticket_number
    buttons = []
    for first, *_ in begun.offered:
        message = shown.get(first)
        if message is None:
            continue
        box = "☑" if first in begun.chosen else "☐"
        label = f"{box} {message.created_at.astimezone(zone):%H:%M} {in_short(tr, message, _ON_BUTTON)}"
        buttons.append([_button(excerpt(" ".join(label.split()), 60), "flip", number, begun.id, first)])
    end = [
        _button(tr.plain(DONE), "done", number, begun.id),
        _button(tr.plain(CANCEL), "cancel", number, begun.id),
    ]
    if begun.subject is None:
        text = tr.text("Which messages of the customer go to a ticket of their own?")
    else:
        text = tr.text(
            "Which messages of the customer go to a ticket of their own, <b>{subject}</b>?",
            subject=begun.subject,
        )
    return line(text, InlineKeyboardMarkup(inline_keyboard=[*buttons, end]))


def _button(text: str, act: str, number: int, split_id: int, entry: int = 0) -> InlineKeyboardButton:
    data = SplitButton(act=act, number=number, split=split_id, entry=entry)
    return InlineKeyboardButton(text=text, callback_data=data.pack())


async def pressed(query: CallbackQuery, callback_data: SplitButton, shift: Shift) -> None:
    """A button of the list."""
    tr, data = shift.tr, callback_data
    ticket = await shift.ticket(data.number)
    begun = None if ticket is None else await splits.find(shift.tx, data.split, data.number)
    if ticket is None or begun is None or query.message is None:
        shift.out_of_date()
        return
    shown_as = query.message.message_id
    if begun.became is not None:
        name = begun.agent_name or "?"
        shift.toast.say(
            tr.plain("{name} has opened #{number} with them already.", name=name, number=begun.became),
            alert=True,
        )
    elif data.act == "cancel":
        await splits.drop(shift.tx, begun.id)
        await _turn_into(shift, data.number, shown_as, line(tr.text("Nothing was split off.")))
    elif data.act == "done":
        await _done(query, shift, ticket, begun)
    elif any(entry[0] == data.entry for entry in begun.offered):
        chosen = [each for each in begun.chosen if each != data.entry]
        if data.entry not in begun.chosen:
            chosen.append(data.entry)
        await splits.choose(shift.tx, begun.id, chosen)
        now = await splits.find(shift.tx, begun.id, data.number)
        assert now is not None
        await _turn_into(shift, data.number, shown_as, await _list(shift, now))
    else:
        shift.out_of_date()


async def _done(query: CallbackQuery, shift: Shift, ticket: Ticket, begun: Split) -> None:
    assert query.message is not None
    tr, shown_as = shift.tr, query.message.message_id
    if not begun.chosen:
        shift.toast.say(tr.plain("Nothing is ticked yet."), alert=True)
        return
    if ticket.state == State.CLOSED:
        shift.toast.say(tr.plain("This ticket is closed. Reopen it first, then split it."), alert=True)
        return
    entries = [entry for entry in begun.offered if entry[0] in begun.chosen]
    ids = await messages.whole_albums(shift.tx, [each for entry in entries for each in entry])
    chosen = [each for each in await messages.many(shift.tx, ids) if _may_go(each, ticket)]
    if not chosen:
        shift.out_of_date()
        return
    chat_id = query.message.chat.id
    opened = await split(shift.life, ticket, chosen, begun.subject, shift.agent, chat_id)
    await splits.end(shift.tx, begun.id, opened.number, shift.agent.name)
    text = tr.text(
        "What was ticked is in ticket #{number} now, <b>{subject}</b>: its thread shows it, "
        "and replies to it go there.",
        number=opened.number,
        subject=opened.subject,
    )
    await _turn_into(shift, ticket.number, shown_as, line(text))
    shift.toast.say(tr.plain("#{number}: done", number=opened.number))


async def _turn_into(shift: Shift, number: int, message_id: int, view: SendMessage) -> None:
    """The list shows this from now on."""
    keyboard = view.reply_markup
    assert keyboard is None or isinstance(keyboard, InlineKeyboardMarkup)
    edit = EditMessageText(
        chat_id=0, message_id=message_id, text=view.text, parse_mode="HTML", reply_markup=keyboard
    )
    await shift.outbox.call(destinations.thread(number), edit)


def register_split(router: Router) -> None:
    """The command and its list; comes before what relays messages."""
    router.message.register(commanded, Asks("split"))
    router.callback_query.register(pressed, SplitButton.filter())
