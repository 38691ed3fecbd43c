"""The ways into all chats that are called: a gate each, as long as it is of use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from bot.pipeline.gate import Gate
from storage.clock import Clock

# So many gates stand before those are forgotten that were not closed for so long.
_MOST = 1000
_KEPT = timedelta(hours=1)


class Gates:
    """The gates of one process."""

    def __init__(self, clock: Clock, make: Callable[[int], Gate]) -> None:
        self._clock = clock
        self._make = make
        self._gates: dict[int, Gate] = {}
        self._forget_at = _MOST

    def of(self, chat_id: int) -> Gate:
        """The gate into a chat."""
        gate = self._gates.get(chat_id)
        if gate is None:
            if len(self._gates) >= self._forget_at:
                self._forget()
            gate = self._gates[chat_id] = self._make(chat_id)
        return gate

    def _forget(self) -> None:
        """Every customer has one: those nobody has used for a while are made again when they are wanted."""
        since = self._clock.now() - _KEPT
        forgotten = [chat_id for chat_id, gate in self._gates.items() if gate.is_forgettable(since)]
        for chat_id in forgotten:
            del self._gates[chat_id]
        self._forget_at = max(_MOST, 2 * len(self._gates))
