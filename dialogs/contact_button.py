"""The button that shares one's telephone number. It stands below the text field, in place of the main menu,
for as long as the number is asked for.
"""

from __future__ import annotations

from aiogram.fsm.context import FSMContext
from markupsafe import Markup

from desk.answers import shown_answer
from dialogs.buttons import menu_keyboard
from dialogs.reply import Talk
from dialogs.standing import Standing

# In the conversation's data: the field for which the button stands there.
_FIELD = "contact"


async def note(state: FSMContext, field: str) -> None:
    """The button is being shown for this field."""
    await state.update_data({_FIELD: field})


async def take_away(talk: Talk, state: FSMContext, at: Standing | None = None) -> None:
    """Put the main menu back, unless the draft is at the question that needs the button."""
    if not talk.desk.profile.has_phone:
        return
    key = (await state.get_data()).get(_FIELD)
    if key is None or (at is not None and at.step.key == key):
        return
    await state.update_data({_FIELD: None})
    # What is shown next stands below this.
    talk.pressed = None
    await talk.tell(_words(talk, at, key), menu_keyboard(talk.tr, talk.desk.profile))


def _words(talk: Talk, at: Standing | None, key: str) -> Markup:
    """A keyboard needs a message to come with: the number that was given, if one was."""
    tr = talk.tr
    field = at.questions.field(key) if at is not None else None
    value = at.answer(field) if at is not None and field is not None else None
    if field is None or value is None:
        return tr.text("The menu is below the text field again.")
    shown = shown_answer(field, value, tr.language)
    return Markup("{}: <b>{}</b>").format(field.label.in_language(tr.language), shown)


async def menu_was_shown(talk: Talk, state: FSMContext) -> None:
    """The main menu was just sent for another reason, so the button is gone."""
    if talk.desk.profile.has_phone and (await state.get_data()).get(_FIELD) is not None:
        await state.update_data({_FIELD: None})
