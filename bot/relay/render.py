"""Building the calls that show stored messages in another chat.

A message is rebuilt from what was stored, never from the original, so deleting or protecting that
changes nothing. What has no send method is copied, else forwarded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from aiogram.methods import (
    CopyMessage,
    EditMessageCaption,
    EditMessageMedia,
    EditMessageText,
    ForwardMessage,
    SendAnimation,
    SendAudio,
    SendContact,
    SendDocument,
    SendLocation,
    SendMediaGroup,
    SendMessage,
    SendPhoto,
    SendPoll,
    SendSticker,
    SendVenue,
    SendVideo,
    SendVideoNote,
    SendVoice,
    TelegramMethod,
)
from aiogram.types import (
    InputMediaAnimation,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    InputPollOption,
    Message,
    MessageEntity,
    ReplyParameters,
)

from locales import Translator
from storage.albums import ALBUM_LIMIT
from storage.content import SHARING_ENDED, entities_from_json
from storage.rows import Attachment, StoredMessage

# Telegram's limits after parsing: Bot API, sendMessage and sendPhoto.
TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024

_SEND: dict[str, type[TelegramMethod[Any]]] = {
    "photo": SendPhoto,
    "video": SendVideo,
    "animation": SendAnimation,
    "audio": SendAudio,
    "document": SendDocument,
    "voice": SendVoice,
    "video_note": SendVideoNote,
    "sticker": SendSticker,
}
_WITHOUT_CAPTION = frozenset({"video_note", "sticker"})
_WITH_SPOILER = frozenset({"photo", "video", "animation"})
_MEDIA = {
    "photo": InputMediaPhoto,
    "video": InputMediaVideo,
    "audio": InputMediaAudio,
    "document": InputMediaDocument,
    "animation": InputMediaAnimation,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where to show something: a chat, its thread, and what there it replies to."""

    chat_id: int
    thread_id: int | None = None
    reply_to: int | None = None
    quote: dict[str, Any] | None = None

    def address(self) -> dict[str, Any]:
        """The parameters that every send method shares."""
        reply = None
        if self.reply_to is not None:
            quote = self.quote or {}
            reply = ReplyParameters(
                message_id=self.reply_to,
                # A message that is gone must not take the answer with it.
                allow_sending_without_reply=True,
                quote=quote.get("text"),
                quote_entities=entities_from_json(quote.get("entities")) or None,
                quote_position=quote.get("position"),
            )
        return {
            "chat_id": self.chat_id,
            "message_thread_id": self.thread_id,
            "reply_parameters": reply,
        }


@dataclass(frozen=True, slots=True)
class Part:
    """One Telegram message, or one album, of a delivery.

    `calls` are tried in order until one is not refused. `shows` names, for each Telegram message that
    comes of it, the stored message it shows.
    """

    calls: tuple[TelegramMethod[Any], ...]
    shows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """A line above a message that says whose or about what it is."""

    text: str

    def above(self, text: str, entities: list[MessageEntity]) -> tuple[str, list[MessageEntity]]:
        """Text and entities with the header on top."""
        top = self.text + "\n"
        # Entities count UTF-16 units.
        shift = utf16_length(top)
        bold = MessageEntity(type="bold", offset=0, length=utf16_length(self.text))
        moved = [entity.model_copy(update={"offset": entity.offset + shift}) for entity in entities]
        return top + text, [bold, *moved]

    def alone(self) -> tuple[str, list[MessageEntity]]:
        """The header as a text of its own."""
        return self.text, [MessageEntity(type="bold", offset=0, length=utf16_length(self.text))]


