"""Erasing what is stored of a customer: on their word, an administrator's, or because its time is over."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from desk.lifecycle import Action
from desk.privacy import Privacy
from dialogs import agents
from dialogs.context import Desk
from dialogs.life import Life
from storage import privacy, tickets
from storage.journal import TIMER, Actor
from storage.outbox import Outbox
from storage.rows import Customer, Ticket
from storage.store import Transaction


async def erase(tx: Transaction, outbox: Outbox, desk: Desk, customer: Customer, by: Actor) -> int:
    """Erase everything personal of a customer; open tickets are closed first.

    The agents are told; gives back how many tickets stay, without anything personal.
    """
    life = Life(tx, outbox, desk)
    open_tickets = await tickets.open_of(tx, customer.id)
    for ticket in open_tickets:
        await life.act(ticket, Action.CLOSE, by)
    actor = Actor(by.kind) if by.kind == "customer" else by
    erased = await privacy.erase(tx, customer.id, actor)
    await _clear_threads(outbox, desk, erased)
    await agents.tell_erased(outbox, desk, erased, [ticket.number for ticket in open_tickets])
    return len(erased)


async def _clear_threads(outbox: Outbox, desk: Desk, erased: list[Ticket]) -> None:
    rules = desk.profile.privacy or Privacy()
    for ticket in erased:
        if ticket.thread_chat_id is not None:
            await outbox.erase_thread(ticket, delete=rules.erase_threads)


async def erase_old(tx: Transaction, desk: Desk, moment: datetime, limit: int) -> int:
    """Erase everything personal from tickets that were closed before a moment; gives back how many."""
    outbox = Outbox(tx)
    found = sorted(await privacy.closed_before(tx, moment, limit), key=lambda each: each[1])
    for _, of_one in groupby(found, key=lambda each: each[1]):
        numbers = [number for number, _ in of_one]
        await _clear_threads(outbox, desk, await privacy.pseudonymise(tx, numbers, TIMER))
    return len(found)
