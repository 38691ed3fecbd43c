"""Regular expressions that an answer has to fit, each with an example."""

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator
from pydantic import Field as Constraint

from desk.faults import fault
from desk.serial import SerialError


def check_example(pattern: str, example: str | None, read: Callable[[str], str]) -> None:
    """A pattern comes with an example, which is what people are shown when theirs does not fit."""
    if example is None:
        raise fault("needs an example", "add one that fits it", "pattern", pattern)
    try:
        good = read(example) == example
    except SerialError:
        good = False
    if not good:
        raise fault(
            "does not fit the pattern", "write it exactly as the pattern wants it", "example", example
        )


def _is_pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise fault(
            f"is no regular expression ({error})", "write one in single quotes, such as '[A-Z]{2}\\d{6}'"
        ) from None
    return value


Pattern = Annotated[str, Constraint(min_length=1, max_length=200), AfterValidator(_is_pattern)]
