"""What customers send, stored and given its place: a ticket, a draft, or kept until they say where to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from aiogram.types import Message
from markupsafe import Markup

from desk.lifecycle import Action, State, is_decided
from dialogs import agents, live, promises, telling
from dialogs.life import Life
from dialogs.reply import Talk
from storage import destinations, messages, outbox, tickets
from storage.content import Content, content_of, quote_of
from storage.journal import Actor
from storage.rows import StoredMessage, Ticket


@dataclass(frozen=True, slots=True)
class Arrived:
    """A customer's message as it was stored. `grew` tells that it was one more item of a known album."""

    message_id: int
    content: Content
    grew: bool = False


def customer_actor(talk: Talk) -> Actor:
    """The customer as the journal names them."""
    return Actor("customer", talk.customer.id, talk.customer.name)


async def store(
    talk: Talk,
    message: Message,
    *,
    ticket: Ticket | None = None,
    draft_id: int | None = None,
    reply_to_id: int | None = None,
    content: Content | None = None,
) -> Arrived:
    """Store a message, or the part of it that is `content`.

    An item of an album that is known joins it, wherever that went.
    """
    content = content or content_of(message)
    group = message.media_group_id
    if group is not None and content.attachment is not None:
        album = await messages.find_album(talk.tx, talk.customer.id, group)
        if album is not None:
            return await _join_album(talk, message, content, album)
    message_id = await _add(
        talk,
        message,
        content,
        ticket_number=ticket.number if ticket else None,
        draft_id=draft_id,
        reply_to_id=reply_to_id,
        quote=quote_of(message) if reply_to_id is not None else None,
        opening=draft_id is not None,
    )
    return Arrived(message_id, content)


async def _add(talk: Talk, message: Message, content: Content, **place: Any) -> int:
    """Add what the customer wrote, with its place in the conversation; gives back its id."""
    message_id = await messages.add(
        talk.tx,
        content,
        customer_id=talk.customer.id,
        author="customer",
        author_id=talk.customer.id,
        author_name=talk.customer.name,
        chat_id=message.chat.id,
        telegram_message_id=message.message_id,
        # The caption of a file that is not taken is no item of the album.
        media_group_id=message.media_group_id if content.attachment is not None else None,
        **place,
    )
    await live.began(talk.tx, message_id, message)
    return message_id


async def _join_album(talk: Talk, message: Message, content: Content, album: StoredMessage) -> Arrived:
    assert content.attachment is not None
    number = album.ticket_number
    if number is None or await talk_is_queued(talk, album.id, number):
        await messages.extend_album(
            talk.tx, album.id, content.attachment, message.chat.id, message.message_id
        )
        if number is not None:
            await talk.outbox.postpone(album.id, talk.tx.now + messages.ALBUM_DELAY)
        return Arrived(album.id, content, grew=True)
    # The album is on the other side already: what comes late follows as a reply to it.
    message_id = await _add(talk, message, content, ticket_number=number, reply_to_id=album.id)
    await talk.outbox.relay(
        destinations.thread(number), message_id, number, talk.tx.now + messages.ALBUM_DELAY
    )
    return Arrived(message_id, content, grew=True)


async def talk_is_queued(talk: Talk, message_id: int, number: int) -> bool:
    """Whether a customer's message still waits to be shown in its thread."""
    return await outbox.is_queued(talk.tx, message_id, destinations.thread(number))


async def replied_to(talk: Talk, message: Message) -> StoredMessage | None:
    """The message of a conversation that this one replies to, or None."""
    if message.reply_to_message is None:
        return None
    return await messages.find_by_copy(talk.tx, message.chat.id, message.reply_to_message.message_id)


async def relay(talk: Talk, message: Message, ticket: Ticket, reply: StoredMessage | None = None) -> None:
    """A message for a ticket: store it, owe it to the thread, and let the ticket know."""
    reply_to_id = reply.id if reply is not None and reply.ticket_number == ticket.number else None
    arrived = await store(talk, message, ticket=ticket, reply_to_id=reply_to_id)
    if arrived.grew:
        return
    if arrived.content.kind == "text" and reply_to_id is None and arrived.content.forwarded_from is None:
        await _owe_text(talk, ticket, arrived)
    else:
        ids = [arrived.message_id]
        await owe(talk, ticket, ids, albums=ids if message.media_group_id is not None else ())


