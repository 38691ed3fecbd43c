"""Messages stored, changed and removed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import and_, delete, insert, or_, update

from storage import models, trace
from storage.content import Content
from storage.messages.deliveries import add_copy, copies_are_gone
from storage.prepared import Prepared
from storage.rows import Attachment, Author, StoredMessage
from storage.transaction import Transaction

_TABLE = models.message
_ATTACHMENT = models.attachment
_DELIVERY = models.delivery

# Built once: building it costs more than running it.
_ADD = Prepared(insert(_TABLE).returning(_TABLE.c.id))


async def add(
    tx: Transaction,
    content: Content,
    *,
    customer_id: int,
    author: Author,
    chat_id: int,
    telegram_message_id: int | None,
    author_id: int | None = None,
    author_name: str | None = None,
    ticket_number: int | None = None,
    draft_id: int | None = None,
    media_group_id: str | None = None,
    reply_to_id: int | None = None,
    quote: dict[str, Any] | None = None,
    opening: bool = False,
) -> int:
    """Store what somebody wrote, and where they wrote it; gives back its id.

    `telegram_message_id` is None for what is in no chat yet: the bot has to put it there first.
    """
    if ticket_number is not None:
        trace.about(ticket_number)
    message_id: int = await tx.scalar(
        _ADD,
        {
            "ticket_number": ticket_number,
            "customer_id": customer_id,
            "draft_id": draft_id,
            "author": author,
            "author_id": author_id,
            "author_name": author_name,
            "kind": content.kind,
            "text": content.text,
            "entities": content.entities,
            "raw": content.raw,
            "media_group_id": media_group_id,
            "reply_to_id": reply_to_id,
            "quote": quote,
            "forwarded_from": content.forwarded_from,
            "opening": opening,
            "created_at": tx.now,
        },
    )
    if content.attachment is not None:
        await attach(tx, message_id, content.attachment)
    if telegram_message_id is not None:
        await add_copy(tx, message_id, chat_id, telegram_message_id, origin=True)
    return message_id


async def attach(tx: Transaction, message_id: int, attachment: Attachment) -> None:
    """A message has this file."""
    await tx.execute(insert(_ATTACHMENT).values(message_id=message_id, **asdict(attachment)))


async def change(tx: Transaction, message_ids: Iterable[int], **values: Any) -> None:
    """Change columns of messages."""
    await tx.execute(update(_TABLE).where(_TABLE.c.id.in_(list(message_ids))).values(**values))


async def rewrite(tx: Transaction, known: StoredMessage, content: Content) -> None:
    """The author edited a message, or one item of an album, to this."""
    if content.attachment is not None:
        await _edit_attachment(tx, known.id, content.attachment)
        if content.attachment.position != known.attachments[0].position:
            return
    values = {"kind": content.kind, "text": content.text, "entities": content.entities, "raw": content.raw}
    await tx.execute(update(_TABLE).where(_TABLE.c.id == known.id).values(**values, edited_at=tx.now))


async def _edit_attachment(tx: Transaction, message_id: int, attachment: Attachment) -> None:
    """The author edited the caption of a file, or put another in its place."""
    values = asdict(attachment)
    position = values.pop("position")
    await tx.execute(
        update(_ATTACHMENT)
        .where(_ATTACHMENT.c.message_id == message_id, _ATTACHMENT.c.position == position)
        .values(**values)
    )


async def take_off_card(tx: Transaction, message_id: int) -> None:
    """The card shows this message no more; it has to stand by itself."""
    await change(tx, [message_id], on_card=False)
    await tx.execute(
        delete(_DELIVERY).where(_DELIVERY.c.message_id == message_id, _DELIVERY.c.origin.is_(False))
    )


async def leave_thread(tx: Transaction, message_ids: Sequence[int], number: int, chat_id: int) -> None:
    """These messages leave the thread of a ticket: in that group they stand nowhere any more.

    A reply from one thread to another is none: such links between what leaves and what stays are cut.
    """
    await copies_are_gone(tx, message_ids, chat_id)
    goes, target_goes = _TABLE.c.id.in_(message_ids), _TABLE.c.reply_to_id.in_(message_ids)
    stays = and_(_TABLE.c.ticket_number == number, _TABLE.c.author == "customer", ~goes)
    await tx.execute(
        update(_TABLE)
        .where(_TABLE.c.reply_to_id.is_not(None), or_(and_(goes, ~target_goes), and_(stays, target_goes)))
        .values(reply_to_id=None, quote=None)
    )


async def remove(tx: Transaction, message_ids: Iterable[int]) -> None:
    """Forget messages for good, with their files and copies: a cancelled draft."""
    ids = list(message_ids)
    await tx.execute(delete(_TABLE).where(_TABLE.c.id.in_(ids)))
