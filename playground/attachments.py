"""What a person attaches to a message; sizes in bytes, durations in seconds, sides in pixels."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from playground.files import File, FileStore


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a person sends; without `data` it is `size` zeros."""

    size: int = 65_536
    file_name: str | None = None
    mime_type: str | None = None
    data: bytes | None = None
    kind: ClassVar[str] = "document"

    def stored(self, files: FileStore) -> File:
        """Upload it."""
        size = self.size if self.data is None else len(self.data)
        return files.add(
            self.kind, size, name=self.file_name, mime_type=self.mime_type, data=self.data, **self._shape()
        )

    def _shape(self) -> dict[str, Any]:
        return {}


@dataclass(frozen=True, slots=True)
class Document(Attachment):
    file_name: str | None = "document.pdf"
    mime_type: str | None = "application/pdf"


@dataclass(frozen=True, slots=True)
class Photo(Attachment):
    width: int = 1280
    height: int = 960
    kind: ClassVar[str] = "photo"

    def _shape(self) -> dict[str, Any]:
        return {"width": self.width, "height": self.height}


@dataclass(frozen=True, slots=True)
class LivePhoto(Attachment):
    """A photo with the seconds around it."""

    width: int = 1280
    height: int = 960
    duration: int = 3
    kind: ClassVar[str] = "live_photo"

    def stored(self, files: FileStore) -> File:
        """Upload the film and the picture."""
        still = Photo(width=self.width, height=self.height).stored(files)
        return files.add(self.kind, self.size, mime_type="video/mp4", still=still, **self._shape())

    def _shape(self) -> dict[str, Any]:
        return {"width": self.width, "height": self.height, "duration": self.duration}


@dataclass(frozen=True, slots=True)
class Video(Attachment):
    file_name: str | None = "video.mp4"
    mime_type: str | None = "video/mp4"
    width: int = 1280
    height: int = 720
    duration: int = 7
    kind: ClassVar[str] = "video"

    def _shape(self) -> dict[str, Any]:
        return {"width": self.width, "height": self.height, "duration": self.duration}


@dataclass(frozen=True, slots=True)
class Animation(Attachment):
    file_name: str | None = "animation.mp4"
    mime_type: str | None = "video/mp4"
    width: int = 320
    height: int = 240
    duration: int = 3
    kind: ClassVar[str] = "animation"

    def _shape(self) -> dict[str, Any]:
        return {"width": self.width, "height": self.height, "duration": self.duration}


@dataclass(frozen=True, slots=True)
class Audio(Attachment):
    file_name: str | None = "song.mp3"
    mime_type: str | None = "audio/mpeg"
    duration: int = 180
    title: str = "Song"
    performer: str = "Singer"
    kind: ClassVar[str] = "audio"

    def _shape(self) -> dict[str, Any]:
        return {"duration": self.duration, "extra": {"title": self.title, "performer": self.performer}}


@dataclass(frozen=True, slots=True)
class Voice(Attachment):
    mime_type: str | None = "audio/ogg"
    duration: int = 5
    kind: ClassVar[str] = "voice"

    def _shape(self) -> dict[str, Any]:
        return {"duration": self.duration}


@dataclass(frozen=True, slots=True)
class VideoNote(Attachment):
    length: int = 240
    duration: int = 6
    kind: ClassVar[str] = "video_note"

    def _shape(self) -> dict[str, Any]:
        return {"width": self.length, "height": self.length, "duration": self.duration}


@dataclass(frozen=True, slots=True)
class Sticker(Attachment):
    emoji: str = "🙂"
    side: int = 512
    extra: dict[str, Any] = field(default_factory=dict)
    kind: ClassVar[str] = "sticker"

    def _shape(self) -> dict[str, Any]:
        told = {"type": "regular", "is_animated": False, "is_video": False, "emoji": self.emoji, **self.extra}
        return {"width": self.side, "height": self.side, "extra": told}
