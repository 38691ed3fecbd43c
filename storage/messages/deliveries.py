"""Where messages stand in Telegram: one row for each Telegram message that shows one, or a part of it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, insert, select, update

from storage import models
from storage.prepared import Prepared
from storage.rows import Copy, columns
from storage.transaction import Transaction

_DELIVERY = models.delivery

# Statements of the hot path are built once: building one costs more than running it.
_ADD_COPY = Prepared(insert(_DELIVERY))
_COPIES_OF = (
    select(*columns(_DELIVERY, Copy))
    .where(
        _DELIVERY.c.message_id == bindparam("message_id"),
        _DELIVERY.c.telegram_message_id.is_not(None),
        _DELIVERY.c.removed_at.is_(None),
    )
    .order_by(_DELIVERY.c.id)
)
_COPIES = Prepared(_COPIES_OF)
_COPIES_IN_CHAT = Prepared(_COPIES_OF.where(_DELIVERY.c.chat_id == bindparam("chat_id")))


async def add_copy(
    tx: Transaction,
    message_id: int,
    chat_id: int,
    telegram_message_id: int,
    *,
    part: int = 0,
    origin: bool = False,
) -> None:
    """A Telegram message shows this message, or a part of it."""
    await tx.run(
        _ADD_COPY,
        {
            "message_id": message_id,
            "chat_id": chat_id,
            "telegram_message_id": telegram_message_id,
            "part": part,
            "origin": origin,
            "at": tx.now,
        },
    )


async def copies(tx: Transaction, message_id: int, chat_id: int | None = None) -> list[Copy]:
    """The Telegram messages that show a message, in order."""
    if chat_id is None:
        rows = await tx.all(_COPIES, {"message_id": message_id})
    else:
        rows = await tx.all(_COPIES_IN_CHAT, {"message_id": message_id, "chat_id": chat_id})
    return [Copy.from_row(row) for row in rows]


async def copies_are_gone(tx: Transaction, message_ids: Iterable[int], chat_id: int) -> None:
    """What was sent to that chat of these messages stands there no more."""
    await tx.execute(
        update(_DELIVERY)
        .where(
            _DELIVERY.c.message_id.in_(list(message_ids)),
            _DELIVERY.c.chat_id == chat_id,
            _DELIVERY.c.origin.is_(False),
            _DELIVERY.c.removed_at.is_(None),
        )
        .values(removed_at=tx.now)
    )


async def note_failure(tx: Transaction, message_id: int, chat_id: int, reason: str) -> None:
    """The message does not stand in that chat, and why."""
    await tx.execute(
        insert(_DELIVERY).values(message_id=message_id, chat_id=chat_id, reason=reason, at=tx.now)
    )
