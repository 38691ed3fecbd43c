"""What agents write in a ticket's thread: it crosses to the customer, or stays as a note."""

from __future__ import annotations

from dataclasses import replace

from aiogram import Router
from aiogram.types import CallbackQuery, Message, MessageReactionUpdated, ReactionTypeEmoji

from bot.pipeline.marks import DELIVERED, NOTED
from bot.pipeline.threads import Threads
from bot.staff import links
from bot.staff.buttons import RetryButton, StaffButton
from bot.staff.context import Elsewhere, Shift
from bot.staff.keyboard import LABELS
from bot.staff.late import too_late
from desk.lifecycle import Action, State
from dialogs import live
from storage import customers, destinations, memberships, messages, old_threads, outbox, tickets
from storage.content import Change, Content, change_of, content_of, is_spoken, quote_of, ticked
from storage.rows import Author, StoredMessage, Ticket
from storage.store import Transaction


def is_note(text: str) -> bool:
    """Whether an agent means this for colleagues only."""
    first = text.split(maxsplit=1)[0] if text.split() else ""
    return text.startswith("//") or first == "/note" or first.startswith("/note@")


async def _ticket_of(shift: Shift, message: Message) -> Ticket | None:
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
    ticket = await _ticket_of(shift, message)
    return None if ticket is None else await shift.here(ticket)


async def place_of(shift: Shift, message: Message) -> tuple[str, int | None, int | None]:
    """Where to answer what is no matter of a ticket's: destination, the thread's ticket, else the topic."""
    ticket = await _ticket_of(shift, message)
    if ticket is not None and shift.desk.groups.of(ticket) is shift.group:
        return destinations.thread(ticket.number), ticket.number, None
    return shift.group.general, None, message.message_thread_id if message.is_topic_message else None


async def ticket_to_act_on(shift: Shift, message: Message) -> Ticket | None:
    """The ticket that a command is about; None outside of threads.

    Where the customer's data was erased there is nothing to act on: then the thread is told so. Raises
    Elsewhere.
    """
    ticket = await ticket_of(shift, message)
    if ticket is None or not ticket.is_erased:
        return ticket
    await shift.notices.nobody_reads(shift.tx, ticket.number)
    return None


async def replied_to(shift: Shift, message: Message) -> StoredMessage | None:
    """The message of a conversation that this one replies to, or None."""
    reply = message.reply_to_message
    # In a topic everything "replies" to the service message that created it.
    if reply is None or reply.message_id == message.message_thread_id:
        return None
    return await messages.find_by_copy(shift.tx, message.chat.id, reply.message_id)


async def wrote(message: Message, shift: Shift) -> None:
    """An agent wrote in the group; outside of a ticket's thread that is the team's own talk."""
    if (checklist := ticked(message)) is not None:
        await edited(checklist, shift)
        return
    ticket = await _ticket_of(shift, message)
    if ticket is None or not is_spoken(message):
        return
    if shift.desk.groups.of(ticket) is not shift.group:
        await _wrote_in_old_thread(shift, message, ticket)
        return
    if ticket.is_erased:
        await shift.notices.nobody_reads(shift.tx, ticket.number)
        return
    content = content_of(message)
    if message.media_group_id is not None and content.attachment is not None:
        album = await messages.find_album(shift.tx, shift.agent.id or 0, message.media_group_id)
        if album is not None and album.ticket_number == ticket.number:
            await _join_album(shift, message, content, album, ticket)
            return
    reply = await replied_to(shift, message)
    noted = is_note(content.text) or (reply is not None and reply.author == "note")
    if shift.desk.profile.relay == "replies" and reply is None:
        noted = True
    message_id = await _store(shift, message, content, ticket, "note" if noted else "agent", reply)
    if noted:
        await shift.outbox.mark(message_id, ticket.number, NOTED)
        return
    due_at = shift.tx.now + messages.ALBUM_DELAY if message.media_group_id else None
    await note_answer(shift, ticket, message_id)
    await shift.outbox.relay(destinations.customer(ticket.customer_id), message_id, ticket.number, due_at)


