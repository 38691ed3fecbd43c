"""How a description, typed in one message or several, is shown."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram.utils.text_decorations import add_surrogates, html_decoration
from markupsafe import Markup

from desk.fields import TELEGRAM_TEXT_LIMIT
from storage.content import entities_from_json
from storage.rows import Customer, StoredMessage, Ticket

# What a card says besides the description and what people typed: state, dates, labels, the agent's name.
_OTHER_LINES = 700
_LABEL = 50


def as_html(message: StoredMessage) -> Markup:
    """What a message says, with its formatting, as HTML."""
    return Markup(html_decoration.unparse(message.text, entities_from_json(message.entities)))


def _units(text: str) -> int:
    """Telegram counts UTF-16 units, two for an emoji."""
    return len(add_surrogates(text)) // 2


def room_on_card(ticket: Ticket, customer: Customer) -> int:
    """How long a description the card of a ticket has room for, in UTF-16 units."""
    others = {ticket.subject, customer.name, customer.username or "", *ticket.answers.values()}
    return TELEGRAM_TEXT_LIMIT - _OTHER_LINES - sum(_LABEL + _units(text) for text in others)


def fitting_on_card(description: Sequence[StoredMessage], room: int) -> list[StoredMessage]:
    """The messages of a description that the card carries: as many as have room, from the first."""
    fitting = []
    for message in description:
        room -= _units(message.text) + len("\n\n")
        if room < 0:
            break
        fitting.append(message)
    return fitting


def excerpt(text: str, limit: int) -> str:
    """The beginning of a text, with an ellipsis if that is not all."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
