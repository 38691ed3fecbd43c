"""Threads that tickets have left for another group, where people may still write and are led on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select, update

from storage import models
from storage.rows import FromRow, Ticket, columns
from storage.transaction import Transaction
from storage.upsert import upsert

_TABLE = models.old_thread


@dataclass(frozen=True, slots=True)
class OldThread(FromRow):
    """The thread that a ticket had in a group, left at a moment, by whom and for which department if known.

    `line_id` is Telegram's id of the line there that leads on.
    """

    id: int
    ticket_number: int
    chat_id: int
    thread_id: int | None
    card_message_id: int | None
    closed: bool
    left_at: datetime
    left_by: str | None
    line_id: int | None


_COLUMNS = columns(_TABLE, OldThread)


async def leave(tx: Transaction, ticket: Ticket, by: str | None) -> OldThread | None:
    """The thread that a ticket has is an old one from now on; None if it has none."""
    if ticket.thread_chat_id is None or (ticket.thread_id is None and ticket.card_message_id is None):
        return None
    return await add(
        tx,
        ticket.number,
        ticket.thread_chat_id,
        thread_id=ticket.thread_id,
        card_message_id=ticket.card_message_id,
        closed=ticket.thread_closed,
        by=by,
    )


async def add(
    tx: Transaction,
    number: int,
    chat_id: int,
    *,
    thread_id: int | None,
    card_message_id: int | None,
    closed: bool = False,
    by: str | None = None,
) -> OldThread:
    """Note an old thread; of the same ticket in the same group the latest counts."""
    values = {
        "ticket_number": number,
        "chat_id": chat_id,
        "thread_id": thread_id,
        "card_message_id": card_message_id,
        "closed": closed,
        "left_at": tx.now,
        "left_by": by,
        "line_id": None,
    }
    row = await tx.first(upsert(tx, _TABLE, values, keys=("ticket_number", "chat_id")).returning(*_COLUMNS))
    assert row is not None
    return OldThread.from_row(row)


async def take_again(tx: Transaction, number: int, chat_id: int) -> OldThread | None:
    """The ticket is back in that group: its old thread there, which is none any more; None if it had none."""
    row = await tx.first(
        delete(_TABLE)
        .where(_TABLE.c.ticket_number == number, _TABLE.c.chat_id == chat_id)
        .returning(*_COLUMNS)
    )
    return None if row is None else OldThread.from_row(row)


async def find(tx: Transaction, old_thread_id: int) -> OldThread | None:
    """One of them, or None."""
    return await _one(tx, _TABLE.c.id == old_thread_id)


async def find_by_thread(tx: Transaction, chat_id: int, thread_id: int) -> OldThread | None:
    """The one that is this topic, or None."""
    return await _one(tx, _TABLE.c.chat_id == chat_id, _TABLE.c.thread_id == thread_id)


async def find_by_message(tx: Transaction, chat_id: int, message_id: int) -> OldThread | None:
    """The one whose card, or the line that leads on from it, this is, or None."""
    either = or_(_TABLE.c.card_message_id == message_id, _TABLE.c.line_id == message_id)
    return await _one(tx, _TABLE.c.chat_id == chat_id, either)


async def find_of(tx: Transaction, number: int, chat_id: int) -> OldThread | None:
    """The one that a ticket has in that group, or None."""
    return await _one(tx, _TABLE.c.ticket_number == number, _TABLE.c.chat_id == chat_id)


async def _one(tx: Transaction, *where: ColumnElement[bool]) -> OldThread | None:
    row = await tx.first(select(*_COLUMNS).where(*where).order_by(_TABLE.c.id.desc()).limit(1))
    return None if row is None else OldThread.from_row(row)


async def of(tx: Transaction, number: int) -> list[OldThread]:
    """All of a ticket, in order."""
    rows = await tx.all(select(*_COLUMNS).where(_TABLE.c.ticket_number == number).order_by(_TABLE.c.id))
    return [OldThread.from_row(row) for row in rows]


async def note(tx: Transaction, old_thread_id: int, **values: object) -> None:
    """Note what became of one: its line, whether it is closed."""
    await tx.execute(update(_TABLE).where(_TABLE.c.id == old_thread_id).values(**values))


async def forget(tx: Transaction, old_thread_id: int) -> None:
    """It is gone."""
    await tx.execute(delete(_TABLE).where(_TABLE.c.id == old_thread_id))


async def forget_group(tx: Transaction, chat_id: int) -> None:
    """The group got another id, and with it everything in it."""
    await tx.execute(delete(_TABLE).where(_TABLE.c.chat_id == chat_id))


async def forget_topics(tx: Transaction, chat_id: int) -> None:
    """The group has no topics any more, or has other ones; what is replied to is still known."""
    await tx.execute(update(_TABLE).where(_TABLE.c.chat_id == chat_id).values(thread_id=None, closed=False))
