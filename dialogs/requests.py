"""My requests: the list, one request with its state and conversation, closing, reopening, "Solved?"."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from markupsafe import Markup

from desk.fields import SerialField
from desk.history import FINISHED
from desk.lifecycle import Action, State, next_state
from dialogs import decisions, incoming, promises, words
from dialogs.buttons import MenuButton, RequestButton, SolvedButton, button, rows
from dialogs.description import excerpt, subject_on_button
from dialogs.filters import Labelled
from dialogs.incoming import customer_actor
from dialogs.life import Life
from dialogs.reply import Talk
from dialogs.stars import question, star_buttons
from dialogs.states import Conversation
from locales import Translator, mark
from storage import messages, tickets
from storage.content import SHARING_ENDED
from storage.rows import StoredMessage, Ticket

_PAGE = 6
_MESSAGES_SHOWN = 10
_MESSAGE_LENGTH = 250

_KINDS = {
    "photo": mark("photo"),
    "live_photo": mark("photo"),
    "video": mark("video"),
    "animation": mark("animation"),
    "audio": mark("audio"),
    "document": mark("document"),
    "voice": mark("voice message"),
    "video_note": mark("video message"),
    "sticker": mark("sticker"),
    "location": mark("location"),
    "venue": mark("place"),
    "contact": mark("contact"),
    "poll": mark("poll"),
    SHARING_ENDED: mark("end of a live location"),
}


async def my_requests(message: Message, talk: Talk) -> None:
    """The list of requests."""
    await show_list(talk, 0)


async def pressed(query: CallbackQuery, callback_data: RequestButton, talk: Talk, state: FSMContext) -> None:
    """A button of the list, of one request, or under a notice about one."""
    if callback_data.act == "list":
        await show_list(talk, callback_data.number)
        return
    ticket = await talk.ticket(callback_data.number)
    if ticket is None:
        return
    if callback_data.act == "close":
        closed = await Life(talk.tx, talk.outbox, talk.desk).act(ticket, Action.CLOSE, customer_actor(talk))
        if closed is None:
            talk.toast.say(talk.tr.plain("This request is closed already."))
        elif ticket.state != State.NEW:
            # Whoever was helped can say how it was; one that is only withdrawn has nothing to rate.
            await _show_closed(talk, ticket)
            return
    elif callback_data.act == "reopen":
        ticket = await _reopen(talk, ticket)
    elif callback_data.act == "write":
        await state.set_state(Conversation.about)
        await state.set_data({"number": ticket.number})
        talk.toast.say(
            talk.tr.plain("Write now: your next message goes to request #{number}.", number=ticket.number),
            alert=True,
        )
        return
    await show_one(talk, await tickets.get(talk.tx, ticket.number))


async def _reopen(talk: Talk, ticket: Ticket) -> Ticket:
    """The ticket that work goes on with: this one, or one that continues it."""
    if next_state(State(ticket.state), Action.REOPEN) is None:
        talk.toast.say(talk.tr.plain("This request is open already."))
        return ticket
    if ticket.state == State.CLOSED:
        going_on = await incoming.reopen_or_continue(talk, ticket)
        if going_on.number != ticket.number:
            talk.toast.say(talk.tr.plain("This goes on as request #{number}.", number=going_on.number))
        return going_on
    await Life(talk.tx, talk.outbox, talk.desk).act(ticket, Action.REOPEN, customer_actor(talk))
    return ticket


async def show_list(talk: Talk, offset: int) -> None:
    """A page of the customer's requests."""
    tr = talk.tr
    page, total = await tickets.page_of(talk.tx, talk.customer.id, offset, _PAGE)
    if not total:
        keyboard = rows([button(tr.plain(words.NEW_REQUEST), MenuButton(to="new"))])
        await talk.show("requests", tr.text("You have no requests yet."), keyboard)
        return
    lines = [
        [
            button(
                f"#{ticket.number} · {_state(talk, ticket)} · {subject_on_button(ticket)}",
                RequestButton(act="show", number=ticket.number),
            )
        ]
        for ticket in page
    ]
    turns = []
    if offset:
        turns.append(button("◀", RequestButton(act="list", number=max(offset - _PAGE, 0))))
    if offset + _PAGE < total:
        turns.append(button("▶", RequestButton(act="list", number=offset + _PAGE)))
    text = tr.plural("You have <b>{n} request</b>.", "You have <b>{n} requests</b>.", total)
    await talk.show("requests", text, rows(*lines, turns))


def _state(talk: Talk, ticket: Ticket) -> str:
    return talk.tr.plain(words.STATE_NAMES[State(ticket.state)])


