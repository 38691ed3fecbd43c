"""Within how long a desk has to do what: the targets of its clocks, and the priorities that set them."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field as Constraint
from pydantic import model_validator

from desk.faults import fault
from desk.schema import Amount, Flag, Key, Model
from desk.texts import Text


class ClockName(StrEnum):
    """What a desk can be measured by."""

    TRIAGE = "triage"
    """From opening until an agent has judged the ticket: set its priority, answered or decided."""
    REACTION = "reaction"
    """From opening until an agent's first answer."""
    NEXT_RESPONSE = "next_response"
    """From a later message of the customer's until an agent's next answer."""
    SOLUTION = "solution"
    """From opening until the ticket is resolved, and on where that is objected to."""


class Target(Model):
    """Within how long something has to be done: so many `hours`, or so many `days`, of a clock.

    A table of the desk's, such as `[reaction]`, or a line of a priority, such as `solution = { days = 5 }`.

    `clock = "business"` counts only the time the desk is open. A day of it is a working day, whether long or
    short, and ends at the point of the day where it began: five working days from Monday 14:00 are over the
    next Monday at 14:00, and from a Saturday on Friday at closing. `clock = "calendar"` counts every hour; a
    day of it is 24 hours. With the calendar clock `starts = "opening"` counts from the first moment the desk
    is open; business time does so by itself.

    `remind_before` says how long before the deadline the agents are reminded, in the same unit: hours of a
    target in hours, days of one in days, 0 for not at all. Without it, once three quarters have passed.
    """

    hours: Annotated[Amount, Constraint(gt=0, le=24 * 366)] | None = None
    days: Annotated[Amount, Constraint(gt=0, le=366)] | None = None
    clock: Literal["business", "calendar"] = "business"
    starts: Literal["received", "opening"] = "received"
    remind_before: Annotated[Amount, Constraint(ge=0)] | None = None

    @model_validator(mode="after")
    def _says_how_long(self) -> "Target":
        if (self.hours is None) == (self.days is None):
            problem = "has neither hours nor days" if self.hours is None else "has both hours and days"
            raise fault(problem, "write one of them, such as { hours = 4 } or { days = 5 }")
        if self.remind_before is not None and self.remind_before >= self._number:
            raise fault(
                f"is not before the {self._number:g} {self._unit} have begun",
                f"write less than {self._number:g}",
                "remind_before",
                self.remind_before,
            )
        return self

    @property
    def _unit(self) -> str:
        return "hours" if self.days is None else "days"

    @property
    def _number(self) -> float:
        number = self.hours if self.days is None else self.days
        assert number is not None, "the schema demands one of them"
        return number

    @property
    def amount(self) -> timedelta:
        """The time as its clock counts it, a working day as a whole one."""
        return timedelta(**{self._unit: self._number})

    @property
    def reminder(self) -> timedelta | None:
        """How long before the deadline to remind, counted alike; None for not at all."""
        if self.remind_before is None:
            return self.amount / 4
        return timedelta(**{self._unit: self.remind_before}) or None


class Priority(Model):
    """How urgent a ticket is, one `[[priorities]]` table each.

    Agents choose it on the card, and the customer is told it by its `label`: a word or two, for two of them
    share a row of buttons.

    A target of its own (`triage`, `reaction`, `next_response`, `solution`) goes before the desk's for that
    clock. With `agreed` there is no deadline for reaction and solution until an agent sets one, and the
    customer is told that it will be agreed with them.
    """

    key: Key
    label: Text
    triage: Target | None = None
    reaction: Target | None = None
    next_response: Target | None = None
    solution: Target | None = None
    agreed: Flag = False

    @model_validator(mode="after")
    def _agreed_or_set(self) -> "Priority":
        if self.agreed:
            for name in ("reaction", "solution"):
                if getattr(self, name) is not None:
                    raise fault("stands beside a deadline to be agreed", f"remove agreed or {name}", name)
        return self
