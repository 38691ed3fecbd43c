"""How a description, typed in one message or several, is shown."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram.utils.text_decorations import add_surrogates, html_decoration
from markupsafe import Markup

from storage.content import entities_from_json
from storage.rows import StoredMessage

# Together with the other lines of a card it has to fit one message of 4096 characters.
_ON_CARD = 2500


def as_html(message: StoredMessage) -> Markup:
    """What a message says, with its formatting, as HTML."""
    return Markup(html_decoration.unparse(message.text, entities_from_json(message.entities)))


def fits_card(description: Sequence[StoredMessage]) -> bool:
    """Whether a description has room on the card; a longer one follows it."""
    # Telegram counts UTF-16 units, two for an emoji.
    return sum(len(add_surrogates(message.text)) // 2 for message in description) <= _ON_CARD


def excerpt(text: str, limit: int) -> str:
    """The beginning of a text, with an ellipsis if that is not all."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
