"""What waits in the store, counted for those who watch over the desk: numbers alone, nobody's data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from storage import models
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Queue:
    """How many wait, and for how many seconds the oldest could have been done already."""

    waiting: int
    oldest: float


@dataclass(frozen=True, slots=True)
class Backlog:
    """Everything that waits now.

    `outbox` is by kind of row and whether it is owed; `tickets` are the unfinished ones by their state.
    """

    inbox: Queue
    set_aside: int
    outbox: Mapping[tuple[str, bool], Queue]
    failed: int
    tickets: Mapping[str, int]
    timers_due: int


_inbox, _outbox, _ticket, _timer = models.inbox.c, models.outbox.c, models.ticket.c, models.timer.c
_INBOX = select(func.count().label("number"), func.min(_inbox.received_at).label("oldest")).where(
    models.UNPROCESSED
)
_ASIDE = select(func.count()).select_from(models.inbox).where(models.SET_ASIDE)
_OUTBOX = (
    select(
        _outbox.kind,
        _outbox.owed,
        _outbox.state,
        func.count().label("number"),
        func.min(_outbox.due_at).label("oldest"),
    )
    .select_from(models.outbox)
    .group_by(_outbox.kind, _outbox.owed, _outbox.state)
)
_TICKETS = (
    select(_ticket.state, func.count().label("number")).where(models.UNFINISHED).group_by(_ticket.state)
)
_TIMERS = select(func.count()).select_from(models.timer)


async def count(tx: Transaction) -> Backlog:
    """Count it. Costs what waits, however much is stored."""

    def queue(row: Row[Any]) -> Queue:
        oldest: datetime | None = row.oldest
        age = 0.0 if oldest is None else (tx.now - oldest).total_seconds()
        return Queue(row.number, max(age, 0.0))

    inbox = (await tx.all(_INBOX))[0]
    outbox = {}
    failed = 0
    for row in await tx.all(_OUTBOX):
        if row.state == "queued":
            outbox[row.kind, row.owed] = queue(row)
        else:
            failed += row.number
    return Backlog(
        inbox=queue(inbox),
        set_aside=await tx.scalar(_ASIDE),
        outbox=outbox,
        failed=failed,
        tickets={row.state: row.number for row in await tx.all(_TICKETS)},
        timers_due=await tx.scalar(_TIMERS.where(_timer.due_at <= tx.now)),
    )
