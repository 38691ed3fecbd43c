"""Plays the same calls against the real Telegram and the playground, and compares the shapes of the answers.

Only on demand: TALON_SMOKE_TOKEN is a bot's token, TALON_SMOKE_CHAT a group where it is an administrator
with all rights, a forum if topics shall be compared. What is sent there is deleted again.
"""

import os
import struct
import zlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from playground import Playground

TOKEN = os.environ.get("TALON_SMOKE_TOKEN", "")
CHAT = os.environ.get("TALON_SMOKE_CHAT", "")
REAL = "https://api.telegram.org"

pytestmark = pytest.mark.skipif(
    not (TOKEN and CHAT), reason="TALON_SMOKE_TOKEN and TALON_SMOKE_CHAT are not set"
)

# Fields that depend on the account, the group's settings or the content, not on the method.
MAY_DIFFER = frozenset(
    [
        "last_name",
        "username",
        "language_code",
        "is_premium",
        "photo",
        "active_usernames",
        "description",
        "invite_link",
        "pinned_message",
        "linked_chat_id",
        "sticker_set_name",
        "custom_emoji_sticker_set_name",
        "emoji_status_custom_emoji_id",
        "custom_title",
        "available_reactions",
        "accent_color_id",
        "profile_accent_color_id",
        "max_reaction_count",
        "accepted_gift_types",
        "permissions",
        "has_visible_history",
        "has_hidden_members",
        "join_to_send_messages",
        "slow_mode_delay",
        "message_auto_delete_time",
        "has_aggressive_anti_spam_enabled",
        "can_set_sticker_set",
        "unrestrict_boost_count",
        "thumbnail",
        "thumb",
        "mime_type",
        "file_name",
    ]
)


def _png(side: int = 100) -> bytes:
    """A grey square that Telegram takes for a photo."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * side) * side)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def shape(value: Any) -> Any:
    """Keys and types, without the values."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items() if key not in MAY_DIFFER}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


class Player:
    """One side: sends calls and remembers the shapes of the answers."""

    def __init__(self, http: aiohttp.ClientSession, base: str, token: str, chat_id: int) -> None:
        self._http = http
        self._url = f"{base}/bot{token}"
        self.chat_id = chat_id
        self.shapes: list[tuple[str, Any]] = []
        self.sent: list[int] = []

    async def call(self, method: str, upload: str | None = None, **params: Any) -> Any:
        if upload is None:
            request = self._http.post(f"{self._url}/{method}", json=params)
        else:
            form = aiohttp.FormData({name: str(value) for name, value in params.items()})
            form.add_field(upload, _png(), filename="dot.png", content_type="image/png")
            request = self._http.post(f"{self._url}/{method}", data=form)
        async with request as response:
            answer = await response.json()
        told = shape(answer["result"]) if answer["ok"] else (answer["error_code"], answer["description"])
        self.shapes.append((f"{method} {sorted(params)}", told))
        result = answer.get("result")
        for one in result if isinstance(result, list) else [result]:
            if isinstance(one, dict) and "message_id" in one:
                self.sent.append(one["message_id"])
        return result

    async def play(self, forum: bool) -> None:
        chat: dict[str, Any] = {"chat_id": self.chat_id}
        me = await self.call("getMe")
        await self.call("getChat", **chat)
        await self.call("getChatMember", **chat, user_id=me["id"])
        await self.call("getWebhookInfo")
        thread: dict[str, Any] = {}
        if forum:
            topic = await self.call("createForumTopic", **chat, name="smoke")
            thread = {"message_thread_id": topic["message_thread_id"]}
        where: dict[str, Any] = {**chat, **thread}
        keyboard = {"inline_keyboard": [[{"text": "Ok", "callback_data": "ok"}]]}
        text = await self.call(
            "sendMessage", **where, text="<b>bold</b> &lt;", parse_mode="HTML", reply_markup=keyboard
        )
        known: dict[str, Any] = {**chat, "message_id": text["message_id"]}
        await self.call(
            "sendMessage", **where, text="reply", reply_parameters={"message_id": text["message_id"]}
        )
        await self.call("editMessageText", **known, text="edited", reply_markup=keyboard)
        await self.call("editMessageReplyMarkup", **known)
        await self.call("setMessageReaction", **known, reaction=[{"type": "emoji", "emoji": "👌"}])
        photo = await self.call("sendPhoto", "photo", **where, caption="caption")
        file_id = photo["photo"][-1]["file_id"]
        await self.call("getFile", file_id=file_id)
        await self.call("sendDocument", "document", **where)
        await self.call("sendMediaGroup", **where, media=[{"type": "photo", "media": file_id}] * 2)
        await self.call("copyMessage", **where, from_chat_id=self.chat_id, message_id=text["message_id"])
        await self.call("forwardMessage", **where, from_chat_id=self.chat_id, message_id=text["message_id"])
        await self.call("sendLocation", **where, latitude=56.95, longitude=24.1)
        await self.call("sendContact", **where, phone_number="+37120000000", first_name="Anna")
        await self.call("sendDice", **where)
        await self._refusals(chat, known)
        await self.call("deleteMessages", **chat, message_ids=self.sent)
        if forum:
            await self.call("closeForumTopic", **where)
            await self.call("closeForumTopic", **where)
            await self.call("reopenForumTopic", **where)
            await self.call("deleteForumTopic", **where)
            await self.call("sendMessage", **where, text="into a deleted topic")

    async def _refusals(self, chat: dict[str, Any], known: dict[str, Any]) -> None:
        await self.call("sendMessage", chat_id="", text="x")
        await self.call("sendMessage", chat_id=1, text="x")
        await self.call("sendMessage", **chat, text=" ")
        await self.call("sendMessage", **chat, text="x" * 4097)
        await self.call("sendMessage", **chat, text="<500>", parse_mode="HTML")
        await self.call("sendMessage", **chat, text="<b>x", parse_mode="HTML")
        await self.call("sendMessage", **chat, text="x", message_thread_id=2**30)
        await self.call("sendMessage", **chat, text="x", reply_parameters={"message_id": 2**30})
        button = {"text": "x", "callback_data": "x" * 65}
        await self.call("sendMessage", **chat, text="x", reply_markup={"inline_keyboard": [[button]]})
        await self.call("sendPhoto", **chat, photo="nonsense")
        await self.call("sendPhoto", **chat)
        await self.call("editMessageText", **known, text="edited")
        await self.call("editMessageText", **chat, message_id=2**30, text="x")
        await self.call("deleteMessage", **chat, message_id=2**30)
        await self.call("copyMessage", **chat, from_chat_id=chat["chat_id"], message_id=2**30)
        await self.call("setMessageReaction", **known, reaction=[{"type": "emoji", "emoji": "✅"}])
        await self.call("answerCallbackQuery", callback_query_id="1")
        await self.call("getFile", file_id="nonsense")
        await self.call("noSuchMethod")


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_the_playground_answers_in_telegrams_shape(http: aiohttp.ClientSession) -> None:
    real = Player(http, REAL, TOKEN, int(CHAT))
    chat = await real.call("getChat", chat_id=int(CHAT))
    real.shapes.clear()
    forum = bool(chat.get("is_forum"))
    async with Playground() as pg:
        account = pg.add_bot()
        group = pg.add_group("Smoke", forum=forum)
        group.add_bot(account)
        ours = Player(http, pg.url, account.token, group.id)
        await ours.play(forum)
        await real.play(forum)
    differing = {
        name: {"telegram": theirs, "playground": mine}
        for (name, theirs), (_, mine) in zip(real.shapes, ours.shapes, strict=True)
        if theirs != mine
    }
    assert differing == {}
