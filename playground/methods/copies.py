"""Copying and forwarding."""

from collections.abc import Callable
from typing import Any

from playground import errors
from playground.chats import Chat
from playground.forwards import UNCOPYABLE, copied, forwarded
from playground.messages import CAPTIONED, SeenMessage
from playground.methods.formatted import caption_text
from playground.methods.outgoing import outgoing
from playground.methods.registry import Ask, method
from playground.methods.targets import find_chat, find_message
from playground.polls import tells_answers

MAX_IDS = 100
_Transfer = Callable[[SeenMessage, SeenMessage], SeenMessage]


def _copyable(message: SeenMessage) -> bool:
    return _forwardable(message) and message.kind not in UNCOPYABLE and not _is_riddle(message)


def _is_riddle(message: SeenMessage) -> bool:
    """docs, copyMessage: a quiz "can be copied only if" its right answers are known to the bot."""
    is_quiz = message.kind == "poll" and message.extra["type"] == "quiz"
    return is_quiz and not tells_answers(message)


def _forwardable(message: SeenMessage) -> bool:
    return not (message.is_service or message.is_protected)


@method
def copy_message(ask: Ask) -> Any:
    params = ask.params
    source = find_message(ask, find_chat(ask, "from_chat_id"), errors.COPY_NOT_FOUND)
    if not _copyable(source):
        raise errors.CANT_COPY
    out = outgoing(ask, source.kind)
    copied(source, out.message)
    if "caption" in params.values and source.kind in CAPTIONED:
        out.message.text, out.message.entities = caption_text(
            params.text("caption"), params.text("parse_mode"), params.json("caption_entities")
        )
    return {"message_id": out.send()["message_id"]}


@method
def forward_message(ask: Ask) -> Any:
    source = find_message(ask, find_chat(ask, "from_chat_id"), errors.FORWARD_NOT_FOUND)
    if not _forwardable(source):
        raise errors.CANT_FORWARD
    out = outgoing(ask, source.kind)
    forwarded(source, out.message)
    return out.send()


@method
def copy_messages(ask: Ask) -> Any:
    transfer: _Transfer = copied
    if ask.params.flag("remove_caption"):
        transfer = _without_caption
    return _several(ask, _copyable, transfer)


@method
def forward_messages(ask: Ask) -> Any:
    return _several(ask, _forwardable, forwarded)


def _without_caption(source: SeenMessage, target: SeenMessage) -> SeenMessage:
    copied(source, target)
    if source.kind in CAPTIONED:
        target.text, target.entities = None, []
    return target


def _several(ask: Ask, fit: Callable[[SeenMessage], bool], transfer: _Transfer) -> list[dict[str, int]]:
    """docs, copyMessages: what can't be found or copied is skipped; albums stay albums."""
    ids = message_ids(ask)
    chat = find_chat(ask, "from_chat_id")
    sources = [message for message in _listed(chat, ids) if fit(message)]
    if not sources:
        raise errors.NO_MESSAGES_TO_FORWARD
    first = outgoing(ask, sources[0].kind)
    albums: dict[str, str] = {}
    sent = []
    for source in sources:
        target = ask.world.new_message(
            first.message.chat,
            ask.bot,
            source.kind,
            topic=first.message.topic,
            reply_to=first.message.reply_to,
        )
        transfer(source, target)
        target.flags = dict(first.message.flags)
        if source.album is not None:
            if source.album not in albums:
                albums[source.album] = str(13_700_000_000_000_000 + ask.world.number("album", 1))
            target.album = albums[source.album]
        ask.world.post(target)
        sent.append({"message_id": target.id})
    return sent


def _listed(chat: Chat, ids: list[int]) -> list[SeenMessage]:
    return [chat.by_id[number] for number in ids if number in chat.by_id]


def message_ids(ask: Ask) -> list[int]:
    """The ids of a call about several messages: 1 to 100 of them."""
    given = ask.params.array("message_ids", "message identifiers")
    if not given:
        raise errors.NO_MESSAGE_IDS
    if len(given) > MAX_IDS:
        raise errors.TOO_MANY_MESSAGE_IDS
    if not all(isinstance(number, int) or str(number).isdigit() for number in given):
        raise errors.bad("invalid message identifier specified")  # Client.cpp `get_message_ids`
    return [int(number) for number in given]
