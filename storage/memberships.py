"""Who is a member of the staff group, as far as Telegram told us."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from storage import models
from storage.store import Transaction
from storage.upsert import upsert

_TABLE = models.membership
# `chat_member` updates keep the table right; this is for those that got lost before we could store them.
FRESH = timedelta(minutes=10)
_MEMBERS = frozenset({"creator", "administrator", "member", "restricted"})


async def record(tx: Transaction, chat_id: int, user_id: int, status: str, name: str) -> None:
    """What Telegram says of a person in a group now."""
    values = {
        "chat_id": chat_id,
        "user_id": user_id,
        "status": status,
        "name": name,
        "checked_at": tx.now,
    }
    await tx.execute(upsert(tx, _TABLE, values, keys=("chat_id", "user_id")))


async def checked_at(tx: Transaction, chat_id: int, user_id: int) -> datetime | None:
    """When Telegram last told us about a person, or None."""
    moment: datetime | None = await tx.scalar(
        select(_TABLE.c.checked_at).where(_TABLE.c.chat_id == chat_id, _TABLE.c.user_id == user_id)
    )
    return moment


async def is_member(tx: Transaction, chat_id: int, user_id: int) -> bool:
    """Whether that person may act as an agent."""
    status = await tx.scalar(
        select(_TABLE.c.status).where(_TABLE.c.chat_id == chat_id, _TABLE.c.user_id == user_id)
    )
    return status in _MEMBERS


async def move(tx: Transaction, old_chat_id: int, new_chat_id: int) -> None:
    """The group changed its id: its members stay its members."""
    rows = await tx.all(select(_TABLE).where(_TABLE.c.chat_id == old_chat_id))
    for row in rows:
        await record(tx, new_chat_id, row.user_id, row.status, row.name)
