"""What customers made of the frequent questions: which answers helped, and which did not."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from storage import models
from storage.transaction import Transaction
from storage.upsert import upsert

_TABLE = models.faq_verdict


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How many customers an answer helped, and how many needed more."""

    helped: int = 0
    not_helped: int = 0


async def judge(tx: Transaction, key: str, customer_id: int, *, helped: bool) -> None:
    """Note what a customer says of an answer; the last word counts, once."""
    values = {"key": key, "customer_id": customer_id, "helped": helped, "at": tx.now}
    await tx.execute(upsert(tx, _TABLE, values, keys=("key", "customer_id")))


async def verdicts(tx: Transaction) -> dict[str, Verdicts]:
    """What customers say, by the key of the entry."""
    helped = func.count().filter(_TABLE.c.helped).label("helped")
    judged = func.count().label("judged")
    rows = await tx.all(select(_TABLE.c.key, helped, judged).group_by(_TABLE.c.key))
    return {row.key: Verdicts(row.helped, row.judged - row.helped) for row in rows}
