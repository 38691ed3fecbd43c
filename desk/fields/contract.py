"""The number of a contract."""

import re
from typing import Literal

from pydantic import model_validator

from desk.fields.asked import Kept
from desk.fields.patterns import Pattern, check_example
from desk.serial import CODE_LIMIT, SerialError, SerialProblem, normalise_code

_NUMBER_SIGN = re.compile(r"^(?:№|#|N(?:o|r)?\.?(?=[\s\d]))\s*", re.IGNORECASE)


class ContractField(Kept):
    """The number of a contract: `kind = "contract"`, as typed, up to 64 characters, without a "№" in front.

    `pattern` is a regular expression for the whole number, to be used with an `example` that fits it:
    `pattern = '\\d{4}-\\d{2}'`, `example = "0815-26"`. Spaces and dashes it does not want are forgiven.
    """

    kind: Literal["contract"]
    pattern: Pattern | None = None
    example: str | None = None

    @model_validator(mode="after")
    def _example_fits(self) -> "ContractField":
        if self.pattern is not None:
            check_example(self.pattern, self.example, self.read)
        return self

    def read(self, text: str) -> str:
        """The number in *text*. Raises SerialError."""
        if self.pattern is not None:
            return normalise_code(text, self.pattern)
        number = " ".join(_NUMBER_SIGN.sub("", text.strip()).split())
        if not any(character.isalnum() for character in number):
            raise SerialError(SerialProblem.EMPTY)
        if len(number) > CODE_LIMIT:
            raise SerialError(SerialProblem.TOO_LONG, len(number), CODE_LIMIT)
        return number
