"""Serial numbers as people type them: with spaces and dashes, in digits of any script, inside a sentence."""

import re
import unicodedata
from enum import StrEnum


class SerialProblem(StrEnum):
    """Why a text is not a serial number; each deserves a sentence of its own."""

    EMPTY = "empty"
    LETTERS = "letters"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"


class SerialError(ValueError):
    """A text that is not a serial number: what is wrong, and how many digits it has instead of how many."""

    def __init__(self, problem: SerialProblem, found: int, digits: int) -> None:
        super().__init__(f"{problem.value}: {found} digits instead of {digits}")
        self.problem = problem
        self.found = found
        self.digits = digits


# Typographic signs that no Unicode category below covers: a minus typed for a dash, the numero sign.
_FORGIVEN_SIGNS = frozenset("−№")
_FORGIVEN_CATEGORIES = ("Z", "P", "M", "Cc", "Cf")


def normalise_serial(text: str, digits: int) -> str:
    """The serial number in *text* as *digits* ASCII digits.

    Decimal digits of every script count. Spaces, dashes, punctuation, invisible characters and combining
    marks are forgiven; anything else (letters, emoji, fractions) is not. Raises SerialError.
    """
    found: list[str] = []
    foreign = False
    for character in text:
        value = unicodedata.decimal(character, None)
        if value is not None:
            found.append(str(value))
        elif not _forgiven(character):
            foreign = True
    if foreign:
        raise SerialError(SerialProblem.LETTERS, len(found), digits)
    if not found:
        raise SerialError(SerialProblem.EMPTY, 0, digits)
    if len(found) < digits:
        raise SerialError(SerialProblem.TOO_SHORT, len(found), digits)
    if len(found) > digits:
        raise SerialError(SerialProblem.TOO_LONG, len(found), digits)
    return "".join(found)


def _forgiven(character: str) -> bool:
    return unicodedata.category(character).startswith(_FORGIVEN_CATEGORIES) or character in _FORGIVEN_SIGNS


_SEPARATOR = r"[\s\-\u2010-\u2015\u2212]"
# Neither a part of a word or a longer number, nor a telephone number, nor a decimal fraction.
_RUN = re.compile(rf"(?<![\w+.,])(?<!\d{_SEPARATOR})\d+(?:{_SEPARATOR}\d+)*(?![\w])")


def find_serial(text: str, digits: int) -> str | None:
    """The one unmistakable serial number in a free text, as ASCII digits, or None.

    Unmistakable is a number of exactly *digits* digits, written together or in equal groups of three or more
    (`1234 5678 9012`), that is not a telephone number with its `+`; two different ones are no certainty.
    """
    visible = "".join(character for character in text if unicodedata.category(character) != "Cf")
    candidates = set()
    for run in _RUN.finditer(visible):
        groups = re.split(_SEPARATOR, run.group())
        sizes = {len(group) for group in groups}
        evenly_grouped = len(sizes) == 1 and sizes.pop() >= 3 and sum(map(len, groups)) == digits
        whole = [group for group in groups if len(group) == digits]
        for written in ["".join(groups)] if evenly_grouped else whole:
            candidates.add("".join(str(unicodedata.decimal(digit)) for digit in written))
    return candidates.pop() if len(candidates) == 1 else None