async def _wrote_in_old_thread(shift: Shift, message: Message, ticket: Ticket) -> None:
    """The ticket is in another group by now: what was written before it left is an answer like any other.

    What comes later is kept as a note where the ticket is, and nothing of it reaches the customer.
    """
    if ticket.is_erased:
        raise Elsewhere(ticket)
    tx, thread = shift.tx, destinations.thread(ticket.number)
    content = content_of(message)
    due_at = tx.now + messages.ALBUM_DELAY if message.media_group_id else None
    if message.media_group_id is not None and content.attachment is not None:
        album = await messages.find_album(tx, shift.agent.id or 0, message.media_group_id)
        if album is not None and album.ticket_number == ticket.number:
            await _join_album(shift, message, content, album, ticket)
            return
    old = await old_threads.find_of(tx, ticket.number, message.chat.id)
    reply = await replied_to(shift, message)
    noted = is_note(content.text) or (reply is not None and reply.author == "note")
    noted = noted or (shift.desk.profile.relay == "replies" and reply is None)
    in_time = ticket.thread_chat_id == message.chat.id if old is None else message.date <= old.left_at
    author: Author = "agent" if in_time and not noted else "note"
    message_id = await _store(shift, message, content, ticket, author, reply)
    await shift.outbox.relay(thread, message_id, ticket.number, due_at)
    if author == "agent":
        await note_answer(shift, ticket, message_id, takes=False)
        await shift.outbox.relay(destinations.customer(ticket.customer_id), message_id, ticket.number, due_at)
        return
    await shift.outbox.mark(message_id, ticket.number, NOTED)
    text = shift.tr.text(
        "The ticket is in another group now: {department}, {ticket}. This was not sent to the customer; "
        "it is kept there as a note.",
        department=shift.where(ticket),
        ticket=links.numbered(ticket),
    )
    if not noted:
        await shift.tell(message, text)


async def _store(
    shift: Shift,
    message: Message,
    content: Content,
    ticket: Ticket,
    author: Author,
    reply: StoredMessage | None,
) -> int:
    message_id = await messages.add(
        shift.tx,
        await _naming_colleagues(shift, message, content),
        customer_id=ticket.customer_id,
        author=author,
        author_id=shift.agent.id,
        author_name=shift.agent.name,
        chat_id=message.chat.id,
        telegram_message_id=message.message_id,
        ticket_number=ticket.number,
        media_group_id=message.media_group_id,
        reply_to_id=reply.id if reply is not None and reply.ticket_number == ticket.number else None,
        quote=quote_of(message) if reply is not None else None,
    )
    await live.began(shift.tx, message_id, message)
    return message_id


async def _naming_colleagues(shift: Shift, message: Message, content: Content) -> Content:
    """Where customers see who answers, they also see which agent's words were forwarded to them."""
    origin = content.forwarded_from
    if origin is None or origin["id"] is None or not shift.desk.profile.agent_names:
        return content
    if not await memberships.is_member(shift.tx, message.chat.id, origin["id"]):
        return content
    return replace(content, forwarded_from=origin | {"told": True})


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


async def _join_album(
    shift: Shift, message: Message, content: Content, album: StoredMessage, ticket: Ticket
) -> None:
    assert content.attachment is not None
    place = destinations.customer(ticket.customer_id)
    if album.taken_back_at is not None:
        await messages.extend_album(
            shift.tx, album.id, content.attachment, message.chat.id, message.message_id
        )
        return
    if album.author == "note" or await outbox.is_queued(shift.tx, album.id, place):
        await messages.extend_album(
            shift.tx, album.id, content.attachment, message.chat.id, message.message_id
        )
        if album.author == "agent" and is_note(content.text):
            # Under documents the caption stands on the last item; nothing of the album went out yet.
            await messages.change(shift.tx, [album.id], author="note")
            await shift.outbox.withdraw(album.id, place)
            await shift.outbox.mark(album.id, ticket.number, NOTED)
        else:
            await shift.outbox.postpone(album.id, shift.tx.now + messages.ALBUM_DELAY)
        return
    message_id = await _store(shift, message, content, ticket, "agent", album)
    await shift.outbox.relay(place, message_id, ticket.number, shift.tx.now + messages.ALBUM_DELAY)


