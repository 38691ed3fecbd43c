"""What a customer is told, or asked, as their ticket changes: owed in the transaction that changes it."""

from __future__ import annotations

from datetime import datetime

from aiogram.types import InlineKeyboardButton
from markupsafe import Markup

from desk.clocks import clocks
from desk.lifecycle import Action, State
from dialogs import decisions, promises, words
from dialogs.buttons import RequestButton, button, rows
from dialogs.context import Work
from dialogs.reply import language_of, view
from dialogs.stars import question, star_buttons
from locales import Translator
from storage import customers, destinations, journal
from storage.rows import Customer, Ticket


async def changed(work: Work, ticket: Ticket, action: Action, before: State) -> None:
    """Somebody else than the customer did that to the ticket."""
    customer = await customers.get(work.tx, ticket.customer_id)
    tr, profile = language_of(customer, work.desk), work.desk.profile
    match action:
        case Action.RESOLVE | Action.REFUSE:
            await ask_decided(work, ticket, customer)
        case Action.WAIT:
            found = await promises.clocks_of(work.tx, profile, ticket.number)
            await _owe(work, customer, decisions.waiting(tr, profile, ticket, found), ticket)
        case Action.POSTPONE:
            # The clocks as they would stand at the end of it if nothing happened until then.
            entries = await journal.entries(work.tx, ticket.number)
            found = clocks(profile, entries, ticket.until or work.tx.now)
            await _owe(work, customer, decisions.postponed(tr, profile, ticket, found), ticket)
        case Action.CLOSE | Action.EXPIRE | Action.REOPEN if profile.is_talk:
            await _tell_talker(work, customer, ticket, action)
        case Action.CLOSE:
            text = tr.text("Request #{number} has been closed by a specialist.", number=ticket.number)
            await _tell_closed(work, customer, ticket, text)
        case Action.EXPIRE:
            await _tell_closed(work, customer, ticket, _expired(tr, ticket, before))
        case Action.REOPEN:
            text = tr.text("Request #{number} is open again; we are working on it.", number=ticket.number)
            await _owe(work, customer, text)


async def resumed(work: Work, ticket: Ticket, action: Action) -> None:
    """What stood still goes on: the customer learns the deadline as it is now."""
    customer = await customers.get(work.tx, ticket.customer_id)
    tr, profile = language_of(customer, work.desk), work.desk.profile
    found = await promises.clocks_of(work.tx, profile, ticket.number)
    if action is Action.CUSTOMER_MESSAGE and not promises.promised(tr, profile, found):
        # They have just written, and nothing that they were told has moved.
        return
    await _owe(work, customer, decisions.resumed(tr, profile, ticket, found), ticket)


async def priority(work: Work, ticket: Ticket) -> None:
    """The ticket has got its priority: the customer learns what is promised with it."""
    customer = await customers.get(work.tx, ticket.customer_id)
    tr, profile = language_of(customer, work.desk), work.desk.profile
    found = await promises.clocks_of(work.tx, profile, ticket.number)
    lines = promises.of_priority(tr, profile, ticket, found)
    await _owe(work, customer, Markup("\n").join(lines), ticket)


async def deadline(work: Work, ticket: Ticket, due_at: datetime) -> None:
    """The ticket has got a deadline of its own."""
    customer = await customers.get(work.tx, ticket.customer_id)
    text = promises.of_deadline(language_of(customer, work.desk), work.desk.profile, ticket, due_at)
    await _owe(work, customer, text, ticket)


async def ask_decided(
    work: Work, ticket: Ticket, customer: Customer, closes_at: datetime | None = None
) -> None:
    """Ask the customer whether the problem is solved, or the refusal accepted; see `decisions`."""
    tr, is_banned = language_of(customer, work.desk), customer.banned_at is not None
    asked = decisions.question(tr, work.desk.profile, ticket, closes_at, may_answer=not is_banned)
    await work.outbox.owe(destinations.customer(customer.id), asked, ticket_number=ticket.number)


async def _tell_closed(work: Work, customer: Customer, ticket: Ticket, text: Markup) -> None:
    tr = language_of(customer, work.desk)
    reopen = button(tr.plain(words.REOPEN), RequestButton(act="reopen", number=ticket.number))
    await _owe_with_stars(work, customer, ticket, text, [reopen] if customer.banned_at is None else [])


async def _tell_talker(work: Work, customer: Customer, ticket: Ticket, action: Action) -> None:
    """The same where nothing is called a request."""
    tr = language_of(customer, work.desk)
    if action in (Action.CLOSE, Action.EXPIRE):
        text = tr.text("This conversation is closed. To begin another, just write here.")
        await _owe_with_stars(work, customer, ticket, text, [])
    elif action is Action.REOPEN:
        await _owe(work, customer, tr.text("This conversation goes on."))


async def _owe_with_stars(
    work: Work, customer: Customer, ticket: Ticket, text: Markup, further: list[InlineKeyboardButton]
) -> None:
    """A word of the close, and where the desk wants them the question for stars below it."""
    ask = question(language_of(customer, work.desk), work.desk.profile, customer)
    keyboard = rows([] if ask is None else star_buttons(ticket.number), further)
    shown = view(text if ask is None else text + "\n\n" + ask, keyboard if keyboard.inline_keyboard else None)
    await work.outbox.owe(destinations.customer(customer.id), shown, ticket_number=ticket.number)


async def _owe(work: Work, customer: Customer, text: Markup, ticket: Ticket | None = None) -> None:
    number = None if ticket is None else ticket.number
    await work.outbox.owe(destinations.customer(customer.id), view(text), ticket_number=number)


def _expired(tr: Translator, ticket: Ticket, before: State) -> Markup:
    if before is State.REFUSED:
        return tr.text("Request #{number} has been closed: you did not object.", number=ticket.number)
    return tr.text(
        "Request #{number} has been closed: you did not tell us that the problem remains.",
        number=ticket.number,
    )
