"""The queue of updates that waits for a bot at Telegram."""

import asyncio
import random
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from playground.encoding import encode

# docs, Update: every field of it that an update can carry.
UPDATE_TYPES = frozenset(
    (
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
    )
)
# docs, getUpdates: "all update types except chat_member, message_reaction, and message_reaction_count".
DEFAULT_UPDATES = UPDATE_TYPES - {"chat_member", "message_reaction", "message_reaction_count"}
MAX_LIMIT = 100


# Client.cpp `add_update`: what a webhook gets in order is told by chat, but of these kinds by bits above it;
# the last two are unchecked.
_QUEUES = {
    "callback_query": 3 << 33,
    "my_chat_member": 5 << 33,
    "chat_member": 6 << 33,
    "message_reaction": 8 << 33,
}


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """An update that is not acknowledged. A webhook gets those of one `queue` one after the other."""

    update_id: int
    raw: str
    queue: int
    batch: int | None


class UpdateQueue:
    """Updates of one bot, oldest first; ids grow by one."""

    def __init__(self, numbers: random.Random) -> None:
        self.allowed: frozenset[str] = DEFAULT_UPDATES
        self.held: deque[tuple[str, int]] = deque()
        self.holding = False
        self._next_id = numbers.randrange(100_000_000, 900_000_000)
        self._waiting: deque[Waiting] = deque()
        self._batches = 0
        self._arrived = asyncio.Event()
        self.listener: Callable[[], None] | None = None

    def __len__(self) -> int:
        """How many are not yet acknowledged, held ones included."""
        return len(self._waiting) + len(self.held)

    def wants(self, kind: str) -> bool:
        return kind in self.allowed

    def put(self, kind: str, content: dict[str, Any]) -> None:
        """Queue an update; as at Telegram, `allowed_updates` decide at this moment, not on delivery."""
        if kind not in self.allowed:
            return
        raw = f'"{kind}":{encode(content)}}}'
        queue = _queue(kind, content)
        if self.holding:
            self.held.append((raw, queue))
        else:
            self._push(raw, queue, None)

    def inject(self, content: dict[str, Any]) -> int:
        """Queue an update exactly as it is, whatever the bot asked for; gives back the id it was given."""
        update_id = self._next_id
        self._add(encode({**content, "update_id": update_id}), 0, None)
        return update_id

    def release(self, batch: int | None, batches: int | None) -> None:
        """Let held updates go, in answers of at most `batch`, at most so many answers."""
        while self.held and (batches is None or batches > 0):
            if batch is not None:
                self._batches += 1
            for _ in range(min(batch or len(self.held), len(self.held))):
                self._push(*self.held.popleft(), self._batches if batch is not None else None)
            if batches is not None:
                batches -= 1

    def _push(self, raw: str, queue: int, batch: int | None) -> None:
        self._add(f'{{"update_id":{self._next_id},{raw}', queue, batch)

    def _add(self, whole: str, queue: int, batch: int | None) -> None:
        self._waiting.append(Waiting(self._next_id, whole, queue, batch))
        self._next_id += 1
        self._arrived.set()
        if self.listener is not None:
            self.listener()

    def acknowledge(self, offset: int) -> None:
        """Forget what the offset says: everything below it, or all but the last so many if negative."""
        if offset < 0:
            while len(self._waiting) > -offset:
                self._waiting.popleft()
        elif offset > 0 and self._waiting and offset <= self._waiting[-1].update_id + 1:
            while self._waiting and self._waiting[0].update_id < offset:
                self._waiting.popleft()

    def peek(self, limit: int) -> list[str]:
        """The JSON of the next updates; they stay until acknowledged."""
        found: list[str] = []
        batch: int | None = None
        for at, update in enumerate(self._waiting):
            if at == limit or (at and update.batch != batch):
                break
            batch = update.batch
            found.append(update.raw)
        if not found:
            self._arrived.clear()
        return found

    def queues(self) -> set[int]:
        """The queues in which something waits, for a webhook."""
        return {update.queue for update in self._waiting}

    def first(self, queue: int) -> Waiting | None:
        """The oldest update of a queue."""
        return next((update for update in self._waiting if update.queue == queue), None)

    def forget(self, update: Waiting) -> None:
        """A webhook took this one."""
        with suppress(ValueError):
            self._waiting.remove(update)

    def clear(self) -> None:
        self._waiting.clear()
        self.held.clear()

    async def arrival(self) -> None:
        """Wait until something is there, or `nudge` was called."""
        await self._arrived.wait()

    def nudge(self) -> None:
        self._arrived.set()


def _queue(kind: str, content: dict[str, Any]) -> int:
    """What a webhook gets one after the other: a chat's messages, a person's presses."""
    whose = content["from"] if kind == "callback_query" else content.get("chat", {})
    return int(whose.get("id", 0)) + _QUEUES.get(kind, 0)
