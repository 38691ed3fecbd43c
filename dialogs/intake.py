"""The guided intake: the form as a customer goes through it. Its handlers: `intake_handlers`."""

from __future__ import annotations

from aiogram.fsm.context import FSMContext
from markupsafe import Markup

from desk.answers import is_right
from desk.fields import (
    AttachmentsField,
    ChoiceField,
    PersonField,
    PhoneField,
    SerialField,
    UrlField,
)
from dialogs import (
    asking,
    consent,
    contact_button,
    drafting,
    incoming,
    limits,
    opening,
    screens,
    standing,
)
from dialogs.buttons import token
from dialogs.context import Desk, Toast
from dialogs.form import ADVICE, CONSENT, DUPLICATE, END, NEEDS, REVIEW, TYPE
from dialogs.reply import Talk, language_of
from dialogs.standing import Standing
from dialogs.states import Conversation
from storage import customers, drafts, messages, tickets
from storage.outbox import Outbox
from storage.rows import Customer, Draft, Ticket
from storage.transaction import Transaction


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
            await drafting.discard(self._tx, draft)
            draft = None
        if draft is None:
            if (refusal := await limits.too_many_tickets(self._talk)) is not None:
                await self._state.set_state(None)
                await self._talk.show("limit", refusal)
                return
            draft = await drafting.begin(self._talk)
        elif draft.step is None or not draft.editing:
            draft = await drafts.change(self._tx, draft, step=None)
        field = self._profile.serial_field
        if serial is not None and field is not None:
            draft = await drafting.answer(self._talk, draft, field.key, serial)
        await self._state.set_state(Conversation.intake)
        await drafting.touch(self._talk, draft)
        await self.show(draft)

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
        await drafting.discard(self._tx, draft)
        await self._state.set_state(None)
        await self._talk.show("cancelled", self._talk.tr.text("Cancelled. Nothing was sent."))

    async def decline(self, draft: Draft | None) -> None:
        """The customer does not agree: nothing of the form stays, nor of what was to become a description."""
        await contact_button.take_away(self._talk, self._state)
        if draft is not None:
            await drafting.discard(self._tx, draft)
        kept = await messages.kept(self._tx, self._talk.customer.id)
        await messages.remove(self._tx, [message.id for message in kept])
        await self._state.set_state(None)
        await consent.tell_declined(self._talk)

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
        await self.show(await drafting.move_on(self._talk, at.draft, at.step.key, answers))

    async def pass_advice(self, draft: Draft) -> None:
        """Whoever comes from the frequent questions need not be shown the way to them again."""
        at = await self.stand(draft)
        if at.step.key.startswith(ADVICE):
            await drafting.move_on(self._talk, draft, at.step.key, draft.answers)

    async def answer(self, at: Standing, value: str) -> None:
        """That is the answer to the step."""
        await self.show(await drafting.answer(self._talk, at.draft, at.step.key, value))

    async def move_on(self, at: Standing) -> None:
        """The step is answered by what was gathered."""
        await self.show(await drafting.move_on(self._talk, at.draft, at.step.key, at.draft.answers))

    async def use(self, at: Standing, pressed: str) -> None:
        """The customer pressed an offered value; a client may send any other, which only asks again."""
        value = next((value for value in await self._offers(at) if token(value) == pressed), None)
        if value is None:
            await self.show(at.draft)
        else:
            await drafting.touch(self._talk, at.draft)
            await self.answer(at, value)

    async def choose_type(self, draft: Draft, key: str) -> None:
        """The ticket is of this type: answers that this type has too stay, what it lacks is asked."""
        if any(each.key == key for each in self._profile.types):
            await drafting.touch(self._talk, draft)
            draft = await drafts.change(self._tx, draft, type=key, step=None, editing=False)
        await self.show(draft)

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
        await drafting.end(self._tx, at.draft)
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
        await drafting.end(self._tx, at.draft)
        await self._state.set_state(None)
        await screens.opened(self._talk, ticket)
        return ticket


async def show_again(tx: Transaction, customer: Customer, desk: Desk, state: FSMContext) -> None:
    """A customer is back for whom screens were dropped: show the step they are at, if they are at one."""
    if customer.banned_at is not None or await state.get_state() != Conversation.intake.state:
        return
    draft = await drafts.find(tx, customer.id)
    if draft is not None:
        talk = Talk(tx, Outbox(tx), desk, customer, language_of(customer, desk), Toast())
        await Intake(talk, state).show(draft)
