"""The staff group as the bot finds it, and what it may do there: for `talon check`, and for every start."""

from __future__ import annotations

from typing import Protocol

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat
from aiogram.methods import GetChat, GetChatMember
from aiogram.types import ChatFullInfo, ChatMemberAdministrator, ResultChatMemberUnion, User

_TIMEOUT = 15


class Report(Protocol):
    """Where it is told: what is right, what has to be mended and how, and what one should know."""

    def good(self, what: str) -> None: ...

    def bad(self, what: str, mend: str) -> None: ...

    def note(self, what: str) -> None: ...


class _Of:
    """A report whose lines say which group they are about, where there are several."""

    def __init__(self, report: Report, setting: str) -> None:
        self._report = report
        self._of = "" if setting == "STAFF_CHAT_ID" else f"{setting}: "

    def good(self, what: str) -> None:
        self._report.good(self._of + what)

    def bad(self, what: str, mend: str) -> None:
        self._report.bad(self._of + what, mend)

    def note(self, what: str) -> None:
        self._report.note(self._of + what)


async def look_at_group(report: Report, bot: Bot, me: User, setting: str, chat_id: int) -> None:
    """Tell what is right and wrong with the group of a setting.

    Raises AiogramError or TimeoutError if nobody answers.
    """
    try:
        chat = await bot(GetChat(chat_id=chat_id), request_timeout=_TIMEOUT)
        member = await bot(GetChatMember(chat_id=chat_id, user_id=me.id), request_timeout=_TIMEOUT)
    except TelegramMigrateToChat as moved:
        report.note(f"{setting}: the group is {moved.migrate_to_chat_id} now; put that number into .env")
        await look_at_group(report, bot, me, setting, moved.migrate_to_chat_id)
        return
    except (TelegramBadRequest, TelegramForbiddenError) as error:
        words = error.message.removeprefix("Telegram server says - ")
        report.bad(
            f"{setting}: the group {chat_id} cannot be reached ({words})",
            "add the bot to it, write /id there while talon run is running, and compare the number",
        )
        return
    report.good(f"{setting}: the group “{chat.title}”")
    named = _Of(report, setting)
    _look_at_kind(named, chat)
    _look_at_rights(named, me, member, is_forum=bool(chat.is_forum))


def _look_at_kind(report: Report, chat: ChatFullInfo) -> None:
    if chat.type not in ("group", "supergroup"):
        report.bad(
            f"The staff group is a {chat.type}", "take a group: one thread for each ticket is made there"
        )
    elif chat.is_forum:
        report.good("Topics are on")
    else:
        words = "Topics are off: agents answer by replying; with Topics on, each ticket gets one of its own"
        if chat.type == "group":
            words += " (the group gets another id by that, so write /id there again)"
        report.note(words)


def _look_at_rights(report: Report, me: User, member: ResultChatMemberUnion, *, is_forum: bool) -> None:
    if isinstance(member, ChatMemberAdministrator):
        if not is_forum:
            report.good("The bot is an administrator of the group")
        elif member.can_manage_topics:
            report.good("The bot is an administrator who may manage topics")
        else:
            report.bad("The bot may not manage topics", "give it the right “Manage topics” in the group")
        report.good("The bot reads everything in the group, as administrators do")
        return
    report.bad("The bot is no administrator of the group", "make it one, with the right “Manage topics”")
    if me.can_read_all_group_messages:
        report.good("The bot reads everything in the group, for its privacy mode is off")
    else:
        report.bad(
            "The bot reads only commands and replies in the group, for its privacy mode is on",
            "make it an administrator, who reads everything whatever the privacy mode",
        )
