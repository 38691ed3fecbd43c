"""Commands and the main menu: start, language, help, cancel."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.methods import SetMyCommands
from aiogram.types import BotCommand, BotCommandScopeChat, CallbackQuery, Message
from markupsafe import Markup

from desk.profile import Profile
from dialogs import agents, contact_button, placing, requests, words
from dialogs.buttons import (
    LanguageButton,
    MenuButton,
    button,
    menu_keyboard,
    rows,
)
from dialogs.context import Desk
from dialogs.filters import DeskIsClosed, Labelled
from dialogs.intake import Intake
from dialogs.reply import Talk
from dialogs.states import Conversation
from locales import LANGUAGES, Translator, mark, translator
from storage import customers, destinations, drafts, messages

_COMMANDS = {
    "new": words.NEW_REQUEST,
    "my": words.MY_REQUESTS,
    "faq": words.FAQ,
    "language": words.LANGUAGE,
    "cancel": mark("Cancel what I am filling in"),
    "help": mark("How this works"),
    "privacy": mark("What is stored about me"),
}
START_OVER = mark("Start over")
# What does nothing where customers only talk.
_OF_REQUESTS = ("new", "my", "cancel")

# A deep link for a sticker on the device: t.me/<bot>?start=sn_<serial number>
_SERIAL_LINK = "sn_"


def commands(tr: Translator, profile: Profile) -> list[BotCommand]:
    """The menu of commands in one language."""
    unused = _OF_REQUESTS if profile.is_talk else ()
    return [
        BotCommand(command=name, description=tr.plain(text))
        for name, text in _COMMANDS.items()
        if name not in unused
    ]


async def start(message: Message, command: CommandObject, talk: Talk, state: FSMContext) -> None:
    """The first contact, a deep link, or somebody who wants the menu."""
    serial = _serial(command.args, talk.desk)
    if talk.customer.language is None:
        await state.set_data({"serial": serial})
        await placing.ask_language(talk)
        return
    await welcome(talk)
    await contact_button.menu_was_shown(talk, state)
    await _go_on(talk, state, serial)


def _serial(payload: str | None, desk: Desk) -> str | None:
    field = desk.profile.serial_field
    if payload is None or not payload.startswith(_SERIAL_LINK) or field is None:
        return None
    return field.find(payload.removeprefix(_SERIAL_LINK))


async def welcome(talk: Talk) -> None:
    """What this desk is, with the menu below the text field."""
    profile, tr = talk.desk.profile, talk.tr
    texts = [profile.welcome, *(notice.text for notice in profile.notices_at("start"))]
    if profile.channel is not None:
        texts.append(profile.channel)
    shown = Markup("\n\n").join(text.in_language(tr.language) for text in texts)
    await talk.tell(shown, menu_keyboard(tr, profile))


async def _go_on(talk: Talk, state: FSMContext, serial: str | None) -> None:
    """What is open: a form called up by a link, a draft, or messages without a place."""
    draft = await drafts.find(talk.tx, talk.customer.id)
    # Below the welcome, not in place of the question for the language above it.
    talk.pressed = None
    if serial is not None:
        await Intake(talk, state).begin(serial=serial)
    elif draft is not None:
        tr = talk.tr
        keyboard = rows(
            [
                button(tr.plain(words.CONTINUE), MenuButton(to="resume")),
                button(tr.plain(START_OVER), MenuButton(to="restart")),
            ]
        )
        await talk.show("draft", tr.text("You have a request that is not finished yet."), keyboard)
    elif await messages.kept(talk.tx, talk.customer.id):
        await placing.offer_kept(talk, state)


async def ask_language(message: Message, talk: Talk) -> None:
    """Choose another language, at any moment."""
    await placing.ask_language(talk)


async def language_chosen(
    query: CallbackQuery, callback_data: LanguageButton, talk: Talk, state: FSMContext
) -> None:
    """The language was chosen: menus and everything from now on are in it."""
    if callback_data.language not in LANGUAGES:
        return
    first = talk.customer.language is None
    if talk.customer.language == callback_data.language:
        talk.toast.say(talk.tr.plain("This language is already chosen."))
        return
    await customers.set_language(talk.tx, talk.customer.id, callback_data.language)
    talk.tr = translator(callback_data.language)
    chat = talk.customer.id
    await talk.outbox.call(
        destinations.customer(chat),
        SetMyCommands(commands=commands(talk.tr, talk.desk.profile), scope=BotCommandScopeChat(chat_id=chat)),
    )
    serial = (await state.get_data()).get("serial") if first else None
    if first:
        await welcome(talk)
        await _go_on(talk, state, serial)
    else:
        await agents.tell_language(talk.tx, talk.outbox, talk.desk, talk.customer.id, callback_data.language)
        await talk.tell(
            talk.tr.text("The language is now English."), menu_keyboard(talk.tr, talk.desk.profile)
        )
        await contact_button.menu_was_shown(talk, state)
        if await state.get_state() == Conversation.intake.state:
            draft = await drafts.find(talk.tx, talk.customer.id)
            if draft is not None:
                talk.pressed = None
                await Intake(talk, state).show(draft)


async def new(message: Message, talk: Talk, state: FSMContext) -> None:
    """Open the form."""
    if talk.customer.language is None:
        await placing.ask_language(talk)
        return
    await Intake(talk, state).begin()


async def went(query: CallbackQuery, callback_data: MenuButton, talk: Talk, state: FSMContext) -> None:
    """A way from one screen to another."""
    if callback_data.to == "my":
        await requests.show_list(talk, 0)
        return
    if callback_data.to == "cancel":
        await _cancel(talk, state)
        return
    await Intake(talk, state).begin(anew=callback_data.to == "restart")


async def cancel(message: Message, talk: Talk, state: FSMContext) -> None:
    """Leave the form, or whatever was begun."""
    await _cancel(talk, state)


async def _cancel(talk: Talk, state: FSMContext) -> None:
    draft = await drafts.find(talk.tx, talk.customer.id)
    if draft is not None:
        await Intake(talk, state).ask_cancel(draft)
        return
    await state.set_state(None)
    await talk.show("cancelled", talk.tr.text("There is nothing to cancel."))


async def how(message: Message, talk: Talk) -> None:
    """What can be done here."""
    tr, profile = talk.tr, talk.desk.profile
    lines = [tr.text("<b>How this works</b>")]
    if not profile.is_talk:
        lines += [
            tr.text("/new: open a request. I ask for what the specialists need, step by step."),
            tr.text("/my: your requests, their state and the conversation."),
        ]
    lines += [
        tr.text("/faq: questions that come up often."),
        tr.text("/language: Русский, English, Latviešu."),
    ]
    if not profile.is_talk:
        lines.append(tr.text("/cancel: discard the request you are filling in."))
    lines.append(tr.text("/privacy: what is stored about you."))
    if profile.is_talk:
        lines.append(tr.text("To talk to our specialists, just write here."))
    else:
        lines.append(
            tr.text(
                "While you are not filling in a request, what you write goes to your open one. "
                "If several are open, reply to a message of the one you mean."
            )
        )
    await talk.tell(Markup("\n").join(lines), menu_keyboard(tr, profile))


async def not_open(message: Message, talk: Talk) -> None:
    """The desk has no staff group yet."""
    await talk.show("closed", talk.tr.text("The desk has not started work yet. Please come back later."))


def register_closed(router: Router) -> None:
    """Answers while the desk has no staff group."""
    router.message.register(not_open, DeskIsClosed())


def register_language(router: Router) -> None:
    """The choice of language."""
    router.message.register(ask_language, Command("language"))
    router.message.register(ask_language, Labelled(words.LANGUAGE))
    router.callback_query.register(language_chosen, LanguageButton.filter())


def register_menu(router: Router) -> None:
    """Commands and the main menu."""
    router.message.register(start, CommandStart())
    router.message.register(new, Command("new"))
    router.message.register(new, Labelled(words.NEW_REQUEST))
    router.callback_query.register(went, MenuButton.filter())
    router.message.register(cancel, Command("cancel"))
    router.message.register(how, Command("help"))
