"""Marks: what agents know of a customer, set and taken away in the thread of one of their tickets."""

from __future__ import annotations

from dialogs import words
from dialogs.buttons import MenuButton, button, rows
from dialogs.life import Life
from dialogs.reply import language_of, view
from storage import customers, destinations, drafts, journal, marks, tickets
from storage.journal import Actor
from storage.rows import Ticket


async def set_mark(life: Life, ticket: Ticket, key: str, actor: Actor, *, on: bool) -> bool:
    """Set or take away a mark of the ticket's customer; False if that is how it was.

    A customer who was told how to get the mark hears that it is set.
    """
    change = marks.put if on else marks.remove
    if not await change(life.tx, ticket.customer_id, key):
        return False
    await journal.note(life.tx, ticket.number, actor, "mark" if on else "unmark", {"mark": key})
    for each in await tickets.open_of(life.tx, ticket.customer_id):
        await life.outbox.card(each.number)
    await life.outbox.card(ticket.number)
    if on:
        await _tell_customer(life, ticket.customer_id, key)
    return True


async def _tell_customer(life: Life, customer_id: int, key: str) -> None:
    profile = life.desk.profile
    mark = profile.find_mark(key)
    if mark is None or mark.how is None:
        return
    tr = language_of(await customers.get(life.tx, customer_id), life.desk)
    text = tr.text("A specialist has confirmed: <b>{mark}</b>.", mark=mark.label.in_language(tr.language))
    keyboard = None
    draft = await drafts.find(life.tx, customer_id)
    chosen = profile.find_type(draft.type) if draft is not None else None
    if chosen is not None and chosen.needs == key:
        text += "\n" + tr.text("You can go on with your request now.")
        keyboard = rows([button(tr.plain(words.CONTINUE), MenuButton(to="resume"))])
    await life.outbox.owe(destinations.customer(customer_id), view(text, keyboard))
