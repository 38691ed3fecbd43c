"""Where a draft stands: what it has, what it is asked, and at which step it is."""

from __future__ import annotations

from dataclasses import dataclass

from desk.answers import is_right
from desk.fields import Field
from desk.profile import Profile
from desk.questions import Questions
from dialogs.form import DUPLICATE, Form, Progress, Step
from dialogs.reply import Talk
from storage import customers, marks, messages, tickets
from storage.rows import Draft, StoredMessage
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Standing:
    """A draft at one moment. `gathered` is what was written and sent for it besides its answers."""

    draft: Draft
    form: Form
    progress: Progress
    questions: Questions
    gathered: list[StoredMessage]
    step: Step

    @property
    def files(self) -> int:
        """How many files were gathered."""
        return self.progress.files

    @property
    def total(self) -> int:
        """How many questions the draft has, those not counted that an earlier ticket answered."""
        return self.form.count(self.progress)

    @property
    def before(self) -> Step | None:
        """The step that Back leads to."""
        return self.form.before(self.progress, self.step.key)

    @property
    def is_given(self) -> bool:
        """Whether the step has been answered or skipped before."""
        return self.step.key in self.progress.answered or self.step.key in self.progress.passed

    def answer(self, field: Field) -> str | None:
        """The answer to a field, if it has one that is right."""
        return self.draft.answers.get(field.key) if field.key in self.progress.answered else None

    @property
    def answers(self) -> dict[str, str]:
        """The answers that belong to a ticket of this type."""
        fields = self.questions.fields
        return {field.key: value for field in fields if (value := self.answer(field)) is not None}


async def stand(talk: Talk, draft: Draft) -> Standing:
    """Look where a draft stands now."""
    tx, profile, form = talk.tx, talk.desk.profile, talk.desk.form
    chosen = profile.find_type(draft.type)
    questions = profile.questions(chosen.key if chosen is not None else None)
    gathered = await messages.of_draft(tx, draft.id)
    answered = {
        field.key: value
        for field in questions.fields
        if (value := draft.answers.get(field.key)) and is_right(field, value, profile.region)
    }
    needs = chosen is not None and chosen.needs is not None
    once = profile.asked_once
    progress = Progress(
        answered,
        draft.passed,
        draft.step,
        draft.type,
        duplicate=await _duplicate(talk, draft, questions.serial(answered)),
        files=sum(len(message.attachments) for message in gathered),
        described=any(message.text for message in gathered),
        marks=await marks.of(tx, draft.customer_id) if needs else (),
        asked_before=await customers.known(tx, draft.customer_id, once) if once else (),
        agreed=profile.has_agreed(talk.customer.agreed_version),
    )
    return Standing(draft, form, progress, questions, gathered, form.current(progress))


async def _duplicate(talk: Talk, draft: Draft, serial: str | None) -> int | None:
    """The customer's open ticket for the same device, unless they want another all the same."""
    if serial is None or DUPLICATE in draft.passed:
        return None
    ticket = await tickets.find_open_for_serial(talk.tx, draft.customer_id, serial)
    return ticket.number if ticket else None


async def has_entered(profile: Profile, tx: Transaction, draft: Draft) -> bool:
    """Whether anything would be lost with the draft: an answer of its own, a text or a file."""
    if await messages.of_draft(tx, draft.id):
        return True
    if not draft.answers or not profile.asked_once:
        return bool(draft.answers)
    known = await customers.known(tx, draft.customer_id, profile.asked_once)
    return any(known.get(key) != value for key, value in draft.answers.items())
