"""/ticket, /find, /queue and /mine: agents look for tickets, and read the answer where they asked."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.staff.commands import Asks
from bot.staff.context import Shift
from bot.staff.thread import ticket_of
from bot.views.lookups import FIND, MINE, QUEUE, TICKET, PageButton
from desk.lookup import TEXT_LIMIT, read_lookup, read_number
from storage import search


async def ticket(message: Message, command: CommandObject, shift: Shift) -> None:
    """One ticket: the one named, or the one in whose thread this was written."""
    typed = (command.args or "").strip()
    number = read_number(typed)
    if not typed:
        here = await ticket_of(shift, message)
        number = here.number if here is not None else None
    if number is None:
        text = shift.tr.text(
            "Please write the number of a ticket, for example <code>{command}</code>", command="/ticket 1042"
        )
        await shift.tell(message, text)
    else:
        await _look_up(shift, TICKET, number, message)


async def find(message: Message, command: CommandObject, shift: Shift) -> None:
    """Tickets by number, serial number, customer or words."""
    words = " ".join((command.args or "").split())[:TEXT_LIMIT]
    if not read_lookup(words, shift.desk.profile.serial_field).words:
        text = shift.tr.text(
            "Please write what to look for: a number, a serial number, a customer's name or words "
            "of the conversation, for example <code>{command}</code>",
            command="/find 1042",
        )
        await shift.tell(message, text)
        return
    await _look_up(shift, FIND, await search.remember(shift.tx, words), message)


async def the_queue(message: Message, shift: Shift) -> None:
    """Everything on which something is to be done."""
    await _look_up(shift, QUEUE, 0, message)


async def mine(message: Message, shift: Shift) -> None:
    """The same of the agent who asks."""
    await _look_up(shift, MINE, shift.agent.id or 0, message)


async def turned(query: CallbackQuery, callback_data: PageButton, shift: Shift) -> None:
    """◀ or ▶ under a list: the list shows another page."""
    what, key = callback_data.what, callback_data.key
    if what not in (FIND, QUEUE, MINE) or query.message is None:
        shift.out_of_date()
    elif what == FIND and await search.recall(shift.tx, key) is None:
        shift.toast.say(shift.tr.plain("This list is out of date. Please ask again."), alert=True)
    else:
        await shift.outbox.look_up(
            shift.group.general,
            {
                "what": what,
                "key": key,
                "page": callback_data.page,
                "edit": query.message.message_id,
                "thread": None,
                "answers": None,
            },
        )


async def _look_up(shift: Shift, what: str, key: int, message: Message) -> None:
    await shift.outbox.look_up(
        shift.group.general,
        {
            "what": what,
            "key": key,
            "page": 0,
            "edit": None,
            "thread": _topic(message),
            "answers": message.message_id,
        },
    )


def _topic(message: Message) -> int | None:
    return message.message_thread_id if message.is_topic_message else None


def register_finding(router: Router) -> None:
    """The commands, in threads and outside; comes before what relays messages."""
    for handler, name in ((ticket, TICKET), (find, FIND), (the_queue, QUEUE), (mine, MINE)):
        router.message.register(handler, Asks(name))
    router.callback_query.register(turned, PageButton.filter())
