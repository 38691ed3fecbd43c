"""What customers say of the help they got."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from storage import models
from storage.rows import FromRow, columns
from storage.transaction import Transaction
from storage.upsert import upsert

_TABLE = models.rating


@dataclass(frozen=True, slots=True)
class Rating(FromRow):
    """The stars for one ticket, 1 to 5, and perhaps a word with them; `at` is when one of both was given."""

    ticket_number: int
    stars: int
    comment: str | None
    at: datetime


async def find(tx: Transaction, number: int) -> Rating | None:
    """The rating of a ticket, or None."""
    row = await tx.first(select(*columns(_TABLE, Rating)).where(_TABLE.c.ticket_number == number))
    return Rating.from_row(row) if row else None


async def of_close(tx: Transaction, number: int, closed_at: datetime | None) -> Rating | None:
    """The rating of a ticket that was closed then; None if there is none, or one of an earlier close."""
    rating = await find(tx, number) if closed_at is not None else None
    return rating if rating is not None and closed_at is not None and rating.at >= closed_at else None


async def rate(tx: Transaction, number: int, stars: int, comment: str | None) -> None:
    """Give a ticket stars, in place of what there was."""
    values = {"ticket_number": number, "stars": stars, "comment": comment, "at": tx.now}
    await tx.execute(upsert(tx, _TABLE, values, keys=("ticket_number",)))
