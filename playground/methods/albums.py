"""Sending several files as one."""

from typing import Any

from playground import errors
from playground.files import File
from playground.formatting import Entity
from playground.methods.formatted import caption_text
from playground.methods.inputs import read_file, read_still
from playground.methods.outgoing import outgoing
from playground.methods.registry import Ask, method
from playground.render import message_json

MAX_ITEMS = 10
_ALLOWED = ("photo", "live_photo", "video", "document", "audio")
_Item = tuple[File, str | None, list[Entity], dict[str, bool]]
_SHOWN = {"has_spoiler": "has_media_spoiler", "show_caption_above_media": "show_caption_above_media"}


@method
def send_media_group(ask: Ask) -> Any:
    media = ask.params.array("media", "media")
    if media is None:
        raise errors.required("media")
    if not media:
        raise errors.ALBUM_EMPTY
    if len(media) > MAX_ITEMS:
        raise errors.ALBUM_TOO_LONG
    items = [_item(ask, item) for item in media]
    kinds = {file.kind for file, *_ in items}
    alone = sorted(kinds & {"document", "audio"})
    if alone and len(kinds) > 1:
        raise errors.mixed_album(alone[-1])
    first = outgoing(ask, items[0][0].kind, "photos")
    # docs say 2-10 items; td `send_message_group` sends a single one as a message outside of any album.
    album = str(13_500_000_000_000_000 + ask.world.number("album", 1)) if len(items) > 1 else None
    told = []
    for file, text, entities, shown in items:
        message = ask.world.new_message(
            first.message.chat,
            ask.bot,
            file.kind,
            text,
            entities,
            first.message.topic,
            first.message.reply_to,
        )
        message.file, message.album, message.quote = file, album, first.message.quote
        message.flags = first.message.flags | shown
        ask.world.post(message)
        told.append(message_json(message, ask.bot))
    return told


def _item(ask: Ask, item: Any) -> _Item:
    if not isinstance(item, dict):
        raise errors.bad("can't parse InputMedia: expected an Object")
    kind = item.get("type")
    if kind not in _ALLOWED:
        raise errors.bad(f"can't parse InputMedia: type \"{kind}\" can't be used in sendMediaGroup")
    if not item.get("media"):
        raise errors.bad("can't parse InputMedia: media not found")
    file = read_file(ask, item["media"], kind, item)
    text, entities = caption_text(
        item.get("caption") or "", item.get("parse_mode") or "", item.get("caption_entities")
    )
    if file.kind not in _ALLOWED:
        raise errors.ALBUM_FAMILY
    if file.kind == "live_photo":
        read_still(ask, file, item.get("photo"))
    return file, text, entities, {told: True for name, told in _SHOWN.items() if item.get(name) is True}
