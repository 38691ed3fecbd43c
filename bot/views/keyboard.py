"""The buttons of a card: what may be done to its ticket now, and the menus that open on it."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.views.buttons import CannedButton, MarksButton, MenuButton, PriorityButton, StaffButton, ticked
from bot.views.choices import POSTPONE_MENU, REFUSE_MENU, choices, reason_of
from bot.views.menus import (
    ASSIGN,
    ASSIGN_MENU,
    TRANSFER,
    TRANSFER_MENU,
    TYPE_MENU,
    Colleague,
    assign_rows,
    transfer_rows,
    type_rows,
)
from desk.history import FINISHED
from desk.lifecycle import Action, State, allowed
from desk.profile import Profile
from dialogs.buttons import button, rows
from dialogs.words import BACK, TYPE
from locales import Translator, mark
from storage.rows import Ticket

LABELS = {
    Action.TAKE: mark("Take"),
    Action.RELEASE: mark("Release"),
    Action.RESUME: mark("Resume"),
    Action.RESOLVE: mark("Resolve"),
    Action.WAIT: mark("Wait"),
    Action.CLOSE: mark("Close"),
    Action.REOPEN: mark("Reopen"),
}
# What asks for more before it is done.
MENU_LABELS = {Action.POSTPONE: mark("Postpone"), Action.REFUSE: mark("Refuse")}
PRIORITY = mark("Priority")
PRIORITY_MENU = "priority"
MORE = "…"
MORE_MENU = "more"

# The order of the buttons, and which of them hide behind "…" where there are more than so many.
_ORDER = (
    Action.TAKE,
    Action.RESUME,
    Action.RESOLVE,
    Action.RELEASE,
    Action.WAIT,
    Action.POSTPONE,
    Action.REFUSE,
    Action.CLOSE,
    Action.REOPEN,
)
_RARE = (Action.RELEASE, Action.REFUSE)
# The menus that have buttons of their own, and whether these may stand behind "…".
_MENUS = (
    (ASSIGN_MENU, ASSIGN, True),
    (PRIORITY_MENU, PRIORITY, False),
    (TYPE_MENU, TYPE, True),
    (TRANSFER_MENU, TRANSFER, True),
)
_ROOM = 8


def can_open(menu: str, ticket: Ticket, profile: Profile) -> bool:
    """Whether the card may show this menu now."""
    state = State(ticket.state)
    if menu == PRIORITY_MENU:
        return bool(profile.priorities) and state not in FINISHED
    if menu == TYPE_MENU:
        return len(profile.ticket_types) > 1 and state not in FINISHED
    if menu == TRANSFER_MENU:
        return len(profile.departments) > 1 and state not in FINISHED
    if menu == REFUSE_MENU:
        return Action.REFUSE in allowed(state)
    if menu in (ASSIGN_MENU, MORE_MENU):
        return state not in FINISHED
    known = menu == POSTPONE_MENU or reason_of(menu, profile) is not None
    return known and Action.POSTPONE in allowed(state)


def keyboard(
    ticket: Ticket, profile: Profile, tr: Translator, colleagues: Sequence[Colleague]
) -> InlineKeyboardMarkup:
    """The buttons of a card, or what its open menu offers; `colleagues` are whom to assign the ticket to."""
    if ticket.is_erased:
        return rows()
    menu = ticket.menu if ticket.menu is not None and can_open(ticket.menu, ticket, profile) else None
    back = [button(tr.plain(BACK), MenuButton(menu="", number=ticket.number))]
    if (offered := _offered(menu, ticket, profile, tr, colleagues)) is not None:
        return rows(*offered, back)
    buttons = [(_action_button(action, ticket, tr), action in _RARE) for action in _possible(ticket, profile)]
    for name, label, is_rare in _MENUS:
        if can_open(name, ticket, profile):
            menu_button = MenuButton(menu=name, number=ticket.number)
            buttons.append((button(tr.plain(label), menu_button), is_rare))
    if profile.marks:
        buttons.append((button(tr.plain("Marks"), MarksButton(number=ticket.number)), True))
    if profile.canned and State(ticket.state) is not State.CLOSED:
        canned = CannedButton(act="open", number=ticket.number)
        buttons.append((button(tr.plain("Canned"), canned), False))
    if len(buttons) <= _ROOM:
        return rows(*_in_pairs([each for each, _ in buttons]))
    shown = [each for each, rare in buttons if rare == (menu == MORE_MENU)]
    if menu == MORE_MENU:
        return rows(*_in_pairs(shown), back)
    shown.append(button(MORE, MenuButton(menu=MORE_MENU, number=ticket.number)))
    return rows(*_in_pairs(shown))


def _offered(
    menu: str | None, ticket: Ticket, profile: Profile, tr: Translator, colleagues: Sequence[Colleague]
) -> list[list[InlineKeyboardButton]] | None:
    """What the open menu offers; None if the card shows its buttons, or more of them."""
    if menu is None:
        return None
    if menu == PRIORITY_MENU:
        return _priorities(ticket, profile, tr)
    if menu == ASSIGN_MENU:
        return _in_pairs(assign_rows(ticket, colleagues))
    if menu == TYPE_MENU:
        return type_rows(ticket, profile, tr)
    if menu == TRANSFER_MENU:
        return _in_pairs(transfer_rows(ticket, profile, tr))
    return choices(ticket, profile, tr)


def _possible(ticket: Ticket, profile: Profile) -> list[Action]:
    """What buttons there are for this ticket now, in their order."""
    state = State(ticket.state)
    if ticket.assignee_id is None:
        # Whoever takes what stands still goes on with it by that.
        without = {Action.RELEASE, Action.RESUME}
    else:
        # What was only given to somebody may be taken by another.
        without = {Action.TAKE} if state is not State.NEW else set()
    without |= {action for action in MENU_LABELS if not profile.reasons_to(action.value)}
    return [action for action in _ORDER if action in allowed(state) and action not in without]


def _action_button(action: Action, ticket: Ticket, tr: Translator) -> InlineKeyboardButton:
    if action in MENU_LABELS:
        return button(tr.plain(MENU_LABELS[action]), MenuButton(menu=action.value, number=ticket.number))
    return button(tr.plain(LABELS[action]), StaffButton(action=action.value, number=ticket.number))


def _priorities(ticket: Ticket, profile: Profile, tr: Translator) -> list[list[InlineKeyboardButton]]:
    """What can be chosen instead of the card's buttons, the present one marked."""
    offered = [
        button(
            ticked(priority.label.in_language(tr.language), is_present=priority.key == ticket.priority),
            PriorityButton(number=ticket.number, to=priority.key, was=ticket.priority or ""),
        )
        for priority in profile.priorities
    ]
    return _in_pairs(offered)


def _in_pairs(buttons: list[InlineKeyboardButton]) -> list[list[InlineKeyboardButton]]:
    return [buttons[i : i + 2] for i in range(0, len(buttons), 2)]
