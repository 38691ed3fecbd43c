"""How a description, typed in one message or several, and answers are shown where there is little room."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram.utils.text_decorations import add_surrogates, html_decoration
from markupsafe import Markup

from desk.answers import shown_answer
from desk.fields import TELEGRAM_TEXT_LIMIT, Field, TextField
from desk.profile import Profile
from desk.texts import Language
from dialogs.origins import origin_line
from locales import FALLBACK, Translator, translator
from storage.content import entities_from_json
from storage.rows import Customer, StoredMessage, Ticket

# What a card says besides the description and what people typed: state, type, dates, the agent's name.
_OTHER_LINES = 800
_LABEL = 70
_ANSWERS_ON_CARD = 800
_ANSWER_ON_CARD = 500
# A button of Telegram shows little more on a narrow screen.
_SUBJECT_ON_BUTTON = 40


def as_html(message: StoredMessage, tr: Translator) -> Markup:
    """What a message says, with its formatting and where it was forwarded from, as HTML."""
    text = Markup(html_decoration.unparse(message.text, entities_from_json(message.entities)))
    if message.forwarded_from is None:
        return text
    return Markup("<i>{}</i>\n{}").format(origin_line(tr, message.forwarded_from), text)


def room_on_card(ticket: Ticket, customer: Customer) -> int:
    """How long a description the card of a ticket has room for, in UTF-16 units."""
    answers = min(sum(map(units, ticket.answers.values())), _ANSWERS_ON_CARD) + _LABEL * len(ticket.answers)
    people = units(ticket.subject) + units(customer.name) + units(customer.username or "")
    return TELEGRAM_TEXT_LIMIT - _OTHER_LINES - answers - people


def fitting_on_card(description: Sequence[StoredMessage], room: int) -> list[StoredMessage]:
    """The messages of a description that the card carries: as many as have room, from the first."""
    fitting = []
    for message in description:
        room -= units(_said(message)) + len("\n\n")
        if room < 0:
            break
        fitting.append(message)
    return fitting


def _said(message: StoredMessage) -> str:
    origin = message.forwarded_from
    return message.text if origin is None else f"{origin_line(translator(FALLBACK), origin)}\n{message.text}"


def units(text: str) -> int:
    """The length of a text as Telegram counts it: in UTF-16 units, two for an emoji."""
    return len(add_surrogates(text)) // 2


def excerpt(text: str, limit: int) -> str:
    """The beginning of a text, with an ellipsis if that is not all."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def subject_on_button(ticket: Ticket) -> str:
    """What a ticket is about, where its number stands before that on a button."""
    return excerpt(ticket.subject, _SUBJECT_ON_BUTTON)


def fitted(text: str, limit: int) -> str:
    """The same where Telegram's own way of counting decides whether a message is too long."""
    if units(text) <= limit:
        return text
    return text.encode("utf-16-le")[: 2 * (limit - 1)].decode("utf-16-le", "ignore").rstrip() + "…"


def room_for_each(lengths: Sequence[int], room: int, most: int) -> int:
    """How long each of several texts may be, `most` at most, for all together to take no more than `room`."""
    limit = most
    while limit > 1 and sum(min(length, limit) for length in lengths) > room:
        limit -= 1
    return limit


def answers_on_card(profile: Profile, ticket: Ticket, language: Language) -> list[tuple[Field, str]]:
    """The fields and answers that a card shows besides subject and description, long ones cut."""
    shown = _answers(profile, ticket, language)
    limit = _room(shown)
    return [(field, fitted(value, limit)) for field, value in shown]


def cut_answers(profile: Profile, ticket: Ticket) -> list[Field]:
    """The fields whose answers the card has no room for in full."""
    shown = _answers(profile, ticket, profile.fallback)
    limit = _room(shown)
    return [field for field, value in shown if units(value) > limit]


def _room(shown: Sequence[tuple[Field, str]]) -> int:
    return room_for_each([units(value) for _, value in shown], _ANSWERS_ON_CARD, _ANSWER_ON_CARD)


def _answers(profile: Profile, ticket: Ticket, language: Language) -> list[tuple[Field, str]]:
    return [
        (field, shown_answer(field, value, language))
        for field in profile.form
        if (value := ticket.answers.get(field.key))
        and not (isinstance(field, TextField) and field.role in ("subject", "description"))
    ]
