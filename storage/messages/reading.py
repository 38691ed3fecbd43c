"""Messages as they were stored, with their files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, and_, bindparam, exists, or_, select

from storage import models
from storage.prepared import Prepared
from storage.rows import Attachment, StoredMessage, columns
from storage.transaction import Transaction

_TABLE = models.message
_COLUMNS = columns(_TABLE, StoredMessage)
_ATTACHMENT = models.attachment
_DELIVERY = models.delivery

# Statements of the hot path are built once: building one costs more than running it.
_GET = Prepared(select(*_COLUMNS).where(_TABLE.c.id == bindparam("message_id")))
_KEPT = Prepared(
    select(*_COLUMNS)
    .where(
        _TABLE.c.customer_id == bindparam("customer_id"),
        _TABLE.c.ticket_number.is_(None),
        _TABLE.c.draft_id.is_(None),
    )
    .order_by(_TABLE.c.id)
)


async def with_attachments(tx: Transaction, rows: Sequence[Row[Any]]) -> list[StoredMessage]:
    """The messages of these rows, with their files."""
    with_files = [row.id for row in rows if row.kind != "text"]
    files: dict[int, list[Attachment]] = {}
    if with_files:
        statement = (
            select(_ATTACHMENT.c.message_id, *columns(_ATTACHMENT, Attachment))
            .where(_ATTACHMENT.c.message_id.in_(with_files))
            .order_by(_ATTACHMENT.c.position)
        )
        for row in await tx.all(statement):
            files.setdefault(row.message_id, []).append(Attachment.from_row(row))
    return [StoredMessage(**row._asdict(), attachments=tuple(files.get(row.id, ()))) for row in rows]


async def get(tx: Transaction, message_id: int) -> StoredMessage:
    """A message that is known to exist, with its files."""
    rows = await tx.all(_GET, {"message_id": message_id})
    return (await with_attachments(tx, rows))[0]


async def many(tx: Transaction, message_ids: Iterable[int]) -> list[StoredMessage]:
    """These messages, in the order they were written."""
    rows = await tx.all(select(*_COLUMNS).where(_TABLE.c.id.in_(list(message_ids))).order_by(_TABLE.c.id))
    return await with_attachments(tx, rows)


async def plain_texts(tx: Transaction, message_ids: Iterable[int]) -> list[StoredMessage]:
    """Those of these messages that are a customer's own texts, reply to nothing and stand nowhere else."""
    stands = exists().where(
        _DELIVERY.c.message_id == _TABLE.c.id,
        _DELIVERY.c.origin.is_(False),
        _DELIVERY.c.telegram_message_id.is_not(None),
    )
    rows = await tx.all(
        select(*_COLUMNS).where(
            _TABLE.c.id.in_(list(message_ids)),
            _TABLE.c.author == "customer",
            _TABLE.c.kind == "text",
            _TABLE.c.reply_to_id.is_(None),
            _TABLE.c.forwarded_from.is_(None),
            _TABLE.c.on_card.is_(False),
            ~stands,
        )
    )
    return await with_attachments(tx, rows)


async def find_by_copy(tx: Transaction, chat_id: int, telegram_message_id: int) -> StoredMessage | None:
    """The message that a Telegram message shows (of several joined ones the last), or None.

    One that is shown there no more is found if nothing else is: a reply may have been written before.
    """
    message_id = await tx.scalar(
        select(_DELIVERY.c.message_id)
        .where(_DELIVERY.c.chat_id == chat_id, _DELIVERY.c.telegram_message_id == telegram_message_id)
        .order_by(_DELIVERY.c.removed_at.is_(None).desc(), _DELIVERY.c.id.desc())
        .limit(1)
    )
    return None if message_id is None else await get(tx, message_id)


