"""What customers have to be told, and when."""

from typing import Literal

from desk.schema import Key, Model, Types
from desk.texts import Text

Moment = Literal["start", "form", "review", "opened", "faq"]


class Notice(Model):
    """Something the customer has to be told, one `[[notices]]` table each.

    `at` says when: "start" with the welcome, "form" before the first question (with the advice, if there is
    one), "review" under everything that was entered, "opened" after the ticket has its number, "faq" with the
    frequent questions. `only = ["problem"]` shows it to those who open tickets of these types alone, which is
    known at "form", "review" and "opened".
    """

    key: Key
    text: Text
    at: Moment
    only: Types | None = None
