"""Kinds of message that are neither text nor file: made anew, put in words, or copied as they are."""

from __future__ import annotations

from typing import Any

from aiogram.methods import (
    CopyMessage,
    ForwardMessage,
    SendContact,
    SendLocation,
    SendPoll,
    SendRichMessage,
    SendVenue,
    TelegramMethod,
)
from aiogram.types import Checklist, MessageEntity

from bot.pipeline.calls import Refused
from bot.relay.again import poll_again, rich_again
from bot.relay.parts import Header, Part, Place, shifted, text_part, utf16_length
from locales import Translator
from storage.content import SHARING_ENDED
from storage.rows import StoredMessage

# Why something is held back; the staff group reads it in its own words.
WITHHELD = "withheld: it could only be forwarded"

# Bot API, copyMessage: what cannot be copied.
_FORWARDED_ONLY = frozenset({"paid_media", "invoice", "giveaway", "giveaway_winners"})


def in_words(message: StoredMessage) -> tuple[str, list[MessageEntity]] | None:
    """The kinds that cross as a text, for no bot may send them as they are; None for all others."""
    assert message.raw is not None
    if "dice" in message.raw:
        dice = message.raw["dice"]
        # Thrown again it would show another number.
        return f"{dice['emoji']} {dice['value']}", []
    if "checklist" in message.raw:
        return _checklist(Checklist.model_validate(message.raw["checklist"]))
    return None


def _checklist(checklist: Checklist) -> tuple[str, list[MessageEntity]]:
    text = checklist.title
    entities = [MessageEntity(type="bold", offset=0, length=utf16_length(text))]
    entities += checklist.title_entities or []
    for task in checklist.tasks:
        box = "☑" if task.completed_by_user or task.completed_by_chat else "☐"
        text += f"\n{box} "
        entities += shifted(task.text_entities or [], utf16_length(text))
        text += task.text
    return text, entities


def other_parts(
    message: StoredMessage,
    place: Place,
    tr: Translator,
    header: Header | None,
    origin: tuple[int, int] | None,
) -> list[Part]:
    """The parts that show a message of another kind. Raises Refused for what must not be forwarded.

    `origin` is the chat and message id of the original.
    """
    assert message.raw is not None
    if header is not None and message.kind in _FORWARDED_ONLY:
        # A forward tells by itself where it comes from.
        header = Header(header.text) if header.text else None
    parts = [] if header is None else [text_part(message.id, *header.alone(), place)]
    if message.kind == SHARING_ENDED:
        made: TelegramMethod[Any] | None = _ended(message.raw["location"], place, tr)
    else:
        made = _made_anew(message.raw, place.address())
    if made is not None:
        return [*parts, Part((made,), (message.id,))]
    if origin is None:
        return [*parts, Part((), (message.id,))]
    if message.kind not in _FORWARDED_ONLY:
        calls: list[TelegramMethod[Any]] = [_copy(place, origin)]
        if _may_forward(message, place):
            calls.append(_forward(place, origin))
        return [*parts, Part(tuple(calls), (message.id,))]
    if not _may_forward(message, place):
        raise Refused(WITHHELD)
    if place.reply_to is not None and not parts:
        # A forward replies to nothing, so this line has to say what it belongs to.
        parts.append(text_part(message.id, tr.plain("The next message belongs here."), [], place))
    return [*parts, Part((_forward(place, origin),), (message.id,))]


def _may_forward(message: StoredMessage, place: Place) -> bool:
    """A forward shows whose it was: customers may not learn that of everybody."""
    return place.among_agents or bool(message.forwarded_from and message.forwarded_from["told"])


def _copy(place: Place, origin: tuple[int, int]) -> CopyMessage:
    return CopyMessage(from_chat_id=origin[0], message_id=origin[1], **place.address())


def _forward(place: Place, origin: tuple[int, int]) -> ForwardMessage:
    return ForwardMessage(
        chat_id=place.chat_id,
        message_thread_id=place.thread_id,
        from_chat_id=origin[0],
        message_id=origin[1],
    )


def _ended(location: dict[str, Any], place: Place, tr: Translator) -> SendVenue:
    """A place with words to it, so that nobody takes it for one where somebody still is."""
    title, words = tr.plain("Live location ended"), tr.plain("The last position")
    return SendVenue(**_spot(location), title=title, address=words, **place.address())


def _made_anew(raw: dict[str, Any], address: dict[str, Any]) -> TelegramMethod[Any] | None:
    """The call that sends the same again, for the kinds that have one."""
    if "venue" in raw:
        venue = raw["venue"]
        place = {name: value for name, value in venue.items() if name != "location"}
        return SendVenue(**_spot(venue["location"]), **place, **address)
    if "location" in raw:
        # A live location is relayed as the place it was first seen at, so without its period.
        accuracy = raw["location"].get("horizontal_accuracy")
        return SendLocation(**_spot(raw["location"]), horizontal_accuracy=accuracy, **address)
    if "contact" in raw:
        contact = {name: value for name, value in raw["contact"].items() if name != "user_id"}
        return SendContact(**contact, **address)
    if "poll" in raw:
        return SendPoll.model_validate({**poll_again(raw["poll"]), **address})
    if "rich_message" in raw:
        return SendRichMessage.model_validate({"rich_message": rich_again(raw["rich_message"]), **address})
    return None


def _spot(location: dict[str, Any]) -> dict[str, Any]:
    return {"latitude": location["latitude"], "longitude": location["longitude"]}
