"""Lists from which agents choose what is split off a ticket."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, insert, select, update

from storage import models
from storage.rows import Split, columns
from storage.transaction import Transaction

_TABLE = models.split


_COLUMNS = columns(_TABLE, Split)


async def begin(
    tx: Transaction,
    ticket_number: int,
    subject: str | None,
    offered: Sequence[Sequence[int]],
    chosen: Sequence[int],
) -> Split:
    """A new list; one of the same ticket that came to nothing is out of date now."""
    await tx.execute(delete(_TABLE).where(_TABLE.c.ticket_number == ticket_number, _TABLE.c.became.is_(None)))
    row = await tx.first(
        insert(_TABLE)
        .values(
            ticket_number=ticket_number,
            subject=subject,
            offered=[list(entry) for entry in offered],
            chosen=list(chosen),
            created_at=tx.now,
        )
        .returning(*_COLUMNS)
    )
    assert row is not None
    return Split.from_row(row)


async def find(tx: Transaction, split_id: int, ticket_number: int) -> Split | None:
    """That list of the ticket, or None; whoever asks has locked the ticket."""
    row = await tx.first(
        select(*_COLUMNS).where(_TABLE.c.id == split_id, _TABLE.c.ticket_number == ticket_number)
    )
    return Split.from_row(row) if row else None


async def choose(tx: Transaction, split_id: int, chosen: Sequence[int]) -> None:
    """These entries are ticked now."""
    await tx.execute(update(_TABLE).where(_TABLE.c.id == split_id).values(chosen=list(chosen)))


async def end(tx: Transaction, split_id: int, became: int, agent_name: str | None) -> None:
    """It is done; what was typed for it is in the ticket now."""
    await tx.execute(
        update(_TABLE)
        .where(_TABLE.c.id == split_id)
        .values(became=became, agent_name=agent_name, subject=None, offered=[], chosen=[])
    )


async def drop(tx: Transaction, split_id: int) -> None:
    """It came to nothing."""
    await tx.execute(delete(_TABLE).where(_TABLE.c.id == split_id))
