"""Things due at a moment. Each kind has at most one timer for a subject."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from storage import models
from storage.rows import _FromRow, columns
from storage.store import Transaction
from storage.upsert import upsert

_TABLE = models.timer


@dataclass(frozen=True, slots=True)
class Timer(_FromRow):
    """Something due: `kind` says what, `subject` about which ticket, message, customer or chat."""

    id: int
    kind: str
    subject: int
    due_at: datetime


async def put(tx: Transaction, kind: str, subject: int, due_at: datetime) -> None:
    """Set or move a timer."""
    await tx.execute(
        upsert(
            tx,
            _TABLE,
            {"kind": kind, "subject": subject, "due_at": due_at},
            keys=("kind", "subject"),
        )
    )


async def cancel(tx: Transaction, kind: str, subject: int) -> None:
    """It is not due any more."""
    await tx.execute(delete(_TABLE).where(_TABLE.c.kind == kind, _TABLE.c.subject == subject))


async def due(tx: Transaction, limit: int) -> list[Timer]:
    """What is due now, the latest first in order of lateness; the rows are locked."""
    statement = (
        select(*columns(_TABLE, Timer))
        .where(_TABLE.c.due_at <= tx.now)
        .order_by(_TABLE.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
    )
    return [Timer.from_row(row) for row in await tx.all(statement)]
