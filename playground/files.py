"""Files that lie at Telegram, and the identifiers under which each bot knows them."""

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from playground.errors import WRONG_FILE_ID

if TYPE_CHECKING:
    from playground.bots import Bot

DOWNLOAD_LIMIT = 20 * 1024 * 1024
_PREFIX = {
    "photo": "AgACAgIAAxkB",
    "video": "BAACAgIAAxkB",
    "voice": "AwACAgIAAxkB",
    "document": "BQACAgIAAxkB",
    "sticker": "CAACAgIAAxkB",
    "audio": "CQACAgIAAxkB",
    "animation": "CgACAgIAAxkB",
    "video_note": "DQACAgIAAxkB",
    # unchecked: that live photos have a prefix of their own
    "live_photo": "BgACAgIAAxkB",
}
_KIND_OF_PREFIX = {prefix: kind for kind, prefix in _PREFIX.items()}
_PREFIX_SIZE = 12
_EXTENSION = {
    "photo": "jpg",
    "video": "mp4",
    "voice": "oga",
    "document": "bin",
    "sticker": "webp",
    "audio": "mp3",
    "animation": "mp4",
    "video_note": "mp4",
    "live_photo": "mp4",
}
_FOLDER = {
    "photo": "photos",
    "video": "videos",
    "voice": "voice",
    "document": "documents",
    "sticker": "stickers",
    "audio": "music",
    "animation": "animations",
    "video_note": "video_notes",
    "live_photo": "videos",
}


@dataclass(slots=True, eq=False)
class File:
    """A file at Telegram; `size` is in bytes, `duration` in seconds. Compared by identity.

    `still` is the picture of a live photo.
    """

    number: int
    kind: str
    size: int
    name: str | None = None
    mime_type: str | None = None
    data: bytes | None = None
    width: int = 0
    height: int = 0
    duration: int = 0
    still: "File | None" = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def unique_id(self) -> str:
        """The same for every bot."""
        return _encoded(f"{self.number}")

    def id_for(self, bot: "Bot", thumbnail: bool = False) -> str:
        """The `file_id` that this bot, and no other, may use."""
        return _PREFIX[self.kind] + _encoded(f"{bot.id}:{self.number}:{'s' if thumbnail else 'x'}")

    @property
    def path(self) -> str:
        """The path for downloading, as `getFile` tells it."""
        return f"{_FOLDER[self.kind]}/file_{self.number}.{_EXTENSION[self.kind]}"

    def content(self) -> bytes:
        """What a download yields; files nobody gave bytes to are zeros of the right length."""
        return self.data if self.data is not None else bytes(self.size)


class FileStore:
    """All files of one playground."""

    def __init__(self) -> None:
        self._files: dict[int, File] = {}

    def add(self, kind: str, size: int, **what: Any) -> File:
        number = len(self._files) + 1
        self._files[number] = File(number, kind, size, **what)
        return self._files[number]

    def find(self, file_id: str, bot: "Bot") -> File:
        """The file that the bot means.

        Raises:
            Refusal: for an identifier that is none, or another bot's.
        """
        kind = _KIND_OF_PREFIX.get(file_id[:_PREFIX_SIZE])
        try:
            owner, number, _ = _decoded(file_id[_PREFIX_SIZE:]).split(":")
            file = self._files[int(number)]
        except (ValueError, KeyError):
            raise WRONG_FILE_ID from None
        if kind != file.kind or int(owner) != bot.id:
            raise WRONG_FILE_ID
        return file

    def by_path(self, path: str) -> File | None:
        stem = path.rpartition("/")[2].partition(".")[0].removeprefix("file_")
        file = self._files.get(int(stem)) if stem.isdigit() else None
        return file if file is not None and file.path == path else None


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True).decode()
    except (ValueError, UnicodeDecodeError) as error:
        raise ValueError(text) from error
