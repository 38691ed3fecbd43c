"""The guided intake: what the draft becomes as the customer answers. Its handlers: `intake_handlers`."""

from __future__ import annotations

from aiogram.fsm.context import FSMContext
from aiogram.types import Message
from markupsafe import Markup

from desk.answers import ANSWER_ERRORS, is_right, read_answer
from desk.contacts import ContactError, shared_phone
from desk.fields import (
    AttachmentsField,
    ChoiceField,
    PersonField,
    PhoneField,
    SerialField,
    TextField,
    UrlField,
)
from dialogs import asking, consent, contact_button, incoming, limits, opening, screens, standing
from dialogs.buttons import token
from dialogs.context import Desk, Toast
from dialogs.form import ADVICE, CONSENT, DUPLICATE, END, NEEDS, REVIEW, TYPE
from dialogs.problems import answer_problem, attachment_problem
from dialogs.reply import Talk, language_of
from dialogs.standing import Standing
from dialogs.states import Conversation
from storage import customers, drafts, messages, tickets, timers
from storage.content import Content, content_of
from storage.outbox import Outbox
from storage.rows import Customer, Draft, Ticket
from storage.transaction import Transaction

DRAFT_TIMER = "draft"

# In the conversation's data: the album of which a refusal was told, and which.
_REFUSED = "refused"


