"""Handlers of the intake: its buttons, typed labels, and answers."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from markupsafe import Markup

from desk.fields import AttachmentsField
from dialogs import placing, words
from dialogs.buttons import FormButton
from dialogs.filters import Labelled
from dialogs.form import DUPLICATE, REVIEW
from dialogs.intake import Intake
from dialogs.reply import Talk
from dialogs.states import Conversation
from storage import drafts
from storage.rows import Draft


async def pressed(query: CallbackQuery, callback_data: FormButton, talk: Talk, state: FSMContext) -> None:
    """A button of the form, perhaps of an old one."""
    draft = await drafts.find(talk.tx, talk.customer.id)
    if draft is None or draft.id != callback_data.draft:
        talk.toast.say(talk.tr.plain("This form is no longer open."))
        return
    intake = Intake(talk, state)
    await state.set_state(Conversation.intake)
    if callback_data.act == "discard":
        await intake.cancel(draft)
    elif callback_data.act == "resume":
        await intake.show(draft)
    else:
        await _press(intake, draft, callback_data, talk)


async def _press(intake: Intake, draft: Draft, data: FormButton, talk: Talk) -> None:
    step = await intake.step(draft)
    if step.key != data.step:
        # A button of a step that is behind: several quick presses, or an old message.
        talk.toast.say(talk.tr.plain("This step is already answered."))
        if talk.pressed != talk.customer.screen_message_id:
            talk.pressed = None
            await intake.show(draft)
        return
    match data.act:
        case "back":
            await intake.go_back(draft, step)
        case "cancel":
            await intake.ask_cancel(draft)
        case "yes" if step.gate is not None:
            await intake.notice_of(draft, step)
        case "no" if step.gate is not None:
            await intake.pass_step(draft, step)
        case "pass":
            await _pass(intake, draft, data, talk)
        case "keep":
            await intake.go_to(draft, None)
        case "use" if step.field is not None:
            await intake.use(draft, step, data.value)
        case "edit" if step.key == REVIEW:
            await intake.go_to(draft, data.value, editing=True)
        case "join" if step.key == DUPLICATE:
            await intake.write_to_duplicate(draft, data.value)
        case "submit" if step.key == REVIEW:
            await intake.submit(draft)
        case _:
            talk.toast.say(talk.tr.plain("This button is out of date."))
            await intake.show(draft)


async def _pass(intake: Intake, draft: Draft, data: FormButton, talk: Talk) -> None:
    step = await intake.step(draft)
    field = step.field
    if (
        field is None
        or not field.required
        or (isinstance(field, AttachmentsField) and await intake.has_files(draft))
    ):
        await intake.pass_step(draft, step)
    else:
        talk.toast.say(talk.tr.plain("This step cannot be skipped: we need it to help you."), alert=True)


_TYPED = {
    words.BACK: "back",
    words.CANCEL: "cancel",
    words.SKIP: "pass",
    words.DONE: "pass",
    words.SUBMIT: "submit",
}


async def typed(message: Message, label: str, talk: Talk, state: FSMContext) -> None:
    """A label typed instead of pressed; labels of every language work."""
    draft = await drafts.find(talk.tx, talk.customer.id)
    intake = Intake(talk, state)
    if draft is None:
        await intake.begin()
        return
    step = await intake.step(draft)
    data = FormButton(act=_TYPED[label], draft=draft.id, step=step.key)
    if label in (words.SKIP, words.DONE) and step.field is None:
        await intake.take(draft, message)
        return
    await _press(intake, draft, data, talk)
    if talk.toast.text is not None:
        # Nobody pressed a button, so there is nowhere to show a toast.
        await talk.show("told", Markup("{}").format(talk.toast.text))


async def answered(message: Message, talk: Talk, state: FSMContext) -> None:
    """Anything else that is written while the form is open."""
    draft = await drafts.find(talk.tx, talk.customer.id)
    if draft is None:
        # The draft expired; what was written now begins a new one.
        await state.set_state(None)
        await placing.place(talk, message, state)
        return
    await Intake(talk, state).take(draft, message)


def intake_router() -> Router:
    """The form: its buttons, typed labels, answers."""
    router = Router(name="intake")
    router.callback_query.register(pressed, FormButton.filter())
    router.message.register(typed, StateFilter(Conversation.intake), Labelled(*_TYPED))
    router.message.register(answered, StateFilter(Conversation.intake))
    return router
