"""Calling Telegram, and what its refusals mean for what we wanted to send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import Response, TelegramMethod
from aiogram.types import ChatFullInfo, ForumTopic, Message, MessageId, ResultChatMemberUnion, User

from bot.session import checked

# Pydantic drops a generic model that nobody holds and builds it anew, which costs more than the call.
_HELD_MODELS = (
    Response[bool],
    Response[Message],
    Response[list[Message]],
    Response[MessageId],
    Response[Message | bool],
    Response[ForumTopic],
    Response[list[dict[str, Any]]],
    Response[User],
    Response[ChatFullInfo],
    Response[ResultChatMemberUnion],
)

# Shorter than a lease, so that no lease ends under a call.
CALL_TIMEOUT = 45


class Outcome(Exception):
    """Why a call was not applied."""


@dataclass
class Wait(Outcome):
    """429: nothing goes into this chat for so many seconds."""

    seconds: float


@dataclass
class Retry(Outcome):
    """Trouble on the way: the same call may succeed later. It may also have been applied already."""

    reason: str


@dataclass
class Unreachable(Outcome):
    """403 in a private chat: the customer blocked the bot, or is no more."""

    reason: str


@dataclass
class RightsLost(Outcome):
    """The bot may not do this in the staff group any more; everything for it has to wait."""

    reason: str


@dataclass
class ThreadGone(Outcome):
    """Somebody deleted the topic of that id in that group."""

    chat_id: int
    thread_id: int | None


@dataclass
class ThreadClosed(Outcome):
    """Somebody closed the topic."""


@dataclass
class TopicsOff(Outcome):
    """The group of that id has no topics, or has them no more."""

    chat_id: int


@dataclass
class Migrated(Outcome):
    """The group became a supergroup and has another id now."""

    old_chat_id: int
    chat_id: int


@dataclass
class Refused(Outcome):
    """Anything else final, in Telegram's words."""

    reason: str


# Telegram's wordings, from its Bot API server's sources and the errors of MTProto it passes on.
_THREAD_GONE = ("message thread not found", "TOPIC_DELETED", "TOPIC_ID_INVALID", "TOPIC_NOT_FOUND")
_THREAD_CLOSED = ("TOPIC_CLOSED",)
_TOPICS_OFF = ("the chat is not a forum", "CHANNEL_FORUM_MISSING")
_RIGHTS = (
    "not enough rights",
    "chat not found",
    "have no rights",
    "need administrator rights",
    "CHAT_ADMIN_REQUIRED",
    "CHAT_WRITE_FORBIDDEN",
    "CHAT_RESTRICTED",
    "bot is not a member",
)


def _means(error: TelegramBadRequest, words: tuple[str, ...]) -> bool:
    return any(word in error.message for word in words)


async def call(bot: Bot, method: TelegramMethod[Any], chat_id: int, check: Callable[[], None]) -> Any:
    """Make a call into a chat; gives back Telegram's answer. Raises an Outcome.

    Right before its first byte leaves `check` is asked; what that raises is raised, and nothing was sent.
    """
    private = chat_id > 0
    try:
        with checked(check):
            return await bot(method, request_timeout=CALL_TIMEOUT)
    except TelegramRetryAfter as error:
        raise Wait(error.retry_after) from error
    except TelegramMigrateToChat as error:
        raise Migrated(chat_id, error.migrate_to_chat_id) from error
    except (TelegramServerError, TelegramNetworkError) as error:
        raise Retry(error.message) from error
    except ClientDecodeError as error:
        # An answer that says "done" in a shape our models do not know is done all the same.
        data = error.data
        if isinstance(data, dict) and data.get("ok") is True:
            return data.get("result")
        raise Retry("the answer was no Telegram answer") from error
    except TelegramForbiddenError as error:
        raise (Unreachable(error.message) if private else RightsLost(error.message)) from error
    except TelegramBadRequest as error:
        raise _bad_request(error, method, chat_id) from error
    except TelegramAPIError as error:
        raise Refused(error.message) from error
    except TimeoutError as error:
        raise Retry("no answer in time") from error


def _bad_request(error: TelegramBadRequest, method: TelegramMethod[Any], chat_id: int) -> Outcome:
    if chat_id > 0:
        return Unreachable(error.message) if "chat not found" in error.message else Refused(error.message)
    if _means(error, _THREAD_GONE):
        return ThreadGone(chat_id, getattr(method, "message_thread_id", None))
    if _means(error, _TOPICS_OFF):
        return TopicsOff(chat_id)
    if _means(error, _THREAD_CLOSED):
        return ThreadClosed()
    return RightsLost(error.message) if _means(error, _RIGHTS) else Refused(error.message)
