"""An attempt to deliver a row: its calls, each in its turn, and what is written down of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message, MessageId

from bot.pipeline import calls
from bot.pipeline.sender import Call, Change, Sender
from bot.relay.parts import Part
from storage import outbox
from storage.rows import OutboxRow

_NOT_MODIFIED = "message is not modified"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A row whose turn it is, and the sender that makes its calls."""

    row: OutboxRow
    sender: Sender

    async def call(self, chat_id: int, what: TelegramMethod[Any] | Call, *, optional: bool = False) -> Any:
        """Make a call, or one that is built when its turn has come, so that it says what is true then.

        If it is `optional`, lost rights are a refusal like others. Raises an Outcome, Void or LeaseLost.
        """
        if not isinstance(what, TelegramMethod):
            return await self.sender.call(self.row, chat_id, what, optional=optional)

        async def make() -> TelegramMethod[Any]:
            return what

        return await self.sender.call(self.row, chat_id, make, optional=optional)

    async def change(self, chat_id: int, what: TelegramMethod[Any] | Call, *, optional: bool = False) -> bool:
        """Make a call that edits what stands there; False if it stands so already. Raises like `call`."""
        try:
            await self.call(chat_id, what, optional=optional)
        except calls.Refused as refused:
            if _NOT_MODIFIED not in refused.reason:
                raise
            return False
        return True

    async def show(self, chat_id: int, part: Part) -> Any:
        """Make the first of a part's calls that Telegram does not refuse. Raises like `call`."""
        if not part.calls:
            raise calls.Refused("Telegram lets no bot pass on this kind of message")
        *first, last = part.calls
        for method in first:
            try:
                return await self.call(chat_id, method)
            except calls.Refused:
                continue
        return await self.call(chat_id, last)

    async def commit(self, change: Change) -> None:
        """Make an outcome true. Raises LeaseLost."""
        await self.sender.commit(self.row, change)

    async def over(self) -> None:
        """Nothing of the row is left to do. Raises LeaseLost."""
        await self.commit(lambda tx: outbox.remove(tx, self.row.id))


def message_ids(answer: Any) -> list[int]:
    """The ids of the Telegram messages that an answer tells of."""
    if isinstance(answer, Message | MessageId):
        return [answer.message_id]
    if isinstance(answer, dict):
        return [answer["message_id"]] if "message_id" in answer else []
    if isinstance(answer, list):
        return [each for item in answer for each in message_ids(item)]
    return []
