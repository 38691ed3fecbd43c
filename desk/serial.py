"""Serial numbers and other codes as people type them: with spaces and dashes, in digits of any script,
in the letters of the wrong keyboard, inside a sentence.
"""

import re
import unicodedata
from enum import StrEnum
from typing import Literal


class SerialProblem(StrEnum):
    """Why a text is not a serial number; each deserves a sentence of its own."""

    EMPTY = "empty"
    LETTERS = "letters"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    FORM = "form"


class SerialError(ValueError):
    """A text that is not a serial number: what is wrong, and how many digits it has instead of how many.

    Where a pattern is asked for, the digits say nothing and are 0.
    """

    def __init__(self, problem: SerialProblem, found: int = 0, digits: int = 0) -> None:
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


Case = Literal["upper", "lower", "keep"]

# What a code may have at most; a longer text is none, and is not even compared.
CODE_LIMIT = 64

# Cyrillic letters that look like Latin ones, which is what somebody copies from a label by eye.
_LOOKALIKES = str.maketrans("АВЕКМНОРСТУХЅІЈаеорсухѕіј", "ABEKMHOPCTYXSIJaeopcyxsij")


def _folded(text: str, *, latin: bool, case: Case) -> str:
    """The text in one way of writing: ASCII digits, plain spaces and hyphens, one case, one alphabet."""
    written = []
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        value = unicodedata.decimal(character, None)
        if value is not None:
            written.append(str(value))
        elif category == "Pd" or character == "−":
            written.append("-")
        elif category.startswith("Z") or category == "Cc":
            written.append(" ")
        elif category != "Cf":
            written.append(character)
    folded = "".join(written)
    if latin:
        folded = folded.translate(_LOOKALIKES)
    return folded.upper() if case == "upper" else folded.lower() if case == "lower" else folded


def normalise_code(text: str, pattern: str, *, latin: bool = False, case: Case = "keep") -> str:
    """The code in *text* as *pattern*, a regular expression, wants it in full.

    Digits of every script count; spaces and dashes that the pattern does not want are forgiven, and so is
    what stands around it ("№", a full stop). With *latin* Cyrillic look-alikes become Latin letters; *case*
    is the one the pattern is written for. Raises SerialError.
    """
    if len(text) > CODE_LIMIT * 4:
        raise SerialError(SerialProblem.FORM)
    written = " ".join(_folded(text, latin=latin, case=case).split())
    if not any(character.isalnum() for character in written):
        raise SerialError(SerialProblem.EMPTY)
    bare = written.strip("".join({character for character in written if not character.isalnum()}))
    for base in (written, bare):
        for candidate in (base, base.replace(" ", ""), base.replace(" ", "").replace("-", "")):
            if len(candidate) <= CODE_LIMIT and re.fullmatch(pattern, candidate):
                return candidate
    raise SerialError(SerialProblem.FORM)


def find_code(text: str, pattern: str, *, latin: bool = False, case: Case = "keep") -> str | None:
    """The one word of a free text that is such a code, or None; two different ones are no certainty."""
    found = set()
    for word in text.split():
        try:
            found.add(normalise_code(word, pattern, latin=latin, case=case))
        except SerialError:
            continue
    return found.pop() if len(found) == 1 else None
