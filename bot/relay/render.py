"""Building the calls that show stored messages in another chat.

A message is rebuilt from what was stored, never from the original, so deleting or protecting that
changes nothing. What has no send method is copied, else forwarded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from aiogram.methods import EditMessageText, SendMessage, SendRichMessage, TelegramMethod
from aiogram.types import ReplyParameters

from bot.relay.files import file_edits, file_parts
from bot.relay.others import in_words, other_parts
from bot.relay.parts import CAPTION_LIMIT, TEXT_LIMIT, Header, Part, Place, text_part, utf16_length
from dialogs.origins import origin_line
from locales import Translator
from storage.content import entities_from_json
from storage.rows import StoredMessage

__all__ = ["CAPTION_LIMIT", "TEXT_LIMIT", "Header", "Part", "Place", "edits", "render", "utf16_length"]


def render(
    messages: Sequence[StoredMessage],
    place: Place,
    tr: Translator,
    header: Header | None = None,
    origin: tuple[int, int] | None = None,
) -> list[Part]:
    """The parts that show messages in a place; several messages only where their files share an album.

    `origin` is the chat and message id of the original, for kinds that can only be copied. Raises Refused
    for what must not be shown there.
    """
    parts = _render(messages, place, tr, _with_origin(header, messages[0], place, tr), origin)
    if place.quote is None:
        return parts
    # What was quoted may be no part of the other copy: a header, or words edited since.
    reply = replace(place, quote=None).address()["reply_parameters"]
    return [replace(part, calls=(*part.calls, *_replying(part.calls, reply))) for part in parts]


def _with_origin(
    header: Header | None, message: StoredMessage, place: Place, tr: Translator
) -> Header | None:
    """Agents read where something was forwarded from; customers only what they may know."""
    origin = message.forwarded_from
    if origin is None or not (place.among_agents or origin["told"]):
        return header
    return replace(header or Header(), origin=origin_line(tr, origin))


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
        return file_parts(files, place, header)
    if first.kind == "text":
        words = first.text, entities_from_json(first.entities)
    elif (found := in_words(first)) is not None:
        words = found
    else:
        return other_parts(first, place, tr, header, origin)
    text, entities = words
    parts = []
    if header is not None:
        topped = header.above(text, entities)
        if utf16_length(topped[0]) <= TEXT_LIMIT:
            text, entities = topped
        else:
            parts.append(text_part(first.id, *header.alone(), place))
    return [*parts, text_part(first.id, text, entities, place)]


def edits(parts: Sequence[Part], chat_id: int, targets: Sequence[int]) -> list[TelegramMethod[Any]]:
    """The calls that make the Telegram messages `targets` of that chat show these parts."""
    wanted = [edit for part in parts for call in part.calls[:1] for edit in _edits(call, chat_id)]
    # From the end, for whether a header stands apart may have changed since.
    pairs = zip(reversed(targets), reversed(wanted), strict=False)
    found = [edit.model_copy(update={"message_id": target}) for target, edit in pairs if edit is not None]
    return found[::-1]


def _edits(call: TelegramMethod[Any], chat_id: int) -> Sequence[TelegramMethod[Any] | None]:
    if isinstance(call, SendMessage):
        return [EditMessageText(chat_id=chat_id, text=call.text, entities=call.entities, parse_mode=None)]
    if isinstance(call, SendRichMessage):
        return [EditMessageText(chat_id=chat_id, rich_message=call.rich_message)]
    return file_edits(call, chat_id)
