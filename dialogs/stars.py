"""The question for stars, as it stands below the word that a ticket is closed."""

from __future__ import annotations

from aiogram.types import InlineKeyboardButton
from markupsafe import Markup

from desk.profile import Profile
from dialogs.buttons import RatingButton, button
from locales import Translator
from storage.rows import Customer

STARS = range(1, 6)


def stars(given: int) -> str:
    """Stars as people know them: three of five are ★★★☆☆."""
    return "★" * given + "☆" * (STARS[-1] - given)


def star_buttons(number: int) -> list[InlineKeyboardButton]:
    """A line to choose from."""
    return [button(f"{each} ★", RatingButton(number=number, stars=each)) for each in STARS]


def question(tr: Translator, profile: Profile, customer: Customer) -> Markup | None:
    """What to ask; None where the profile does not, or somebody would not read it now."""
    if not profile.asks_rating or customer.unreachable is not None or customer.banned_at is not None:
        return None
    return tr.text("How would you rate our help?")