def utf16_length(text: str) -> int:
    """The length of a text as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def render(
    messages: Sequence[StoredMessage],
    place: Place,
    tr: Translator,
    header: Header | None = None,
    origin: tuple[int, int] | None = None,
) -> list[Part]:
    """The parts that show messages in a place; several messages only where their files share an album.

    `origin` is the chat and message id of the original, for kinds that can only be copied.
    """
    parts = _render(messages, place, tr, header, origin)
    if place.quote is None:
        return parts
    # What was quoted may be no part of the other copy: a header, or words edited since.
    reply = replace(place, quote=None).address()["reply_parameters"]
    return [replace(part, calls=(*part.calls, *_replying(part.calls, reply))) for part in parts]


def _replying(calls: Sequence[TelegramMethod[Any]], reply: ReplyParameters) -> list[TelegramMethod[Any]]:
    return [
        call.model_copy(update={"reply_parameters": reply})
        for call in calls
        if "reply_parameters" in type(call).model_fields
    ]


def _render(
    messages: Sequence[StoredMessage],
    place: Place,
    tr: Translator,
    header: Header | None,
    origin: tuple[int, int] | None,
) -> list[Part]:
    first = messages[0]
    files = [(message.id, file) for message in messages for file in message.attachments]
    if files:
        return _render_files(files, place, header)
    if first.kind == "text":
        text, entities = first.text, entities_from_json(first.entities)
        parts = []
        if header is not None:
            if utf16_length(header.text) + 1 + utf16_length(text) <= TEXT_LIMIT:
                text, entities = header.above(text, entities)
            else:
                parts.append(_text_part(first.id, *header.alone(), place))
        return [*parts, _text_part(first.id, text, entities, place)]
    parts = [] if header is None else [_text_part(first.id, *header.alone(), place)]
    return [*parts, Part(tuple(_other(first, place, tr, origin)), (first.id,))]


def _text_part(message_id: int, text: str, entities: list[MessageEntity], place: Place) -> Part:
    call = SendMessage(text=text, entities=entities or None, parse_mode=None, **place.address())
    return Part((call,), (message_id,))


def _render_files(files: list[tuple[int, Attachment]], place: Place, header: Header | None) -> list[Part]:
    parts: list[Part] = []
    message_id, first = files[0]
    if header is not None:
        caption, entities = header.above(first.caption, entities_from_json(first.caption_entities))
        if first.family in _WITHOUT_CAPTION or utf16_length(caption) > CAPTION_LIMIT:
            parts.append(_text_part(message_id, *header.alone(), place))
        else:
            captioned = replace(
                first,
                caption=caption,
                caption_entities=[entity.model_dump(exclude_none=True) for entity in entities],
            )
            files = [(message_id, captioned), *files[1:]]
    for start in range(0, len(files), ALBUM_LIMIT):
        chunk = files[start : start + ALBUM_LIMIT]
        call = _file(chunk[0][1], place) if len(chunk) == 1 else _album([file for _, file in chunk], place)
        parts.append(Part((call,), tuple(message_id for message_id, _ in chunk)))
    return parts


def _file(file: Attachment, place: Place) -> TelegramMethod[Any]:
    values: dict[str, Any] = {file.family: file.file_id, **place.address()}
    if file.family not in _WITHOUT_CAPTION:
        values |= {
            "caption": file.caption or None,
            "caption_entities": entities_from_json(file.caption_entities) or None,
            "parse_mode": None,
        }
    if file.family in _WITH_SPOILER and file.spoiler:
        values["has_spoiler"] = True
    return _SEND[file.family](**values)


def _album(files: list[Attachment], place: Place) -> SendMediaGroup:
    media = []
    for file in files:
        values: dict[str, Any] = {
            "media": file.file_id,
            "caption": file.caption or None,
            "caption_entities": entities_from_json(file.caption_entities) or None,
            "parse_mode": None,
        }
        if file.family in _WITH_SPOILER and file.spoiler:
            values["has_spoiler"] = True
        media.append(_MEDIA[file.family](**values))
    return SendMediaGroup(media=media, **place.address())


def _other(
    message: StoredMessage, place: Place, tr: Translator, origin: tuple[int, int] | None
) -> list[TelegramMethod[Any]]:
    raw = Message.model_validate(message.raw)
    address = place.address()
    if message.kind == SHARING_ENDED and raw.location is not None:
        # A place with words to it, so that nobody takes it for one where somebody still is.
        return [
            SendVenue(
                latitude=raw.location.latitude,
                longitude=raw.location.longitude,
                title=tr.plain("Live location ended"),
                address=tr.plain("The last position"),
                **address,
            )
        ]
    if raw.venue is not None:
        venue = raw.venue
        return [
            SendVenue(
                latitude=venue.location.latitude,
                longitude=venue.location.longitude,
                title=venue.title,
                address=venue.address,
                foursquare_id=venue.foursquare_id,
                foursquare_type=venue.foursquare_type,
                google_place_id=venue.google_place_id,
                google_place_type=venue.google_place_type,
                **address,
            )
        ]
    if raw.location is not None:
        # A live location is relayed as the place it was first seen at, so without its period.
        return [
            SendLocation(
                latitude=raw.location.latitude,
                longitude=raw.location.longitude,
                horizontal_accuracy=raw.location.horizontal_accuracy,
                **address,
            )
        ]
    if raw.contact is not None:
        contact = raw.contact
        return [
            SendContact(
                phone_number=contact.phone_number,
                first_name=contact.first_name,
                last_name=contact.last_name,
                vcard=contact.vcard,
                **address,
            )
        ]
    if raw.dice is not None:
        # Thrown again it would show another number.
        return [SendMessage(text=f"{raw.dice.emoji} {raw.dice.value}", parse_mode=None, **address)]
    if raw.poll is not None:
        poll = raw.poll
        return [
            SendPoll(
                question=poll.question,
                question_entities=poll.question_entities,
                question_parse_mode=None,
                options=[
                    InputPollOption(
                        text=option.text, text_entities=option.text_entities, text_parse_mode=None
                    )
                    for option in poll.options
                ],
                is_anonymous=poll.is_anonymous,
                allows_multiple_answers=poll.allows_multiple_answers,
                **address,
            )
        ]
    if origin is None:
        return []
    chat_id, message_id = origin
    return [
        CopyMessage(from_chat_id=chat_id, message_id=message_id, **address),
        ForwardMessage(
            chat_id=place.chat_id,
            message_thread_id=place.thread_id,
            from_chat_id=chat_id,
            message_id=message_id,
        ),
    ]


def edits(parts: Sequence[Part], chat_id: int, targets: Sequence[int]) -> list[TelegramMethod[Any]]:
    """The calls that make the Telegram messages `targets` of that chat show these parts."""
    views = [view for part in parts for call in part.calls[:1] for view in _views(call)]
    # From the end, for whether a header stands apart may have changed since.
    pairs = zip(reversed(targets), reversed(views), strict=False)
    found = [_edit(view, chat_id, target) for target, view in pairs]
    return [call for call in reversed(found) if call is not None]


def _views(call: TelegramMethod[Any]) -> Sequence[Any]:
    if isinstance(call, SendMediaGroup):
        return call.media
    for family, media in _MEDIA.items():
        if isinstance(call, _SEND[family]):
            values = {"caption", "caption_entities", "parse_mode"} | (
                {"has_spoiler"} if family in _WITH_SPOILER else set()
            )
            return [media(media=getattr(call, family), **{name: getattr(call, name) for name in values})]
    return [call]


def _edit(view: Any, chat_id: int, target: int) -> TelegramMethod[Any] | None:
    if isinstance(view, SendMessage):
        return EditMessageText(
            chat_id=chat_id, message_id=target, text=view.text, entities=view.entities, parse_mode=None
        )
    if isinstance(view, SendVoice):
        return EditMessageCaption(
            chat_id=chat_id,
            message_id=target,
            caption=view.caption,
            caption_entities=view.caption_entities,
            parse_mode=None,
        )
    if isinstance(view, tuple(_MEDIA.values())):
        media: Any = view
        return EditMessageMedia(chat_id=chat_id, message_id=target, media=media)
    return None
