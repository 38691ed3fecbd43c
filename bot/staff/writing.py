"""What agents write in a ticket's thread: it crosses to the customer, or stays as a note."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from aiogram import Bot, Router
from aiogram.types import Message

from bot.pipeline.marks import NOTED
from bot.staff import outside
from bot.staff.commands import NOTE, typed
from bot.staff.context import Elsewhere, Shift
from bot.staff.thread import is_no_answer, replied_to, ticket_wherever
from bot.views import links
from desk.lifecycle import Action
from dialogs import live
from storage import customers, destinations, memberships, messages, old_threads, outbox, tickets
from storage.content import Change, Content, change_of, content_of, is_spoken, quote_of, ticked
from storage.rows import Author, StoredMessage, Ticket


def _says_note(text: str) -> bool:
    """Whether an agent means this for colleagues only."""
    return text.startswith("//") or typed(text)[0] == NOTE


@dataclass(frozen=True, slots=True)
class _Written:
    """Something that an agent wrote in a ticket's thread, and the message of it that it replies to."""

    shift: Shift
    message: Message
    content: Content
    ticket: Ticket
    reply: StoredMessage | None

    @property
    def is_note(self) -> bool:
        """Whether it is for colleagues only."""
        if self.reply is None and self.shift.desk.profile.relay == "replies":
            return True
        return _says_note(self.content.text) or (self.reply is not None and self.reply.author == "note")

    @property
    def due_at(self) -> datetime | None:
        """When it crosses: of an album more may come."""
        return self.shift.tx.now + messages.ALBUM_DELAY if self.message.media_group_id else None

    async def store(self, author: Author) -> int:
        shift, message, reply = self.shift, self.message, self.reply
        message_id = await messages.add(
            shift.tx,
            await self._naming_colleagues(),
            customer_id=self.ticket.customer_id,
            author=author,
            author_id=shift.agent.id,
            author_name=shift.agent.name,
            chat_id=message.chat.id,
            telegram_message_id=message.message_id,
            ticket_number=self.ticket.number,
            media_group_id=message.media_group_id,
            reply_to_id=reply.id if reply is not None and reply.ticket_number == self.ticket.number else None,
            quote=quote_of(message) if reply is not None else None,
        )
        await live.began(shift.tx, message_id, message)
        return message_id

    async def _naming_colleagues(self) -> Content:
        """Where customers see who answers, they also see which agent's words were forwarded to them."""
        shift, content, origin = self.shift, self.content, self.content.forwarded_from
        if origin is None or origin["id"] is None or not shift.desk.profile.agent_names:
            return content
        if not await memberships.is_member(shift.tx, self.message.chat.id, origin["id"]):
            return content
        return replace(content, forwarded_from=origin | {"told": True})

    async def answer(self, message_id: int, *, takes: bool = True) -> None:
        """It answers the customer."""
        shift, ticket = self.shift, self.ticket
        await note_answer(shift, ticket, message_id, takes=takes)
        place = destinations.customer(ticket.customer_id)
        await shift.outbox.relay(place, message_id, ticket.number, self.due_at)


async def wrote(message: Message, shift: Shift, bot: Bot) -> None:
    """An agent wrote in the group; outside of a ticket's thread that is the team's own talk."""
    if (checklist := ticked(message)) is not None:
        await edited(checklist, shift)
        return
    if not is_spoken(message):
        return
    ticket = await ticket_wherever(shift, message)
    if ticket is None:
        await outside.wrote(shift, message, bot)
        return
    is_here = shift.desk.groups.of(ticket) is shift.group
    if ticket.is_erased:
        if not is_here:
            raise Elsewhere(ticket)
        await shift.notices.nobody_reads(shift.tx, ticket.number)
        return
    content = content_of(message)
    if message.media_group_id is not None and content.attachment is not None:
        album = await messages.find_album(shift.tx, shift.agent.id or 0, message.media_group_id)
        if album is not None and album.ticket_number == ticket.number:
            await _join_album(_Written(shift, message, content, ticket, album), album, shows=not is_here)
            return
    written = _Written(shift, message, content, ticket, await replied_to(shift, message))
    if not written.is_note and await is_no_answer(shift, message):
        return
    if not is_here:
        await _wrote_in_old_thread(written)
    elif written.is_note:
        await shift.outbox.mark(await written.store("note"), ticket.number, NOTED)
    else:
        await written.answer(await written.store("agent"))


