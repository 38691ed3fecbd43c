"""A text in the customer's own words."""

from typing import Annotated, Literal

from pydantic import Field as Constraint
from pydantic import model_validator

from desk.faults import fault
from desk.fields.asked import REMEMBERED_LIMIT, Kept
from desk.schema import Flag, Number
from desk.texts import Text

TELEGRAM_TEXT_LIMIT = 4096
# A subject stands in cards, lists and notices, each of which has to stay short.
SUBJECT_LIMIT = 250


class TextField(Kept):
    """A text in the customer's own words: `kind = "text"`. Lengths in characters, up to Telegram's 4096.

    `hint` is a sentence of help, `example` a right answer, both shown below the question.
    `role = "subject"` titles the ticket, so its `max_length` is 250 at most (120 reads well);
    `role = "description"` tells the problem, and what else is written joins it. Every type of ticket needs
    exactly one description and may have one subject; without, the description's first line is the title.
    `role = "position"` is what the customer is in their company, which the journal tells with the contacts.
    Only a text of at most 256 characters can be remembered, and never a description.
    """

    kind: Literal["text"]
    hint: Text | None = None
    example: Text | None = None
    min_length: Annotated[Number, Constraint(ge=1, le=TELEGRAM_TEXT_LIMIT)] = 1
    max_length: Annotated[Number, Constraint(ge=1, le=TELEGRAM_TEXT_LIMIT)] = TELEGRAM_TEXT_LIMIT
    role: Literal["subject", "description", "position"] | None = None
    remember: Flag = False

    @model_validator(mode="after")
    def _lengths_leave_room(self) -> "TextField":
        if self.min_length > self.max_length:
            raise fault(
                f"is more than max_length {self.max_length}", "lower it", "min_length", self.min_length
            )
        if self.role == "subject" and self.max_length > SUBJECT_LIMIT:
            raise fault(
                "is too long for a title", f"write {SUBJECT_LIMIT} or less", "max_length", self.max_length
            )
        if self.remember and self.role == "description":
            raise fault("is not for a description", "leave it out", "remember", True)
        if self.remember and self.max_length > REMEMBERED_LIMIT:
            raise fault(
                "is too long to be remembered",
                f"write {REMEMBERED_LIMIT} or less",
                "max_length",
                self.max_length,
            )
        return self
