"""Updates between the moment Telegram gave them to us and the moment they are processed."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, exists, func, select, text, update

from storage import models
from storage.prepared import Prepared
from storage.raw import number, part
from storage.rows import InboxRow, columns
from storage.transaction import Transaction
from storage.upsert import DIALECTS

log = logging.getLogger(__name__)

_TABLE = models.inbox
# Telegram repeats an update for at most a day; afterwards the id is of no more use.
KEEP_IDS = timedelta(days=3)

# Characters of a traceback that are kept; what failed stands at its end.
_TRACEBACK = 20_000
_COLUMNS = columns(_TABLE, InboxRow)

_last_seq = 0


def _next_seq() -> int:
    """A number that grows with every arrival, over restarts too; update ids may start anew.

    For SQLite alone: several processes would disagree, so PostgreSQL counts itself.
    """
    global _last_seq
    _last_seq = max(_last_seq + 1, time.time_ns())
    return _last_seq


def lane(update: dict[str, Any]) -> str:
    """What an update has to stay in order with: a private chat, or a thread of a group."""
    for kind, event in update.items():
        if not isinstance(event, dict):
            continue
        message = part(event, "message") if kind == "callback_query" else event
        chat = part(message, "chat")
        chat_id = number(chat.get("id"))
        if chat_id is None:
            sender = part(event, "from") or part(event, "user")
            return f"u:{number(sender.get('id')) or 0}"
        if chat.get("type") == "private":
            return f"c:{chat_id}"
        return f"g:{chat_id}:{number(message.get('message_thread_id')) or 0}"
    return "x"


class HeldUp(Exception):
    """Another update of the lane, which came before, waits to be processed."""


# Statements of the hot path are built once: building one costs more than running it.
_earlier = _TABLE.alias("earlier")
# In these words, so that the index of what waits serves.
_WAITS = text("earlier.state = 'waiting'")
_HELD_UP = exists().where(_earlier.c.lane == _TABLE.c.lane, _WAITS).label("held_up")
_ACCEPT = {
    name: Prepared(
        dialect.insert(_TABLE)
        .on_conflict_do_nothing(index_elements=["update_id"])
        .returning(_TABLE.c.update_id, *([] if name == "sqlite" else [_HELD_UP]))
    )
    for name, dialect in DIALECTS.items()
}


def rows(updates: Sequence[dict[str, Any]]) -> list[InboxRow]:
    """Updates as they are kept, each number once; what has no number cannot be kept."""
    found: dict[int, InboxRow] = {}
    for payload in updates:
        if number(payload.get("update_id")) is None:
            log.error("an update without a number of its own cannot be kept")
            continue
        row = InboxRow(payload["update_id"], lane(payload), payload)
        found.setdefault(row.update_id, row)
    return list(found.values())


async def accept(
    tx: Transaction, updates: Sequence[InboxRow], *, at_once: Collection[int] = ()
) -> list[InboxRow]:
    """Store a batch; gives back the updates that were not known, in order of arrival.

    Those in `at_once` are processed in this transaction, and so are kept as processed: `count_attempt`
    makes them wait again if that fails. Raises HeldUp, on PostgreSQL, if what another process accepted has to
    go before one of them; then nothing may be committed.
    """
    values = [_kept(row, tx.now, done=row.update_id in at_once) for row in updates]
    if not values:
        return []
    statement = _ACCEPT[tx.dialect]
    if tx.dialect == "sqlite":
        stored = [
            found for value in values for found in await tx.all(statement, value | {"seq": _next_seq()})
        ]
    else:
        stored = list(await tx.all(statement.statement, values))
        if any(found.held_up and found.update_id in at_once for found in stored):
            raise HeldUp
    new = {found.update_id for found in stored}
    return [row for row in updates if row.update_id in new]


def _kept(row: InboxRow, now: datetime, *, done: bool) -> dict[str, Any]:
    return {
        "update_id": row.update_id,
        "lane": row.lane,
        "payload": None if done else row.payload,
        "state": "done" if done else "waiting",
        "received_at": now,
        "done_at": now if done else None,
    }


async def waiting(tx: Transaction) -> list[InboxRow]:
    """What was accepted and not processed, in order of arrival; for a start after a stop."""
    global _last_seq
    # What came from PostgreSQL, where numbers are larger, stays before what comes from now on.
    _last_seq = max(_last_seq, await newest(tx))
    statement = select(*_COLUMNS).where(models.UNPROCESSED).order_by(_TABLE.c.seq)
    return [InboxRow.from_row(row) for row in await tx.all(statement)]


_EARLIEST = (
    select(_TABLE.c.update_id)
    .where(_TABLE.c.lane == bindparam("in_lane"), models.UNPROCESSED)
    .order_by(_TABLE.c.seq)
    .limit(1)
)
_HEAD = (
    select(*_COLUMNS)
    .where(
        _TABLE.c.update_id == _EARLIEST.scalar_subquery(),
        _TABLE.c.lane == bindparam("in_lane"),
        models.UNPROCESSED,
    )
    .with_for_update(skip_locked=True)
)


async def head(tx: Transaction, lane: str) -> InboxRow | None:
    """The earliest update of a lane that is not processed, and nobody else's until the transaction ends.

    None if there is none, or if another process has it at this moment: that one looks at the lane again
    when it is done, and so finds what was accepted before.
    """
    row = await tx.first(_HEAD, {"in_lane": lane})
    return InboxRow.from_row(row) if row else None


async def lanes(tx: Transaction, limit: int) -> list[str]:
    """Lanes in which something waits, whoever accepted it; who waits longest comes first."""
    statement = (
        select(_TABLE.c.lane)
        .where(models.UNPROCESSED)
        .group_by(_TABLE.c.lane)
        .order_by(func.min(_TABLE.c.seq))
        .limit(limit)
    )
    return [row.lane for row in await tx.all(statement)]


async def newest(tx: Transaction) -> int:
    """The number of what came last."""
    number: int | None = await tx.scalar(select(func.max(_TABLE.c.seq)).where(models.UNPROCESSED))
    return number or 0


async def is_waiting(tx: Transaction, until: int) -> bool:
    """Whether something that came by then, as `newest` told, is not processed."""
    statement = select(_TABLE.c.update_id).where(models.UNPROCESSED, _TABLE.c.seq <= until).limit(1)
    return await tx.scalar(statement) is not None


async def has_album(tx: Transaction, media_group_id: str) -> bool:
    """Whether an item of this album waits, whoever accepted it."""
    item = _TABLE.c.payload["message"]["media_group_id"].as_string()
    statement = select(_TABLE.c.update_id).where(models.UNPROCESSED, item == media_group_id).limit(1)
    return await tx.scalar(statement) is not None


_DONE = (
    update(_TABLE)
    .where(_TABLE.c.update_id.in_(bindparam("ids", expanding=True)))
    .values(state="done", payload=None, done_at=bindparam("moment"))
)


async def done(tx: Transaction, update_ids: Sequence[int]) -> None:
    """These are processed: their content goes, their ids stay against repeats."""
    await tx.execute(_DONE, {"ids": list(update_ids), "moment": tx.now})


async def count_attempt(tx: Transaction, row: InboxRow) -> int:
    """One more failed attempt, whereupon it waits again; gives back how many there were."""
    attempts: int = await tx.scalar(
        update(_TABLE)
        .where(_TABLE.c.update_id == row.update_id)
        .values(attempts=_TABLE.c.attempts + 1, state="waiting", payload=row.payload, done_at=None)
        .returning(_TABLE.c.attempts)
    )
    return attempts


async def set_aside(tx: Transaction, update_id: int, error: str) -> None:
    """Our own code cannot process it: keep it with its traceback, or the end of one, for `talon inbox`."""
    shown = error[-_TRACEBACK:].encode(errors="backslashreplace").decode().replace("\0", "\\0")
    await tx.execute(update(_TABLE).where(_TABLE.c.update_id == update_id).values(state="aside", error=shown))


async def aside(tx: Transaction) -> Sequence[Any]:
    """What was set aside: rows with update_id, received_at, payload and error."""
    return await tx.all(select(_TABLE).where(models.SET_ASIDE).order_by(_TABLE.c.seq))


async def replay(tx: Transaction, update_ids: Sequence[int] | None = None) -> int:
    """Give what was set aside another three tries; gives back how many."""
    statement = update(_TABLE).where(models.SET_ASIDE).values(state="waiting", attempts=0)
    if update_ids is not None:
        statement = statement.where(_TABLE.c.update_id.in_(update_ids))
    return (await tx.execute(statement)).rowcount


async def forget_old(tx: Transaction) -> None:
    """Drop the ids that no repeat can have any more."""
    await tx.execute(delete(_TABLE).where(_TABLE.c.state == "done", _TABLE.c.done_at < tx.now - KEEP_IDS))
