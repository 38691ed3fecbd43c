"""Texts that had to wait travel as one message: the purse of a chat holds few."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aiogram.types import MessageEntity

from bot.relay.parts import TEXT_LIMIT, shifted, utf16_length
from storage.content import entities_from_json
from storage.rows import StoredMessage

_BETWEEN = "\n"


def can_join(message: StoredMessage) -> bool:
    """Whether a message may share one with others: a text of its author's own that replies to nothing."""
    own = message.reply_to_id is None and message.forwarded_from is None
    return message.kind == "text" and own and not message.on_card


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
        entities += shifted(entities_from_json(message.entities), utf16_length(text))
        text += message.text
    return text, entities


def as_joined(message: StoredMessage, together: Sequence[StoredMessage]) -> StoredMessage:
    """A message as its copy shows it now, which may show these `together`."""
    if len(together) < 2 or message.attachments:
        return message
    text, entities = join(together)
    return replace(message, text=text, entities=[entity.model_dump(exclude_none=True) for entity in entities])
