"""Sending one file."""

from typing import Any

from playground import errors
from playground.formatting import Entity
from playground.methods.formatted import caption_text
from playground.methods.inputs import read_file, read_still
from playground.methods.outgoing import outgoing
from playground.methods.registry import METHODS, Ask, method

# What a group forbids, in the words of td's `can_send_message_content`.
WORDS = {
    "photo": "photos",
    "video": "videos",
    "animation": "animations",
    "audio": "music",
    "document": "documents",
    "voice": "voice messages",
    "video_note": "video notes",
    "sticker": "stickers",
    "live_photo": "photos",
}


def _send_file(ask: Ask, kind: str) -> Any:
    params = ask.params
    file = read_file(ask, params.text(kind), kind, params.values)
    if file.kind == "live_photo":
        read_still(ask, file, params.text("photo"))
    text: str | None = None
    entities: list[Entity] = []
    if kind not in ("sticker", "video_note"):
        text, entities = caption_text(
            params.text("caption"), params.text("parse_mode"), params.json("caption_entities")
        )
    # docs, "Sending files": the type of a file cannot be changed when resending it by file_id.
    out = outgoing(ask, file.kind, WORDS[kind])
    out.message.file = file
    out.message.text, out.message.entities = text, entities
    return out.send()


def _register(name: str, kind: str) -> None:
    METHODS[name.lower()] = (name, lambda ask: _send_file(ask, kind))


for _kind in WORDS:
    _register("send" + "".join(word.capitalize() for word in _kind.split("_")), _kind)


@method
def send_paid_media(ask: Ask) -> Any:
    params = ask.params
    media = params.array("media") or []
    if not media:
        raise errors.ALBUM_EMPTY
    first = media[0]
    if not isinstance(first, dict) or first.get("type") not in ("photo", "video"):
        raise errors.bad('can\'t parse InputPaidMedia: type must be "photo" or "video"')
    file = read_file(ask, first.get("media"), first["type"], first)
    text, entities = caption_text(
        params.text("caption"), params.text("parse_mode"), params.json("caption_entities")
    )
    out = outgoing(ask, "paid_media", "photos")
    out.message.file = file
    out.message.extra = {"star_count": params.integer("star_count")}
    out.message.text, out.message.entities = text, entities
    return out.send()
