"""The card that opens a thread: what the ticket is, and the buttons that act on it."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from markupsafe import Markup

from bot.staff import deadlines, links
from bot.staff.choices import POSTPONE_MENU, REFUSE_MENU, choices, reason_of
from bot.staff.facts import Facts
from bot.staff.menus import (
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
from desk.fields import TELEGRAM_TEXT_LIMIT, SerialField
from desk.history import FINISHED
from desk.lifecycle import Action, State, allowed
from desk.profile import Profile
from dialogs import promises
from dialogs.buttons import Number
from dialogs.description import (
    answers_on_card,
    as_html,
    excerpt,
    fitted,
    fitting_on_card,
    room_on_card,
    units,
)
from dialogs.stars import stars
from dialogs.words import BACK, DEPARTMENT, LANGUAGE_NAMES, STATE_NAMES, TYPE
from locales import Translator, mark
from storage.ratings import Rating
from storage.rows import Customer, StoredMessage, Ticket

_EXCERPT = 400
_COMMENT = 200
_NAME_LIMIT = 128
_BAN_REASON = 120
_TAG = re.compile(r"<[^>]*>")

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

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

# What a customer reads as "waiting for your answer" is no answer of the agent's.
STAFF_STATE_NAMES = STATE_NAMES | {State.WAITING: mark("waiting for the customer")}


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


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it should stand now."""

    text: str
    keyboard: InlineKeyboardMarkup
    # The text without what changes as time passes: that alone is worth no edit.
    lasting: str

    @property
    def digest(self) -> str:
        """Changes exactly when something happened that the card has to show."""
        return hashlib.sha256((self.lasting + self.keyboard.model_dump_json()).encode()).hexdigest()


def topic_name(ticket: Ticket, customer: Customer) -> str:
    """The name of a thread: number, serial number, customer. Telegram takes 128 characters, in UTF-16."""
    last = f" {customer.last_name[0]}." if customer.last_name else ""
    parts = [f"#{ticket.number}", ticket.serial, f"{customer.first_name}{last}"]
    name = " · ".join(part for part in parts if part)
    return name.encode("utf-16-le")[: 2 * _NAME_LIMIT].decode("utf-16-le", "ignore")


def state_name(tr: Translator, ticket: Ticket) -> str:
    """What agents call the ticket's state."""
    return tr.plain(STAFF_STATE_NAMES[State(ticket.state)])


def card(facts: Facts, profile: Profile, tr: Translator) -> Card:
    """The card of a ticket. Its earlier ones are left out where the rest leaves them no room."""
    ticket, customer = facts.ticket, facts.customer
    # What is written under a picture stands under it in the thread as well.
    texts = [message for message in facts.description if message.kind == "text"]
    zone = profile.timezone
    lines = [tr.text("<b>#{number}</b> · {state}", number=ticket.number, state=state_name(tr, ticket))]
    if ticket.until is not None:
        lines.append(tr.text("Until: {moment}", moment=tr.timestamp(ticket.until, zone)))
    if (reason := profile.find_reason(ticket.reason)) is not None:
        lines.append(tr.text("Reason: {reason}", reason=reason.label.in_language(tr.language)))
    if not ticket.is_erased:
        lines.append(tr.text("<b>{subject}</b>", subject=ticket.subject))
    if kind := profile.type_label(ticket.type, tr.language):
        lines.append(tr.text("{label}: {value}", label=tr.plain(TYPE), value=kind))
    if department := profile.department(ticket.department):
        name = department.label.in_language(tr.language)
        lines.append(tr.text("{label}: {value}", label=tr.plain(DEPARTMENT), value=name))
    for field, value in answers_on_card(profile, ticket, tr.language):
        label = field.label.in_language(tr.language)
        if isinstance(field, SerialField):
            lines.append(tr.text("{label}: <code>{value}</code>", label=label, value=value))
        else:
            lines.append(tr.text("{label}: {value}", label=label, value=value))
    if ticket.is_erased:
        lines.append(tr.text("The customer's data has been erased."))
    else:
        lines.append(_customer_line(customer, tr))
    if customer.banned_at is not None:
        why = excerpt(customer.ban_reason or "—", _BAN_REASON)
        lines.append(tr.text("🚫 <b>Banned</b>: {reason}", reason=why))
    names = [mark.label.in_language(tr.language) for mark in profile.marks if mark.key in facts.marks]
    if names:
        lines.append(tr.text("Marks: <b>{names}</b>", names=", ".join(names)))
    lines.append(tr.text("Opened: {moment}", moment=tr.timestamp(ticket.opened_at, zone)))
    if ticket.priority is not None:
        priority = promises.label(tr, profile, ticket.priority)
        lines.append(tr.text("Priority: {priority}", priority=priority))
    deadline, left = deadlines.on_card(tr, facts.clocks, zone, facts.now)
    if facts.rating is not None:
        lines.append(_rating_line(facts.rating, tr))
    above, lines = [*lines, *deadline], []
    if ticket.assignee_name:
        lines.append(tr.text("Agent: {name}", name=ticket.assignee_name))
    if ticket.linked_to is not None:
        lines.append(tr.text("Continues #{number}", number=ticket.linked_to))
    if facts.attachments:
        lines.append(tr.plural("{n} attachment below", "{n} attachments below", facts.attachments))
    if texts:
        lines += [Markup(), _description(texts, room_on_card(ticket, customer), tr)]
    before = [_earlier(facts.earlier, tr)] if facts.earlier else []
    if _length([*above, *before, *left, *lines]) <= TELEGRAM_TEXT_LIMIT:
        above += before
    text = Markup("\n").join([*above, *left, *lines])
    return Card(
        text, _keyboard(ticket, profile, tr, facts.colleagues), lasting=Markup("\n").join([*above, *lines])
    )


