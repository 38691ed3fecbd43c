"""Messages as the JSON that the Bot API sends."""

from typing import TYPE_CHECKING, Any

from playground.files import File
from playground.messages import CAPTIONED, SeenMessage
from playground.polls import told_poll

if TYPE_CHECKING:
    from playground.bots import Bot

_THUMBNAIL_SIDE = 90
_THUMBNAIL_BYTES = 1200


def message_json(message: SeenMessage, bot: "Bot", with_reply: bool = True) -> dict[str, Any]:
    """The Message object for this bot; the message replied to is told without its own reply."""
    told: dict[str, Any] = {"message_id": message.id, "from": message.sender.json()}
    chat = message.chat
    if message.sender_chat is not None:
        told["sender_chat"] = message.sender_chat.json()
    told["chat"] = chat.json()
    told["date"] = message.date
    if message.edit_date is not None:
        told["edit_date"] = message.edit_date
    if message.topic is not None:
        told["message_thread_id"] = message.topic.id
        told["is_topic_message"] = True
    if message.forward_origin is not None:
        told["forward_origin"] = message.forward_origin
        told.update(_old_forward_fields(message.forward_origin))
    if with_reply:
        _tell_reply(message, bot, told)
    if message.album is not None:
        told["media_group_id"] = message.album
    told.update({name: value for name, value in message.flags.items() if name != "service"})
    _tell_content(message, bot, told)
    if message.markup is not None:
        told["reply_markup"] = message.markup
    return told


def _tell_reply(message: SeenMessage, bot: "Bot", told: dict[str, Any]) -> None:
    replied = message.reply_to
    if replied is None and message.topic is not None and message is not message.topic.opening:
        replied = message.topic.opening
    if replied is not None and not replied.deleted:
        told["reply_to_message"] = message_json(replied, bot, with_reply=False)
        if message.quote is not None:
            told["quote"] = message.quote
        if message.topic is None and message.chat.is_supergroup:
            # tdlib/telegram-bot-api issue 356: a reply chain outside a topic is a thread of its own.
            told["message_thread_id"] = (replied.thread_root or replied).id


def _tell_content(message: SeenMessage, bot: "Bot", told: dict[str, Any]) -> None:
    kind = message.kind
    if kind == "text":
        told["text"] = message.text
        if message.entities:
            told["entities"] = message.entities
        return
    if message.file is not None and message.extra is None:
        told[kind] = file_json(message.file, bot)
        if kind == "animation":
            # docs, Message.animation: "for backward compatibility, … the document field will also be set".
            told["document"] = _document_of(told[kind])
        elif kind == "live_photo":
            # docs, Message.live_photo: the same of the photo field.
            told["photo"] = told[kind]["photo"]
    elif message.file is not None:
        media = {"type": message.file.kind, message.file.kind: file_json(message.file, bot)}
        told[kind] = {**message.extra, "paid_media": [media]}
    elif kind == "poll":
        told[kind] = told_poll(message)
    else:
        told[kind] = message.extra
        if kind == "location" and not message.is_live:
            told[kind] = without_live(message.extra)
        if kind == "venue":
            told["location"] = message.extra["location"]
    if kind in CAPTIONED and message.text:
        told["caption"] = message.text
        if message.entities:
            told["caption_entities"] = message.entities


def without_live(location: dict[str, Any]) -> dict[str, Any]:
    """A location whose sharing is over. Client.cpp `JsonLocation`: what is live about it goes."""
    gone = ("live_period", "heading", "proximity_alert_radius")
    return {name: value for name, value in location.items() if name not in gone}


def _document_of(animation: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in animation.items() if key not in ("width", "height", "duration")}


def file_json(file: File, bot: "Bot") -> Any:
    """The object that describes a file of its kind; a photo is a list of its sizes."""
    if file.kind == "photo":
        return [_thumbnail(file, bot), {**_named(file, bot), "width": file.width, "height": file.height}]
    told = _named(file, bot)
    if file.kind in ("video", "animation", "sticker", "live_photo"):
        told["width"], told["height"] = file.width, file.height
    if file.kind in ("video", "animation", "audio", "voice", "video_note", "live_photo"):
        told["duration"] = file.duration
    if file.kind == "video_note":
        told["length"] = file.width
    elif file.kind not in ("sticker", "voice", "live_photo") and file.name:
        told["file_name"] = file.name
    if file.kind not in ("sticker", "video_note") and file.mime_type:
        told["mime_type"] = file.mime_type
    if file.kind in ("video", "animation", "video_note"):
        told["thumbnail"] = _thumbnail(file, bot)
    if file.still is not None:
        told["photo"] = file_json(file.still, bot)
    told.update(file.extra)
    return told


def _named(file: File, bot: "Bot") -> dict[str, Any]:
    return {"file_id": file.id_for(bot), "file_unique_id": file.unique_id, "file_size": file.size}


def _thumbnail(file: File, bot: "Bot") -> dict[str, Any]:
    return {
        "file_id": file.id_for(bot, thumbnail=True),
        "file_unique_id": f"s{file.unique_id}",
        "file_size": min(file.size, _THUMBNAIL_BYTES),
        "width": _THUMBNAIL_SIDE,
        "height": _THUMBNAIL_SIDE,
    }


def _old_forward_fields(origin: dict[str, Any]) -> dict[str, Any]:
    """Fields that Telegram still sends beside `forward_origin`, though the docs dropped them in 7.0."""
    old: dict[str, Any] = {"forward_date": origin["date"]}
    if "sender_user" in origin:
        old["forward_from"] = origin["sender_user"]
    elif "sender_user_name" in origin:
        old["forward_sender_name"] = origin["sender_user_name"]
    elif "chat" in origin:
        old["forward_from_chat"] = origin["chat"]
        old["forward_from_message_id"] = origin["message_id"]
    elif "sender_chat" in origin:
        old["forward_from_chat"] = origin["sender_chat"]
    return old
