"""Lengths and offsets as Telegram counts them: in UTF-16 code units."""

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
_BMP = 0xFFFF
# Characters that Telegram takes for blank at both ends of a text.
BLANK = " \t\r\n\v\f\u00a0\u200b\u2060\u3000\ufeff"


def units(text: str) -> int:
    """How many UTF-16 code units the text has."""
    if text.isascii():
        return len(text)
    return len(text) + sum(1 for char in text if ord(char) > _BMP)


def utf16_slice(text: str, offset: int, length: int) -> str:
    """The part of the text that an entity with this offset and length covers."""
    if text.isascii():
        return text[offset : offset + length]
    raw = text.encode("utf-16-le", "surrogatepass")
    return raw[offset * 2 : (offset + length) * 2].decode("utf-16-le", "replace")


def split(text: str, limit: int = TEXT_LIMIT) -> list[str]:
    """The parts in which a client sends a long text: at the last line break or blank that fits."""
    parts: list[str] = []
    rest = text.strip(BLANK)
    while units(rest) > limit:
        room = limit
        while units(rest[:room]) > limit:
            room -= max(1, (units(rest[:room]) - limit) // 2)
        cut = max(rest.rfind("\n", 1, room), rest.rfind(" ", 1, room))
        if cut <= room // 2:
            cut = room
        parts.append(rest[:cut].rstrip(BLANK))
        rest = rest[cut:].lstrip(BLANK)
    parts.append(rest)
    return parts
