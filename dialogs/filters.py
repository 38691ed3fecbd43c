"""Filters of the customers' side. Asynchronous classes: aiogram runs synchronous ones in threads."""

from __future__ import annotations

from typing import Any

from aiogram.filters import Filter
from aiogram.types import Message, TelegramObject

from dialogs.context import Desk
from locales import every


class Labelled(Filter):
    """The text of a button of ours, in any language, with or without the emoji in front."""

    def __init__(self, *labels: str) -> None:
        self._labels = {text.casefold(): label for label in labels for text in every(label)}

    async def __call__(self, message: Message) -> bool | dict[str, Any]:
        """Give the handler the label as `label`."""
        if message.text is None:
            return False
        label = self._labels.get(message.text.strip().casefold())
        return {"label": label} if label is not None else False


class Asked(Labelled):
    """A command, or the text of one of these buttons."""

    async def __call__(self, message: Message) -> bool | dict[str, Any]:
        """Whether this can be for a handler of a command or of such a button."""
        if message.text is not None and message.text.startswith("/"):
            return True
        return await super().__call__(message)


class DeskIsClosed(Filter):
    """No staff group is set yet."""

    async def __call__(self, event: TelegramObject, desk: Desk) -> bool:
        """Whether the desk cannot take tickets."""
        return not desk.is_open


class PrivateChat(Filter):
    """The private chat with a customer."""

    async def __call__(self, event: TelegramObject, event_chat: Any = None) -> bool:
        """Whether the event is from a private chat."""
        return event_chat is not None and event_chat.type == "private"
