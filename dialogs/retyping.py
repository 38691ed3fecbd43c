"""A ticket turns out to be of another type than its customer chose."""

from __future__ import annotations

from markupsafe import Markup

from desk.history import FINISHED
from desk.journal import RETYPED
from desk.lifecycle import State
from desk.types import Mark, Type
from dialogs import promises, transferring
from dialogs.life import Life
from dialogs.reply import language_of, view
from storage import customers, destinations, journal, marks, tickets
from storage.journal import Actor
from storage.rows import Ticket


async def missing_mark(life: Life, ticket: Ticket, kind: Type) -> Mark | None:
    """The mark without which the ticket's customer may not have tickets of this type."""
    needed = None if kind.needs is None else life.desk.profile.find_mark(kind.needs)
    if needed is None or needed.key in await marks.of(life.tx, ticket.customer_id):
        return None
    return needed


async def retype(life: Life, ticket: Ticket, kind: Type, actor: Actor) -> Ticket | None:
    """Give a ticket another type; None if that is not possible any more.

    Priority and department become those of the new type where they still were those of the old one; a type
    that has no priority leaves it. The customer is told the type and, with another priority, what is promised
    now; the card follows.
    """
    tx, profile = life.tx, life.desk.profile
    if State(ticket.state) in FINISHED or ticket.is_erased:
        return None
    changed = await tickets.change(tx, ticket.number, type=kind.key, menu=None)
    await journal.note(tx, ticket.number, actor, RETYPED, {"old": ticket.type, "new": kind.key})
    known = await marks.of(tx, ticket.customer_id) if profile.marks else ()
    before, after = (profile.first_priority(key, known) for key in (ticket.type, kind.key))
    follows = after is not None and ticket.priority == before != after
    if follows:
        assert after is not None
        changed = await life.set_priority(changed, after, actor)
    await _tell_customer(life, changed, with_priority=follows)
    await life.outbox.card(ticket.number)
    return await _moved(life, ticket, changed, actor)


async def _moved(life: Life, before: Ticket, ticket: Ticket, actor: Actor) -> Ticket:
    """The same ticket in the department of its type, if it was in that of the type it had."""
    profile = life.desk.profile
    left, wanted = (profile.department_for(each.type) for each in (before, ticket))
    if wanted is None or left == wanted or profile.department(ticket.department) != left:
        return ticket
    return await transferring.transfer(life, ticket, wanted, actor) or ticket


async def _tell_customer(life: Life, ticket: Ticket, *, with_priority: bool) -> None:
    profile = life.desk.profile
    if profile.is_talk:
        return
    customer = await customers.get(life.tx, ticket.customer_id)
    tr = language_of(customer, life.desk)
    label = profile.type_label(ticket.type, tr.language)
    lines = [
        tr.text("We have filed request #{number} under “{type}”.", number=ticket.number, type=label or "—")
    ]
    if with_priority:
        found = await promises.clocks_of(life.tx, profile, ticket.number)
        lines.append(tr.text("Priority: {priority}", priority=promises.label(tr, profile, ticket.priority)))
        lines += promises.of_ticket(tr, profile, ticket, found)
    await life.outbox.owe(
        destinations.customer(customer.id), view(Markup("\n").join(lines)), ticket_number=ticket.number
    )