async def _owe_text(talk: Talk, ticket: Ticket, arrived: Arrived) -> None:
    """What most messages are: a text of which everything is known, so that nothing has to be read again."""
    stored = StoredMessage(
        id=arrived.message_id,
        ticket_number=ticket.number,
        customer_id=talk.customer.id,
        author="customer",
        author_id=talk.customer.id,
        author_name=talk.customer.name,
        kind="text",
        text=arrived.content.text,
        entities=arrived.content.entities,
        created_at=talk.tx.now,
    )
    thread = destinations.thread(ticket.number)
    await talk.outbox.relay(thread, stored.id, ticket.number, stored=stored)
    await _customer_wrote(talk, ticket)


async def owe(talk: Talk, ticket: Ticket, message_ids: list[int], *, albums: Collection[int] = ()) -> None:
    """Owe stored messages to the ticket's thread, and let the ticket know that the customer wrote.

    `albums` are those of them that may still grow.
    """
    later = talk.tx.now + messages.ALBUM_DELAY
    thread = destinations.thread(ticket.number)
    for message_id in message_ids:
        due_at = later if message_id in albums else None
        await talk.outbox.relay(thread, message_id, ticket.number, due_at)
    await _customer_wrote(talk, ticket)


async def _customer_wrote(talk: Talk, ticket: Ticket) -> None:
    life = Life(talk.tx, talk.outbox, talk.desk)
    await life.act(ticket, Action.CUSTOMER_MESSAGE, customer_actor(talk))
    if is_decided(State(ticket.state)):
        await telling.ask_decided(life, ticket, talk.customer)


async def give_kept(talk: Talk, ticket: Ticket) -> int:
    """What was kept goes to this ticket; gives back how many messages."""
    kept = await messages.kept(talk.tx, talk.customer.id)
    ids = [message.id for message in kept]
    await messages.change(talk.tx, ids, ticket_number=ticket.number)
    if kept:
        albums = [message.id for message in kept if message.media_group_id is not None]
        await owe(talk, ticket, ids, albums=albums)
    return len(kept)


async def reopen_or_continue(talk: Talk, ticket: Ticket) -> Ticket:
    """The ticket to go on with after it was closed: itself within the profile's window, else a linked one.

    That begins in the department where the matter was last. Whoever has gone on with a linked one already
    goes on with that.
    """
    while (following := await tickets.following(talk.tx, ticket)) is not None:
        ticket = following
    if ticket.state != State.CLOSED:
        return ticket
    life = Life(talk.tx, talk.outbox, talk.desk)
    assert ticket.closed_at is not None
    if talk.tx.now - ticket.closed_at <= talk.desk.profile.reopen_window:
        reopened = await life.act(ticket, Action.REOPEN, customer_actor(talk))
        assert reopened is not None
        again = (
            talk.tr.text("This conversation goes on.")
            if talk.desk.profile.is_talk
            else talk.tr.text("Request #{number} is open again.", number=ticket.number)
        )
        await talk.tell(again)
        return reopened
    linked = await life.open(
        talk.customer,
        type=ticket.type,
        subject=ticket.subject,
        serial=ticket.serial,
        answers=ticket.answers,
        priority=ticket.priority,
        department=ticket.department,
        linked_to=ticket.number,
    )
    await agents.tell_continued(talk.outbox, talk.desk, ticket.number, linked.number)
    await _tell_linked(talk, ticket, linked)
    return linked


async def _tell_linked(talk: Talk, ticket: Ticket, linked: Ticket) -> None:
    profile = talk.desk.profile
    if profile.channel is not None:
        await talk.tell(Markup("{}").format(profile.channel.in_language(talk.tr.language)))
        return
    text = talk.tr.text(
        "Request #{old} was closed long ago, so this goes on as request #{number}.",
        old=ticket.number,
        number=linked.number,
    )
    found = await promises.clocks_of(talk.tx, profile, linked.number)
    await talk.tell(Markup("\n").join([text, *promises.promised(talk.tr, profile, found)]))


async def reopened_for(talk: Talk, number: int) -> Ticket:
    """The ticket to write to when the customer replied to something of ticket `number`."""
    ticket = await tickets.get(talk.tx, number)
    return await reopen_or_continue(talk, ticket) if ticket.state == State.CLOSED else ticket