async def shown_by(tx: Transaction, chat_id: int, telegram_message_id: int) -> list[StoredMessage]:
    """All messages that one Telegram message shows, in order; several, if they had to wait."""
    rows = await tx.all(
        select(_DELIVERY.c.message_id)
        .where(
            _DELIVERY.c.chat_id == chat_id,
            _DELIVERY.c.telegram_message_id == telegram_message_id,
            _DELIVERY.c.removed_at.is_(None),
        )
        .distinct()
    )
    return await many(tx, [row.message_id for row in rows])


async def written_as(tx: Transaction, chat_id: int, telegram_message_id: int) -> list[StoredMessage]:
    """All messages that came of what a person sees as one: late items of its album, a file put in later."""
    shown = await shown_by(tx, chat_id, telegram_message_id)
    albums = [message.media_group_id for message in shown if message.media_group_id]
    if not albums:
        return shown
    rows = await tx.all(
        select(*_COLUMNS)
        .where(
            or_(
                _TABLE.c.id.in_([message.id for message in shown]),
                and_(
                    _TABLE.c.customer_id == shown[0].customer_id,
                    _TABLE.c.media_group_id.in_(albums),
                    _TABLE.c.author_id == shown[0].author_id,
                ),
            )
        )
        .order_by(_TABLE.c.id)
    )
    return await with_attachments(tx, rows)


async def of_draft(tx: Transaction, draft_id: int) -> list[StoredMessage]:
    """What a draft gathered, in order."""
    rows = await tx.all(select(*_COLUMNS).where(_TABLE.c.draft_id == draft_id).order_by(_TABLE.c.id))
    return await with_attachments(tx, rows)


async def kept(tx: Transaction, customer_id: int) -> list[StoredMessage]:
    """What the customer wrote that has no place yet: neither a ticket nor a draft."""
    return await with_attachments(tx, await tx.all(_KEPT, {"customer_id": customer_id}))


async def opening(tx: Transaction, ticket_number: int) -> list[StoredMessage]:
    """What a ticket was opened with, in order."""
    rows = await tx.all(
        select(*_COLUMNS)
        .where(_TABLE.c.ticket_number == ticket_number, _TABLE.c.opening)
        .order_by(_TABLE.c.id)
    )
    return await with_attachments(tx, rows)


async def latest(
    tx: Transaction, ticket_number: int, limit: int, before: int | None = None
) -> list[StoredMessage]:
    """The last messages of a ticket that the customer may see, in order; `before` an id, to page back."""
    statement = (
        select(*_COLUMNS)
        .where(
            _TABLE.c.ticket_number == ticket_number,
            _TABLE.c.author != "note",
            _TABLE.c.taken_back_at.is_(None),
        )
        .order_by(_TABLE.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(_TABLE.c.id < before)
    return (await with_attachments(tx, await tx.all(statement)))[::-1]


async def answers(tx: Transaction, ticket_number: int) -> list[int]:
    """The ids of what agents wrote to the customer and did not take back, in order."""
    statement = (
        select(_TABLE.c.id)
        .where(
            _TABLE.c.ticket_number == ticket_number,
            _TABLE.c.author == "agent",
            _TABLE.c.taken_back_at.is_(None),
        )
        .order_by(_TABLE.c.id)
    )
    return [row.id for row in await tx.all(statement)]


async def latest_of_customer(
    tx: Transaction, ticket_number: int, chat_ids: Iterable[int], limit: int
) -> list[StoredMessage]:
    """The last messages of a ticket that its customer wrote and that stand in one of those chats, in order.

    What the card shows is not among them.
    """
    stands = exists().where(
        _DELIVERY.c.message_id == _TABLE.c.id,
        _DELIVERY.c.chat_id.in_(list(chat_ids)),
        _DELIVERY.c.telegram_message_id.is_not(None),
        _DELIVERY.c.removed_at.is_(None),
    )
    statement = (
        select(*_COLUMNS)
        .where(
            _TABLE.c.ticket_number == ticket_number,
            _TABLE.c.author == "customer",
            _TABLE.c.on_card.is_(False),
            stands,
        )
        .order_by(_TABLE.c.id.desc())
        .limit(limit)
    )
    return (await with_attachments(tx, await tx.all(statement)))[::-1]
