"""Announcements: what is told to all customers of a language, how far it has come, and who is next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, update

from storage import models
from storage.content import Content
from storage.rows import Attachment, FromRow, StoredMessage, columns
from storage.transaction import Transaction

_TABLE = models.announcement
_CUSTOMER = models.customer
_OUTBOX = models.outbox

PREVIEW, SENDING, DONE, STOPPED, CANCELLED = "preview", "sending", "done", "stopped", "cancelled"


@dataclass(frozen=True, slots=True)
class Announcement(FromRow):
    """Something to be told to many. Up to `cursor` all customers have it, or it is owed to them."""

    id: int
    language: str | None
    content: dict[str, Any]
    state: str
    cursor: int
    total: int
    sent: int
    failed: int
    screen_message_id: int | None
    created_at: datetime

    @property
    def left(self) -> int:
        """How many it has not gone out to yet, as far as one can count people who come and go."""
        return max(self.total - self.sent - self.failed, 0)

    @property
    def message(self) -> StoredMessage:
        """What it says, as a message that can be shown in any chat."""
        return as_message(self.content, self.created_at)

    @property
    def origin(self) -> tuple[int, int]:
        """The chat and the id of the message it was made from."""
        chat_id, message_id = self.content["origin"]
        return chat_id, message_id


def document_of(
    content: Content, files: Sequence[Attachment], chat_id: int, message_id: int
) -> dict[str, Any]:
    """What a Telegram message, or an album, says; where it was forwarded from is nobody's business."""
    return {
        "kind": content.kind,
        "text": content.text,
        "entities": content.entities,
        "raw": content.raw,
        "attachments": [asdict(file) for file in files],
        "origin": [chat_id, message_id],
    }


def as_message(document: dict[str, Any], at: datetime) -> StoredMessage:
    """The message of a document made by `document_of`."""
    return StoredMessage(
        id=0,
        ticket_number=None,
        customer_id=0,
        author="agent",
        author_id=None,
        author_name=None,
        kind=document["kind"],
        text=document["text"],
        entities=document["entities"],
        raw=document["raw"],
        created_at=at,
        attachments=tuple(Attachment(**each) for each in document["attachments"]),
    )


async def propose(
    tx: Transaction, language: str | None, content: dict[str, Any], by_id: int | None, by_name: str | None
) -> int:
    """Keep an announcement until somebody says that it is to be sent; None is for all languages."""
    values = {
        "language": language,
        "content": content,
        "state": PREVIEW,
        "by_id": by_id,
        "by_name": by_name,
        "created_at": tx.now,
    }
    announcement_id: int = await tx.scalar(insert(_TABLE).values(**values).returning(_TABLE.c.id))
    return announcement_id


async def find(tx: Transaction, announcement_id: int) -> Announcement | None:
    """An announcement, or None; the row is locked."""
    row = await tx.first(
        select(*columns(_TABLE, Announcement))
        .where(_TABLE.c.id == announcement_id)
        .with_for_update(key_share=True)
    )
    return Announcement.from_row(row) if row else None


async def is_any_under_way(tx: Transaction) -> bool:
    """Whether one is being sent."""
    return await tx.scalar(select(_TABLE.c.id).where(_TABLE.c.state == SENDING).limit(1)) is not None


async def change(tx: Transaction, announcement_id: int, **values: Any) -> None:
    """Change columns of an announcement."""
    await tx.execute(update(_TABLE).where(_TABLE.c.id == announcement_id).values(**values))


async def count(tx: Transaction, announcement_id: int, *, reached: bool) -> str:
    """One more customer has it, or cannot be reached; gives back its state."""
    column = _TABLE.c.sent if reached else _TABLE.c.failed
    state: str = await tx.scalar(
        update(_TABLE)
        .where(_TABLE.c.id == announcement_id)
        .values({column: column + 1})
        .returning(_TABLE.c.state)
    )
    return state


def _recipients(language: str | None, fallback: str) -> list[ColumnElement[bool]]:
    whom = [_CUSTOMER.c.id > 0, _CUSTOMER.c.erased_at.is_(None), _CUSTOMER.c.unreachable.is_(None)]
    whom.append(_CUSTOMER.c.banned_at.is_(None))
    if language is not None:
        whom.append(func.coalesce(_CUSTOMER.c.language, fallback) == language)
    return whom


async def recipients(tx: Transaction, language: str | None, fallback: str) -> int:
    """How many customers would be told now; who chose no language counts to the fallback."""
    total: int = await tx.scalar(
        select(func.count()).select_from(_CUSTOMER).where(*_recipients(language, fallback))
    )
    return total


async def following(tx: Transaction, announcement: Announcement, fallback: str, limit: int) -> Sequence[int]:
    """The next customers to be told, in the order in which the cursor moves."""
    statement = (
        select(_CUSTOMER.c.id)
        .where(_CUSTOMER.c.id > announcement.cursor, *_recipients(announcement.language, fallback))
        .order_by(_CUSTOMER.c.id)
        .limit(limit)
    )
    return [row.id for row in await tx.all(statement)]


async def owed(tx: Transaction) -> int:
    """To how many customers an announcement is on its way."""
    waiting: int = await tx.scalar(
        select(func.count()).select_from(_OUTBOX).where(_OUTBOX.c.kind == "announcement")
    )
    return waiting


async def withdraw(tx: Transaction) -> None:
    """Nobody else is told what is on its way."""
    rows = await tx.all(delete(_OUTBOX).where(_OUTBOX.c.kind == "announcement").returning(_OUTBOX.c.id))
    tx.dropped += [row.id for row in rows]
