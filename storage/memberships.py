"""Who is a member of which staff group, as far as Telegram told us."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, select, update

from storage import models
from storage.transaction import Transaction
from storage.upsert import upsert

_TABLE = models.membership
# Telegram's stand-in for an administrator who writes in the group's name.
ANONYMOUS_ADMIN = 1087968824
# `chat_member` updates keep the table right; this is for those that got lost before we could store them.
FRESH = timedelta(minutes=10)
_ADMINISTRATORS = ("creator", "administrator")
_MEMBERS = frozenset({*_ADMINISTRATORS, "member", "restricted"})


class Person(NamedTuple):
    """Somebody in a group."""

    id: int
    name: str


async def record(
    tx: Transaction, chat_id: int, user_id: int, status: str, name: str, *, anonymous: bool = False
) -> None:
    """What Telegram says of a person in a group now."""
    values = {
        "chat_id": chat_id,
        "user_id": user_id,
        "status": status,
        "name": name,
        "anonymous": anonymous,
        "checked_at": tx.now,
    }
    await tx.execute(upsert(tx, _TABLE, values, keys=("chat_id", "user_id")))


async def administrators(tx: Transaction, chat_id: int) -> list[Person]:
    """The administrators of a group who show that they are, by name."""
    rows = await tx.all(
        select(_TABLE.c.user_id, _TABLE.c.name)
        .where(
            _TABLE.c.chat_id == chat_id, _TABLE.c.status.in_(_ADMINISTRATORS), _TABLE.c.anonymous.is_(False)
        )
        .order_by(_TABLE.c.name, _TABLE.c.user_id)
    )
    return [Person(row.user_id, row.name) for row in rows]


async def only_administrators(tx: Transaction, chat_id: int, user_ids: Sequence[int]) -> None:
    """Whoever else was one is an ordinary member now, as far as we know."""
    await tx.execute(
        update(_TABLE)
        .where(
            _TABLE.c.chat_id == chat_id,
            _TABLE.c.status.in_(_ADMINISTRATORS),
            _TABLE.c.user_id.not_in(list(user_ids)),
        )
        .values(status="member")
    )


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


async def is_administrator(tx: Transaction, chat_id: int, user_id: int | None) -> bool:
    """Whether that person holds the rare powers; whoever writes in the group's name does."""
    if user_id == ANONYMOUS_ADMIN:
        return True
    status = await tx.scalar(
        select(_TABLE.c.status).where(_TABLE.c.chat_id == chat_id, _TABLE.c.user_id == user_id)
    )
    return status in _ADMINISTRATORS


def counts(status: str) -> bool:
    """Whether somebody of this status belongs to the group."""
    return status in _MEMBERS


async def members(tx: Transaction, chat_id: int, limit: int) -> list[Person]:
    """The members of a group whom we know and who show that they are, by name."""
    rows = await tx.all(
        select(_TABLE.c.user_id, _TABLE.c.name)
        .where(
            _TABLE.c.chat_id == chat_id, _TABLE.c.status.in_(sorted(_MEMBERS)), _TABLE.c.anonymous.is_(False)
        )
        .order_by(_TABLE.c.name, _TABLE.c.user_id)
        .limit(limit)
    )
    return [Person(row.user_id, row.name) for row in rows]


async def name_of(tx: Transaction, chat_id: int, user_id: int) -> str | None:
    """What a member of a group is called; None if they are none."""
    row = await tx.first(
        select(_TABLE.c.status, _TABLE.c.name).where(_TABLE.c.chat_id == chat_id, _TABLE.c.user_id == user_id)
    )
    return row.name or str(user_id) if row is not None and row.status in _MEMBERS else None


async def has_left(tx: Transaction, chat_id: int, user_id: int) -> bool:
    """Whether that person was a member of the group and is none any more."""
    status = await tx.scalar(
        select(_TABLE.c.status).where(_TABLE.c.chat_id == chat_id, _TABLE.c.user_id == user_id)
    )
    return status is not None and status not in _MEMBERS


async def of_these(tx: Transaction, chat_id: int, user_ids: Collection[int]) -> set[int]:
    """Which of these people are members of the group."""
    rows = await tx.all(
        select(_TABLE.c.user_id).where(
            _TABLE.c.chat_id == chat_id,
            _TABLE.c.user_id.in_(list(user_ids)),
            _TABLE.c.status.in_(sorted(_MEMBERS)),
        )
    )
    return {row.user_id for row in rows}


async def is_anonymous(tx: Transaction, user_id: int, chat_id: int | None = None) -> bool:
    """Whether nobody is to be told that this person is in the group, or without one in any of them."""
    if user_id == ANONYMOUS_ADMIN:
        return True
    found = select(_TABLE.c.user_id).where(_TABLE.c.user_id == user_id, _TABLE.c.anonymous)
    if chat_id is not None:
        found = found.where(_TABLE.c.chat_id == chat_id)
    return bool(await tx.all(found))


async def move(tx: Transaction, old_chat_id: int, new_chat_id: int) -> None:
    """The group changed its id: its members stay its members."""
    gone = delete(_TABLE).where(_TABLE.c.chat_id == old_chat_id)
    rows = await tx.all(gone.returning(*_TABLE.c))
    for row in rows:
        await record(tx, new_chat_id, row.user_id, row.status, row.name, anonymous=row.anonymous)
