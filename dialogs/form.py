"""The guided form: which steps a desk asks, and which one a draft is at. Pure: no Telegram, no store."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from desk.fields import Field
from desk.profile import Gate, Profile

ADVICE = "advice"
DUPLICATE = "duplicate"
REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Step:
    """One question of the intake. `key` travels in callback data and in drafts."""

    key: str
    field: Field | None = None
    gate: Gate | None = None
    # The place among the fields, from 1; 0 for what is not counted.
    place: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """What a draft has got so far: answered fields, steps behind, and where the customer went."""

    answered: Collection[str]
    passed: Collection[str]
    step: str | None
    # The open ticket for the same serial number, if there is one.
    duplicate: int | None = None


class Form:
    """The steps of a desk's intake, in order."""

    def __init__(self, profile: Profile) -> None:
        steps = [Step(f"gate.{gate.key}", gate=gate) for gate in profile.gates]
        if profile.advice is not None:
            steps.append(Step(ADVICE))
        steps += [Step(field.key, field=field, place=place) for place, field in enumerate(profile.form, 1)]
        self.steps = (*steps, Step(REVIEW))
        self.count = len(profile.form)

    def find(self, key: str) -> Step | None:
        """The step of that key, if the profile still has it."""
        return next((step for step in self.steps if step.key == key), None)

    def current(self, progress: Progress) -> Step:
        """The step to show: where the customer went, else the first that is missing, else the review."""
        if progress.step is not None and (chosen := self.find(progress.step)):
            return chosen
        if progress.duplicate is not None:
            return Step(DUPLICATE)
        for step in self.steps:
            if step.key not in progress.passed and step.key not in progress.answered:
                return step
        return self.steps[-1]

    def before(self, key: str) -> Step | None:
        """The step that Back leads to; None from the first."""
        keys = [step.key for step in self.steps]
        if key == DUPLICATE:
            return next(step for step in self.steps if step.field is not None and step.field.kind == "serial")
        index = keys.index(key)
        return self.steps[index - 1] if index else None
