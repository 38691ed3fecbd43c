"""What is written while the form is open: the answer to a step, a file for the ticket, or both."""

from __future__ import annotations

from aiogram.fsm.context import FSMContext
from aiogram.types import Message
from markupsafe import Markup

from desk.answers import ANSWER_ERRORS, read_answer
from desk.contacts import ContactError, shared_phone
from desk.fields import AttachmentsField, PhoneField, TextField
from dialogs import asking, drafting, incoming, limits
from dialogs.form import CONSENT, TYPE
from dialogs.intake import Intake
from dialogs.problems import answer_problem, attachment_problem
from dialogs.reply import Talk
from dialogs.standing import Standing
from storage import drafts, messages
from storage.content import Content, content_of
from storage.rows import Draft

# In the conversation's data: the album of which a refusal was told, and which.
_REFUSED = "refused"


class Answering:
    """One message of a customer whose form is open."""

    def __init__(self, talk: Talk, state: FSMContext) -> None:
        self._talk = talk
        self._state = state
        self._tx = talk.tx
        self._profile = talk.desk.profile
        self._intake = Intake(talk, state)

    async def take(self, draft: Draft, message: Message) -> None:
        """A message while the form is open: the answer to the step, a file for the ticket, or both."""
        await drafting.touch(self._talk, draft)
        at = await self._intake.stand(draft)
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
        if at.step.key == CONSENT and content.text:
            await drafting.described(self._talk, at.draft)
        if isinstance(at.step.field, AttachmentsField):
            await self._show_count(at)
        elif arrived.grew:
            return
        elif content.text and _asks_words(at):
            await self._take_caption(at, content)
        else:
            await self._intake.show(at.draft, problem=self._kept_words(at, content))

    async def _take_words(self, at: Standing, message: Message, content: Content) -> None:
        """A text, written by itself or under a file that is not taken."""
        if at.step.key == TYPE:
            chosen = self._typed_type(content.text)
            if chosen is not None:
                await self._intake.choose_type(at.draft, chosen)
                return
            if await self._has_room(at, message):
                await incoming.store(self._talk, message, draft_id=at.draft.id, content=content)
                await self._intake.show(at.draft, problem=self._kept_words(at, content))
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
            await self._intake.show(at.draft, problem=answer_problem(self._talk.tr, field, error))
            return
        if at.draft.editing or at.draft.step is not None:
            await self._forget_texts(at)
        elif not await self._has_room(at, message):
            return
        await incoming.store(self._talk, message, draft_id=at.draft.id, content=content)
        await self._intake.move_on(at)

    async def _take_value(self, at: Standing, text: str, kept: Markup | None = None) -> None:
        field = at.step.field
        assert field is not None
        assert not isinstance(field, AttachmentsField)
        try:
            value = read_answer(field, text, self._profile.region)
        except ANSWER_ERRORS as error:
            problem = answer_problem(self._talk.tr, field, error)
            await self._intake.show(at.draft, problem=_both(kept, problem))
            return
        await self._intake.answer(at, value)

    async def _take_contact(self, at: Standing, number: str) -> None:
        field = at.step.field
        assert isinstance(field, PhoneField)
        try:
            value = shared_phone(number)
        except ContactError as error:
            await self._intake.show(at.draft, problem=answer_problem(self._talk.tr, field, error))
            return
        await self._intake.answer(at, value)

    async def _take_caption(self, at: Standing, content: Content) -> None:
        """A file with a caption: the file is kept, the caption is the answer."""
        if _is_description(at):
            await self._intake.move_on(at)
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
        if isinstance(at.step.field, AttachmentsField):
            await self._show_count(at)
        else:
            await self._intake.show(at.draft)

    async def _show_count(self, at: Standing) -> None:
        """The count as it is now; the step stays until Done, whatever the number that was lacking."""
        draft = at.draft
        if draft.step is None and at.is_given:
            draft = await drafts.change(self._tx, draft, step=at.step.key)
        await asking.show_count(self._talk, await self._intake.stand(draft))

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


def _asks_words(at: Standing) -> bool:
    """Whether the step wants to be answered by a text."""
    return at.step.field is not None and not isinstance(at.step.field, AttachmentsField)


def _is_description(at: Standing) -> bool:
    return isinstance(at.step.field, TextField) and at.step.field.role == "description"


def _both(first: Markup | None, second: Markup) -> Markup:
    return second if first is None else Markup("{}\n{}").format(first, second)
