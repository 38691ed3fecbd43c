"""Texts and captions of calls."""

from typing import Any

from playground import errors
from playground.detect import with_detected
from playground.formatting import Entity, check_entities, parse_html, trim
from playground.text import CAPTION_LIMIT, TEXT_LIMIT, units


def formatted(text: str, parse_mode: str, entities: Any) -> tuple[str, list[Entity]]:
    """The text as it will stand in the chat, with its entities.

    Raises:
        Refusal: markup or entities are wrong, or the parse mode is none that the playground reads.
    """
    found: list[Entity] = []
    mode = parse_mode.strip().lower()
    if mode == "html":
        text, found = parse_html(text)
    elif mode in ("markdown", "markdownv2"):
        raise errors.unparsable("the playground reads no Markdown")
    elif mode and mode != "none":
        raise errors.UNSUPPORTED_PARSE_MODE
    elif entities is not None:
        if not isinstance(entities, list):
            raise errors.bad("expected an Array of MessageEntity")
        found = check_entities(text, entities)
    text, found = trim(text, found)
    return text, with_detected(text, found)


def message_text(text: str, parse_mode: str, entities: Any) -> tuple[str, list[Entity]]:
    """A text message: 1 to 4096 characters after parsing."""
    if not text:
        raise errors.TEXT_EMPTY
    parsed = formatted(text, parse_mode, entities)
    if not parsed[0]:
        raise errors.TEXT_EMPTY
    if units(parsed[0]) > TEXT_LIMIT:
        raise errors.TEXT_TOO_LONG
    return parsed


def caption_text(text: str, parse_mode: str, entities: Any) -> tuple[str | None, list[Entity]]:
    """A caption: up to 1024 characters after parsing; None for an empty one."""
    if not text:
        return None, []
    parsed = formatted(text, parse_mode, entities)
    if units(parsed[0]) > CAPTION_LIMIT:
        raise errors.CAPTION_TOO_LONG
    return parsed[0] or None, parsed[1]
