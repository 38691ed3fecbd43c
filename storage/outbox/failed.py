"""What could not be delivered: kept for the retry button."""

from __future__ import annotations

from sqlalchemy import select, update

from storage import models
from storage.rows import OutboxRow, columns
from storage.transaction import Transaction

_TABLE = models.outbox
_COLUMNS = columns(_TABLE, OutboxRow)


async def fail(tx: Transaction, row_id: int, reason: str) -> bool:
    """It cannot be delivered; keep it for the retry button. False if it was withdrawn meanwhile."""
    failed = await tx.execute(
        update(_TABLE).where(_TABLE.c.id == row_id).values(state="failed", reason=reason)
    )
    return failed.rowcount > 0


async def failed_row(tx: Transaction, message_id: int) -> int | None:
    """The failed row of a message, or None."""
    row_id: int | None = await tx.scalar(
        select(_TABLE.c.id).where(_TABLE.c.message_id == message_id, _TABLE.c.state == "failed")
    )
    return row_id


async def ticket_of_failed(tx: Transaction, row_id: int) -> int | None:
    """The ticket that a failed row is about; None if there is none, or nothing to retry."""
    number: int | None = await tx.scalar(
        select(_TABLE.c.ticket_number).where(_TABLE.c.id == row_id, _TABLE.c.state == "failed")
    )
    return number


async def retry(tx: Transaction, row_id: int) -> bool:
    """Queue a failed row again; False if there is nothing to retry."""
    row = await tx.first(
        update(_TABLE)
        .where(_TABLE.c.id == row_id, _TABLE.c.state == "failed")
        .values(state="queued", reason=None, due_at=tx.now)
        .returning(*_COLUMNS)
    )
    if row is None:
        return False
    tx.queued.append(OutboxRow.from_row(row))
    return True
