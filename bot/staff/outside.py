"""What agents write where no ticket is: the team's own talk, or what only seems to reach a customer."""

from __future__ import annotations

from aiogram import Bot
from aiogram.types import Message

from bot.staff.commands import NOTE, typed
from bot.staff.context import Shift
from bot.staff.thread import say_no_ticket
from storage import team_albums
from storage.content import content_of


async def wrote(shift: Shift, message: Message, bot: Bot) -> None:
    """No ticket is here. Where one might think so, agents must not believe that the customer reads this."""
    await keep_album(shift, message)
    if typed(message.text or message.caption or "")[0] == NOTE:
        await say_no_ticket(shift, message)
    elif _opened_by(message, bot):
        text = shift.tr.text(
            "This was not sent to anybody: no ticket is in this topic any more. "
            "/find leads to where it is now."
        )
        await shift.tell(message, text)


async def keep_album(shift: Shift, message: Message) -> None:
    """The team's own talk is not stored, but an album may be announced, by a reply to one item of it."""
    if message.media_group_id is None or shift.group is not shift.desk.groups.common:
        return
    file = content_of(message).attachment
    if file is not None:
        await team_albums.keep(shift.tx, message.chat.id, message.media_group_id, file)


def _opened_by(message: Message, bot: Bot) -> bool:
    """Whether the bot opened this topic: for a ticket that has another by now, or is known no more."""
    # In a topic everything "replies" to the service message that created it, unless to something else.
    opening = message.reply_to_message
    return (
        opening is not None
        and opening.forum_topic_created is not None
        and opening.from_user is not None
        and opening.from_user.id == bot.id
    )