async def edited(message: Message, shift: Shift) -> None:
    """An agent edited something: the customer's copy follows; notes and answers stay what they are."""
    known = await messages.find_by_copy(shift.tx, message.chat.id, message.message_id)
    if known is None or known.author == "customer" or known.ticket_number is None:
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
        message_id = await _store(shift, message, content, ticket, known.author, known)
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


async def pressed(query: CallbackQuery, callback_data: StaffButton, shift: Shift) -> None:
    """A button of a card."""
    ticket = await shift.ticket(callback_data.number)
    action = next((each for each in LABELS if each.value == callback_data.action), None)
    if ticket is None or action is None:
        shift.toast.say(shift.tr.plain("This button is out of date."))
        return
    others = ticket.assignee_id not in (None, shift.agent.id) and ticket.state != State.NEW
    if action is Action.TAKE and others:
        shift.toast.say(
            shift.tr.plain("{name} has taken this ticket already.", name=ticket.assignee_name or "?"),
            alert=True,
        )
        return
    if action is Action.RELEASE and ticket.assignee_id is None:
        shift.toast.say(shift.tr.plain("The ticket is back with the team meanwhile."))
        await shift.outbox.card(ticket.number)
        return
    changed = await shift.life.act(ticket, action, shift.agent)
    if changed is None:
        await too_late(shift, ticket.number)
        return
    shift.toast.say(shift.tr.plain("#{number}: done", number=ticket.number))


async def retried(query: CallbackQuery, callback_data: RetryButton, shift: Shift) -> None:
    """Send again what failed."""
    number = await outbox.ticket_of_failed(shift.tx, callback_data.row)
    if number is not None:
        await shift.here(await tickets.get(shift.tx, number))
    if await outbox.retry(shift.tx, callback_data.row):
        shift.toast.say(shift.tr.plain("It is being sent again."))
    else:
        shift.toast.say(shift.tr.plain("There is nothing left to send: it was sent again, or taken back."))


async def _by_agent(tx: Transaction, event: MessageReactionUpdated) -> bool:
    """Whether an agent reacted: a member, or an administrator who is anonymous, so reacts as the group."""
    if event.user is None:
        return event.actor_chat is not None and event.actor_chat.id == event.chat.id
    return not event.user.is_bot and await memberships.is_member(tx, event.chat.id, event.user.id)


async def cross_reaction(tx: Transaction, event: MessageReactionUpdated, threads: Threads) -> None:
    """A reaction of an agent or a customer shows on the copy at the other side."""
    known = await messages.find_by_copy(tx, event.chat.id, event.message_id)
    if known is None or known.ticket_number is None or known.author == "note":
        return
    if known.taken_back_at is not None:
        return
    emoji = next((r.emoji for r in event.new_reaction if isinstance(r, ReactionTypeEmoji)), None)
    if threads.groups.of_chat(event.chat.id) is not None:
        if not await _by_agent(tx, event):
            return
        place = destinations.customer(known.customer_id)
    else:
        if (await customers.get(tx, known.customer_id)).banned_at is not None:
            return
        place = destinations.thread(known.ticket_number)
        if emoji is None and known.author == "agent":
            # The mark that gave way comes back.
            emoji = DELIVERED
    await outbox.Outbox(tx).react(place, known.id, known.ticket_number, emoji)


def thread_router() -> Router:
    """What agents do in threads."""
    router = Router(name="thread")
    router.message.register(wrote)
    router.edited_message.register(edited)
    router.callback_query.register(pressed, StaffButton.filter())
    router.callback_query.register(retried, RetryButton.filter())
    return router
