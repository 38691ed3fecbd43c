"""Marks: what agents know of a customer, set and taken away in the thread of one of their tickets."""

from __future__ import annotations

from desk.types import Mark
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
    mark = life.desk.profile.find_mark(key)
    for each in await tickets.open_of(life.tx, ticket.customer_id):
        await life.outbox.card(each.number)
        if on and mark is not None and mark.priority is not None:
            await _make_urgent(life, each, mark.priority, actor)
    await life.outbox.card(ticket.number)
    if on and mark is not None:
        await _tell_customer(life, ticket.customer_id, mark)
    return True


async def _make_urgent(life: Life, ticket: Ticket, priority: str, actor: Actor) -> None:
    if life.desk.profile.is_more_urgent(priority, ticket.priority):
        await life.prioritise(ticket, priority, actor)


async def _tell_customer(life: Life, customer_id: int, mark: Mark) -> None:
    profile = life.desk.profile
    if mark.how is None:
        return
    tr = language_of(await customers.get(life.tx, customer_id), life.desk)
    text = tr.text("A specialist has confirmed: <b>{mark}</b>.", mark=mark.label.in_language(tr.language))
    keyboard = None
    draft = await drafts.find(life.tx, customer_id)
    chosen = profile.find_type(draft.type) if draft is not None else None
    if chosen is not None and chosen.needs == mark.key:
        text += "\n" + tr.text("You can go on with your request now.")
        keyboard = rows([button(tr.plain(words.CONTINUE), MenuButton(to="resume"))])
    await life.outbox.owe(destinations.customer(customer_id), view(text, keyboard))
