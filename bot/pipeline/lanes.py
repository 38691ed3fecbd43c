"""What waits for one destination, in the order it has to go."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta

from storage.outbox.ranks import RANK_TALK
from storage.rows import OutboxRow

# A row made that much later than now was made before the clock was set back: by the new time it would wait
# for hours. Clocks of replicas differ by less.
_SKEW = timedelta(seconds=30)


class Lane:
    """The queue of one destination: what people say in order, then the card, then marks."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.changed = asyncio.Event()
        self._rows: dict[int, OutboxRow] = {}
        self._sorted: list[OutboxRow] | None = None

    def __bool__(self) -> bool:
        return bool(self._rows)

    def __iter__(self) -> Iterator[OutboxRow]:
        return iter(list(self._rows.values()))

    def __contains__(self, row: OutboxRow) -> bool:
        return self._rows.get(row.id) is row

    def put(self, row: OutboxRow) -> None:
        """Queue a row, or take a newer version of one that is queued."""
        self._rows[row.id] = row
        self._sorted = None
        self.changed.set()

    def remove(self, row_id: int) -> None:
        """Forget a row that is done or void."""
        if self._rows.pop(row_id, None) is not None:
            self._sorted = None
            self.changed.set()

    def drop_screens(self) -> list[int]:
        """Forget what is shown only to somebody who looks; gives back the ids."""
        screens = [row.id for row in self._rows.values() if not row.owed]
        for row_id in screens:
            self.remove(row_id)
        return screens

    def _in_order(self) -> list[OutboxRow]:
        if self._sorted is None:
            self._sorted = sorted(self._rows.values(), key=lambda row: (row.rank, row.id))
        return self._sorted

    def behind(self, row: OutboxRow) -> list[OutboxRow]:
        """What of the same kind comes right after a row, in order."""
        in_order = self._in_order()
        following = in_order[in_order.index(row) + 1 :] if row in self else []
        return list(itertools.takewhile(lambda each: each.kind == row.kind, following))

    def next(self, now: datetime) -> tuple[OutboxRow | None, datetime | None]:
        """The row to send now, or None and when the next one is due.

        Something owed that is not due yet, such as an album that may still grow, holds back what was
        said after it; a screen or a card does not.
        """
        due: datetime | None = None
        held = False
        for row in self._in_order():
            if held and row.rank == RANK_TALK:
                continue
            if row.due_at <= now or row.created_at > now + _SKEW:
                return row, None
            due = row.due_at if due is None else min(due, row.due_at)
            held = held or (row.owed and row.rank == RANK_TALK)
        return None, due
