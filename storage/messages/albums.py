"""Albums: several files that are one message, and come one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import insert, select, update

from storage import models
from storage.messages.deliveries import add_copy
from storage.messages.reading import get, with_attachments
from storage.messages.writing import attach
from storage.rows import Attachment, StoredMessage, columns
from storage.transaction import Transaction

_TABLE = models.message
_COLUMNS = columns(_TABLE, StoredMessage)
_ATTACHMENT = models.attachment
_DELIVERY = models.delivery

# Telegram gives an album no end mark: it is whole when no item came for this long.
ALBUM_DELAY = timedelta(seconds=1)


async def find_album(tx: Transaction, author_id: int, media_group_id: str) -> StoredMessage | None:
    """The album this item belongs to, if an earlier item was stored; the latest, if items came late."""
    rows = await tx.all(
        select(*_COLUMNS)
        .where(_TABLE.c.media_group_id == media_group_id, _TABLE.c.author_id == author_id)
        .order_by(_TABLE.c.id.desc())
        .limit(1)
    )
    return (await with_attachments(tx, rows))[0] if rows else None


async def extend_album(
    tx: Transaction, message_id: int, attachment: Attachment, chat_id: int, telegram_message_id: int
) -> None:
    """One more item of an album that is stored already."""
    await attach(tx, message_id, attachment)
    await add_copy(tx, message_id, chat_id, telegram_message_id, origin=True)


async def split_album(tx: Transaction, message_id: int, shown: Iterable[int]) -> StoredMessage | None:
    """Items that came while the album was on its way become a message of their own, a reply to it.

    `shown` are the positions that went out; gives back the new message, or None if nothing came late.
    """
    late = await tx.all(
        select(_ATTACHMENT.c.id, _ATTACHMENT.c.position).where(
            _ATTACHMENT.c.message_id == message_id, _ATTACHMENT.c.position.not_in(list(shown))
        )
    )
    if not late:
        return None
    album = await get(tx, message_id)
    follower: int = await tx.scalar(
        insert(_TABLE)
        .values(
            ticket_number=album.ticket_number,
            customer_id=album.customer_id,
            author=album.author,
            author_id=album.author_id,
            author_name=album.author_name,
            kind=album.kind,
            media_group_id=album.media_group_id,
            reply_to_id=message_id,
            taken_back_at=album.taken_back_at,
            created_at=tx.now,
        )
        .returning(_TABLE.c.id)
    )
    await tx.execute(
        update(_ATTACHMENT).where(_ATTACHMENT.c.id.in_([row.id for row in late])).values(message_id=follower)
    )
    await tx.execute(
        update(_DELIVERY)
        .where(
            _DELIVERY.c.message_id == message_id,
            _DELIVERY.c.origin,
            _DELIVERY.c.telegram_message_id.in_([row.position for row in late]),
        )
        .values(message_id=follower)
    )
    return await get(tx, follower)


async def whole_albums(tx: Transaction, message_ids: Sequence[int]) -> list[int]:
    """These messages, with what came late for the albums among them."""
    album = select(_TABLE.c.customer_id, _TABLE.c.media_group_id).where(
        _TABLE.c.id.in_(message_ids), _TABLE.c.media_group_id.is_not(None)
    )
    found = set(message_ids)
    for each in await tx.all(album):
        rows = await tx.all(
            select(_TABLE.c.id).where(
                _TABLE.c.customer_id == each.customer_id,
                _TABLE.c.media_group_id == each.media_group_id,
                _TABLE.c.author == "customer",
            )
        )
        found |= {row.id for row in rows}
    return sorted(found)
