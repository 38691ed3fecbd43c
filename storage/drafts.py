"""Drafts: tickets that are still being asked for. A customer has one at most."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select, update

from storage import models
from storage.rows import Draft, columns
from storage.transaction import Transaction

_TABLE = models.draft
_COLUMNS = columns(_TABLE, Draft)


async def find(tx: Transaction, customer_id: int) -> Draft | None:
    """The customer's draft, or None; the row is locked."""
    row = await tx.first(
        select(*_COLUMNS).where(_TABLE.c.customer_id == customer_id).with_for_update(key_share=True)
    )
    return Draft.from_row(row) if row else None


async def begin(tx: Transaction, customer_id: int) -> Draft:
    """A new, empty draft."""
    now = tx.now
    values = {"customer_id": customer_id, "answers": {}, "passed": [], "created_at": now, "updated_at": now}
    row = await tx.first(insert(_TABLE).values(**values).returning(*_COLUMNS))
    assert row is not None
    return Draft.from_row(row)


async def change(tx: Transaction, draft: Draft, **values: Any) -> Draft:
    """Change columns of a draft; gives back the draft as it is now."""
    row = await tx.first(
        update(_TABLE).where(_TABLE.c.id == draft.id).values(updated_at=tx.now, **values).returning(*_COLUMNS)
    )
    assert row is not None
    return Draft.from_row(row)


async def discard(tx: Transaction, draft: Draft) -> None:
    """The draft is over: it became a ticket, was cancelled or expired."""
    await tx.execute(delete(_TABLE).where(_TABLE.c.id == draft.id))
