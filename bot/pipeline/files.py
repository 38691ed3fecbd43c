"""Files that are made when they are sent: the outbox keeps only which file, and of what."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiogram.methods import SendDocument
from aiogram.types import FSInputFile

from bot.pipeline import calls
from bot.pipeline.attempt import Attempt
from bot.relay.parts import Place
from storage.store import Store

# Bot API, sending files: what a bot may upload.
_LIMIT = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Built:
    """A file that was made: its name for people, and what stands below it, in HTML."""

    name: str
    caption: str | None = None


# Writes a file of that path; None if there is nothing to send any more. What takes long belongs in a thread.
Build = Callable[[Store, Mapping[str, Any], Path], Awaitable[Built | None]]


async def send_file(attempt: Attempt, place: Place, store: Store, builders: Mapping[str, Build]) -> None:
    """Make the file that a row names, send it, and forget it. Raises Refused if that cannot be done."""
    wanted = attempt.row.payload
    assert wanted is not None
    build = builders.get(wanted["file"])
    if build is None:
        raise calls.Refused("this version makes no such file")
    with tempfile.TemporaryDirectory(prefix="talon-") as folder:
        path = Path(folder) / "file"
        built = await build(store, wanted["args"], path)
        if built is not None:
            if path.stat().st_size > _LIMIT:
                raise calls.Refused("the file is larger than the 50 MB that Telegram takes from a bot")
            document = SendDocument(
                document=FSInputFile(path, filename=built.name),
                caption=built.caption,
                parse_mode="HTML",
                **place.address(),
            )
            await attempt.call(place.chat_id, document)
    await attempt.over()
