"""What Telegram marks in a plain text by itself: commands, mentions, hashtags, addresses."""

import re

from playground.formatting import Entity
from playground.text import units

_PATTERN = re.compile(
    r"(?P<email>(?<![\w.@/])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,})"
    r"|(?P<url>(?:https?://[^\s<>\"]+[^\s<>\".,;:!?)])|(?<![\w.@/])(?:[\w-]+\.)+"
    r"(?:com|org|net|io|me|lv|ru|eu|uk|de|dev)(?:/[^\s<>\"]*[^\s<>\".,;:!?)])?(?![\w@.]))"
    r"|(?P<mention>(?<!\w)@[A-Za-z][A-Za-z0-9_]{3,31}\b)"
    r"|(?P<hashtag>(?<![\w/])#\w*[^\W\d_]\w*)"
    r"|(?P<bot_command>(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z][A-Za-z0-9_]{3,31})?(?![\w/]))",
    re.IGNORECASE,
)
_HINTS = re.compile(r"[@#/.]")
_NO_INSIDE = frozenset(("code", "pre", "text_link", "text_mention", "custom_emoji"))


def with_detected(text: str, entities: list[Entity]) -> list[Entity]:
    """The entities and those that Telegram finds by itself, by offset."""
    if not _HINTS.search(text):
        return entities
    taken = [one for one in entities if one["type"] in _NO_INSIDE]
    found: list[Entity] = []
    for match in _PATTERN.finditer(text):
        offset, length = units(text[: match.start()]), units(match.group())
        if not any(
            one["offset"] < offset + length and offset < one["offset"] + one["length"] for one in taken
        ):
            found.append({"type": match.lastgroup, "offset": offset, "length": length})
    if not found:
        return entities
    return sorted([*entities, *found], key=lambda one: (one["offset"], -one["length"]))
