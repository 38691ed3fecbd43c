"""A ticket about two problems becomes two: the chosen messages, and what comes of them, go to a new one."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from dialogs import opening, promises
from dialogs.context import Toast
from dialogs.life import Life
from dialogs.reply import Talk, language_of, view
from locales import translator
from storage import customers, destinations, journal, messages
from storage.journal import Actor
from storage.rows import Customer, StoredMessage, Ticket


async def split(
    life: Life,
    ticket: Ticket,
    chosen: Sequence[StoredMessage],
    subject: str | None,
    agent: Actor,
    chat_id: int,
) -> Ticket:
    """Open a ticket with these messages of another, which is locked; gives it back.

    It is about the same device and has the same answers and department, its clocks begin now. `chat_id` is
    the staff group, where the copies in the old thread stay as they are. The customer is told both numbers.
    """
    tx, profile = life.tx, life.desk.profile
    customer = await customers.get(tx, ticket.customer_id)
    title = subject or opening.title_of(chosen)
    field = profile.questions(ticket.type).subject
    opened = await life.open(
        customer,
        type=ticket.type,
        subject=title,
        serial=ticket.serial,
        answers=ticket.answers | ({field.key: title} if field is not None else {}),
        priority=ticket.priority,
        department=ticket.department,
        linked_to=ticket.number,
        actor=agent,
    )
    ids = [message.id for message in chosen]
    for message_id in ids:
        await life.outbox.withdraw(message_id, destinations.thread(ticket.number))
    await messages.leave_thread(tx, ids, ticket.number, chat_id)
    data = {"messages": ids}
    await journal.note(tx, ticket.number, agent, "split", data | {"into": opened.number})
    await journal.note(tx, opened.number, agent, "split_off", data | {"from": ticket.number})
    await _tell_agents(life, ticket, opened, agent)
    talk = Talk(tx, life.outbox, life.desk, customer, language_of(customer, life.desk), Toast())
    await opening.hand_over(talk, opened, chosen)
    await life.outbox.card(ticket.number)
    await _tell_customer(life, customer, ticket, opened)
    return opened


async def _tell_agents(life: Life, ticket: Ticket, opened: Ticket, agent: Actor) -> None:
    text = translator(life.desk.staff_language).text(
        "Split off ticket #{number} by {name}.", number=ticket.number, name=agent.name or "?"
    )
    await life.outbox.owe(destinations.thread(opened.number), view(text), ticket_number=opened.number)


async def _tell_customer(life: Life, customer: Customer, ticket: Ticket, opened: Ticket) -> None:
    tr, profile = language_of(customer, life.desk), life.desk.profile
    if profile.is_talk:
        lines = [tr.text("There are two matters in this conversation, so each goes on by itself now:")]
    else:
        lines = [
            tr.text(
                "There are two problems in request #{number}, so each has a request of its own now:",
                number=ticket.number,
            )
        ]
    lines += [Markup("<b>#{}</b>: {}").format(each.number, each.subject) for each in (ticket, opened)]
    found = await promises.clocks_of(life.tx, profile, opened.number)
    promised = promises.of_ticket(tr, profile, opened, found)
    if promised:
        lines += [Markup(), Markup("<b>#{}</b>").format(opened.number), *promised]
    lines += [Markup(), tr.text("Reply to a message of the one you mean.")]
    await life.outbox.owe(
        destinations.customer(customer.id), view(Markup("\n").join(lines)), ticket_number=opened.number
    )
