"""Albums of the team's own talk, for a while: who announces one replies to one of its items only."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import select

from storage import meta, models
from storage.rows import Attachment
from storage.transaction import Transaction

KEPT = timedelta(days=1)
_PREFIX = "album:"
# Longer than Telegram's, and short enough for a key.
_LONGEST = 32


def _key(chat_id: int, media_group_id: str) -> str:
    return f"{_PREFIX}{chat_id}:{media_group_id[:_LONGEST]}"


async def keep(tx: Transaction, chat_id: int, media_group_id: str, file: Attachment) -> None:
    """Keep one item of an album, or how it is after an edit."""
    known = await files_of(tx, chat_id, media_group_id)
    files = sorted([*(each for each in known if each.position != file.position), file], key=_position)
    kept = {"at": tx.now.isoformat(), "files": [asdict(each) for each in files]}
    await meta.put(tx, _key(chat_id, media_group_id), json.dumps(kept))


def _position(file: Attachment) -> int:
    return file.position


async def files_of(tx: Transaction, chat_id: int, media_group_id: str) -> list[Attachment]:
    """The files of an album, in order; none, if it is not kept."""
    kept = await meta.get(tx, _key(chat_id, media_group_id))
    return [] if kept is None else [Attachment(**each) for each in json.loads(kept)["files"]]


async def forget_old(tx: Transaction) -> None:
    """Albums of which nobody has announced anything in time."""
    table = models.meta
    for row in await tx.all(select(table.c.key, table.c.value).where(table.c.key.startswith(_PREFIX))):
        if datetime.fromisoformat(json.loads(row.value)["at"]) < tx.now - KEPT:
            await meta.remove(tx, row.key)
