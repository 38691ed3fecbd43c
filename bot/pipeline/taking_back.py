"""Taking back: what an agent regrets goes from the customer's chat."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from aiogram.methods import DeleteMessage, DeleteMessages

from bot.pipeline import calls
from bot.pipeline.attempt import Attempt
from bot.pipeline.frames import Frames
from bot.pipeline.threads import Threads
from bot.relay import taken_back
from bot.relay.joining import as_joined
from bot.relay.notices import Notices
from bot.relay.render import edits
from storage import messages
from storage.rows import StoredMessage
from storage.store import Store
from storage.transaction import Transaction

_GONE = ("message to delete not found", "message to edit not found")


class TakingBack:
    """Takes messages back."""

    def __init__(self, store: Store, threads: Threads, notices: Notices, frames: Frames) -> None:
        self._store = store
        self._threads = threads
        self._notices = notices
        self._frames = frames

    async def deliver(self, attempt: Attempt) -> None:
        """Delete the copies of messages, or edit where they share one with others that stay."""
        row = attempt.row
        place = await self._threads.place(attempt)
        shown: dict[int, list[StoredMessage]] = {}
        async with self._store.reading() as tx:
            for message_id in row.message_ids:
                for copy in await messages.copies(tx, message_id, place.chat_id):
                    target = copy.telegram_message_id
                    together = await messages.shown_by(tx, place.chat_id, target)
                    shown[target] = [each for each in together if each.taken_back_at is None]
            frames = {
                target: await self._frames.around(tx, row, staying[0])
                for target, staying in shown.items()
                if staying
            }
        alone = [target for target, staying in shown.items() if not staying]
        if alone:
            with _gone_already():
                await attempt.call(place.chat_id, _deletion(place.chat_id, alone))
        for target, frame in frames.items():
            staying = shown[target]
            parts = frame.parts([as_joined(staying[0], staying)], place)
            for edit in edits(parts, place.chat_id, [target]):
                with _gone_already():
                    await attempt.change(place.chat_id, edit)

        async def done(tx: Transaction) -> None:
            await messages.copies_are_gone(tx, row.message_ids, place.chat_id)
            await taken_back.done(tx, row, self._notices, seen=bool(shown))

        await attempt.commit(done)


def _deletion(chat_id: int, targets: list[int]) -> DeleteMessage | DeleteMessages:
    if len(targets) == 1:
        return DeleteMessage(chat_id=chat_id, message_id=targets[0])
    return DeleteMessages(chat_id=chat_id, message_ids=targets)


@contextlib.contextmanager
def _gone_already() -> Iterator[None]:
    """What is to be taken back may be gone: somebody deleted it."""
    try:
        yield
    except calls.Refused as refused:
        if not any(words in refused.reason for words in _GONE):
            raise
