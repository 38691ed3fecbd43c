"""Committing what became of deliveries: many outcomes in one transaction, none without its lease."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field

from bot.pipeline.pause import Pause
from storage import destinations, leases, messages, outbox, tickets
from storage.rows import OutboxRow
from storage.store import Store
from storage.transaction import Transaction
from storage.trouble import is_trouble

log = logging.getLogger(__name__)

Change = Callable[[Transaction], Awaitable[None]]
# Making one of several changes; None for a request that makes none.
_Make = Callable[[Transaction, Change | None], Awaitable[Exception | None]]


class LeaseLost(Exception):
    """Another process sends to this destination now; what we know of it may be out of date."""

    def __init__(self, holder: str | None = None) -> None:
        super().__init__()
        # Which one, if that was looked up.
        self.holder = holder


@dataclass(frozen=True, slots=True)
class View:
    """What waits for a destination that is ours to send to, and where that is, if it is a thread."""

    rows: list[OutboxRow]
    stands: tickets.Stands | None


@dataclass(slots=True, eq=False)
class _Request:
    destination: str
    # None to look at what waits there: that takes the lease, while an outcome needs one never lost.
    change: Change | None
    # Ids of rows of which is known what they show.
    known: Collection[int] = ()
    done: asyncio.Future[View | None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Committer:
    """The one writer of the sender's outcomes."""

    def __init__(self, store: Store, owner: str) -> None:
        self._store = store
        self._owner = owner
        # A SQLite file is locked by its one process, which needs no leases.
        self._alone = store.is_sqlite
        self._requests: list[_Request] = []
        self._wake = asyncio.Event()
        self.busy = False
        self._in_trouble = False

    async def commit(self, destination: str, change: Change) -> None:
        """Make a change true; returns when it is durable. Raises LeaseLost, and what the change raises."""
        await self._request(_Request(destination, change))

    async def look(self, destination: str, known: Collection[int] = ()) -> View:
        """Make sure that the destination is ours to send to, for a while, and see what waits for it.

        What most rows show, a plain text, is read along, but for those that are `known`. If nothing waits the
        lease is given back at once. Raises LeaseLost if it is another's. On PostgreSQL alone: a process that
        has its file for itself need not ask.
        """
        view = await self._request(_Request(destination, None, known))
        assert view is not None
        return view

    async def _request(self, request: _Request) -> View | None:
        self._requests.append(request)
        self._wake.set()
        return await request.done

    async def run(self) -> None:
        """Commit until cancelled. Trouble of the database is waited out."""
        pause = Pause(first=0.2, most=10.0)
        while True:
            await self._wake.wait()
            self._wake.clear()
            batch, self._requests = self._requests, []
            self.busy = True
            while batch:
                try:
                    results = await self._commit(batch)
                except Exception as error:
                    if not is_trouble(error):
                        log.exception("%d outcomes could not be committed", len(batch))
                    self._in_trouble = True
                    wait = pause.next()
                    log.warning("outcomes wait for the database, next try in %.1f s: %s", wait, error)
                    await self._store.clock.sleep(wait)
                    continue
                pause.reset()
                for request, result in zip(batch, results, strict=True):
                    if request.done.cancelled():
                        continue
                    if isinstance(result, Exception):
                        request.done.set_exception(result)
                    else:
                        request.done.set_result(result)
                batch = []
            self.busy = False

    async def _commit(self, batch: list[_Request]) -> list[View | Exception | None]:
        try:
            return await self._commit_with(_make, batch)
        except Exception as error:
            if is_trouble(error):
                raise
            log.info("one of %d outcomes cannot be written down: %s", len(batch), error)
        # Each by itself then, so that the others are not held up by it.
        return await self._commit_with(_make_or_undo, batch)

    async def _commit_with(self, make: _Make, batch: list[_Request]) -> list[View | Exception | None]:
        # What Telegram did and we did not write down yet is done again after a crash: that must be little.
        if self._alone:
            async with self._store.transaction(urgent=True) as tx:
                return [await make(tx, request.change) for request in batch]
        # After trouble others may have seen us dead.
        await self._store.show_life(self._owner, look=self._in_trouble)
        self._in_trouble = False
        async with self._store.transaction() as tx:
            return await self._commit_ours(tx, make, batch)

    async def _commit_ours(
        self, tx: Transaction, make: _Make, batch: list[_Request]
    ) -> list[View | Exception | None]:
        found = await leases.lock(tx, {request.destination for request in batch})
        looked_at = {request.destination for request in batch if request.change is None}
        ours = await leases.claimable(
            tx, self._owner, {key: lease for key, lease in found.items() if key in looked_at}
        )
        results: list[View | Exception | None] = []
        for request in batch:
            if request.change is None or found[request.destination].owner == self._owner:
                results.append(await make(tx, request.change))
            else:
                results.append(LeaseLost(found[request.destination].owner))
        known = {row_id for request in batch for row_id in request.known}
        views = await self._views(tx, ours, known)
        await leases.hold(tx, self._owner, views)
        await leases.release(tx, self._owner, [key for key in ours if key not in views])
        for index, request in enumerate(batch):
            if request.change is None:
                key = request.destination
                results[index] = views.get(key) or (
                    View([], None) if key in ours else LeaseLost(found[key].owner)
                )
        return results

    @staticmethod
    async def _views(tx: Transaction, places: set[str], known: Collection[int]) -> dict[str, View]:
        """What waits for these, where something does."""
        waiting = await outbox.waiting_for(tx, places)
        numbers = {number: key for key in waiting if (number := destinations.ticket_of(key))}
        new = {
            row.message_id: row
            for key in numbers.values()
            for row in waiting[key]
            if row.kind == "message" and row.message_id and not row.payload and row.id not in known
        }
        for stored in await messages.plain_texts(tx, new) if new else ():
            new[stored.id].stored = stored
        stands = {numbers[number]: found for number, found in (await tickets.stand(tx, numbers)).items()}
        return {key: View(rows, stands.get(key)) for key, rows in waiting.items()}


async def _make(tx: Transaction, change: Change | None) -> Exception | None:
    if change is not None:
        await change(tx)
    return None


async def _make_or_undo(tx: Transaction, change: Change | None) -> Exception | None:
    """Make a change, or nothing of it; gives back why."""
    try:
        async with tx.savepoint() as part:
            await _make(part, change)
    except Exception as error:
        if is_trouble(error):
            raise
        return error
    return None
