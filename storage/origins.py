"""Whose words a forwarded message holds."""

from __future__ import annotations

from typing import Any

from aiogram.types import (
    Chat,
    Message,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
)


def origin_of(message: Message) -> dict[str, Any] | None:
    """Where a message was forwarded from, or None.

    `kind` is user, chat or channel; `name` is what Telegram shows and empty for a deleted account;
    `address` is the public @name without its sign, `id` the account's. `told` says whether customers may
    read it: of themselves only channels and groups that anybody can look up.
    """
    match message.forward_origin:
        case MessageOriginUser(sender_user=user):
            name = user.full_name if user.first_name else ""
            return _origin("user", name, user.username, user_id=user.id)
        case MessageOriginHiddenUser(sender_user_name=name):
            return _origin("user", name, None)
        case MessageOriginChat(sender_chat=chat, author_signature=signature):
            return _origin("chat", _title(chat, signature), chat.username)
        case MessageOriginChannel(chat=chat, author_signature=signature):
            return _origin("channel", _title(chat, signature), chat.username)
    return None


def _title(chat: Chat, signature: str | None) -> str:
    title = chat.title or ""
    return f"{title} ({signature})" if signature else title


def _origin(kind: str, name: str, address: str | None, *, user_id: int | None = None) -> dict[str, Any]:
    told = kind != "user" and address is not None
    return {"kind": kind, "name": name, "address": address, "id": user_id, "told": told}
