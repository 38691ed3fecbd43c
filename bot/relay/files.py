"""Files and albums, by the references that Telegram gave us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from aiogram.methods import (
    EditMessageCaption,
    EditMessageMedia,
    SendAnimation,
    SendAudio,
    SendDocument,
    SendLivePhoto,
    SendMediaGroup,
    SendPhoto,
    SendSticker,
    SendVideo,
    SendVideoNote,
    SendVoice,
    TelegramMethod,
)
from aiogram.types import (
    InputMediaAnimation,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaLivePhoto,
    InputMediaPhoto,
    InputMediaVideo,
)

from bot.relay.parts import CAPTION_LIMIT, Header, Part, Place, text_part, utf16_length
from storage.albums import ALBUM_LIMIT
from storage.content import entities_from_json
from storage.rows import Attachment

_SEND: dict[str, type[TelegramMethod[Any]]] = {
    "photo": SendPhoto,
    "live_photo": SendLivePhoto,
    "video": SendVideo,
    "animation": SendAnimation,
    "audio": SendAudio,
    "document": SendDocument,
    "voice": SendVoice,
    "video_note": SendVideoNote,
    "sticker": SendSticker,
}
_WITHOUT_CAPTION = frozenset({"video_note", "sticker"})
_WITH_SPOILER = frozenset({"photo", "live_photo", "video", "animation"})
_MEDIA: dict[str, Any] = {
    "photo": InputMediaPhoto,
    "live_photo": InputMediaLivePhoto,
    "video": InputMediaVideo,
    "audio": InputMediaAudio,
    "document": InputMediaDocument,
    "animation": InputMediaAnimation,
}


def file_parts(files: list[tuple[int, Attachment]], place: Place, header: Header | None) -> list[Part]:
    """The parts that show these files, each with the id of the message it belongs to."""
    parts: list[Part] = []
    message_id, first = files[0]
    if header is not None:
        caption, entities = header.above(first.caption, entities_from_json(first.caption_entities))
        if first.family in _WITHOUT_CAPTION or utf16_length(caption) > CAPTION_LIMIT:
            parts.append(text_part(message_id, *header.alone(), place))
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
        values |= _caption(file)
    if file.still_id is not None:
        values["photo"] = file.still_id
    return _SEND[file.family](**values)


def _album(files: list[Attachment], place: Place) -> SendMediaGroup:
    media = []
    for file in files:
        values: dict[str, Any] = {"media": file.file_id, **_caption(file)}
        if file.still_id is not None:
            values["photo"] = file.still_id
        media.append(_MEDIA[file.family](**values))
    return SendMediaGroup(media=media, **place.address())


def _caption(file: Attachment) -> dict[str, Any]:
    """What stands by a file, and how it is shown."""
    values: dict[str, Any] = {
        "caption": file.caption or None,
        "caption_entities": entities_from_json(file.caption_entities) or None,
        "parse_mode": None,
    }
    if file.family in _WITH_SPOILER:
        if file.spoiler:
            values["has_spoiler"] = True
        if file.caption_above:
            values["show_caption_above_media"] = True
    return values


def file_edits(call: TelegramMethod[Any], chat_id: int) -> Sequence[TelegramMethod[Any] | None]:
    """For each Telegram message that a call makes the edit that shows the same, still without its id.

    None where Telegram lets nobody edit: a sticker, a video message, or what is no file at all.
    """
    if isinstance(call, SendMediaGroup):
        return [EditMessageMedia(chat_id=chat_id, media=media) for media in call.media]
    if isinstance(call, SendVoice):
        edit = EditMessageCaption(
            chat_id=chat_id, caption=call.caption, caption_entities=call.caption_entities, parse_mode=None
        )
        return [edit]
    for family, media in _MEDIA.items():
        if isinstance(call, _SEND[family]):
            shared = [name for name in media.model_fields if name in type(call).model_fields]
            values = {name: getattr(call, name) for name in shared}
            return [EditMessageMedia(chat_id=chat_id, media=media(media=getattr(call, family), **values))]
    return [None]
