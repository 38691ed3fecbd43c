"""What the buttons of the customers' side carry, and keyboards made of them."""

from __future__ import annotations

import hashlib
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup
from pydantic import Field

from desk.profile import Profile
from dialogs import words
from locales import Translator

# What a button carries comes back from clients, which may send anything: a number is one of the database's.
Number = Annotated[int, Field(ge=0, lt=2**31)]
# The widest that Telegram makes ids of people.
PersonId = Annotated[int, Field(ge=0, lt=2**52)]


class FormButton(CallbackData, prefix="f"):
    """A button of the intake: what to do at which step of which draft."""

    act: str
    draft: Number
    step: str
    value: str = ""


class RequestButton(CallbackData, prefix="r"):
    """A button of My requests: what to do with which request (for `list`, the page to show)."""

    act: str
    number: Number


class SolvedButton(CallbackData, prefix="s"):
    """The answer to "Solved?"."""

    yes: bool
    number: Number


class RatingButton(CallbackData, prefix="st"):
    """Stars for a closed request; 0 stands for no words with those that were given."""

    number: Number
    stars: int


class WhereButton(CallbackData, prefix="w"):
    """Where a message goes that could belong to several requests; 0 stands for a new one."""

    number: Number


class LanguageButton(CallbackData, prefix="l"):
    """A choice of language."""

    language: str


class FaqButton(CallbackData, prefix="q"):
    """A frequent question, or without a key the list of them.

    `act` is empty for showing it, `helped` or `on` for what the customer says of the answer.
    """

    key: str = ""
    act: str = ""


class ConsentButton(CallbackData, prefix="p"):
    """The answer to what the desk does with personal data: to which version of its rules."""

    yes: bool
    version: Number


class PrivacyButton(CallbackData, prefix="d"):
    """A button of /privacy: `get` the file, `ask` whether to erase, `erase`, `show` the screen again."""

    act: str


class MenuButton(CallbackData, prefix="m"):
    """A way from one screen to another: `new`, `resume`, `restart`, `cancel`, `my`."""

    to: str


def token(value: str) -> str:
    """What stands in a button for an answer, which may be longer than a button can carry."""
    return hashlib.sha256(value.encode()).hexdigest()[:8]


def button(text: str, data: CallbackData) -> InlineKeyboardButton:
    """An inline button."""
    return InlineKeyboardButton(text=text, callback_data=data.pack())


def rows(*lines: list[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    """A keyboard of these lines, without the empty ones."""
    return InlineKeyboardMarkup(inline_keyboard=[line for line in lines if line])


def menu_keyboard(tr: Translator, profile: Profile) -> ReplyKeyboardMarkup:
    """The main menu, below the text field; where customers only talk there are no requests in it."""
    requests = () if profile.is_talk else ((words.NEW_REQUEST, words.MY_REQUESTS),)
    lines = (*requests, (words.FAQ, words.LANGUAGE))
    return ReplyKeyboardMarkup(
        keyboard=[[KeyboardButton(text=tr.plain(label)) for label in line] for line in lines],
        resize_keyboard=True,
        is_persistent=True,
    )


def language_keyboard(first: str) -> InlineKeyboardMarkup:
    """The choice of language, the likeliest first."""
    order = [first, *(language for language in words.OWN_LANGUAGE_NAMES if language != first)]
    return rows(
        [button(words.OWN_LANGUAGE_NAMES[language], LanguageButton(language=language)) for language in order]
    )
