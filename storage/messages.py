"""The entries of conversations, their files, and where each of them stands in Telegram."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, exists, func, insert, or_, select, update

from storage import models, trace
from storage.content import Content
from storage.prepared import Prepared
from storage.rows import Attachment, Author, Copy, StoredMessage, columns
from storage.transaction import Transaction

_TABLE = models.message
_COLUMNS = columns(_TABLE, StoredMessage)
_ATTACHMENT = models.attachment
_DELIVERY = models.delivery

# Telegram gives an album no end mark: it is whole when no item came for this long.
ALBUM_DELAY = timedelta(seconds=1)


# Statements of the hot path are built once: building one costs more than running it.
_ADD = Prepared(insert(_TABLE).returning(_TABLE.c.id))
_ADD_COPY = Prepared(insert(_DELIVERY))
_GET = Prepared(select(*_COLUMNS).where(_TABLE.c.id == bindparam("message_id")))
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
_KEPT = Prepared(
    select(*_COLUMNS)
    .where(
        _TABLE.c.customer_id == bindparam("customer_id"),
        _TABLE.c.ticket_number.is_(None),
        _TABLE.c.draft_id.is_(None),
    )
    .order_by(_TABLE.c.id)
)


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
        await _attach(tx, message_id, content.attachment)
    if telegram_message_id is not None:
        await add_copy(tx, message_id, chat_id, telegram_message_id, origin=True)
    return message_id


async def _attach(tx: Transaction, message_id: int, attachment: Attachment) -> None:
    await tx.execute(insert(_ATTACHMENT).values(message_id=message_id, **asdict(attachment)))


async def extend_album(
    tx: Transaction, message_id: int, attachment: Attachment, chat_id: int, telegram_message_id: int
) -> None:
    """One more item of an album that is stored already."""
    await _attach(tx, message_id, attachment)
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


async def note_failure(tx: Transaction, message_id: int, chat_id: int, reason: str) -> None:
    """The message does not stand in that chat, and why."""
    await tx.execute(
        insert(_DELIVERY).values(message_id=message_id, chat_id=chat_id, reason=reason, at=tx.now)
    )


async def _with_attachments(tx: Transaction, rows: Sequence[Row[Any]]) -> list[StoredMessage]:
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
    return (await _with_attachments(tx, rows))[0]


async def many(tx: Transaction, message_ids: Iterable[int]) -> list[StoredMessage]:
    """These messages, in the order they were written."""
    rows = await tx.all(select(*_COLUMNS).where(_TABLE.c.id.in_(list(message_ids))).order_by(_TABLE.c.id))
    return await _with_attachments(tx, rows)


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
    return await _with_attachments(tx, rows)


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


async def find_album(tx: Transaction, author_id: int, media_group_id: str) -> StoredMessage | None:
    """The album this item belongs to, if an earlier item was stored; the latest, if items came late."""
    rows = await tx.all(
        select(*_COLUMNS)
        .where(_TABLE.c.media_group_id == media_group_id, _TABLE.c.author_id == author_id)
        .order_by(_TABLE.c.id.desc())
        .limit(1)
    )
    return (await _with_attachments(tx, rows))[0] if rows else None


async def of_draft(tx: Transaction, draft_id: int) -> list[StoredMessage]:
    """What a draft gathered, in order."""
    rows = await tx.all(select(*_COLUMNS).where(_TABLE.c.draft_id == draft_id).order_by(_TABLE.c.id))
    return await _with_attachments(tx, rows)


async def count_attachments(tx: Transaction, draft_id: int) -> int:
    """How many files a draft gathered."""
    statement = (
        select(func.count())
        .select_from(_ATTACHMENT.join(_TABLE, _TABLE.c.id == _ATTACHMENT.c.message_id))
        .where(_TABLE.c.draft_id == draft_id)
    )
    count: int = await tx.scalar(statement)
    return count


async def kept(tx: Transaction, customer_id: int) -> list[StoredMessage]:
    """What the customer wrote that has no place yet: neither a ticket nor a draft."""
    return await _with_attachments(tx, await tx.all(_KEPT, {"customer_id": customer_id}))


async def change(tx: Transaction, message_ids: Iterable[int], **values: Any) -> None:
    """Change columns of messages."""
    await tx.execute(update(_TABLE).where(_TABLE.c.id.in_(list(message_ids))).values(**values))


async def take_off_card(tx: Transaction, message_id: int) -> None:
    """The card shows this message no more; it has to stand by itself."""
    await change(tx, [message_id], on_card=False)
    await tx.execute(
        delete(_DELIVERY).where(_DELIVERY.c.message_id == message_id, _DELIVERY.c.origin.is_(False))
    )


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


async def remove(tx: Transaction, message_ids: Iterable[int]) -> None:
    """Forget messages for good, with their files and copies: a cancelled draft."""
    ids = list(message_ids)
    await tx.execute(delete(_TABLE).where(_TABLE.c.id.in_(ids)))


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
    return (await _with_attachments(tx, await tx.all(statement)))[::-1]


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
    return (await _with_attachments(tx, await tx.all(statement)))[::-1]


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


async def opening(tx: Transaction, ticket_number: int) -> list[StoredMessage]:
    """What a ticket was opened with, in order."""
    rows = await tx.all(
        select(*_COLUMNS)
        .where(_TABLE.c.ticket_number == ticket_number, _TABLE.c.opening)
        .order_by(_TABLE.c.id)
    )
    return await _with_attachments(tx, rows)
