"""Erasing what is stored of a customer: on their word, an administrator's, or because its time is over."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from itertools import groupby

from desk.lifecycle import Action
from desk.privacy import Privacy
from dialogs import agents
from dialogs.context import Desk
from dialogs.life import Life
from storage import old_threads, privacy, tickets
from storage.journal import TIMER, Actor
from storage.outbox import Outbox
from storage.rows import Customer, Ticket
from storage.transaction import Transaction


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
    were_open = [ticket.number for ticket in open_tickets]
    await _clear_threads(tx, outbox, desk, erased, were_open, ask=True)
    await agents.tell_erased(outbox, desk, erased, were_open)
    return len(erased)


async def _clear_threads(
    tx: Transaction,
    outbox: Outbox,
    desk: Desk,
    erased: list[Ticket],
    unfinished: Collection[int] = (),
    *,
    ask: bool,
) -> None:
    """Those of open tickets may be in the making."""
    rules = desk.profile.privacy or Privacy()
    for ticket in erased:
        if ticket.thread_chat_id is not None or ticket.number in unfinished:
            await outbox.erase_thread(ticket.number, delete=rules.erase_threads, ask=ask)
        for old in await old_threads.of(tx, ticket.number):
            await outbox.erase_thread(
                ticket.number, delete=rules.erase_threads, ask=ask, old_thread_id=old.id
            )


async def erase_old(tx: Transaction, desk: Desk, moment: datetime, limit: int) -> int:
    """Erase everything personal from tickets that were closed before a moment; gives back how many."""
    outbox = Outbox(tx)
    found = sorted(await privacy.closed_before(tx, moment, limit), key=lambda each: each[1])
    for _, of_one in groupby(found, key=lambda each: each[1]):
        numbers = [number for number, _ in of_one]
        # Of what is old nobody is asked to delete anything by hand: there may be very much of it.
        await _clear_threads(tx, outbox, desk, await privacy.pseudonymise(tx, numbers, TIMER), ask=False)
    return len(found)
