"""Editing and deleting."""

from typing import Any

from playground import errors
from playground.chats import Chat, PrivateChat
from playground.groups import Group
from playground.messages import CAPTIONED, SeenMessage
from playground.methods.copies import message_ids
from playground.methods.formatted import caption_text, message_text
from playground.methods.inputs import read_file, read_still
from playground.methods.markup import Markup, read_inline
from playground.methods.registry import Ask, method
from playground.methods.sends import read_location, read_rich
from playground.methods.targets import check_writable, find_chat, find_message
from playground.render import message_json, without_live

DELETE_WINDOW = 2 * errors.DAY
_MEDIA = frozenset(("photo", "live_photo", "video", "animation", "audio", "document"))


def _editable(ask: Ask) -> SeenMessage:
    if ask.params.has("inline_message_id"):
        raise errors.bad("MESSAGE_ID_INVALID")  # MTProto error of messages.editInlineBotMessage
    chat = find_chat(ask)
    message = find_message(ask, chat, errors.EDIT_NOT_FOUND)
    check_writable(ask, chat)
    if message.sender is not ask.bot or message.is_service or message.forward_origin is not None:
        raise errors.CANT_EDIT
    return message


def _finish(ask: Ask, message: SeenMessage, before: tuple[Any, ...], markup: Markup | None) -> Any:
    message.markup = markup
    if before == _state(message):
        raise errors.NOT_MODIFIED
    message.edit_date = ask.world.now()
    ask.world.announce(message, "edited_message")
    return message_json(message, ask.bot)


def _state(message: SeenMessage) -> tuple[Any, ...]:
    return message.kind, message.text, message.entities, message.file, message.extra, message.markup


@method
def edit_message_text(ask: Ask) -> Any:
    params = ask.params
    if params.has("rich_message"):
        return _edit_rich(ask)
    text, entities = message_text(params.text("text"), params.text("parse_mode"), params.json("entities"))
    markup = read_inline(params)
    message = _editable(ask)
    if message.kind != "text":
        raise errors.NO_TEXT_TO_EDIT
    before = _state(message)
    message.text, message.entities = text, entities
    preview = params.json("link_preview_options")
    if preview:
        message.flags["link_preview_options"] = preview
    return _finish(ask, message, before, markup)


def _edit_rich(ask: Ask) -> Any:
    content = read_rich(ask)
    markup = read_inline(ask.params)
    message = _editable(ask)
    if message.kind != "rich_message":
        raise errors.NO_TEXT_TO_EDIT
    before = _state(message)
    message.extra = content
    return _finish(ask, message, before, markup)


@method
def edit_message_caption(ask: Ask) -> Any:
    params = ask.params
    text, entities = caption_text(
        params.text("caption"), params.text("parse_mode"), params.json("caption_entities")
    )
    markup = read_inline(params)
    message = _editable(ask)
    if message.kind not in CAPTIONED:
        raise errors.NO_CAPTION_TO_EDIT
    before = _state(message)
    message.text, message.entities = text, entities
    return _finish(ask, message, before, markup)


@method
def edit_message_media(ask: Ask) -> Any:
    media = ask.params.json("media", "media")
    if not isinstance(media, dict) or media.get("type") not in _MEDIA:
        raise errors.bad("can't parse InputMedia: type must be specified")
    file = read_file(ask, media.get("media"), media["type"], media)
    if file.kind == "live_photo":
        read_still(ask, file, media.get("photo"))
    text, entities = caption_text(
        media.get("caption") or "", media.get("parse_mode") or "", media.get("caption_entities")
    )
    markup = read_inline(ask.params)
    message = _editable(ask)
    if message.kind not in _MEDIA and message.kind != "text":
        raise errors.NO_MEDIA_TO_EDIT
    before = _state(message)
    message.kind, message.file = file.kind, file
    message.text, message.entities = text, entities
    return _finish(ask, message, before, markup)


@method
def edit_message_reply_markup(ask: Ask) -> Any:
    markup = read_inline(ask.params)
    message = _editable(ask)
    return _finish(ask, message, _state(message), markup)


@method
def edit_message_live_location(ask: Ask) -> Any:
    location = read_location(ask)
    markup = read_inline(ask.params)
    message = _live(ask)
    before = _state(message)
    message.extra = {**message.extra, **location}
    return _finish(ask, message, before, markup)


@method
def stop_message_live_location(ask: Ask) -> Any:
    markup = read_inline(ask.params)
    message = _live(ask)
    before = _state(message)
    message.extra = without_live(message.extra)
    return _finish(ask, message, before, markup)


def _live(ask: Ask) -> SeenMessage:
    message = _editable(ask)
    if not message.is_live:
        raise errors.CANT_EDIT
    return message


@method
def stop_poll(ask: Ask) -> Any:
    markup = read_inline(ask.params)
    message = find_message(ask, find_chat(ask), errors.POLL_NOT_FOUND)
    if message.kind != "poll" or message.sender is not ask.bot or message.extra["is_closed"]:
        raise errors.POLL_CANT_STOP
    message.extra = {**message.extra, "is_closed": True}
    message.markup = markup
    return message.extra


@method
def delete_message(ask: Ask) -> Any:
    chat = find_chat(ask)
    message = find_message(ask, chat, errors.DELETE_NOT_FOUND)
    _check_deletable(ask, chat, message)
    chat.delete_message(message)
    return True


@method
def delete_messages(ask: Ask) -> Any:
    """docs, deleteMessages: "If some of the specified messages can't be found, they are skipped."."""
    ids = message_ids(ask)
    chat = find_chat(ask)
    found = [chat.by_id[number] for number in ids if number in chat.by_id]
    for message in found:
        _check_deletable(ask, chat, message)
    for message in found:
        chat.delete_message(message)
    return True


def _check_deletable(ask: Ask, chat: Chat, message: SeenMessage) -> None:
    """docs, deleteMessage: what a bot may delete, and for how long."""
    if message.kind == "forum_topic_created":
        raise errors.CANT_DELETE
    if isinstance(chat, Group) and chat.member(ask.bot).can("can_delete_messages"):
        return
    if message.sender is not ask.bot and not isinstance(chat, PrivateChat):
        raise errors.CANT_DELETE
    if ask.world.now() - message.date > DELETE_WINDOW:
        raise errors.CANT_DELETE_FOR_EVERYONE
