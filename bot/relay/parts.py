"""What a message becomes in another chat: where it goes, what stands above it, and the calls it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiogram.methods import EditMessageText, SendMessage, TelegramMethod
from aiogram.types import MessageEntity, ReplyParameters

from storage.content import entities_from_json

# Telegram's limits after parsing: Bot API, sendMessage and sendPhoto.
TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024


@dataclass(frozen=True, slots=True)
class Place:
    """Where to show something: a chat, its thread, and what there it replies to."""

    chat_id: int
    thread_id: int | None = None
    reply_to: int | None = None
    quote: dict[str, Any] | None = None

    @property
    def among_agents(self) -> bool:
        """Whether agents read it there, and no customer; Telegram gives groups negative ids."""
        return self.chat_id < 0

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
    """What stands above a message: whose or about what it is, and where it was forwarded from."""

    text: str = ""
    origin: str = ""

    def above(self, text: str, entities: list[MessageEntity]) -> tuple[str, list[MessageEntity]]:
        """Text and entities with the header on top."""
        top, styles = self.alone()
        return top + "\n" + text, [*styles, *shifted(entities, utf16_length(top) + 1)]

    def alone(self) -> tuple[str, list[MessageEntity]]:
        """The header as a text of its own."""
        lines = [("bold", self.text), ("italic", self.origin)]
        text = ""
        styles = []
        for style, line in lines:
            if line:
                text += "\n" if text else ""
                styles.append(MessageEntity(type=style, offset=utf16_length(text), length=utf16_length(line)))
                text += line
        return text, styles


def text_call(text: str, entities: list[MessageEntity], place: Place) -> SendMessage:
    """The call that shows a text."""
    return SendMessage(text=text, entities=entities or None, parse_mode=None, **place.address())


def edit_call(view: SendMessage, chat_id: int, message_id: int | None) -> EditMessageText:
    """The call that lets a message of the bot's show that instead."""
    return EditMessageText(
        chat_id=chat_id,
        message_id=message_id,
        text=view.text,
        parse_mode=view.parse_mode,
        entities=view.entities,
        link_preview_options=view.link_preview_options,
        reply_markup=view.reply_markup,  # type: ignore[arg-type]
    )


def text_part(message_id: int, text: str, entities: list[MessageEntity], place: Place) -> Part:
    """One text."""
    return Part((text_call(text, entities, place),), (message_id,))


def utf16_length(text: str) -> int:
    """The length of a text as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def shifted(entities: list[MessageEntity], by: int) -> list[MessageEntity]:
    """Entities of a text that something of so many UTF-16 units was put in front of."""
    return [entity.model_copy(update={"offset": entity.offset + by}) for entity in entities]