async def _wrote_in_old_thread(written: _Written) -> None:
    """The ticket is in another group by now: what was written before it left is an answer like any other.

    What comes later is kept as a note where the ticket is, and nothing of it reaches the customer.
    """
    shift, message, ticket = written.shift, written.message, written.ticket
    old = await old_threads.find_of(shift.tx, ticket.number, message.chat.id)
    in_time = ticket.thread_chat_id == message.chat.id if old is None else message.date <= old.left_at
    answers = in_time and not written.is_note
    message_id = await written.store("agent" if answers else "note")
    await shift.outbox.relay(destinations.thread(ticket.number), message_id, ticket.number, written.due_at)
    if answers:
        await written.answer(message_id, takes=False)
        return
    await shift.outbox.mark(message_id, ticket.number, NOTED)
    if not written.is_note:
        text = shift.tr.text(
            "The ticket is in another group now: {department}, {ticket}. This was not sent to the customer; "
            "it is kept there as a note.",
            department=shift.where(ticket),
            ticket=links.numbered(ticket),
        )
        await shift.tell(message, text)


async def note_answer(shift: Shift, ticket: Ticket, message_id: int, *, takes: bool = True) -> None:
    """A message to the customer is an answer; if nothing reaches them now, the agent has to know."""
    await shift.life.act(ticket, Action.ANSWER, shift.agent, takes=takes)
    customer = await customers.get(shift.tx, ticket.customer_id)
    if customer.unreachable is not None:
        text = shift.tr.text(
            "Not delivered yet; Telegram says: {reason}. It goes out when the customer is back.",
            reason=customer.unreachable.rstrip("."),
        )
        await shift.notices.to_thread(shift.tx, ticket.number, text, reply_to=message_id)


async def _join_album(written: _Written, album: StoredMessage, *, shows: bool) -> None:
    """One more item of an album: it joins what waits, and follows what has gone out.

    `shows` tells that what agents write here is to be shown in the ticket's thread, which is elsewhere.
    """
    shift, message, content, number = written.shift, written.message, written.content, written.ticket.number
    assert content.attachment is not None
    customer = destinations.customer(written.ticket.customer_id)
    author, joins = album.author, True
    places = [destinations.thread(number)] if shows else []
    if album.taken_back_at is not None:
        places = []
    elif author == "agent" and _says_note(content.text):
        # Under documents the caption stands on the last item; what has gone out stays an answer.
        author, joins = "note", await outbox.is_queued(shift.tx, album.id, customer)
        if joins:
            await messages.change(shift.tx, [album.id], author=author)
            await shift.outbox.withdraw(album.id, customer)
            await shift.outbox.mark(album.id, number, NOTED)
    elif author == "agent":
        places.append(customer)
    for place in places:
        joins = joins and await outbox.is_queued(shift.tx, album.id, place)
    if joins:
        await messages.extend_album(
            shift.tx, album.id, content.attachment, message.chat.id, message.message_id
        )
        await shift.outbox.postpone(album.id, shift.tx.now + messages.ALBUM_DELAY)
        return
    message_id = await written.store(author)
    for place in places:
        await shift.outbox.relay(place, message_id, number, written.due_at)


async def edited(message: Message, shift: Shift) -> None:
    """An agent edited something: the customer's copy follows; notes and answers stay what they are."""
    known = await messages.find_by_copy(shift.tx, message.chat.id, message.message_id)
    if known is None:
        await outside.keep_album(shift, message)
        return
    if known.author == "customer" or known.ticket_number is None:
        return
    if message.location is not None:
        await live.moved(shift.tx, shift.outbox, message, known)
        return
    content = content_of(message)
    change = change_of(known, content)
    crosses = known.author == "agent" and known.taken_back_at is None
    if change is Change.FOLLOWS:
        if known.taken_back_at is not None:
            return
        # As a text that was given a file: no copy can become that.
        ticket = await tickets.get(shift.tx, known.ticket_number)
        message_id = await _Written(shift, message, content, ticket, known).store(known.author)
        if crosses:
            await shift.outbox.relay(destinations.customer(known.customer_id), message_id, ticket.number)
    if change is not Change.EDITS:
        return
    await messages.rewrite(shift.tx, known, content)
    if crosses:
        place = destinations.customer(known.customer_id)
        await shift.outbox.edit(place, known.id, known.ticket_number)
    if shift.desk.groups.are_several and known.taken_back_at is None:
        ticket = await tickets.get(shift.tx, known.ticket_number)
        if shift.desk.groups.of(ticket) is not shift.group:
            # Whoever has the ticket now has to see it as well.
            await shift.outbox.edit(destinations.thread(ticket.number), known.id, ticket.number)


def register_writing(router: Router) -> None:
    """What agents write; comes after the commands."""
    router.message.register(wrote)
    router.edited_message.register(edited)
