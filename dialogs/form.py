"""The guided form: which steps a desk asks, and which one a draft is at. Pure: no Telegram, no store."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from desk.fields import AttachmentsField, Field, SerialField, TextField
from desk.gates import Gate
from desk.profile import Profile
from desk.types import Type

# The dot keeps them apart from the keys of fields.
CONSENT = "step.consent"
TYPE = "step.type"
END = "step.end"
NEEDS = "step.needs"
ADVICE = "step.advice"
DUPLICATE = "step.duplicate"
REVIEW = "step.review"


@dataclass(frozen=True, slots=True)
class Step:
    """One question of the intake. `key` travels in callback data and in drafts."""

    key: str
    field: Field | None = None
    gate: Gate | None = None
    # The place among the fields that are asked, from 1; 0 for what is not counted.
    place: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """What a draft has got so far: answered fields, steps behind, and where the customer went."""

    answered: Collection[str]
    passed: Collection[str]
    step: str | None
    type: str | None = None
    # The open ticket for the same serial number, if there is one.
    duplicate: int | None = None
    # How many files were gathered, and whether anything was written for the description.
    files: int = 0
    described: bool = False
    # What the customer's marks are, by their keys.
    marks: Collection[str] = ()
    # Fields to be asked once that an earlier ticket asked.
    asked_before: Collection[str] = ()
    # Whether the customer has agreed to what the desk's rules on personal data say now.
    agreed: bool = True


class Form:
    """The steps of a desk's intake, in order; what they are depends on the type of the ticket."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile

    def type_of(self, progress: Progress) -> Type | None:
        """The type of the ticket, once it is known."""
        return self._profile.find_type(progress.type)

    def steps(self, progress: Progress) -> tuple[Step, ...]:
        """Everything that this draft goes through; consent is no step of those who have given it."""
        consent = () if progress.agreed else (Step(CONSENT),)
        return (*consent, *self._steps(progress))

    def _steps(self, progress: Progress) -> tuple[Step, ...]:
        profile = self._profile
        chosen = self.type_of(progress)
        choice = [Step(TYPE)] if len(profile.types) > 1 else []
        if choice and chosen is None:
            return tuple(choice)
        if chosen is not None and chosen.end is not None:
            return (*choice, Step(END))
        if chosen is not None and chosen.needs is not None and chosen.needs not in progress.marks:
            return (*choice, Step(NEEDS))
        key = chosen.key if chosen is not None else None
        steps = choice
        steps += [Step(f"gate.{gate.key}", gate=gate) for gate in profile.gates if gate.applies_to(key)]
        notices = profile.notices_at("form", key)
        if any(notice.only is not None for notice in notices):
            # Who comes from another type has read something else.
            steps.append(Step(f"{ADVICE}.{key}"))
        elif profile.advice is not None or notices:
            steps.append(Step(ADVICE))
        fields = [
            field
            for field in profile.questions(key).fields
            if field.key not in progress.asked_before or not self._is_behind(Step(field.key, field), progress)
        ]
        steps += [Step(field.key, field=field, place=place) for place, field in enumerate(fields, 1)]
        return (*steps, Step(REVIEW))

    def count(self, progress: Progress) -> int:
        """How many fields this draft is asked."""
        return sum(step.place > 0 for step in self.steps(progress))

    def find(self, progress: Progress, key: str) -> Step | None:
        """The step of that key, if this draft has it; of what is not asked again, one without a place."""
        for step in self.steps(progress):
            if step.key == key:
                return step
        if key not in progress.asked_before or self.steps(progress)[-1].key != REVIEW:
            return None
        chosen = self.type_of(progress)
        field = self._profile.questions(chosen.key if chosen is not None else None).field(key)
        return None if field is None else Step(key, field)

    def current(self, progress: Progress) -> Step:
        """The step to show: where the customer went, else the first that is missing, else the review.

        Without consent nothing else is.
        """
        if not progress.agreed:
            return Step(CONSENT)
        if progress.step is not None and (chosen := self.find(progress, progress.step)):
            return chosen
        steps = self.steps(progress)
        if progress.duplicate is not None and steps[-1].key == REVIEW:
            return Step(DUPLICATE)
        return next((step for step in steps if not self._is_behind(step, progress)), steps[-1])

    def _is_behind(self, step: Step, progress: Progress) -> bool:
        if step.key == TYPE:
            return self.type_of(progress) is not None
        field, passed = step.field, step.key in progress.passed
        if field is None:
            return passed
        chosen = self.type_of(progress)
        type_key = chosen.key if chosen is not None else None
        if isinstance(field, AttachmentsField):
            return passed and progress.files >= field.least(type_key)
        if isinstance(field, TextField) and field.role == "description":
            return passed and (progress.described or not field.is_required(type_key))
        return field.key in progress.answered or (passed and not field.is_required(type_key))

    def before(self, progress: Progress, key: str) -> Step | None:
        """The step that Back leads to; None from the first."""
        steps = self.steps(progress)
        if key == DUPLICATE:
            return next((step for step in steps if isinstance(step.field, SerialField)), steps[0])
        index = next((index for index, step in enumerate(steps) if step.key == key), len(steps) - 1)
        return steps[index - 1] if index else None
