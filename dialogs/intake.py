"""The guided intake: what the draft becomes as the customer answers. Its handlers: `intake_handlers`."""

from __future__ import annotations

from aiogram.fsm.context import FSMContext
from aiogram.types import Message
from markupsafe import Markup

from desk.fields import AttachmentsField, SerialField, TextField
from desk.serial import SerialError, find_serial, normalise_serial
from dialogs import incoming, screens
from dialogs.context import Desk, Toast
from dialogs.description import fitting_on_card, room_on_card
from dialogs.form import DUPLICATE, REVIEW, Progress, Step
from dialogs.life import Life
from dialogs.problems import attachment_problem, serial_problem, text_problem
from dialogs.reply import Talk, language_of
from dialogs.states import Conversation
from storage import customers, destinations, drafts, messages, tickets, timers
from storage.albums import album_groups
from storage.content import Content, content_of
from storage.outbox import Outbox
from storage.rows import Customer, Draft, StoredMessage, Ticket
from storage.store import Transaction

DRAFT_TIMER = "draft"


class Intake:
    """One turn of the intake of one customer."""

    def __init__(self, talk: Talk, state: FSMContext) -> None:
        self._talk = talk
        self._state = state
        self._tx = talk.tx
        self._profile = talk.desk.profile
        self._form = talk.desk.form

    # Entering and leaving.

    async def begin(self, *, serial: str | None = None, anew: bool = False) -> None:
        """Enter the intake: go on with the draft, or begin one with what was kept as its description."""
        draft = await drafts.find(self._tx, self._talk.customer.id)
        if draft is not None and anew:
            await self._discard(draft)
            draft = None
        if draft is None:
            draft = await self._adopt_kept(await drafts.begin(self._tx, self._talk.customer.id))
        elif draft.step is None or not draft.editing:
            draft = await drafts.change(self._tx, draft, step=None)
        field = self._profile.serial_field
        if serial is not None and field is not None:
            draft = await self._answer(draft, field.key, serial)
        await self._state.set_state(Conversation.intake)
        await self._touch(draft)
        await self.show(draft)

    async def _adopt_kept(self, draft: Draft) -> Draft:
        kept = await messages.kept(self._tx, self._talk.customer.id)
        await messages.change(self._tx, [message.id for message in kept], draft_id=draft.id, opening=True)
        if any(message.text for message in kept):
            return await drafts.change(self._tx, draft, passed=[self._profile.description_field.key])
        return draft

    async def _touch(self, draft: Draft) -> None:
        await timers.put(self._tx, DRAFT_TIMER, draft.customer_id, self._tx.now + self._profile.draft_life)

    async def leave(self) -> None:
        """Leave the intake; the draft stays."""
        await self._state.set_state(None)
        await self._talk.show(
            "left", self._talk.tr.text("Your answers are kept. Press “New request” to go on with them.")
        )

    async def ask_cancel(self, draft: Draft) -> None:
        """Cancel: at once if nothing would be lost, else after a question."""
        gathered = await messages.of_draft(self._tx, draft.id)
        if draft.answers or gathered:
            await screens.confirm_cancel(self._talk, draft)
        else:
            await self.cancel(draft)

    async def cancel(self, draft: Draft) -> None:
        """The customer does not want this draft any more."""
        await self._discard(draft)
        await self._state.set_state(None)
        await self._talk.show("cancelled", self._talk.tr.text("Cancelled. Nothing was sent."))

    async def _discard(self, draft: Draft) -> None:
        gathered = await messages.of_draft(self._tx, draft.id)
        await messages.remove(self._tx, [message.id for message in gathered])
        await drafts.discard(self._tx, draft)
        await timers.cancel(self._tx, DRAFT_TIMER, draft.customer_id)

    # Where the draft is.

    async def _progress(self, draft: Draft) -> tuple[Progress, list[StoredMessage]]:
        gathered = await messages.of_draft(self._tx, draft.id)
        duplicate = await self._duplicate(draft)
        return Progress(draft.answers, draft.passed, draft.step, duplicate), gathered

    async def _duplicate(self, draft: Draft) -> int | None:
        field = self._profile.serial_field
        serial = draft.answers.get(field.key) if field else None
        if serial is None or DUPLICATE in draft.passed:
            return None
        ticket = await tickets.find_open_for_serial(self._tx, draft.customer_id, serial)
        return ticket.number if ticket else None

    async def step(self, draft: Draft) -> Step:
        """The step the draft is at."""
        progress, _ = await self._progress(draft)
        return self._form.current(progress)

    async def show(self, draft: Draft, problem: Markup | None = None) -> None:
        """Show the present step, with what was wrong on top if something was."""
        progress, gathered = await self._progress(draft)
        step = self._form.current(progress)
        if step.key == DUPLICATE:
            assert progress.duplicate is not None
            await screens.duplicate(self._talk, draft, await tickets.get(self._tx, progress.duplicate))
        elif step.key == REVIEW:
            await screens.review(self._talk, draft, gathered, problem)
        elif step.field is not None:
            offers = await self._offers(step, gathered)
            count = sum(len(message.attachments) for message in gathered)
            await screens.ask(self._talk, draft, step, offers=offers, count=count, problem=problem)
        else:
            await screens.before_form(self._talk, draft, step)

    async def notice_of(self, draft: Draft, step: Step) -> None:
        """The gate was answered with yes: show what it says."""
        await screens.gate_notice(self._talk, draft, step)

    async def _offers(self, step: Step, gathered: list[StoredMessage]) -> list[str]:
        if not isinstance(step.field, SerialField):
            return []
        known = list(await customers.recall(self._tx, self._talk.customer.id, step.field.key))
        for message in gathered:
            found = find_serial(message.text, step.field.digits)
            if found is not None and found not in known:
                known.insert(0, found)
        return known[: customers.OFFERED]

    # Moving.

    async def has_files(self, draft: Draft) -> bool:
        """Whether the draft has any attachment."""
        return await messages.count_attachments(self._tx, draft.id) > 0

    async def go_back(self, draft: Draft, step: Step) -> None:
        """Back: to the step before, or out of the form from the first."""
        if draft.editing:
            await self.go_to(draft, None)
            return
        before = self._form.before(step.key)
        if before is None:
            await self.leave()
            return
        await self.go_to(draft, before.key)

    async def go_to(self, draft: Draft, key: str | None, *, editing: bool = False) -> None:
        """Show a certain step; None: the first that is missing."""
        passed = draft.passed
        if key is None and draft.editing and draft.step is not None:
            passed = [*passed, draft.step]
        await self.show(await drafts.change(self._tx, draft, step=key, editing=editing, passed=passed))

    async def pass_step(self, draft: Draft, step: Step) -> None:
        """This step is behind: skipped, done, or a question before the form that was answered."""
        answers = draft.answers
        if draft.editing and step.field is not None and not isinstance(step.field, AttachmentsField):
            answers = {key: value for key, value in answers.items() if key != step.key}
        await self.show(await self._moved_on(draft, step.key, answers))

    async def _moved_on(self, draft: Draft, key: str, answers: dict[str, str]) -> Draft:
        """The draft after step `key` was answered: it goes on with the first that is missing."""
        passed = draft.passed if key in draft.passed else [*draft.passed, key]
        return await drafts.change(self._tx, draft, answers=answers, passed=passed, step=None, editing=False)

    async def _answer(self, draft: Draft, key: str, value: str) -> Draft:
        await self._touch(draft)
        passed = [step for step in draft.passed if step != DUPLICATE]
        if draft.answers.get(key) == value:
            passed = draft.passed
        draft = await drafts.change(self._tx, draft, passed=passed)
        return await self._moved_on(draft, key, draft.answers | {key: value})

    async def use(self, draft: Draft, step: Step, value: str) -> None:
        """The customer pressed an offered value; a client may send any other, which only asks again."""
        _, gathered = await self._progress(draft)
        if value in await self._offers(step, gathered):
            draft = await self._answer(draft, step.key, value)
        await self.show(draft)

    # Answers that were written.

    async def take(self, draft: Draft, message: Message) -> None:
        """A message while the form is open: the answer to the step, a file for the ticket, or both."""
        step = await self.step(draft)
        field = step.field
        if message.text is not None and isinstance(field, TextField | SerialField):
            await self._take_text(draft, step, message)
            return
        refusal = await self._file_problem(draft, content_of(message))
        if refusal is not None:
            await self._show_refusal(draft, step, refusal)
            return
        arrived = await incoming.store(self._talk, message, draft_id=draft.id)
        await self._touch(draft)
        content = arrived.content
        if isinstance(field, AttachmentsField):
            count = await messages.count_attachments(self._tx, draft.id)
            await screens.show_count(self._talk, draft, step, count)
        elif arrived.grew:
            return
        elif content.text and isinstance(field, TextField | SerialField):
            await self._take_caption(draft, step, content)
        else:
            await self.show(draft, problem=self._kept_words(step, content))

    async def _take_text(self, draft: Draft, step: Step, message: Message) -> None:
        assert message.text is not None
        field = step.field
        if isinstance(field, TextField) and field.role == "description":
            problem = text_problem(self._talk.tr, field, message.text)
            if problem is not None:
                await self.show(draft, problem=problem)
                return
            if draft.editing or draft.step is not None:
                await self._forget_texts(draft)
            await incoming.store(self._talk, message, draft_id=draft.id)
            await self._touch(draft)
            await self.show(await self._moved_on(draft, step.key, draft.answers))
            return
        await self._take_value(draft, step, message.text)

    async def _take_value(self, draft: Draft, step: Step, text: str, kept: Markup | None = None) -> None:
        field = step.field
        try:
            if isinstance(field, SerialField):
                value = normalise_serial(text, field.digits)
            else:
                assert isinstance(field, TextField)
                value = text.strip()
                problem = text_problem(self._talk.tr, field, value)
                if problem is not None:
                    await self.show(draft, problem=_both(kept, problem))
                    return
        except SerialError as error:
            assert isinstance(field, SerialField)
            await self.show(draft, problem=_both(kept, serial_problem(self._talk.tr, field, error)))
            return
        await self.show(await self._answer(draft, step.key, value))

    async def _take_caption(self, draft: Draft, step: Step, content: Content) -> None:
        """A file with a caption: the file is kept, the caption is the answer."""
        if isinstance(step.field, TextField) and step.field.role == "description":
            await self.show(await self._moved_on(draft, step.key, draft.answers))
            return
        await self._take_value(draft, step, content.text, self._kept_words(step, content, asked=False))

    async def _forget_texts(self, draft: Draft) -> None:
        """A new description takes the place of the old one; files stay."""
        gathered = await messages.of_draft(self._tx, draft.id)
        await messages.remove(self._tx, [m.id for m in gathered if m.kind == "text"])

    async def _file_problem(self, draft: Draft, content: Content) -> Markup | None:
        """Why the desk does not take this file, or None."""
        field = self._profile.attachments_field
        if field is None or content.attachment is None:
            return None
        count = await messages.count_attachments(self._tx, draft.id)
        return attachment_problem(self._talk.tr, field, content.attachment, count)

    async def _show_refusal(self, draft: Draft, step: Step, refusal: Markup) -> None:
        if isinstance(step.field, AttachmentsField):
            count = await messages.count_attachments(self._tx, draft.id)
            await screens.show_count(self._talk, draft, step, count, refusal)
        else:
            await self.show(draft, problem=refusal)

    def _kept_words(self, step: Step, content: Content, *, asked: bool = True) -> Markup | None:
        tr = self._talk.tr
        if content.attachment is None:
            return tr.text("This is kept for the request.") if asked else None
        if not asked or step.field is None:
            return tr.text("The file is kept for the request.")
        return tr.text("The file is kept for the request. Now please answer the question in words.")

    # The end.

    async def write_to_duplicate(self, draft: Draft, number: str) -> None:
        """Not a second ticket: what was gathered goes to the open one, and what is written next.

        `number` comes from a button, so it has to be the one that is offered now.
        """
        offered = await self._duplicate(draft)
        if offered is None or str(offered) != number:
            await self.show(draft)
            return
        ticket = await tickets.get(self._tx, offered)
        gathered = await messages.of_draft(self._tx, draft.id)
        ids = [message.id for message in gathered]
        await messages.change(self._tx, ids, draft_id=None, opening=False, ticket_number=ticket.number)
        await incoming.owe(self._talk, ticket, ids)
        await self._finish(draft)
        await self._state.set_state(Conversation.about)
        await self._state.set_data({"number": ticket.number})
        await self._talk.show(
            "about",
            self._talk.tr.text(
                "Write here: everything you send now goes to request #{number}.", number=ticket.number
            ),
        )

    async def submit(self, draft: Draft) -> Ticket | None:
        """Open the ticket; None if something is still missing, which is then shown."""
        step = await self.step(draft)
        if step.key != REVIEW:
            await self.show(draft)
            return None
        gathered = await messages.of_draft(self._tx, draft.id)
        subject, serial = self._subject(draft, gathered), None
        field = self._profile.serial_field
        if field is not None and (serial := draft.answers.get(field.key)):
            await customers.remember(self._tx, draft.customer_id, field.key, serial)
        life = Life(self._tx, self._talk.outbox, self._talk.desk)
        ticket = await life.open(self._talk.customer, subject=subject, serial=serial, answers=draft.answers)
        await self._hand_over(ticket, gathered)
        await self._finish(draft)
        await self._state.set_state(None)
        await screens.opened(self._talk, ticket)
        return ticket

    def _subject(self, draft: Draft, gathered: list[StoredMessage]) -> str:
        field = self._profile.subject_field
        if field is not None and field.key in draft.answers:
            return draft.answers[field.key]
        first = next((message.text for message in gathered if message.text), "")
        return first.split("\n", 1)[0][:120] or "—"

    async def _hand_over(self, ticket: Ticket, gathered: list[StoredMessage]) -> None:
        """What the draft gathered becomes the ticket's: words on its card, files in few albums after it."""
        texts = [message for message in gathered if message.kind == "text"]
        on_card = fitting_on_card(texts, room_on_card(ticket, self._talk.customer))
        ids = [message.id for message in gathered]
        await messages.change(self._tx, ids, ticket_number=ticket.number, draft_id=None)
        await messages.change(self._tx, [message.id for message in on_card], on_card=True)
        others = [message for message in gathered if message.kind != "text"]
        thread = destinations.thread(ticket.number)
        for message in texts[len(on_card) :]:
            await self._talk.outbox.relay(thread, message.id, ticket.number)
        for group in album_groups(others):
            first, *rest = (message.id for message in group)
            # An item may still be under way when Submit is pressed quickly.
            due_at = self._tx.now + messages.ALBUM_DELAY if group[0].media_group_id else None
            await self._talk.outbox.relay(thread, first, ticket.number, due_at, also=rest)

    async def _finish(self, draft: Draft) -> None:
        await drafts.discard(self._tx, draft)
        await timers.cancel(self._tx, DRAFT_TIMER, draft.customer_id)


def _both(first: Markup | None, second: Markup) -> Markup:
    return second if first is None else Markup("{}\n{}").format(first, second)


async def show_again(tx: Transaction, customer: Customer, desk: Desk, state: FSMContext) -> None:
    """A customer is back for whom screens were dropped: show the step they are at, if they are at one."""
    if await state.get_state() != Conversation.intake.state:
        return
    draft = await drafts.find(tx, customer.id)
    if draft is not None:
        talk = Talk(tx, Outbox(tx), desk, customer, language_of(customer, desk), Toast())
        await Intake(talk, state).show(draft)