async def show_one(talk: Talk, ticket: Ticket) -> None:
    """One request: what it is, how it stands, and the latest of its conversation."""
    tr, profile = talk.tr, talk.desk.profile
    zone = profile.timezone
    lines = [
        tr.text("<b>#{number}</b> · {state}", number=ticket.number, state=_state(talk, ticket)),
        tr.text("<b>{subject}</b>", subject=ticket.subject),
    ]
    if kind := profile.type_label(ticket.type, tr.language):
        lines.append(tr.text("{label}: {value}", label=tr.plain(words.TYPE), value=kind))
    if department := profile.department(ticket.department):
        name = ", ".join(filter(None, (department.label.in_language(tr.language), department.phone)))
        lines.append(tr.text("{label}: {value}", label=tr.plain(words.DEPARTMENT), value=name))
    for field in profile.form:
        value = ticket.answers.get(field.key)
        if isinstance(field, SerialField) and value:
            label = field.label.in_language(tr.language)
            lines.append(tr.text("{label}: <code>{value}</code>", label=label, value=value))
    lines += decisions.standing(tr, profile, ticket)
    lines.append(tr.text("Opened: {moment}", moment=tr.timestamp(ticket.opened_at, zone)))
    if ticket.priority is not None:
        lines.append(tr.text("Priority: {priority}", priority=promises.label(tr, profile, ticket.priority)))
    if State(ticket.state) not in FINISHED:
        found = await promises.clocks_of(talk.tx, profile, ticket.number)
        lines += promises.of_ticket(tr, profile, ticket, found)
    lines.append(Markup())
    latest = await messages.latest(talk.tx, ticket.number, _MESSAGES_SHOWN)
    lines += [_message_line(talk, message) for message in latest]
    await talk.show(f"request:{ticket.number}", Markup("\n").join(lines), _one_keyboard(talk, ticket))


def _message_line(talk: Talk, message: StoredMessage) -> Markup:
    tr = talk.tr
    who = tr.plain("You") if message.author == "customer" else tr.plain("Specialist")
    at = tr.timestamp(message.created_at, talk.desk.profile.timezone)
    return Markup("<i>{}, {}:</i> {}").format(at, who, in_short(tr, message, _MESSAGE_LENGTH))


def kind_name(tr: Translator, kind: str) -> str:
    """What a kind of message or file is called."""
    return tr.plain(_KINDS.get(kind, mark("message")))


def in_short(tr: Translator, message: StoredMessage, limit: int) -> str:
    """A message in a line: what kind it is, if it is no mere text, and so many characters of its words."""
    what = excerpt(message.text, limit)
    if message.kind == "text":
        return what
    kind = kind_name(tr, message.kind)
    many = f" ×{len(message.attachments)}" if len(message.attachments) > 1 else ""
    return f"[{kind}{many}] {what}".rstrip()


def _one_keyboard(talk: Talk, ticket: Ticket) -> InlineKeyboardMarkup:
    tr = talk.tr
    closed = ticket.state == State.CLOSED
    acts = (
        [button(tr.plain(words.REOPEN), RequestButton(act="reopen", number=ticket.number))]
        if closed
        else [
            button(tr.plain(mark("Write")), RequestButton(act="write", number=ticket.number)),
            button(tr.plain(words.CLOSE_REQUEST), RequestButton(act="close", number=ticket.number)),
        ]
    )
    return rows(acts, [button(tr.plain(words.BACK), RequestButton(act="list", number=0))])


async def solved(query: CallbackQuery, callback_data: SolvedButton, talk: Talk, state: FSMContext) -> None:
    """The answer to "Solved?"."""
    tr = talk.tr
    ticket = await talk.ticket(callback_data.number)
    if ticket is None:
        return
    action = Action.CONFIRM if callback_data.yes else Action.OBJECT
    changed = await Life(talk.tx, talk.outbox, talk.desk).act(ticket, action, customer_actor(talk))
    if changed is None:
        talk.toast.say(tr.plain("This question is already answered."))
    elif callback_data.yes:
        await _show_closed(talk, ticket)
    else:
        await _ask_what_is_missing(talk, ticket, state)


async def _show_closed(talk: Talk, ticket: Ticket) -> None:
    tr = talk.tr
    further = []
    if talk.desk.profile.is_talk:
        text = tr.text("Thank you! To begin another conversation, just write here.")
    else:
        text = tr.text("Thank you! Request #{number} is closed.", number=ticket.number)
        further = [button(tr.plain(words.REOPEN), RequestButton(act="reopen", number=ticket.number))]
    ask = question(tr, talk.desk.profile, talk.customer)
    if ask is not None:
        text += "\n\n" + ask
    keyboard = rows([] if ask is None else star_buttons(ticket.number), further)
    await talk.show(f"solved:{ticket.number}", text, keyboard if keyboard.inline_keyboard else None)


async def _ask_what_is_missing(talk: Talk, ticket: Ticket, state: FSMContext) -> None:
    """Whatever was answered, solved or refused, `ticket` is as it was; what comes next goes to it."""
    tr, is_talk = talk.tr, talk.desk.profile.is_talk
    await state.set_state(Conversation.about)
    await state.set_data({"number": ticket.number})
    if ticket.state == State.REFUSED:
        text = (
            tr.text("We will look into it again. Please tell us why you do not agree.")
            if is_talk
            else tr.text(
                "We will look into request #{number} again. Please tell us why you do not agree.",
                number=ticket.number,
            )
        )
    elif is_talk:
        text = tr.text("We are working on it again. Please tell us what is missing or does not work.")
    else:
        text = tr.text(
            "We are working on request #{number} again. Please tell us what is missing or does not work.",
            number=ticket.number,
        )
    keyboard = None
    if talk.raw_state == Conversation.intake.state:
        text += "\n\n" + tr.text("After that you can go on with the request you were filling in.")
        keyboard = rows([button(tr.plain(words.CONTINUE), MenuButton(to="resume"))])
    await talk.show(f"objected:{ticket.number}", text, keyboard)


def register_requests(router: Router) -> None:
    """My requests and "Solved?"."""
    router.message.register(my_requests, Command("my"))
    router.message.register(my_requests, Labelled(words.MY_REQUESTS))
    router.callback_query.register(pressed, RequestButton.filter())
    router.callback_query.register(solved, SolvedButton.filter())