def _rating_line(rating: Rating, tr: Translator) -> Markup:
    if rating.comment is None:
        return tr.text("Rating: {stars}", stars=stars(rating.stars))
    return tr.text(
        "Rating: {stars} “{comment}”",
        stars=stars(rating.stars),
        comment=fitted(" ".join(rating.comment.split()), _COMMENT),
    )


def _earlier(earlier: Sequence[Ticket], tr: Translator) -> Markup:
    shown = (
        Markup("{} ({})").format(links.numbered(each), tr.plain(STAFF_STATE_NAMES[State(each.state)]))
        for each in earlier
    )
    return tr.text("Earlier with this serial number: {tickets}", tickets=Markup(", ").join(shown))


def _length(lines: Sequence[Markup]) -> int:
    """How long Telegram finds a text, which counts no tags."""
    return units(html.unescape(_TAG.sub("", "\n".join(lines))))


def _customer_line(customer: Customer, tr: Translator) -> Markup:
    language = tr.plain(LANGUAGE_NAMES[customer.language]) if customer.language else "—"
    address = f" (@{customer.username})" if customer.username else ""
    return tr.text(
        "Customer: {name}{address}, writes in {language}",
        name=customer.name,
        address=address,
        language=language,
    )


def _description(description: Sequence[StoredMessage], room: int, tr: Translator) -> Markup:
    shown = fitting_on_card(description, room)
    more = []
    if len(shown) < len(description):
        # What had no room from the first stands below.
        shown = [message for message in description if message.on_card]
        if not shown:
            beginning = description[0].text[:_EXCERPT].rstrip()
            return tr.text("{excerpt}… (in full below)", excerpt=beginning)
        more = [tr.text("(continued below)")]
    return Markup("\n\n").join([*(as_html(message, tr) for message in shown), *more])


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


def _keyboard(
    ticket: Ticket, profile: Profile, tr: Translator, colleagues: Sequence[Colleague]
) -> InlineKeyboardMarkup:
    if ticket.is_erased:
        return InlineKeyboardMarkup(inline_keyboard=[])
    menu = ticket.menu if ticket.menu is not None and can_open(ticket.menu, ticket, profile) else None
    back = [_button(tr.plain(BACK), MenuButton(menu="", number=ticket.number))]
    if (offered := _offered(menu, ticket, profile, tr, colleagues)) is not None:
        return InlineKeyboardMarkup(inline_keyboard=[*offered, back])
    buttons = [(_action_button(action, ticket, tr), action in _RARE) for action in _possible(ticket, profile)]
    for name, label, is_rare in _MENUS:
        if can_open(name, ticket, profile):
            menu_button = MenuButton(menu=name, number=ticket.number)
            buttons.append((_button(tr.plain(label), menu_button), is_rare))
    if profile.marks:
        buttons.append((_button(tr.plain("Marks"), MarksButton(number=ticket.number)), True))
    if profile.canned and State(ticket.state) is not State.CLOSED:
        canned = CannedButton(act="open", number=ticket.number)
        buttons.append((_button(tr.plain("Canned"), canned), False))
    if len(buttons) <= _ROOM:
        return InlineKeyboardMarkup(inline_keyboard=_in_pairs([each for each, _ in buttons]))
    shown = [each for each, rare in buttons if rare == (menu == MORE_MENU)]
    if menu == MORE_MENU:
        return InlineKeyboardMarkup(inline_keyboard=[*_in_pairs(shown), back])
    shown.append(_button(MORE, MenuButton(menu=MORE_MENU, number=ticket.number)))
    return InlineKeyboardMarkup(inline_keyboard=_in_pairs(shown))


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
        return _button(tr.plain(MENU_LABELS[action]), MenuButton(menu=action.value, number=ticket.number))
    return _button(tr.plain(LABELS[action]), StaffButton(action=action.value, number=ticket.number))


def _priorities(ticket: Ticket, profile: Profile, tr: Translator) -> list[list[InlineKeyboardButton]]:
    """What can be chosen instead of the card's buttons, the present one marked."""
    offered = [
        _button(
            ("✓ " if priority.key == ticket.priority else "") + priority.label.in_language(tr.language),
            PriorityButton(number=ticket.number, to=priority.key, was=ticket.priority or ""),
        )
        for priority in profile.priorities
    ]
    return _in_pairs(offered)


def _button(text: str, data: CallbackData) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=data.pack())


def _in_pairs(buttons: list[InlineKeyboardButton]) -> list[list[InlineKeyboardButton]]:
    return [buttons[i : i + 2] for i in range(0, len(buttons), 2)]
