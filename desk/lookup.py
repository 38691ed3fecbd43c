"""What an agent looks for, as typed: a number, a serial number in any spelling, words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from desk.fields import SerialField
from desk.serial import CODE_LIMIT, SerialError

# Who types more than that pastes a story, whose beginning will do.
TEXT_LIMIT = 256
_MOST_WORDS = 8
_WORD_LIMIT = 64
# The beginning of a shorter word would be the beginning of half of all words.
_SHORTEST_BEGINNING = 3
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"[#№]?\s*(\d{1,18})")
_LOOSE = str.maketrans("ёāčēģīķļņōŗšūž", "еacegiklnorsuz")


@dataclass(frozen=True, slots=True)
class Lookup:
    """What is looked for. A ticket fits by any of the three, by its words only if it has all of them."""

    number: int | None
    serials: frozenset[str]
    # In small letters, without the marks that people leave out.
    words: tuple[str, ...]


def read_number(text: str) -> int | None:
    """The number of a ticket, as in `1042`, `#1042` or `№ 1042`; None if *text* is none."""
    match = _NUMBER.fullmatch(text.strip())
    return int(match[1]) if match else None


def read_lookup(text: str, serial: SerialField | None) -> Lookup:
    """What *text* asks for; no words are in it, if there is neither a letter nor a digit.

    *serial* is the field that the desk's tickets have their serial number from.
    """
    text = text[:TEXT_LIMIT]
    words = (word[:_WORD_LIMIT] for word in _WORD.findall(_folded(text)))
    return Lookup(read_number(text), _serials(text, serial), tuple(dict.fromkeys(words))[:_MOST_WORDS])


def is_beginning(word: str) -> bool:
    """Whether words that only begin with this one fit too."""
    return len(word) >= _SHORTEST_BEGINNING


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).lower().translate(_LOOSE)


def _serials(text: str, field: SerialField | None) -> frozenset[str]:
    if field is None:
        return frozenset()
    found = {text.strip()} if 0 < len(text.strip()) <= CODE_LIMIT else set()
    try:
        found.add(field.read(text))
    except SerialError:
        if (within := field.find(text)) is not None:
            found.add(within)
    return frozenset(found)
