"""Pictures that a profile names: whether Telegram would take them as photos."""

from importlib.resources.abc import Traversable

# What Telegram takes as a photo, in bytes.
_LIMIT = 10 * 1024 * 1024
_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


def picture_fault(file: Traversable) -> str | None:
    """What is wrong with a picture, or None."""
    try:
        data = file.read_bytes()
    except (OSError, ValueError) as error:
        return f"cannot be read ({getattr(error, 'strerror', None) or error})"
    if not data.startswith(_BEGINNINGS):
        return "is no JPEG or PNG picture"
    return "is larger than 10 MB" if len(data) > _LIMIT else None
