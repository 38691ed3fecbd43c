"""Files that a call brings or names."""

from typing import Any

from playground import errors
from playground.files import File
from playground.methods.registry import Ask
from playground.params import Upload

_SIZES: dict[str, dict[str, int]] = {
    "photo": {"width": 1280, "height": 960},
    "video": {"width": 640, "height": 360, "duration": 1},
    "animation": {"width": 320, "height": 240, "duration": 1},
    "sticker": {"width": 512, "height": 512},
    "video_note": {"width": 240, "height": 240, "duration": 1},
    "audio": {"duration": 1},
    "voice": {"duration": 1},
}
_MIME = {
    "video": "video/mp4",
    "animation": "video/mp4",
    "audio": "audio/mpeg",
    "voice": "audio/ogg",
}
_STICKER = {"type": "regular", "is_animated": False, "is_video": False}


def read_file(ask: Ask, value: Any, kind: str, about: dict[str, Any]) -> File:
    """The file that the parameter means: an upload, or one that the bot knows.

    `about` may tell width, height, length, duration, title and performer of an upload.

    Raises:
        Refusal: there is none, it is another bot's or of a type that cannot be sent so.
    """
    text = value if isinstance(value, str) else ""
    upload = ask.params.files.get(text.removeprefix("attach://")) if text.startswith("attach://") else None
    if upload is None and not text:
        upload = ask.params.files.get(kind)
    if upload is not None:
        return _stored(ask, upload, kind, about)
    if not text:
        raise errors.no_file(kind.replace("_", " "))
    if text.startswith(("http://", "https://")):
        raise errors.CANT_FETCH_URL
    file = ask.world.files.find(text, ask.bot)
    if file.kind != kind and {file.kind, kind} & {"photo", "live_photo"}:
        raise errors.wrong_file_type(file.kind.title(), kind.title())
    return file


def read_still(ask: Ask, film: File, value: Any) -> None:
    """See that a live photo comes with a picture, here always its own.

    Raises:
        Refusal: there is none, or another.
    """
    if not value:
        raise errors.no_file("photo")
    if ask.world.files.find(str(value), ask.bot) is not film.still:
        raise errors.bad("the playground knows a live photo with its own picture only")


def _stored(ask: Ask, upload: Upload, kind: str, about: dict[str, Any]) -> File:
    if not upload.data:
        raise errors.FILE_EMPTY
    shape: dict[str, Any] = dict(_SIZES.get(kind, {}))
    for name in ("width", "height", "duration"):
        if str(about.get(name) or "").isdigit():
            shape[name] = int(about[name])
    extra = {name: about[name] for name in ("title", "performer") if about.get(name)}
    if kind == "sticker":
        extra = dict(_STICKER)
    return ask.world.files.add(
        kind,
        len(upload.data),
        name=upload.name,
        mime_type=_MIME.get(kind) or upload.mime_type or "application/octet-stream",
        data=upload.data,
        extra=extra,
        **shape,
    )
