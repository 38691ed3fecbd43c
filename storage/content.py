"""What a Telegram message holds, taken apart for the store."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from aiogram.enums import ContentType
from aiogram.types import Message, MessageEntity

from storage.origins import origin_of
from storage.rows import Attachment, StoredMessage

_FILE_NAME = 255

# Files that Telegram lets travel together; an album holds one family of these.
FAMILIES = (
    "photo", "video", "animation", "audio", "document", "voice", "video_note", "sticker", "live_photo",
)  # fmt: skip


# The kind of what we store ourselves when a live location is shared no more; its `raw` has the last position.
SHARING_ENDED = "sharing_ended"


@dataclass(frozen=True, slots=True)
class Content:
    """The content of one Telegram message.

    `raw` is what Telegram tells of a kind that is more than text and a file; for those `text` is empty.
    """

    kind: str
    text: str
    entities: list[dict[str, Any]] | None
    attachment: Attachment | None
    raw: dict[str, Any] | None
    forwarded_from: dict[str, Any] | None = None


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
    # An animation comes with a `document` beside it, a live photo with a `photo`: they are looked for first.
    for family in ("animation", "live_photo", *FAMILIES):
        file: Any = getattr(message, family, None)
        if not file:
            continue
        still = None
        if family == "photo":
            file = file[-1]  # the sizes of one picture, the largest last
        elif family == "live_photo":
            sizes = file.photo or message.photo
            if not sizes:
                continue
            still = sizes[-1].file_id
        return Attachment(
            position=message.message_id,
            family=family,
            file_id=file.file_id,
            file_unique_id=file.file_unique_id,
            # Names of files are shown and judged by their end; Telegram keeps no longer ones.
            file_name=(getattr(file, "file_name", None) or "")[-_FILE_NAME:] or None,
            mime_type=(getattr(file, "mime_type", None) or "")[:_FILE_NAME] or None,
            size=file.file_size,
            caption=message.caption or "",
            caption_entities=entities_as_json(message.caption_entities),
            spoiler=bool(message.has_media_spoiler),
            caption_above=bool(message.show_caption_above_media),
            still_id=still,
        )
    return None


# What Telegram shows in a chat about the chat itself: nobody wrote it, so there is nothing to relay. A kind
# that is not named here was said by somebody, as far as we know.
NOTES = frozenset(
    {
        ContentType.NEW_CHAT_MEMBERS, ContentType.LEFT_CHAT_MEMBER, ContentType.CHAT_OWNER_LEFT,
        ContentType.CHAT_OWNER_CHANGED, ContentType.NEW_CHAT_TITLE, ContentType.NEW_CHAT_PHOTO,
        ContentType.DELETE_CHAT_PHOTO, ContentType.GROUP_CHAT_CREATED, ContentType.SUPERGROUP_CHAT_CREATED,
        ContentType.CHANNEL_CHAT_CREATED, ContentType.MESSAGE_AUTO_DELETE_TIMER_CHANGED,
        ContentType.MIGRATE_TO_CHAT_ID, ContentType.MIGRATE_FROM_CHAT_ID, ContentType.PINNED_MESSAGE,
        ContentType.GIFT_UPGRADE_SENT, ContentType.CONNECTED_WEBSITE, ContentType.WRITE_ACCESS_ALLOWED,
        ContentType.PROXIMITY_ALERT_TRIGGERED, ContentType.BOOST_ADDED, ContentType.CHAT_BACKGROUND_SET,
        ContentType.CHECKLIST_TASKS_DONE, ContentType.CHECKLIST_TASKS_ADDED,
        ContentType.DIRECT_MESSAGE_PRICE_CHANGED, ContentType.FORUM_TOPIC_CREATED,
        ContentType.FORUM_TOPIC_EDITED, ContentType.FORUM_TOPIC_CLOSED, ContentType.FORUM_TOPIC_REOPENED,
        ContentType.GENERAL_FORUM_TOPIC_HIDDEN, ContentType.GENERAL_FORUM_TOPIC_UNHIDDEN,
        ContentType.GIVEAWAY_CREATED, ContentType.GIVEAWAY_COMPLETED, ContentType.MANAGED_BOT_CREATED,
        ContentType.PAID_MESSAGE_PRICE_CHANGED, ContentType.POLL_OPTION_ADDED,
        ContentType.POLL_OPTION_DELETED, ContentType.SUGGESTED_POST_APPROVED,
        ContentType.SUGGESTED_POST_APPROVAL_FAILED, ContentType.SUGGESTED_POST_DECLINED,
        ContentType.SUGGESTED_POST_PAID, ContentType.SUGGESTED_POST_REFUNDED,
        ContentType.VIDEO_CHAT_SCHEDULED, ContentType.VIDEO_CHAT_STARTED, ContentType.VIDEO_CHAT_ENDED,
        ContentType.VIDEO_CHAT_PARTICIPANTS_INVITED, ContentType.COMMUNITY_CHAT_ADDED,
        ContentType.COMMUNITY_CHAT_REMOVED, ContentType.COMMUNITY_CHAT_JOINED,
    }
)  # fmt: skip


def is_spoken(message: Message) -> bool:
    """Whether a person said this; else it is a note of Telegram's about the chat (joined, pinned, …)."""
    return message.content_type not in NOTES


def ticked(message: Message) -> Message | None:
    """The checklist whose tasks were ticked off or added to, as Telegram notes in the chat; else None."""
    change = message.checklist_tasks_done or message.checklist_tasks_added
    return change.checklist_message if change is not None else None


def content_of(message: Message) -> Content:
    """What a message holds."""
    origin = origin_of(message)
    attachment = _attachment(message)
    if attachment is not None:
        caption, entities = attachment.caption, attachment.caption_entities
        return Content(attachment.family, caption, entities, attachment, None, origin)
    if message.text is not None:
        return Content("text", message.text, entities_as_json(message.entities), None, None, origin)
    kind = ContentType(message.content_type).value
    raw = message.model_dump(mode="json", by_alias=True, exclude_none=True, include={kind})
    return Content(kind, "", None, None, raw, origin)


class Change(Enum):
    """What an edit of a message means for its copies."""

    EDITS = auto()
    FOLLOWS = auto()
    """The copies cannot become that, so the new version follows as a reply to the old."""
    NOTHING = auto()
    """Nobody said anything else: a vote, a score, a preview of a link."""


# What people write anew, and a copy shows in words.
_REWRITTEN = frozenset({"text", "checklist", "rich_message"})


def change_of(known: StoredMessage, content: Content) -> Change:
    """What it means that a known message is edited to this."""
    if content.attachment is not None:
        if not known.attachments:
            return Change.FOLLOWS
        return Change.NOTHING if content.attachment in known.attachments else Change.EDITS
    if content.kind != known.kind:
        return Change.FOLLOWS
    if content.kind in _REWRITTEN:
        before = known.text, known.entities, known.raw
        return Change.NOTHING if (content.text, content.entities, content.raw) == before else Change.EDITS
    return Change.FOLLOWS if content.kind == ContentType.UNKNOWN else Change.NOTHING
