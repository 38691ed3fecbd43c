"""Texts that had to wait travel as one message: the purse of a chat holds few."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram.types import MessageEntity

from bot.relay.render import TEXT_LIMIT, utf16_length
from storage.content import entities_from_json
from storage.rows import StoredMessage

_BETWEEN = "\n"


def can_join(message: StoredMessage) -> bool:
    """Whether a message may share one with others: a text that replies to nothing."""
    return message.kind == "text" and message.reply_to_id is None and not message.on_card


def fitting(messages: Sequence[StoredMessage]) -> list[StoredMessage]:
    """As many of these, from the first, as one Telegram message holds and may hold."""
    chosen: list[StoredMessage] = []
    length = 0
    for message in messages:
        length += utf16_length(message.text) + (len(_BETWEEN) if chosen else 0)
        if chosen and (length > TEXT_LIMIT or not can_join(message) or message.author != chosen[0].author):
            break
        chosen.append(message)
    return chosen


def join(messages: Sequence[StoredMessage]) -> tuple[str, list[MessageEntity]]:
    """The text of one message that shows all of these, with their formatting."""
    text = ""
    entities: list[MessageEntity] = []
    for message in messages:
        if text:
            text += _BETWEEN
        shift = utf16_length(text)
        entities += [
            entity.model_copy(update={"offset": entity.offset + shift})
            for entity in entities_from_json(message.entities)
        ]
        text += message.text
    return text, entities
