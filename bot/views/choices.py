"""What agents choose from to postpone or to refuse a ticket: the reason, then until when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton

from bot.views.buttons import ticked
from desk.lifecycle import Action
from desk.postponing import Until
from desk.profile import Profile
from desk.reasons import Reason
from dialogs.buttons import Number, button, token
from locales import Translator, mark
from storage.rows import Ticket

POSTPONE_MENU = Action.POSTPONE.value
REFUSE_MENU = Action.REFUSE.value
_UNTIL_MENU = "until:"

_UNTIL_LABELS = {
    Until.NEXT_DAY: mark("Until the next working day"),
    Until.THIRD_DAY: mark("For 3 working days"),
    Until.NEXT_WEEK: mark("Until next week"),
    Until.OPEN: mark("No date"),
}
# Where no hours are published every day counts.
_PLAIN_LABELS = _UNTIL_LABELS | {Until.NEXT_DAY: mark("Until tomorrow"), Until.THIRD_DAY: mark("For 3 days")}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


class ReasonButton(CallbackData, prefix="tr"):
    """A reason to do what `to` says; `until` is empty where the date is asked next, or minutes since 1970.

    Zero minutes stand for no date.
    """

    number: Number
    to: str
    reason: str
    until: str = ""


class UntilButton(CallbackData, prefix="tu"):
    """Until when to postpone for a reason."""

    number: Number
    reason: str
    until: str


def until_menu(reason: Reason) -> str:
    """The name of the menu that asks until when, once the reason is chosen; short enough for its column."""
    return _UNTIL_MENU + token(reason.key)


def reason_of(menu: str | None, profile: Profile) -> Reason | None:
    """The reason that was chosen before the menu asked until when; None for other menus."""
    chosen = (reason for reason in profile.reasons_to(POSTPONE_MENU) if until_menu(reason) == menu)
    return next(chosen, None)


def choices(ticket: Ticket, profile: Profile, tr: Translator) -> list[list[InlineKeyboardButton]] | None:
    """What the open menu of a card offers, a line each; None if it is none of these."""
    if ticket.menu in (POSTPONE_MENU, REFUSE_MENU):
        return reason_buttons(ticket, profile, tr, ticket.menu)
    reason = reason_of(ticket.menu, profile)
    if reason is None:
        return None
    labels = _PLAIN_LABELS if profile.calendar is None else _UNTIL_LABELS
    return [
        [button(tr.plain(label), UntilButton(number=ticket.number, reason=reason.key, until=choice.value))]
        for choice, label in labels.items()
    ]


def reason_buttons(
    ticket: Ticket, profile: Profile, tr: Translator, to: str, until: str = ""
) -> list[list[InlineKeyboardButton]]:
    """The reasons of the profile, a line each; the present one marked."""
    return [
        [
            button(
                ticked(reason.label.in_language(tr.language), is_present=reason.key == ticket.reason),
                ReasonButton(number=ticket.number, to=to, reason=reason.key, until=until),
            )
        ]
        for reason in profile.reasons_to(to)
    ]


def packed(moment: datetime | None) -> str:
    """A moment as `ReasonButton.until` carries it, to the minute."""
    return "0" if moment is None else str((moment - _EPOCH) // _MINUTE)


def unpacked(minutes: str) -> datetime | None:
    """The moment that a button carries; None for no date. Raises ValueError or OverflowError for nonsense."""
    return None if minutes == "0" else _EPOCH + int(minutes) * _MINUTE
