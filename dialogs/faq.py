"""The frequent questions: a list, a search by what somebody types, and whether the answer helped."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from aiogram import Router
from aiogram.filters import Command, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from markupsafe import Markup

from desk.faq import FaqEntry
from dialogs import incoming, placing, words
from dialogs.buttons import FaqButton, MenuButton, button, rows
from dialogs.filters import Labelled
from dialogs.intake import Intake
from dialogs.reply import Talk
from dialogs.states import Conversation
from storage import drafts, tickets
from storage import faq as verdicts

# What is typed that long after the list was shown is hardly a search any more.
_LISTENS_FOR = timedelta(hours=1)
_TYPED_AT_MOST = 10
# Of a typed message, what is needed to pass it on after all.
_KEPT = {"message_id", "date", "chat", "text", "entities"}


async def asked(message: Message, talk: Talk, state: FSMContext) -> None:
    """The frequent questions."""
    await _show_list(talk, state)


async def pressed(query: CallbackQuery, callback_data: FaqButton, talk: Talk, state: FSMContext) -> None:
    """A question, a word on its answer, or back to the list."""
    if callback_data.act == "on":
        await _go_on(talk, state, callback_data.key)
        return
    entry = next((each for each in talk.desk.profile.faq if each.key == callback_data.key), None)
    if entry is None:
        await _show_list(talk, state)
    elif callback_data.act == "helped":
        await _helped(talk, state, entry)
    else:
        await _show_answer(talk, entry)


async def searched(message: Message, talk: Talk, state: FSMContext) -> None:
    """Somebody types what they look for; what they sent may also have been meant for the desk."""
    data = await state.get_data()
    found = talk.desk.faq.find(message.text or "") if _is_search(message, data, talk) else ()
    open_tickets = await tickets.open_of(talk.tx, talk.customer.id)
    if not _is_search(message, data, talk) or (not found and open_tickets):
        await state.set_state(None)
        await placing.place(talk, message, state)
        return
    typed = [*data.get("typed", ()), message.model_dump(mode="json", include=_KEPT, exclude_none=True)]
    await state.update_data(typed=typed[-_TYPED_AT_MOST:])
    tr = talk.tr
    text = (
        tr.text("<b>This may help</b>\n\nChoose a question, or write it in other words.")
        if found
        else tr.text("No question resembles this. Write it in other words, or ask the specialists.")
    )
    await talk.show("found", text, rows(*([_question(talk, entry)] for entry in found), [_need_help(talk)]))


def _is_search(message: Message, data: dict[str, Any], talk: Talk) -> bool:
    """Whether this is typed for the search, and not a reply, a file, or long after the list was shown."""
    shown_at = datetime.fromisoformat(data["shown_at"]) if "shown_at" in data else None
    return (
        message.text is not None
        and message.reply_to_message is None
        and shown_at is not None
        and talk.tx.now - shown_at < _LISTENS_FOR
    )


def _question(talk: Talk, entry: FaqEntry) -> InlineKeyboardButton:
    return button(entry.question.in_language(talk.tr.language), FaqButton(key=entry.key))


def _need_help(talk: Talk, key: str = "") -> InlineKeyboardButton:
    return button(talk.tr.plain(words.NEED_HELP), FaqButton(key=key, act="on"))


async def _show_list(talk: Talk, state: FSMContext) -> None:
    tr, profile = talk.tr, talk.desk.profile
    if not profile.faq:
        await talk.show("faq", tr.text("There are no frequent questions yet."))
        return
    in_form = await state.get_state() == Conversation.intake.state
    notices = [Markup("{}").format(n.text.in_language(tr.language)) for n in profile.notices_at("faq")]
    texts = [tr.text("<b>Questions that come up often</b>"), *notices]
    onward = []
    if in_form:
        # What is typed is the answer to the form's question, so there is no search.
        onward.append(button(tr.plain(words.CONTINUE), FaqButton(act="on")))
    else:
        await state.set_state(Conversation.faq)
        await state.set_data({"shown_at": talk.tx.now.isoformat()})
        texts.append(tr.text("Choose a question, or write in a few words what you are looking for."))
        onward.append(_need_help(talk))
    lines = [[_question(talk, entry)] for entry in profile.faq]
    await talk.show("faq", Markup("\n\n").join(texts), rows(*lines, onward))


async def _show_answer(talk: Talk, entry: FaqEntry) -> None:
    tr = talk.tr
    text = Markup("<b>{}</b>\n\n{}").format(
        entry.question.in_language(tr.language), entry.answer.in_language(tr.language)
    )
    keyboard = rows(
        [button(tr.plain(words.HELPED), FaqButton(key=entry.key, act="helped")), _need_help(talk, entry.key)],
        [button(tr.plain(words.BACK), FaqButton())],
    )
    await talk.show(f"faq:{entry.key}", text, keyboard)


async def _helped(talk: Talk, state: FSMContext, entry: FaqEntry) -> None:
    """No ticket is needed; a draft that was begun stays for the customer to decide about."""
    await verdicts.judge(talk.tx, entry.key, talk.customer.id, helped=True)
    tr = talk.tr
    draft = await drafts.find(talk.tx, talk.customer.id)
    if draft is None:
        await state.set_state(None)
        await talk.show("helped", tr.text("Glad to hear that! If anything else comes up, just write."))
        return
    text = tr.text("Glad to hear that! Do you still want to send the request you were filling in?")
    keyboard = rows(
        [button(tr.plain(words.CONTINUE), FaqButton(act="on"))],
        [button(tr.plain(words.CANCEL), MenuButton(to="cancel"))],
    )
    await talk.show("helped", text, keyboard)


async def _go_on(talk: Talk, state: FSMContext, key: str) -> None:
    """The answer did not help: on with the form, or to the open ticket, with what was typed."""
    if any(entry.key == key for entry in talk.desk.profile.faq):
        await verdicts.judge(talk.tx, key, talk.customer.id, helped=False)
    searching = await state.get_state() == Conversation.faq.state
    typed = (await state.get_data()).get("typed", ()) if searching else ()
    if searching:
        await state.set_state(None)
        await state.set_data({})
    messages = [Message.model_validate(each) for each in typed]
    if messages and await tickets.open_of(talk.tx, talk.customer.id):
        talk.pressed = None
        for message in messages:
            await placing.place(talk, message, state)
        return
    draft = await drafts.find(talk.tx, talk.customer.id)
    for message in messages:
        await incoming.store(talk, message, draft_id=draft.id if draft else None)
    intake = Intake(talk, state)
    if draft is not None and not talk.desk.profile.is_talk:
        await intake.pass_advice(draft)
    await intake.begin()


def register_faq(router: Router) -> None:
    """The frequent questions as a command, a button of the menu, and buttons of their own."""
    router.message.register(asked, Command("faq"))
    router.message.register(asked, Labelled(words.FAQ))
    router.callback_query.register(pressed, FaqButton.filter())


def register_search(router: Router) -> None:
    """What is typed while the frequent questions are open."""
    router.message.register(searched, StateFilter(Conversation.faq))
