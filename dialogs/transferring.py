"""A ticket moves to another department of the desk."""

from __future__ import annotations

from markupsafe import Markup

from desk.departments import Department
from desk.history import FINISHED
from desk.journal import TRANSFERRED
from desk.lifecycle import State
from dialogs import assigning, moving
from dialogs.life import Life
from dialogs.reply import language_of, view
from locales import translator
from storage import customers, destinations, journal, tickets
from storage.journal import Actor
from storage.rows import Ticket


async def transfer(life: Life, ticket: Ticket, department: Department, actor: Actor) -> Ticket | None:
    """Move a ticket to a department, where it looks for an agent; None if that is not possible any more.

    Where that has another staff group, the ticket goes on there. The customer is told where the profile has
    words for it.
    """
    before = life.desk.profile.department(ticket.department)
    if State(ticket.state) in FINISHED or before is None or before.key == department.key:
        return None
    changed = await tickets.change(
        life.tx, ticket.number, department=department.key, assignee_id=None, assignee_name=None, menu=None
    )
    groups = life.desk.groups
    if groups.of_department(before.key) is not groups.of_department(department.key):
        await moving.leave(life.tx, groups, changed, actor)
    data = {"old": before.key, "new": department.key}
    await journal.note(life.tx, ticket.number, actor, TRANSFERRED, data)
    tr = translator(life.desk.staff_language)
    label = department.label.in_language(tr.language)
    said = tr.text(
        "{name} moves the ticket to another department: {department}.", name=actor.name, department=label
    )
    await assigning.tell_thread(life, ticket.number, said)
    await _tell_customer(life, ticket, department)
    await life.outbox.card(ticket.number)
    return await assigning.settle(life, changed)


async def _tell_customer(life: Life, ticket: Ticket, department: Department) -> None:
    if department.moved is None:
        return
    customer = await customers.get(life.tx, ticket.customer_id)
    tr = language_of(customer, life.desk)
    moved = department.moved.in_language(tr.language)
    lines = [Markup("{}").format(moved)]
    if not life.desk.profile.is_talk:
        lines = [tr.text("Request #{number}. {words}", number=ticket.number, words=moved)]
    if department.phone is not None:
        lines.append(tr.text("Phone: {phone}", phone=department.phone))
    await life.outbox.owe(
        destinations.customer(customer.id), view(Markup("\n").join(lines)), ticket_number=ticket.number
    )
