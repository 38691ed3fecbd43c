"""Customers, and what they gave us once."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from aiogram.types import User
from sqlalchemy import and_, bindparam, delete, select, update

from storage import models
from storage.prepared import Prepared
from storage.rows import Customer, columns
from storage.transaction import Transaction
from storage.upsert import upsert

_TABLE = models.customer
_COLUMNS = columns(_TABLE, Customer)
_REMEMBERED = models.remembered
# As many as fit under a question as buttons without scrolling.
OFFERED = 5
# Of each field so many values are kept with a customer, the latest ones.
REMEMBERED = 50
# Telegram's names have 64 characters at most; its codes of languages have no limit that it tells.
_NAME = 256
_HINT = 16


def _cut(text: str | None, length: int) -> str | None:
    return text[:length] if text is not None else None


async def meet(tx: Transaction, user: User) -> Customer:
    """The customer behind a Telegram user, with the name of today; the row is locked."""
    known = await find(tx, user.id, lock=True)
    today = (user.first_name[:_NAME], _cut(user.last_name, _NAME), _cut(user.username, _NAME))
    if known is not None and (known.first_name, known.last_name, known.username) == today:
        return known
    values = {
        "id": user.id,
        "first_name": today[0],
        "last_name": today[1],
        "username": today[2],
        "language_hint": _cut(user.language_code, _HINT),
        "created_at": tx.now,
    }
    change = ["first_name", "last_name", "username", "language_hint"]
    if known is not None and known.erased_at is not None:
        # Somebody whose data was erased is new again.
        values["erased_at"] = None
        change += ["created_at", "erased_at"]
    statement = upsert(tx, _TABLE, values, keys=("id",), change=change)
    row = await tx.first(statement.returning(*_COLUMNS))
    assert row is not None
    return Customer.from_row(row)


# Statements of the hot path are built once: building one costs more than running it.
_BY_ID = select(*_COLUMNS).where(_TABLE.c.id == bindparam("customer_id"))
_FIND = Prepared(_BY_ID)
_FIND_LOCKED = Prepared(_BY_ID.with_for_update(key_share=True))


async def find(tx: Transaction, customer_id: int, *, lock: bool = False) -> Customer | None:
    """A customer, or None."""
    row = await tx.first(_FIND_LOCKED if lock else _FIND, {"customer_id": customer_id})
    return Customer.from_row(row) if row else None


async def get(tx: Transaction, customer_id: int) -> Customer:
    """A customer who is known to exist."""
    customer = await find(tx, customer_id)
    assert customer is not None
    return customer


async def set_language(tx: Transaction, customer_id: int, language: str) -> None:
    """The customer chose a language."""
    await tx.execute(update(_TABLE).where(_TABLE.c.id == customer_id).values(language=language))


async def agree(tx: Transaction, customer_id: int, version: int) -> None:
    """The customer agrees to this version of the rules on personal data, now."""
    await tx.execute(
        update(_TABLE).where(_TABLE.c.id == customer_id).values(agreed_version=version, agreed_at=tx.now)
    )


async def ban(tx: Transaction, customer_id: int, reason: str) -> bool:
    """Take nothing of theirs from now on; False if that is how it is already."""
    changed = await tx.execute(
        update(_TABLE)
        .where(_TABLE.c.id == customer_id, _TABLE.c.banned_at.is_(None))
        .values(banned_at=tx.now, ban_reason=reason)
    )
    return changed.rowcount > 0


async def unban(tx: Transaction, customer_id: int) -> bool:
    """The customer is one like any other again; False if they were not banned."""
    changed = await tx.execute(
        update(_TABLE)
        .where(_TABLE.c.id == customer_id, _TABLE.c.banned_at.is_not(None))
        .values(banned_at=None, ban_reason=None)
    )
    return changed.rowcount > 0


async def set_screen(tx: Transaction, customer_id: int, message_id: int | None, key: str | None) -> None:
    """What the dialogue's present message in the private chat is."""
    await tx.execute(
        update(_TABLE).where(_TABLE.c.id == customer_id).values(screen_message_id=message_id, screen_key=key)
    )


async def set_unreachable(tx: Transaction, customer_id: int, reason: str | None) -> bool:
    """Note why nothing reaches the customer, None when they are back; False if that was known."""
    changed = await tx.execute(
        update(_TABLE)
        .where(_TABLE.c.id == customer_id, _TABLE.c.unreachable.is_distinct_from(reason))
        .values(unreachable=reason)
    )
    return changed.rowcount > 0


async def unreachable(tx: Transaction) -> list[int]:
    """Everybody whom nothing reaches now."""
    return [row.id for row in await tx.all(select(_TABLE.c.id).where(_TABLE.c.unreachable.is_not(None)))]


async def remember(tx: Transaction, customer_id: int, field: str, value: str) -> None:
    """Keep a value to be offered next time; an empty one says that there was none when asked."""
    values = {"customer_id": customer_id, "field": field, "value": value, "used_at": tx.now}
    await tx.execute(upsert(tx, _REMEMBERED, values, keys=("customer_id", "field", "value")))
    of_field = and_(_REMEMBERED.c.customer_id == customer_id, _REMEMBERED.c.field == field)
    latest = (
        select(_REMEMBERED.c.value).where(of_field).order_by(_REMEMBERED.c.used_at.desc()).limit(REMEMBERED)
    )
    await tx.execute(delete(_REMEMBERED).where(of_field, _REMEMBERED.c.value.not_in(latest)))


async def recall(tx: Transaction, customer_id: int, field: str) -> Sequence[str]:
    """What was given for a field before, the latest first."""
    statement = (
        select(_REMEMBERED.c.value)
        .where(
            _REMEMBERED.c.customer_id == customer_id,
            _REMEMBERED.c.field == field,
            _REMEMBERED.c.value != "",
        )
        .order_by(_REMEMBERED.c.used_at.desc())
        .limit(OFFERED)
    )
    return [row.value for row in await tx.all(statement)]


async def known(tx: Transaction, customer_id: int, fields: Collection[str]) -> dict[str, str]:
    """What was given last for each of these fields; empty, where the customer was asked and had nothing."""
    statement = (
        select(_REMEMBERED.c.field, _REMEMBERED.c.value)
        .where(_REMEMBERED.c.customer_id == customer_id, _REMEMBERED.c.field.in_(fields))
        .order_by(_REMEMBERED.c.used_at)
    )
    return {row.field: row.value for row in await tx.all(statement)}
