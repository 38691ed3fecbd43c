"""Handlers of the intake: its buttons, typed labels, and answers."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from markupsafe import Markup

from desk.fields import AttachmentsField, SerialField
from dialogs import consent, placing, words
from dialogs.answering import Answering
from dialogs.buttons import ConsentButton, FormButton
from dialogs.filters import Labelled
from dialogs.form import ADVICE, CONSENT, DUPLICATE, NEEDS, REVIEW, TYPE, Step
from dialogs.intake import Intake
from dialogs.problems import lacking_files
from dialogs.reply import Talk
from dialogs.standing import Standing
from dialogs.states import Conversation
from storage import drafts
from storage.content import is_spoken


async def pressed(query: CallbackQuery, callback_data: FormButton, talk: Talk, state: FSMContext) -> None:
    """A button of the form, perhaps of an old one."""
    draft = await drafts.find(talk.tx, talk.customer.id)
    if draft is None or draft.id != callback_data.draft or talk.desk.profile.is_talk:
        talk.toast.say(talk.tr.plain("This form is no longer open."))
        return
    intake = Intake(talk, state)
    await state.set_state(Conversation.intake)
    if callback_data.act == "discard":
        await intake.cancel(draft)
    elif callback_data.act == "resume":
        await intake.show(draft)
    else:
        await _press(intake, await intake.stand(draft), callback_data, talk)


async def _press(intake: Intake, at: Standing, data: FormButton, talk: Talk) -> None:
    draft, step = at.draft, at.step
    if step.key != data.step:
        # A button of a step that is behind: several quick presses, or an old message.
        talk.toast.say(talk.tr.plain("This step is already answered."))
        # The present screen is being changed by the press before this one, unless it is of another profile.
        is_known = at.form.find(at.progress, data.step) is not None and step.key != CONSENT
        if talk.pressed != talk.customer.screen_message_id or not is_known:
            talk.pressed = None
            await intake.show(draft)
        return
    match data.act:
        case "back":
            await intake.go_back(at)
        case "cancel":
            await intake.ask_cancel(draft)
        case "type" if step.key == TYPE:
            await intake.choose_type(draft, data.value)
        case "yes" if step.gate is not None:
            await intake.notice_of(at)
        case "no" if step.gate is not None:
            await intake.pass_step(at)
        case "pass":
            await _pass(intake, at, talk)
        case "keep":
            await intake.go_to(draft, None)
        case "use" if step.field is not None:
            await intake.use(at, data.value)
        case "where" if isinstance(step.field, SerialField) and step.field.picture is not None:
            await intake.show_picture(at)
        case "confirm" if step.key == NEEDS:
            await intake.ask_confirmation(at)
        case "edit" if step.key == REVIEW:
            await intake.go_to(draft, data.value, editing=True)
        case "join" if step.key == DUPLICATE:
            await intake.write_to_duplicate(at, data.value)
        case "submit" if step.key == REVIEW:
            await intake.submit(at)
        case _:
            talk.out_of_date()
            await intake.show(draft)


async def _pass(intake: Intake, at: Standing, talk: Talk) -> None:
    tr, field = talk.tr, at.step.field
    type_key = at.questions.type_key
    if isinstance(field, AttachmentsField):
        least = field.least(type_key)
        if at.files < least:
            talk.toast.say(lacking_files(tr, least), alert=True)
            return
    elif field is not None:
        if field.is_required(type_key):
            talk.toast.say(tr.plain("This step cannot be skipped: we need it to help you."), alert=True)
            return
    elif not (_is_passable(at.step)):
        talk.out_of_date()
        return
    await intake.pass_step(at)


def _is_passable(step: Step) -> bool:
    """Whether this is behind once it was read; a gate that blocks never is."""
    if step.gate is not None:
        return not step.gate.blocks
    return step.key == DUPLICATE or step.key.startswith(ADVICE)


async def consented(
    query: CallbackQuery, callback_data: ConsentButton, talk: Talk, state: FSMContext
) -> None:
    """Whether the customer agrees; one who has agreed is asked nothing, whatever an old button says."""
    await _consent(talk, state, yes=callback_data.yes, version=callback_data.version)


async def _consent(talk: Talk, state: FSMContext, *, yes: bool, version: int | None = None) -> None:
    privacy = talk.desk.profile.privacy
    if privacy is None or talk.desk.profile.has_agreed(talk.customer.agreed_version):
        talk.toast.say(talk.tr.plain("This step is already answered."))
        return
    intake = Intake(talk, state)
    if not yes:
        await intake.decline(await drafts.find(talk.tx, talk.customer.id))
    elif version not in (None, privacy.version):
        # What was read there is not what holds now.
        talk.out_of_date()
        await intake.begin()
    else:
        await consent.agree(talk, privacy)
        if talk.desk.profile.is_talk:
            # The form's next step would take the place of the question.
            await talk.show("agreed", talk.tr.text("Thank you."))
        await intake.begin()


_TYPED = {
    words.BACK: "back",
    words.CANCEL: "cancel",
    words.SKIP: "pass",
    words.DONE: "pass",
    words.CONTINUE: "keep",
    words.SUBMIT: "submit",
}
# Words that mean something only where their button is; elsewhere they are a text like any other.
_AT_FIELDS = (words.SKIP, words.DONE, words.CONTINUE)


async def typed(message: Message, label: str, talk: Talk, state: FSMContext) -> None:
    """A label typed instead of pressed; labels of every language work."""
    draft = await drafts.find(talk.tx, talk.customer.id)
    intake = Intake(talk, state)
    if talk.desk.profile.is_talk:
        await answered(message, talk, state)
        return
    if draft is None:
        await intake.begin()
        return
    at = await intake.stand(draft)
    if label in (words.AGREE, words.DISAGREE):
        if at.step.key == CONSENT:
            await _consent(talk, state, yes=label == words.AGREE)
        else:
            await Answering(talk, state).take(draft, message)
        return
    if label in _AT_FIELDS and (at.step.field is None or (label == words.CONTINUE and not at.is_given)):
        await Answering(talk, state).take(draft, message)
        return
    await _press(intake, at, FormButton(act=_TYPED[label], draft=draft.id, step=at.step.key), talk)
    if talk.toast.text is not None:
        # Nobody pressed a button, so there is nowhere to show a toast.
        await talk.show("told", Markup("{}").format(talk.toast.text))


async def answered(message: Message, talk: Talk, state: FSMContext) -> None:
    """Anything else that is written while the form is open."""
    if not is_spoken(message):
        await placing.anything(message, talk, state)
        return
    draft = await drafts.find(talk.tx, talk.customer.id)
    if draft is None or talk.desk.profile.is_talk:
        # The draft expired, or the desk has no form any more; what was written now begins anew.
        await state.set_state(None)
        await placing.place(talk, message, state)
        return
    await Answering(talk, state).take(draft, message)


def register_intake(router: Router) -> None:
    """The form: its buttons, typed labels, answers."""
    router.callback_query.register(pressed, FormButton.filter())
    router.callback_query.register(consented, ConsentButton.filter())
    labels = (*_TYPED, words.AGREE, words.DISAGREE)
    router.message.register(typed, StateFilter(Conversation.intake), Labelled(*labels))
    router.message.register(answered, StateFilter(Conversation.intake))
