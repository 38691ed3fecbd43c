"""Threads as agents write in them: which ticket is meant, and which message of it."""

from __future__ import annotations

from aiogram.methods import SendMessage
from aiogram.types import Message

from bot.relay.notices import line
from bot.staff.commands import is_for_another, typed
from bot.staff.context import Shift
from storage import destinations, messages, old_threads, tickets
from storage.rows import StoredMessage, Ticket


async def ticket_wherever(shift: Shift, message: Message) -> Ticket | None:
    """The ticket in whose thread a message was written, present or old; None for the team's own talk."""
    tx, chat_id = shift.tx, message.chat.id
    if message.is_topic_message and message.message_thread_id is not None:
        ticket = await tickets.find_by_thread(tx, chat_id, message.message_thread_id)
        if ticket is None:
            old = await old_threads.find_by_thread(tx, chat_id, message.message_thread_id)
            ticket = None if old is None else await tickets.get(tx, old.ticket_number)
        return ticket
    reply = message.reply_to_message
    if reply is None or message.chat.is_forum:
        return None
    # In a plain group only replies belong to a ticket: to its card, or to what was said under it.
    ticket = await tickets.find_by_card(tx, chat_id, reply.message_id)
    if ticket is not None:
        return ticket
    old = await old_threads.find_by_message(tx, chat_id, reply.message_id)
    if old is not None:
        return await tickets.get(tx, old.ticket_number)
    known = await messages.find_by_copy(tx, chat_id, reply.message_id)
    if known is None or known.ticket_number is None:
        return None
    return await tickets.get(tx, known.ticket_number)


async def ticket_of(shift: Shift, message: Message) -> Ticket | None:
    """The ticket in whose thread a message was written, or None for the team's own talk.

    Raises Elsewhere where the ticket is in another group by now.
    """
    ticket = await ticket_wherever(shift, message)
    return None if ticket is None else await shift.here(ticket)


async def answer_there(shift: Shift, message: Message, view: SendMessage) -> None:
    """Answer what is no matter of a ticket's, in the thread or topic where it was asked."""
    ticket = await ticket_wherever(shift, message)
    if ticket is not None and shift.desk.groups.of(ticket) is shift.group:
        await shift.outbox.owe(destinations.thread(ticket.number), view, ticket_number=ticket.number)
    else:
        await shift.tell(message, view)


async def ticket_to_act_on(shift: Shift, message: Message) -> Ticket | None:
    """The ticket that a command is about; None outside of threads, where the agent is told how it is meant.

    Where the customer's data was erased there is nothing to act on: then the thread is told so. Raises
    Elsewhere.
    """
    ticket = await ticket_of(shift, message)
    if ticket is None:
        await say_no_ticket(shift, message)
    elif not ticket.is_erased:
        return ticket
    else:
        await shift.notices.nobody_reads(shift.tx, ticket.number)
    return None


async def say_no_ticket(shift: Shift, message: Message) -> None:
    """A command that is about a ticket stands where there is none; one for another bot is not ours."""
    words = message.text or message.caption or ""
    if is_for_another(shift, words):
        return
    command, _ = typed(words)
    if message.chat.is_forum:
        text = shift.tr.text(
            "There is no ticket here: write <code>{command}</code> in the thread of a ticket.",
            command=command,
        )
    else:
        text = shift.tr.text(
            "There is no ticket here: reply with <code>{command}</code> to the card of a ticket, "
            "or to a message below it.",
            command=command,
        )
    await shift.tell(message, text)


async def is_no_answer(shift: Shift, message: Message) -> bool:
    """Whether a text in a thread is a command for another bot, or mistyped: then the agent is told."""
    text = message.text or ""
    if not any(each.type == "bot_command" and each.offset == 0 for each in message.entities or ()):
        return False
    if is_for_another(shift, text):
        return True
    command, _ = typed(text)
    if not command[1:2].isalpha():
        # "/24" is part of an address rather.
        return False
    told = shift.tr.text(
        "There is no command <code>{command}</code>, and nothing was sent to the customer. All commands: "
        "/help. If this is meant for the customer, begin it with a word.",
        command=command,
    )
    await answer_there(shift, message, line(told, answers=message.message_id))
    return True


async def replied_to(shift: Shift, message: Message) -> StoredMessage | None:
    """The message of a conversation that this one replies to, or None."""
    reply = message.reply_to_message
    # In a topic everything "replies" to the service message that created it.
    if reply is None or reply.message_id == message.message_thread_id:
        return None
    return await messages.find_by_copy(shift.tx, message.chat.id, reply.message_id)
