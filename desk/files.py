"""The format of a file, as far as its name and its MIME type tell it: nothing is ever opened."""

import re
from enum import StrEnum

# What clients write in different ways is one format.
_ALIASES = {
    "jpeg": "jpg",
    "jpe": "jpg",
    "jfif": "jpg",
    "tiff": "tif",
    "htm": "html",
    "mpeg4": "mp4",
    "oga": "ogg",
}
_BY_MIME = {
    "image/jpeg": "jpg", "image/jpg": "jpg", "image/pjpeg": "jpg", "image/png": "png", "image/x-png": "png",
    "image/gif": "gif", "image/bmp": "bmp", "image/x-bmp": "bmp", "image/x-ms-bmp": "bmp",
    "image/tiff": "tif", "image/webp": "webp", "image/heic": "heic", "image/heif": "heif",
    "image/svg+xml": "svg",
    "application/pdf": "pdf", "application/zip": "zip", "application/x-zip": "zip",
    "application/x-zip-compressed": "zip", "application/vnd.rar": "rar", "application/x-rar": "rar",
    "application/x-rar-compressed": "rar", "application/x-7z-compressed": "7z",
    "video/mp4": "mp4", "video/quicktime": "mov", "audio/mpeg": "mp3", "audio/ogg": "ogg",
    "text/plain": "txt", "text/csv": "csv",
}  # fmt: skip
# What Telegram itself made of a file: it tells more than a name that may be gone.
_BY_FAMILY = {
    "photo": "jpg",
    "animation": "gif",
    "voice": "ogg",
    "video_note": "mp4",
}
_EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,10})$")


class FileVerdict(StrEnum):
    """What becomes of a file: TAKEN, HINTED taken with a word that others do better, or why it is refused."""

    TAKEN = "taken"
    HINTED = "hinted"
    FAMILY = "family"
    FORMAT = "format"
    UNPACKED = "unpacked"
    SIZE = "size"


def plain_format(name: str) -> str:
    """One way to write a format: `JPEG` and `.jpg` are `jpg`."""
    small = name.strip().removeprefix(".").lower()
    return _ALIASES.get(small, small)


def formats_of(family: str, file_name: str | None, mime_type: str | None) -> frozenset[str]:
    """The formats that a file claims to be, by its name and by its MIME type: two, if these disagree.

    Telegram's photos are JPEG whatever was sent, its animations the GIFs of people who sent them.
    """
    if family in _BY_FAMILY:
        return frozenset({_BY_FAMILY[family]})
    claims = set()
    if found := _EXTENSION.search((file_name or "").strip()):
        claims.add(plain_format(found.group(1)))
    by_mime = _BY_MIME.get((mime_type or "").partition(";")[0].strip().lower())
    # A document that is packed in a zip, such as .docx, may be told as what it is packed in.
    if by_mime is not None and not (by_mime == "zip" and claims):
        claims.add(by_mime)
    return frozenset(claims)
