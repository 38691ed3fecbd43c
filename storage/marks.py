"""What a desk's agents know of its customers: marks, by the keys that the profile gives them."""

from __future__ import annotations

from sqlalchemy import delete, select

from storage import models
from storage.transaction import Transaction
from storage.upsert import upsert

_TABLE = models.customer_mark


async def of(tx: Transaction, customer_id: int) -> frozenset[str]:
    """The marks of a customer."""
    rows = await tx.all(select(_TABLE.c.mark).where(_TABLE.c.customer_id == customer_id))
    return frozenset(row.mark for row in rows)


async def put(tx: Transaction, customer_id: int, mark: str) -> bool:
    """Set a mark; False if the customer has it already."""
    values = {"customer_id": customer_id, "mark": mark, "set_at": tx.now}
    statement = upsert(tx, _TABLE, values, keys=("customer_id", "mark"), change=())
    return await tx.first(statement.returning(_TABLE.c.mark)) is not None


async def remove(tx: Transaction, customer_id: int, mark: str) -> bool:
    """Take a mark away; False if the customer has none such."""
    statement = delete(_TABLE).where(_TABLE.c.customer_id == customer_id, _TABLE.c.mark == mark)
    return await tx.first(statement.returning(_TABLE.c.mark)) is not None
