"""Messages outside the intake: each finds its ticket, or is kept until the customer says where it goes."""

from __future__ import annotations

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from desk.lifecycle import State
from dialogs import incoming, limits, live, opening, words
from dialogs.buttons import MenuButton, WhereButton, button, language_keyboard, rows
from dialogs.description import fitting_on_card, room_on_card, subject_on_button
from dialogs.intake import Intake
from dialogs.reply import Talk
from dialogs.states import Conversation
from locales import guess
from storage import customers, destinations, messages, tickets
from storage.content import Change, change_of, content_of, is_spoken, ticked
from storage.rows import StoredMessage, Ticket

_NEW = 0


async def place(talk: Talk, message: Message, state: FSMContext) -> None:
    """Find the ticket a message is for: the one replied to, the only open one, else ask."""
    if message.media_group_id is not None and await _joined_album(talk, message):
        return
    reply = await incoming.replied_to(talk, message)
    if reply is not None and reply.ticket_number is not None:
        await incoming.relay(talk, message, await incoming.reopened_for(talk, reply.ticket_number), reply)
        return
    if talk.customer.language is None:
        await _keep(talk, message, await messages.kept(talk.tx, talk.customer.id))
        await ask_language(talk)
        return
    ticket = await _named(talk, state)
    open_tickets = await tickets.open_of(talk.tx, talk.customer.id)
    kept = await messages.kept(talk.tx, talk.customer.id) if ticket is None else []
    if ticket is None and len(open_tickets) == 1 and not kept:
        ticket = open_tickets[0]
    if ticket is not None:
        await incoming.relay(talk, message, ticket)
        return
    await _keep(talk, message, kept)
    await ask_where(talk, open_tickets, state)


async def _keep(talk: Talk, message: Message, kept: list[StoredMessage]) -> None:
    """Keep a message until it has its place, if there is room for it."""
    if len(kept) < limits.MOST_KEPT:
        await incoming.store(talk, message)
    else:
        await limits.tell_no_room(talk, message)


async def _joined_album(talk: Talk, message: Message) -> bool:
    """Whether this was one more item of an album whose first items have their place already."""
    assert message.media_group_id is not None
    if await messages.find_album(talk.tx, talk.customer.id, message.media_group_id) is None:
        return False
    if content_of(message).attachment is None:
        return False
    await incoming.store(talk, message)
    return True


async def _named(talk: Talk, state: FSMContext) -> Ticket | None:
    """The ticket the customer said they are writing to, while it is open."""
    if talk.raw_state != Conversation.about.state:
        return None
    number = (await state.get_data()).get("number")
    ticket = await tickets.find(talk.tx, number) if number is not None else None
    if ticket is None or ticket.customer_id != talk.customer.id or ticket.state == State.CLOSED:
        await state.set_state(None)
        return None
    return ticket


async def ask_language(talk: Talk) -> None:
    """Ask in which language to go on, the likeliest first."""
    keyboard = language_keyboard(guess(talk.customer.language_hint))
    await talk.show("language", "Выберите язык · Choose a language · Izvēlieties valodu", keyboard)


async def ask_where(talk: Talk, open_tickets: list[Ticket], state: FSMContext) -> None:
    """Ask what to do with what was kept: open a request with it, or which of the open ones it is for."""
    tr = talk.tr
    if not open_tickets and talk.desk.profile.is_talk:
        await opening.converse(talk)
        return
    if not open_tickets:
        keyboard = rows([button(tr.plain(words.NEW_REQUEST), MenuButton(to="new"))])
        text = tr.text(
            "You have no open request. What you sent is kept: press “New request” to open one with it "
            "as the description."
        )
        await talk.show("offer", text, keyboard, moves=True)
        return
    await state.set_state(Conversation.choosing)
    lines = [
        [
            button(
                f"#{ticket.number} · {subject_on_button(ticket)}",
                WhereButton(number=ticket.number),
            )
        ]
        for ticket in open_tickets
    ]
    keyboard = rows(*lines, [button(tr.plain(words.NEW_REQUEST), WhereButton(number=_NEW))])
    text = tr.text("Which request is this about? What you sent is kept.")
    await talk.show("where", text, keyboard, moves=True)


