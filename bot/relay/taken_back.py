"""Messages that an agent takes back: what is owed for it, and what is said and remembered of how it went."""

from __future__ import annotations

from collections.abc import Sequence

from bot.relay.notices import Notices
from storage import destinations, journal, messages, outbox
from storage.journal import Actor
from storage.outbox import Outbox
from storage.rows import OutboxRow, Ticket
from storage.transaction import Transaction


async def owe(
    tx: Transaction, ticket: Ticket, message_ids: Sequence[int], agent: Actor, *, told: bool
) -> None:
    """Owe the removal of messages from the customer's chat.

    `told` if the agent has read already that the customer never saw them.
    """
    payload = {"agent": {"id": agent.id, "name": agent.name}, "told": told}
    place = destinations.customer(ticket.customer_id)
    await Outbox(tx).take_back(place, message_ids, ticket.number, payload)


async def remember(tx: Transaction, number: int, ids: Sequence[int], agent: Actor, *, seen: bool) -> None:
    """Write into the journal that messages are taken back; `seen` if they stood with the customer."""
    await journal.note(tx, number, agent, "take_back", {"messages": list(ids), "seen": seen})


async def done(tx: Transaction, row: OutboxRow, notices: Notices, *, seen: bool) -> None:
    """Nothing of it stands with the customer any more: the agents read so, and the mark goes."""
    assert row.ticket_number is not None
    ids, (agent, told) = row.message_ids, _read(row)
    await outbox.remove(tx, row.id)
    if told and not seen:
        return
    if seen:
        for message_id in ids:
            await Outbox(tx).unmark(message_id, row.ticket_number)
    await remember(tx, row.ticket_number, ids, agent, seen=seen)
    await notices.taken_back(tx, row.ticket_number, ids[0], seen=seen)


async def refused(tx: Transaction, row: OutboxRow, notices: Notices, reason: str) -> None:
    """It stays where it is: the agents read why, and what was edited meanwhile crosses after all."""
    assert row.ticket_number is not None
    ids, (agent, _) = row.message_ids, _read(row)
    await outbox.remove(tx, row.id)
    for message in await messages.many(tx, ids):
        if message.edited_at and message.taken_back_at and message.edited_at >= message.taken_back_at:
            await Outbox(tx).edit(row.destination, message.id, row.ticket_number)
    await messages.change(tx, ids, taken_back_at=None)
    data = {"messages": ids, "reason": reason}
    await journal.note(tx, row.ticket_number, agent, "take_back_refused", data)
    await notices.not_taken_back(tx, row.ticket_number, ids[0], reason)


def _read(row: OutboxRow) -> tuple[Actor, bool]:
    """Who takes the messages of a row back, and whether that was told."""
    assert row.payload is not None
    return Actor("agent", **row.payload["agent"]), row.payload["told"]
