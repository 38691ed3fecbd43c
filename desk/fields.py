"""What the form of a desk can ask, one model a kind of field."""

from typing import Annotated, Literal, get_args

from pydantic import Field as Constraint
from pydantic import model_validator

from desk.faults import fault
from desk.schema import Flag, Key, Model, Number
from desk.texts import Text

Family = Literal["photo", "video", "animation", "audio", "voice", "video_note", "document"]
FAMILIES: tuple[Family, ...] = get_args(Family)

TELEGRAM_TEXT_LIMIT = 4096


class _Asked(Model):
    """What every field has: `label` names it in review and card, `question` is the step's prompt."""

    key: Key
    label: Text
    question: Text
    required: Flag = True


class TextField(_Asked):
    """A text in the customer's own words; lengths in characters.

    `role = "subject"` titles the ticket; `role = "description"` is what further messages of the intake join.
    """

    kind: Literal["text"]
    hint: Text | None = None
    example: Text | None = None
    min_length: Annotated[Number, Constraint(ge=1, le=TELEGRAM_TEXT_LIMIT)] = 1
    max_length: Annotated[Number, Constraint(ge=1, le=TELEGRAM_TEXT_LIMIT)] = TELEGRAM_TEXT_LIMIT
    role: Literal["subject", "description"] | None = None

    @model_validator(mode="after")
    def _lengths_leave_room(self) -> "TextField":
        if self.min_length > self.max_length:
            raise fault(
                f"is more than max_length {self.max_length}", "lower it", "min_length", self.min_length
            )
        return self


class SerialField(_Asked):
    """A serial number of exactly `digits` digits; `where` tells how to find it on the device."""

    kind: Literal["serial"]
    where: Text
    digits: Annotated[Number, Constraint(ge=4, le=32)] = 12


class AttachmentsField(_Asked):
    """Files, gathered until the customer says Done.

    `accept` lists families of Telegram media; `max_size_mb` is megabytes per file, none for no limit.
    """

    kind: Literal["attachments"]
    required: Flag = False
    max_count: Annotated[Number, Constraint(ge=1, le=100)] = 30
    max_size_mb: Annotated[Number, Constraint(ge=1, le=4000)] | None = None
    accept: tuple[Family, ...] = Constraint(default=FAMILIES, min_length=1)


Field = Annotated[TextField | SerialField | AttachmentsField, Constraint(discriminator="kind")]
