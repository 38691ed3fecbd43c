"""Telegram calls as documents that can wait in the outbox."""

from __future__ import annotations

from typing import Any

from aiogram import methods
from aiogram.client.default import Default
from aiogram.methods import TelegramMethod

# What stands for "the bot's default" on the way to JSON; taken out again before it is stored, so
# that the default is resolved when the call is made. Everything else stays, nulls included: they
# say "not the default". An object, for somebody might write any text.
_DEFAULT = {"\0default": True}


def _mark_default(value: Any) -> dict[str, bool]:
    if isinstance(value, Default):
        return _DEFAULT
    raise TypeError(f"a call that waits in the outbox cannot carry a {type(value).__name__}")


def _strip(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _strip(item) for key, item in value.items() if item != _DEFAULT}
    if isinstance(value, list):
        return [_strip(item) for item in value]
    return value


def dump(method: TelegramMethod[Any]) -> dict[str, Any]:
    """The document of a call. Raises TypeError for a call that uploads a file."""
    return {
        "method": type(method).__name__,
        "params": _strip(method.model_dump(mode="json", fallback=_mark_default)),
    }


def load(document: dict[str, Any]) -> TelegramMethod[Any]:
    """The call of a document made by `dump`."""
    kind: type[TelegramMethod[Any]] = getattr(methods, document["method"])
    return kind.model_validate(document["params"])
