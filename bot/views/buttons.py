"""What the buttons of cards and notices carry, for agents to press."""

from __future__ import annotations

from aiogram.filters.callback_data import CallbackData

from dialogs.buttons import Number


class StaffButton(CallbackData, prefix="t"):
    """A button of a card: what to do, to which ticket."""

    action: str
    number: Number


class MarksButton(CallbackData, prefix="marks"):
    """The button of a card that shows what is known of the ticket's customer."""

    number: Number


class CannedButton(CallbackData, prefix="cn"):
    """A button about canned answers: what to do with which, for which ticket.

    On the card it has no answer yet and opens the list. `seen` is the token of the text that was previewed.
    """

    act: str
    number: Number
    key: str = ""
    seen: str = ""


class MenuButton(CallbackData, prefix="tm"):
    """A button of a card that opens a menu on it; without a name, the way back to its buttons."""

    menu: str
    number: Number


class PriorityButton(CallbackData, prefix="tp"):
    """A choice of priority; `was` is what the ticket had when the choice was offered."""

    number: Number
    to: str
    was: str


class RetryButton(CallbackData, prefix="retry"):
    """The button under a notice of failure: which row of the outbox to send again."""

    row: Number


def ticked(label: str, *, is_present: bool) -> str:
    """A choice as its button shows it: what holds at present has a tick."""
    return f"✓ {label}" if is_present else label
