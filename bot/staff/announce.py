"""`/announce ru` in reply to a message: administrators tell all customers of a language, after a preview."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message
from markupsafe import Markup

from bot.pipeline.announcing import ANNOUNCE_TIMER
from bot.pipeline.calls import Refused
from bot.relay.parts import Place
from bot.relay.render import render
from bot.staff.commands import Asks
from bot.staff.context import Shift
from bot.views.announcement import AnnounceButton, question_view
from desk.texts import LANGUAGES
from storage import announcements, destinations, memberships, messages, team_albums, timers
from storage.announcements import CANCELLED, SENDING, STOPPED
from storage.content import Content, content_of, is_spoken
from storage.rows import Attachment
from storage.transaction import Transaction

_ALL = "all"
# Any private chat: what must not be shown to customers is known before it is sent to one.
_SOME_CUSTOMER = 1


async def asked(message: Message, command: CommandObject, shift: Shift) -> None:
    """Show what would be sent and to how many, or say what is missing."""
    problem = await _propose(message, (command.args or "").strip().lower(), shift)
    if problem is not None:
        await shift.tell(message, problem)


async def _propose(message: Message, named: str, shift: Shift) -> Markup | None:
    tr, tx = shift.tr, shift.tx
    if not await memberships.is_administrator(tx, message.chat.id, shift.agent.id):
        return tr.text("Only administrators of this group may announce something to customers.")
    if shift.group is not shift.desk.groups.common:
        return tr.text("What concerns all customers of the desk is announced in its common group.")
    reply = message.reply_to_message
    # In a topic everything "replies" to the service message that created it.
    if reply is not None and message.is_topic_message and reply.message_id == message.message_thread_id:
        reply = None
    if reply is None or named not in (*LANGUAGES, _ALL) or not is_spoken(reply):
        return tr.text(
            "Write the announcement here, then reply to it with <code>{command}</code>. "
            "For the customers of one language: {languages}; for everybody: {all}.",
            command="/announce ru",
            languages=", ".join(LANGUAGES),
            all=_ALL,
        )
    language = None if named == _ALL else named
    content = content_of(reply)
    files = await _files(reply, content, tx)
    if not files and content.attachment is not None:
        return tr.text("This album was sent too long ago. Please send it again and reply to that one.")
    document = announcements.document_of(content, files, reply.chat.id, reply.message_id)
    shown = announcements.as_message(document, tx.now)
    try:
        render([shown], Place(_SOME_CUSTOMER), tr, None, (reply.chat.id, reply.message_id))
    except Refused:
        return tr.text("Telegram lets no bot send this kind of message to others.")
    total = await announcements.recipients(tx, language, shift.desk.profile.fallback)
    announcement_id = await announcements.propose(tx, language, document, shift.agent.id, shift.agent.name)
    await shift.outbox.preview(announcement_id)
    await shift.outbox.owe(destinations.STAFF, question_view(tr, announcement_id, language, total))
    return None


async def _files(reply: Message, content: Content, tx: Transaction) -> Sequence[Attachment]:
    """What is to be sent with it: of an album everything, though Telegram names the one item replied to."""
    if content.attachment is None or reply.media_group_id is None:
        return [] if content.attachment is None else [content.attachment]
    said = await messages.find_by_copy(tx, reply.chat.id, reply.message_id)
    if said is not None:
        return said.attachments
    return await team_albums.files_of(tx, reply.chat.id, reply.media_group_id)


async def pressed(query: CallbackQuery, callback_data: AnnounceButton, shift: Shift) -> None:
    """Send, Cancel or Stop."""
    tr, tx = shift.tr, shift.tx
    announcement = await announcements.find(tx, callback_data.id)
    here = shift.group is shift.desk.groups.common
    if query.message is None or announcement is None or not here:
        shift.out_of_date()
        return
    if not await memberships.is_administrator(tx, query.message.chat.id, shift.agent.id):
        text = tr.plain("Only administrators of this group may announce something to customers.")
        shift.toast.say(text, alert=True)
        return
    match callback_data.act, announcement.state:
        case "send", "preview":
            if await announcements.is_any_under_way(tx):
                text = tr.plain("Another announcement is being sent. Wait until it is over, or stop it.")
                shift.toast.say(text, alert=True)
                return
            fallback = shift.desk.profile.fallback
            total = await announcements.recipients(tx, announcement.language, fallback)
            values = {"state": SENDING, "total": total}
            await timers.put(tx, ANNOUNCE_TIMER, announcement.id, tx.now)
        case "cancel", "preview":
            values = {"state": CANCELLED}
        case "stop", "sending":
            await announcements.withdraw(tx)
            values = {"state": STOPPED}
        case _:
            shift.out_of_date()
            values = {}
    await announcements.change(tx, announcement.id, **values, screen_message_id=query.message.message_id)
    await shift.outbox.progress(announcement.id, tx.now)


def register_announce(router: Router) -> None:
    """The command and its buttons; comes before what relays messages."""
    router.message.register(asked, Asks("announce"))
    router.callback_query.register(pressed, AnnounceButton.filter())
