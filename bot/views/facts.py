"""What a card tells of: a ticket and all that stands around it, as they are at one moment."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.views.menus import Colleague, colleagues
from desk.clocks import Clock
from desk.profile import Profile
from dialogs.groups import Groups
from dialogs.promises import clocks_of
from storage import customers, marks, messages, ratings, tickets
from storage.ratings import Rating
from storage.rows import Customer, StoredMessage, Ticket
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Facts:
    """A ticket as its card has to show it.

    `description` is what the customer wrote of the problem, in order, and `attachments` is how many files
    they added; `clocks` are the ticket's at that moment; `marks` are the customer's, by key; `rating` is
    theirs of the help they got; `earlier` are tickets for the same serial number; `colleagues` are whom the
    open menu offers to assign it to.
    """

    ticket: Ticket
    customer: Customer
    description: Sequence[StoredMessage]
    attachments: int
    clocks: Sequence[Clock]
    now: datetime
    marks: Collection[str]
    rating: Rating | None
    earlier: Sequence[Ticket]
    colleagues: Sequence[Colleague]


async def facts_of(tx: Transaction, profile: Profile, groups: Groups, number: int) -> Facts:
    """The facts of a ticket, now."""
    ticket = await tickets.get(tx, number)
    customer = await customers.get(tx, ticket.customer_id)
    opening = await messages.opening(tx, number)
    return Facts(
        ticket=ticket,
        customer=customer,
        description=[message for message in opening if message.text],
        attachments=sum(len(message.attachments) for message in opening),
        clocks=await clocks_of(tx, profile, number),
        now=tx.now,
        marks=await marks.of(tx, customer.id) if profile.marks else (),
        rating=await ratings.of_close(tx, number, ticket.closed_at),
        earlier=await tickets.earlier_of(tx, ticket),
        colleagues=await colleagues(tx, profile, ticket, groups.of(ticket).chat_id),
    )
