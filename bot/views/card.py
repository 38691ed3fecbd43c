"""The card that opens a thread: what the ticket is, and the buttons that act on it."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from aiogram.types import InlineKeyboardMarkup
from markupsafe import Markup

from bot.views import deadlines, links
from bot.views.facts import Facts
from bot.views.keyboard import keyboard
from desk.fields import TELEGRAM_TEXT_LIMIT, SerialField
from desk.lifecycle import State
from desk.profile import Profile
from dialogs import promises
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
from dialogs.words import DEPARTMENT, LANGUAGE_NAMES, STATE_NAMES, TYPE
from locales import Translator, mark
from storage.ratings import Rating
from storage.rows import Customer, StoredMessage, Ticket

_EXCERPT = 400
_COMMENT = 200
_NAME_LIMIT = 128
_BAN_REASON = 120
_TAG = re.compile(r"<[^>]*>")

# What a customer reads as "waiting for your answer" is no answer of the agent's.
STAFF_STATE_NAMES = STATE_NAMES | {State.WAITING: mark("waiting for the customer")}


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
    if texts and not _is_subject(texts, ticket):
        lines += [Markup(), _description(texts, room_on_card(ticket, customer), tr)]
    before = [_earlier(facts.earlier, tr)] if facts.earlier else []
    if _length([*above, *before, *left, *lines]) <= TELEGRAM_TEXT_LIMIT:
        above += before
    text = Markup("\n").join([*above, *left, *lines])
    return Card(
        text, keyboard(ticket, profile, tr, facts.colleagues), lasting=Markup("\n").join([*above, *lines])
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


def _is_subject(description: Sequence[StoredMessage], ticket: Ticket) -> bool:
    """Whether the subject, made of the description where a desk asks for none, says all of it already."""
    first = description[0]
    is_bare = not first.entities and first.forwarded_from is None
    return len(description) == 1 and is_bare and first.text == ticket.subject and not ticket.is_erased


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
