"""A number that stands on a device."""

from typing import Annotated, Literal

from pydantic import Field as Constraint
from pydantic import model_validator

from desk.faults import fault
from desk.fields.asked import Kept
from desk.fields.patterns import Pattern, check_example
from desk.schema import Number
from desk.serial import Case, find_code, find_serial, normalise_code, normalise_serial
from desk.texts import Text


class SerialField(Kept):
    """A number that stands on a device: `kind = "serial"`. The first one of a form finds the ticket's device.

    Either `digits = 12`, a number of exactly so many digits (4 to 32), or `pattern`, a regular expression for
    the whole number, with an `example` that fits it: `pattern = 'WV\\d{6}'`, `example = "WV123456"`. Spaces
    and dashes are forgiven, digits of any script count. For a pattern `case` is the case it is written in,
    "upper", "lower" or "keep" for both as typed; `letters = "latin"` reads Cyrillic look-alikes as Latin
    letters, "any" leaves letters as they are. A number has 64 characters at most.

    `where` tells how to find the number on the device; `picture` names a JPEG or PNG file (up to 10 MB) that
    shows it, by its path beside the profile; it is sent on request: `picture = "where.jpg"`.
    """

    kind: Literal["serial"]
    where: Text
    digits: Annotated[Number, Constraint(ge=4, le=32)] | None = None
    pattern: Pattern | None = None
    example: str | None = None
    case: Case = "upper"
    letters: Literal["latin", "any"] = "latin"
    picture: str | None = None

    @model_validator(mode="after")
    def _one_form(self) -> "SerialField":
        if (self.digits is None) == (self.pattern is None):
            if self.digits is None:
                raise fault("is missing", "add digits = 12, or a pattern and an example", "digits")
            raise fault("says it twice, with digits", "keep one of the two", "pattern", self.pattern)
        if self.pattern is not None:
            check_example(self.pattern, self.example, self.read)
        return self

    def read(self, text: str) -> str:
        """The number in *text*. Raises SerialError."""
        if self.pattern is not None:
            return normalise_code(text, self.pattern, latin=self.letters == "latin", case=self.case)
        assert self.digits is not None, "the schema demands one of the two"
        return normalise_serial(text, self.digits)

    def find(self, text: str) -> str | None:
        """The one unmistakable number in a free text, or None."""
        if self.pattern is not None:
            return find_code(text, self.pattern, latin=self.letters == "latin", case=self.case)
        assert self.digits is not None, "the schema demands one of the two"
        return find_serial(text, self.digits)

    @property
    def sample(self) -> str:
        """What a right number looks like."""
        return self.example or ("123456789012" * 3)[: self.digits]
