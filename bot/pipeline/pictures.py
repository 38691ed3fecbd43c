"""Pictures that come with the profile: uploaded once, then sent by the reference that Telegram gave."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

from aiogram.methods import SendPhoto
from aiogram.types import BufferedInputFile, Message

from bot.pipeline import calls
from bot.pipeline.attempt import Attempt
from bot.pipeline.sender import Void
from desk.fields import SerialField
from desk.profile import Profile
from storage import meta, outbox
from storage.store import Store
from storage.transaction import Transaction


async def send_picture(attempt: Attempt, chat_id: int, store: Store, profile: Profile) -> None:
    """Send the picture of the field that the row names. Raises Void if the profile has none any more."""
    row = attempt.row
    assert row.payload is not None
    wanted = row.payload["field"]
    field = next((field for field in profile.form if field.key == wanted), None)
    if not isinstance(field, SerialField) or field.picture is None:
        raise Void
    data = await asyncio.to_thread(profile.picture, field.picture)
    # A reference is of one bot, as the store is; another content is another picture.
    known_as = f"picture:{hashlib.sha256(data).hexdigest()[:40]}"
    async with store.reading() as tx:
        reference = await meta.get(tx, known_as)
    upload = BufferedInputFile(data, field.picture.rpartition("/")[2])
    try:
        answer = await attempt.call(chat_id, SendPhoto(chat_id=chat_id, photo=reference or upload))
    except calls.Refused:
        if reference is None:
            raise
        answer = await attempt.call(chat_id, SendPhoto(chat_id=chat_id, photo=upload))
    reference = _reference(answer) or reference

    async def note(tx: Transaction) -> None:
        await outbox.remove(tx, row.id)
        if reference is not None:
            await meta.put(tx, known_as, reference)

    await attempt.commit(note)


def _reference(answer: Any) -> str | None:
    """The reference to the photo that was sent; None if Telegram's answer has a shape we do not know."""
    if isinstance(answer, Message) and answer.photo:
        return answer.photo[-1].file_id
    return None
