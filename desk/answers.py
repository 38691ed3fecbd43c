"""Answers: what a field makes of what people type, and how a kept answer reads."""

import unicodedata
from enum import StrEnum

from desk.contacts import ContactError, read_email, read_link, read_name, read_phone, shown_phone
from desk.fields import (
    AttachmentsField,
    ChoiceField,
    CompanyField,
    ContractField,
    EmailField,
    Field,
    PersonField,
    PhoneField,
    SerialField,
    TextField,
    UrlField,
    ValueField,
)
from desk.serial import SerialError
from desk.texts import LANGUAGES, Language


class TextProblem(StrEnum):
    """Why a text is no answer."""

    EMPTY = "empty"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NO_OPTION = "no_option"


class TextError(ValueError):
    """A text that is no answer: what is wrong, how long it is and how long it may be, in characters."""

    def __init__(self, problem: TextProblem, length: int = 0, limit: int = 0) -> None:
        super().__init__(f"{problem.value}: {length} characters, {limit} allowed")
        self.problem = problem
        self.length = length
        self.limit = limit


# Letters and signs of Unicode that show nothing.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")

AnswerError = TextError | SerialError | ContactError
ANSWER_ERRORS = (TextError, SerialError, ContactError)


def read_answer(field: ValueField, text: str, region: str | None) -> str:
    """The answer to a field in the form it is kept in. Raises TextError, SerialError or ContactError.

    `region` is the country of telephone numbers without a country code.
    """
    if isinstance(field, SerialField | ContractField):
        return field.read(text)
    if not _is_visible(text):
        raise TextError(TextProblem.EMPTY)
    match field:
        case TextField():
            return _measured(text.strip(), field.min_length, field.max_length)
        case CompanyField():
            return _measured(" ".join(text.split()), 2, field.max_length)
        case ChoiceField():
            return _chosen(field, text)
        case PhoneField():
            return read_phone(text, region)
        case EmailField():
            return read_email(text)
        case UrlField():
            return read_link(text)
        case PersonField():
            return read_name(text, field.min_words)


def _is_visible(text: str) -> bool:
    return any(unicodedata.category(each)[0] not in "ZC" and each not in _BLANK for each in text)


def _measured(text: str, least: int, most: int) -> str:
    if len(text) < least:
        raise TextError(TextProblem.TOO_SHORT, len(text), least)
    if len(text) > most:
        raise TextError(TextProblem.TOO_LONG, len(text), most)
    return text


def _chosen(field: ChoiceField, text: str) -> str:
    typed = " ".join(text.split()).casefold()
    for option in field.options:
        if typed in {option.label.in_language(language).casefold() for language in LANGUAGES}:
            return option.key
    raise TextError(TextProblem.NO_OPTION)


def is_right(field: Field, value: str, region: str | None) -> bool:
    """Whether a kept answer would still be taken, now that the profile may have changed."""
    if isinstance(field, AttachmentsField):
        return False
    if isinstance(field, ChoiceField):
        return field.option(value) is not None
    try:
        return read_answer(field, value, region) == value
    except ANSWER_ERRORS:
        return False


def shown_answer(field: Field, value: str, language: Language) -> str:
    """A kept answer as people read it."""
    if isinstance(field, PhoneField):
        return shown_phone(value)
    if isinstance(field, ChoiceField) and (option := field.option(value)):
        return option.label.in_language(language)
    return value
