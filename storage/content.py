"""What a Telegram message holds, taken apart for the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiogram.enums import ContentType
from aiogram.types import Message, MessageEntity

from storage.rows import Attachment

# Files that Telegram lets travel together; an album holds one family of these.
FAMILIES = ("photo", "video", "animation", "audio", "document", "voice", "video_note", "sticker")


# The kind of what we store ourselves when a live location is shared no more; its `raw` has the last position.
SHARING_ENDED = "sharing_ended"


@dataclass(frozen=True, slots=True)
class Content:
    """The content of one Telegram message.

    `raw` is kept for the kinds that are more than text and a file; for those `text` is empty.
    """

    kind: str
    text: str
    entities: list[dict[str, Any]] | None
    attachment: Attachment | None
    raw: dict[str, Any] | None


def entities_as_json(entities: list[MessageEntity] | None) -> list[dict[str, Any]] | None:
    """Entities as Telegram writes them."""
    if not entities:
        return None
    return [entity.model_dump(mode="json", exclude_none=True) for entity in entities]


def entities_from_json(entities: list[dict[str, Any]] | None) -> list[MessageEntity]:
    """The entities of a stored text."""
    return [MessageEntity.model_validate(entity) for entity in entities or ()]


def quote_of(message: Message) -> dict[str, Any] | None:
    """What of the message it replies to a message quotes, or None."""
    if message.quote is None:
        return None
    return {
        "text": message.quote.text,
        "position": message.quote.position,
        "entities": entities_as_json(message.quote.entities),
    }


def _attachment(message: Message) -> Attachment | None:
    # An animation comes with a `document` beside it, so it is looked for first.
    for family in ("animation", *FAMILIES):
        file: Any = getattr(message, family, None)
        if not file:
            continue
        if family == "photo":
            file = file[-1]  # the sizes of one picture, the largest last
        return Attachment(
            position=message.message_id,
            family=family,
            file_id=file.file_id,
            file_unique_id=file.file_unique_id,
            file_name=getattr(file, "file_name", None),
            mime_type=getattr(file, "mime_type", None),
            size=file.file_size,
            caption=message.caption or "",
            caption_entities=entities_as_json(message.caption_entities),
            spoiler=bool(message.has_media_spoiler),
        )
    return None


# What Telegram shows in a chat about the chat itself: nobody wrote it, so there is nothing to relay.
_SPOKEN = frozenset(
    {
        ContentType.TEXT, ContentType.ANIMATION, ContentType.AUDIO, ContentType.DOCUMENT, ContentType.PHOTO,
        ContentType.STICKER, ContentType.VIDEO, ContentType.VIDEO_NOTE, ContentType.VOICE,
        ContentType.CONTACT, ContentType.DICE, ContentType.GAME, ContentType.POLL, ContentType.VENUE,
        ContentType.LOCATION, ContentType.STORY, ContentType.PAID_MEDIA, ContentType.CHECKLIST,
        ContentType.INVOICE, ContentType.GIVEAWAY, ContentType.GIVEAWAY_WINNERS, ContentType.LIVE_PHOTO,
        ContentType.RICH_MESSAGE, ContentType.USERS_SHARED, ContentType.CHAT_SHARED,
        ContentType.SUCCESSFUL_PAYMENT, ContentType.REFUNDED_PAYMENT, ContentType.PASSPORT_DATA,
        ContentType.GIFT, ContentType.UNIQUE_GIFT, ContentType.UNKNOWN,
    }
)  # fmt: skip


def is_spoken(message: Message) -> bool:
    """Whether a person said this; else it is a note of Telegram's about the chat (joined, pinned, …)."""
    return message.content_type in _SPOKEN


def content_of(message: Message) -> Content:
    """What a message holds."""
    kind = str(message.content_type)
    attachment = _attachment(message)
    if attachment is not None:
        return Content(attachment.family, attachment.caption, attachment.caption_entities, attachment, None)
    if message.text is not None:
        return Content("text", message.text, entities_as_json(message.entities), None, None)
    raw = message.model_dump(mode="json", by_alias=True, exclude_none=True)
    return Content(kind, "", None, None, raw)