class Intake:
    """One turn of the intake of one customer."""

    def __init__(self, talk: Talk, state: FSMContext) -> None:
        self._talk = talk
        self._state = state
        self._tx = talk.tx
        self._profile = talk.desk.profile

    # Entering and leaving.

    async def begin(self, *, serial: str | None = None, anew: bool = False) -> None:
        """Enter the intake: go on with the draft, or begin one with what was kept as its description."""
        if self._profile.is_talk:
            await opening.converse(self._talk)
            return
        draft = await drafts.find(self._tx, self._talk.customer.id)
        if draft is not None and anew:
            await self._discard(draft)
            draft = None
        if draft is None:
            if (refusal := await limits.too_many_tickets(self._talk)) is not None:
                await self._state.set_state(None)
                await self._talk.show("limit", refusal)
                return
            draft = await self._adopt_kept(await standing.begin(self._talk))
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
        return await self._described(draft) if any(message.text for message in kept) else draft

    async def _described(self, draft: Draft) -> Draft:
        """The draft with what was written before anything was asked as its description."""
        described = [
            field.key
            for field in self._profile.form
            if isinstance(field, TextField) and field.role == "description" and field.key not in draft.passed
        ]
        return await drafts.change(self._tx, draft, passed=[*draft.passed, *described])

    async def _touch(self, draft: Draft) -> None:
        await timers.put(self._tx, DRAFT_TIMER, draft.customer_id, self._tx.now + self._profile.draft_life)

    async def leave(self) -> None:
        """Leave the intake; the draft stays."""
        await contact_button.take_away(self._talk, self._state)
        await self._state.set_state(None)
        await self._talk.show(
            "left", self._talk.tr.text("Your answers are kept. Press “New request” to go on with them.")
        )

    async def ask_cancel(self, draft: Draft) -> None:
        """Cancel: at once if nothing would be lost, else after a question."""
        if await standing.has_entered(self._profile, self._tx, draft):
            await screens.confirm_cancel(self._talk, draft)
        else:
            await self.cancel(draft)

    async def cancel(self, draft: Draft) -> None:
        """The customer does not want this draft any more."""
        await contact_button.take_away(self._talk, self._state)
        await self._discard(draft)
        await self._state.set_state(None)
        await self._talk.show("cancelled", self._talk.tr.text("Cancelled. Nothing was sent."))

    async def decline(self, draft: Draft | None) -> None:
        """The customer does not agree: nothing of the form stays, nor of what was to become a description."""
        await contact_button.take_away(self._talk, self._state)
        if draft is not None:
            await self._discard(draft)
        kept = await messages.kept(self._tx, self._talk.customer.id)
        await messages.remove(self._tx, [message.id for message in kept])
        await self._state.set_state(None)
        await consent.tell_declined(self._talk)

    async def _discard(self, draft: Draft) -> None:
        gathered = await messages.of_draft(self._tx, draft.id)
        await messages.remove(self._tx, [message.id for message in gathered])
        await self._end(draft)

    async def _end(self, draft: Draft) -> None:
        await drafts.discard(self._tx, draft)
        await timers.cancel(self._tx, DRAFT_TIMER, draft.customer_id)

    # Where the draft is.

    async def stand(self, draft: Draft) -> Standing:
        """Where the draft stands now."""
        return await standing.stand(self._talk, draft)

    async def show(self, draft: Draft, problem: Markup | None = None) -> None:
        """Show the present step, with what was wrong on top if something was."""
        at = await self.stand(draft)
        step = at.step
        await contact_button.take_away(self._talk, self._state, at)
        if step.key == CONSENT:
            await consent.ask_in_form(self._talk, at, problem)
        elif step.key == DUPLICATE:
            assert at.progress.duplicate is not None
            await screens.duplicate(self._talk, draft, await tickets.get(self._tx, at.progress.duplicate))
        elif step.key == REVIEW:
            await screens.review(self._talk, at, problem)
        elif step.key == TYPE:
            await screens.choose_type(self._talk, at, problem)
        elif step.key in (END, NEEDS):
            await screens.no_ticket(self._talk, at, problem)
        elif step.field is not None:
            if isinstance(step.field, PhoneField):
                await contact_button.note(self._state, step.key)
            await asking.ask(self._talk, at, offers=await self._offers(at), problem=problem)
        else:
            await screens.before_form(self._talk, at, problem)

    async def notice_of(self, at: Standing) -> None:
        """The gate was answered with yes: show what it says."""
        await screens.gate_notice(self._talk, at)

    async def show_picture(self, at: Standing) -> None:
        """Show where the number stands on the device."""
        await self._talk.outbox.picture(self._talk.customer.id, at.step.key)

    async def _offers(self, at: Standing) -> list[str]:
        """Answers that only have to be pressed, the likeliest first."""
        field = at.step.field
        if isinstance(field, ChoiceField):
            return [option.key for option in field.options]
        if field is None or isinstance(field, AttachmentsField | UrlField) or not field.remember:
            return []
        known = list(await customers.recall(self._tx, self._talk.customer.id, field.key))
        if isinstance(field, SerialField):
            found = [number for message in at.gathered if (number := field.find(message.text))]
            known = [*reversed(found), *known]
        if isinstance(field, PersonField) and field.min_words > 1:
            known.append(self._talk.customer.name)
        right = [value for value in dict.fromkeys(known) if is_right(field, value, self._profile.region)]
        return right[: customers.OFFERED]

    # Moving.

    async def go_back(self, at: Standing) -> None:
        """Back: to the step before, or out of the form from the first."""
        before = at.before
        if at.draft.editing:
            await self.go_to(at.draft, None)
        elif before is None:
            await self.leave()
        else:
            await self.go_to(at.draft, before.key)

    async def go_to(self, draft: Draft, key: str | None, *, editing: bool = False) -> None:
        """Show a certain step; None: the first that is missing."""
        await self.show(await drafts.change(self._tx, draft, step=key, editing=editing))

    async def pass_step(self, at: Standing) -> None:
        """This step is behind: skipped, done, or a question before the form that was answered."""
        answers = {key: value for key, value in at.draft.answers.items() if key != at.step.key}
        await self.show(await self._moved_on(at.draft, at.step.key, answers))

    async def pass_advice(self, draft: Draft) -> None:
        """Whoever comes from the frequent questions need not be shown the way to them again."""
        at = await self.stand(draft)
        if at.step.key.startswith(ADVICE):
            await self._moved_on(draft, at.step.key, draft.answers)

    async def _moved_on(self, draft: Draft, key: str, answers: dict[str, str]) -> Draft:
        """The draft after step `key` was answered: it goes on with the first that is missing."""
        passed = draft.passed if key in draft.passed else [*draft.passed, key]
        return await drafts.change(self._tx, draft, answers=answers, passed=passed, step=None, editing=False)

    async def _answer(self, draft: Draft, key: str, value: str) -> Draft:
        await self._touch(draft)
        of_device = any(field.key == key and isinstance(field, SerialField) for field in self._profile.form)
        if of_device and draft.answers.get(key) != value:
            # Of another device there may be another open ticket.
            passed = [step for step in draft.passed if step != DUPLICATE]
            draft = await drafts.change(self._tx, draft, passed=passed)
        return await self._moved_on(draft, key, draft.answers | {key: value})

    async def use(self, at: Standing, pressed: str) -> None:
        """The customer pressed an offered value; a client may send any other, which only asks again."""
        draft = at.draft
        value = next((value for value in await self._offers(at) if token(value) == pressed), None)
        if value is not None:
            draft = await self._answer(draft, at.step.key, value)
        await self.show(draft)

    async def choose_type(self, draft: Draft, key: str) -> None:
        """The ticket is of this type: answers that this type has too stay, what it lacks is asked."""
        if any(each.key == key for each in self._profile.types):
            await self._touch(draft)
            draft = await drafts.change(self._tx, draft, type=key, step=None, editing=False)
        await self.show(draft)

    # Answers that were written.

    async def take(self, draft: Draft, message: Message) -> None:
        """A message while the form is open: the answer to the step, a file for the ticket, or both."""
        at = await self.stand(draft)
        field = at.step.field
        content = content_of(message)
        if isinstance(field, PhoneField) and message.contact is not None:
            await self._take_contact(at, message.contact.phone_number)
        elif message.text is not None and (at.step.key == TYPE or _asks_words(at)):
            await self._take_words(at, message, content)
        elif content.attachment is not None and (refusal := self._refusal(at, content)) is not None:
            await self._refuse(at, message, content, refusal)
        else:
            await self._keep(at, message, content)

    async def _keep(self, at: Standing, message: Message, content: Content) -> None:
        """Something for the ticket that is no answer by itself, though its caption may be one."""
        if not await self._has_room(at, message):
            return
        arrived = await incoming.store(self._talk, message, draft_id=at.draft.id)
        await self._touch(at.draft)
        if at.step.key == CONSENT and content.text:
            await self._described(at.draft)
        if isinstance(at.step.field, AttachmentsField):
            await self._show_count(at)
        elif arrived.grew:
            return
        elif content.text and _asks_words(at):
            await self._take_caption(at, content)
        else:
            await self.show(at.draft, problem=self._kept_words(at, content))

    async def _take_words(self, at: Standing, message: Message, content: Content) -> None:
        """A text, written by itself or under a file that is not taken."""
        if at.step.key == TYPE:
            chosen = self._typed_type(content.text)
            if chosen is not None:
                await self.choose_type(at.draft, chosen)
                return
            if await self._has_room(at, message):
                await incoming.store(self._talk, message, draft_id=at.draft.id, content=content)
                await self.show(at.draft, problem=self._kept_words(at, content))
        elif _is_description(at):
            await self._take_description(at, message, content)
        else:
            await self._take_value(at, content.text)

    async def _has_room(self, at: Standing, message: Message) -> bool:
        """Whether one more message can be kept for the draft; else its sender is told that it is not."""
        album = message.media_group_id
        joins = album is not None and any(each.media_group_id == album for each in at.gathered)
        if joins or len(at.gathered) < limits.MOST_KEPT:
            return True
        await limits.tell_no_room(self._talk, message)
        return False

    def _typed_type(self, text: str) -> str | None:
        typed = " ".join(text.split()).casefold()
        for each in self._profile.types:
            labels = {each.label.in_language(language).casefold() for language in each.label.languages}
            if typed in labels:
                return each.key
        return None

    async def _take_description(self, at: Standing, message: Message, content: Content) -> None:
        field = at.step.field
        assert isinstance(field, TextField)
        try:
            read_answer(field, content.text, self._profile.region)
        except ANSWER_ERRORS as error:
            await self.show(at.draft, problem=answer_problem(self._talk.tr, field, error))
            return
        if at.draft.editing or at.draft.step is not None:
            await self._forget_texts(at)
        elif not await self._has_room(at, message):
            return
        await incoming.store(self._talk, message, draft_id=at.draft.id, content=content)
        await self._touch(at.draft)
        await self.show(await self._moved_on(at.draft, at.step.key, at.draft.answers))

    async def _take_value(self, at: Standing, text: str, kept: Markup | None = None) -> None:
        field = at.step.field
        assert field is not None
        assert not isinstance(field, AttachmentsField)
        try:
            value = read_answer(field, text, self._profile.region)
        except ANSWER_ERRORS as error:
            await self.show(at.draft, problem=_both(kept, answer_problem(self._talk.tr, field, error)))
            return
        await self.show(await self._answer(at.draft, at.step.key, value))

    async def _take_contact(self, at: Standing, number: str) -> None:
        field = at.step.field
        assert isinstance(field, PhoneField)
        try:
            value = shared_phone(number)
        except ContactError as error:
            await self.show(at.draft, problem=answer_problem(self._talk.tr, field, error))
            return
        await self.show(await self._answer(at.draft, at.step.key, value))

    async def _take_caption(self, at: Standing, content: Content) -> None:
        """A file with a caption: the file is kept, the caption is the answer."""
        if _is_description(at):
            await self.show(await self._moved_on(at.draft, at.step.key, at.draft.answers))
            return
        await self._take_value(at, content.text, self._kept_words(at, content, asked=False))

    async def _forget_texts(self, at: Standing) -> None:
        """A new description takes the place of the old one; files stay."""
        await messages.remove(self._tx, [m.id for m in at.gathered if m.kind == "text"])

    # Files.

    def _refusal(self, at: Standing, content: Content) -> Markup | None:
        """Why the desk does not take this file, or None."""
        field = at.questions.attachments
        if field is None or content.attachment is None:
            return None
        return attachment_problem(self._talk.tr, field, content.attachment, at.files)

    async def _refuse(self, at: Standing, message: Message, content: Content, refusal: Markup) -> None:
        """Say why a file is not taken, in words that no later screen replaces; its caption is not lost."""
        if not await self._was_told(message.media_group_id, refusal):
            await self._talk.tell(Markup("⚠️ {}").format(refusal), reply_to=message.message_id)
        if content.text:
            words = Content("text", content.text, content.entities, None, None)
            if _asks_words(at):
                await self._take_words(at, message, words)
                return
            if not await self._has_room(at, message):
                return
            await incoming.store(self._talk, message, draft_id=at.draft.id, content=words)
            await self._touch(at.draft)
        if isinstance(at.step.field, AttachmentsField):
            await self._show_count(at)
        else:
            await self.show(at.draft)

    async def _show_count(self, at: Standing) -> None:
        """The count as it is now; the step stays until Done, whatever the number that was lacking."""
        draft = at.draft
        if draft.step is None and at.is_given:
            draft = await drafts.change(self._tx, draft, step=at.step.key)
        await asking.show_count(self._talk, await self.stand(draft))

    async def _was_told(self, album: str | None, refusal: Markup) -> bool:
        """Whether the same was said of an earlier item of the album: of ten such files once is enough."""
        if album is None:
            return False
        told = [album, str(refusal)]
        if (await self._state.get_data()).get(_REFUSED) == told:
            return True
        await self._state.update_data({_REFUSED: told})
        return False

    def _kept_words(self, at: Standing, content: Content, *, asked: bool = True) -> Markup | None:
        tr = self._talk.tr
        if content.attachment is None:
            return tr.text("This is kept for the request.") if asked else None
        if not asked or at.step.field is None:
            return tr.text("The file is kept for the request.")
        return tr.text("The file is kept for the request. Now please answer the question in words.")

    # The end.

    async def write_to_duplicate(self, at: Standing, number: str) -> None:
        """Not a second ticket: what was gathered goes to the open one, and what is written next.

        `number` comes from a button, so it has to be the one that is offered now.
        """
        offered = at.progress.duplicate
        if offered is None or str(offered) != number:
            await self.show(at.draft)
            return
        await contact_button.take_away(self._talk, self._state)
        ticket = await tickets.get(self._tx, offered)
        ids = [message.id for message in at.gathered]
        await messages.change(self._tx, ids, draft_id=None, opening=False, ticket_number=ticket.number)
        await incoming.owe(self._talk, ticket, ids)
        await self._end(at.draft)
        await self._write_to(ticket)

    async def ask_confirmation(self, at: Standing) -> None:
        """Agents confirm a customer in a ticket, so one is opened for that; the draft waits meanwhile."""
        chosen = at.form.type_of(at.progress)
        needed = self._profile.find_mark(chosen.needs or "") if chosen is not None else None
        assert needed is not None
        ticket = await opening.asked_for(self._talk, needed)
        if ticket is None:
            ticket = await opening.ask_for(self._talk, needed)
            await self._state.set_state(None)
            await screens.opened(self._talk, ticket)
        else:
            await self._write_to(ticket)

    async def _write_to(self, ticket: Ticket) -> None:
        """What the customer writes next goes to that ticket."""
        await self._state.set_state(Conversation.about)
        await self._state.set_data({"number": ticket.number})
        await self._talk.show(
            "about",
            self._talk.tr.text(
                "Write here: everything you send now goes to request #{number}.", number=ticket.number
            ),
        )

    async def submit(self, at: Standing) -> Ticket | None:
        """Open the ticket; None if something is still missing, which is then shown."""
        if at.step.key != REVIEW:
            await self.show(at.draft)
            return None
        if (refusal := await limits.too_many_tickets(self._talk)) is not None:
            await self.show(at.draft, problem=refusal)
            return None
        await contact_button.take_away(self._talk, self._state)
        ticket = await opening.open_ticket(self._talk, at)
        await self._end(at.draft)
        await self._state.set_state(None)
        await screens.opened(self._talk, ticket)
        return ticket


def _asks_words(at: Standing) -> bool:
    """Whether the step wants to be answered by a text."""
    return at.step.field is not None and not isinstance(at.step.field, AttachmentsField)


def _is_description(at: Standing) -> bool:
    return isinstance(at.step.field, TextField) and at.step.field.role == "description"


def _both(first: Markup | None, second: Markup) -> Markup:
    return second if first is None else Markup("{}\n{}").format(first, second)


async def show_again(tx: Transaction, customer: Customer, desk: Desk, state: FSMContext) -> None:
    """A customer is back for whom screens were dropped: show the step they are at, if they are at one."""
    if customer.banned_at is not None or await state.get_state() != Conversation.intake.state:
        return
    draft = await drafts.find(tx, customer.id)
    if draft is not None:
        talk = Talk(tx, Outbox(tx), desk, customer, language_of(customer, desk), Toast())
        await Intake(talk, state).show(draft)