async def chosen(query: CallbackQuery, callback_data: WhereButton, talk: Talk, state: FSMContext) -> None:
    """The customer said where it goes."""
    if callback_data.number == _NEW:
        await Intake(talk, state).begin()
        return
    ticket = await tickets.find(talk.tx, callback_data.number)
    if ticket is None or ticket.customer_id != talk.customer.id:
        talk.out_of_date()
        return
    if ticket.state == State.CLOSED:
        ticket = await incoming.reopen_or_continue(talk, ticket)
    await incoming.give_kept(talk, ticket)
    await state.set_state(Conversation.about)
    await state.set_data({"number": ticket.number})
    await talk.show(
        "about",
        talk.tr.text(
            "Passed on to request #{number} “{subject}”.", number=ticket.number, subject=ticket.subject
        ),
    )


async def anything(message: Message, talk: Talk, state: FSMContext) -> None:
    """Whatever no other handler knows."""
    if is_spoken(message):
        await place(talk, message, state)
    elif (checklist := ticked(message)) is not None:
        await edited(checklist, talk)


async def edited(message: Message, talk: Talk) -> None:
    """The customer edited something: its copy follows, and the agents are told."""
    known = await messages.find_by_copy(talk.tx, message.chat.id, message.message_id)
    if known is None or known.author != "customer":
        return
    if message.location is not None:
        await live.moved(talk.tx, talk.outbox, message, known)
        return
    content = content_of(message)
    change = change_of(known, content)
    if change is Change.FOLLOWS:
        await _follow(talk, message, known)
    if change is not Change.EDITS:
        return
    await messages.rewrite(talk.tx, known, content)
    if known.ticket_number is None:
        return
    if known.on_card and await _outgrew_card(talk, known.ticket_number):
        await _follow_card(talk, known, known.ticket_number)
        return
    await talk.outbox.edit(destinations.thread(known.ticket_number), known.id, known.ticket_number)


async def _outgrew_card(talk: Talk, number: int) -> bool:
    ticket = await tickets.get(talk.tx, number)
    on_card = [message for message in await messages.opening(talk.tx, number) if message.on_card]
    return len(fitting_on_card(on_card, room_on_card(ticket, talk.customer))) < len(on_card)


async def _follow_card(talk: Talk, known: StoredMessage, number: int) -> None:
    """A description for which the card has no room any more follows it from now on."""
    await messages.take_off_card(talk.tx, known.id)
    await talk.outbox.relay(destinations.thread(number), known.id, number)
    await talk.outbox.card(number)


async def _follow(talk: Talk, message: Message, known: StoredMessage) -> None:
    """What no copy can become, as a text that was given a file, follows as a reply."""
    if known.ticket_number is None:
        await incoming.store(talk, message, draft_id=known.draft_id)
        return
    await incoming.relay(talk, message, await tickets.get(talk.tx, known.ticket_number), known)


async def offer_kept(talk: Talk, state: FSMContext) -> None:
    """After the language was chosen: what was sent before that still needs a place."""
    open_tickets = await tickets.open_of(talk.tx, talk.customer.id)
    await ask_where(talk, open_tickets, state)


async def greet_back(talk: Talk) -> None:
    """Somebody whom nothing reached writes again: what was owed can go out."""
    await customers.set_unreachable(talk.tx, talk.customer.id, None)
    talk.tx.resumed.append(destinations.customer(talk.customer.id))


def register_placing(router: Router) -> None:
    """Everything that nobody before it knew; comes last."""
    router.callback_query.register(chosen, WhereButton.filter())
    router.message.register(anything)
    router.edited_message.register(edited)
