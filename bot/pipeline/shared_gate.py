"""The way into one chat for several processes: who was told to wait sends the probe, the others hold back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.pipeline.gate import Gate
from bot.pipeline.signals import PASSED, WAIT, Signals
from storage.clock import Clock

# Who was not told itself waits so much longer, for the other's probe; few calls take as long.
_GRACE = timedelta(seconds=3)
# Of two that were told so shortly one after the other, one probes.
_AT_ONCE = timedelta(seconds=1)


class SharedGate(Gate):
    """One process's gate into a chat that others call too."""

    def __init__(self, clock: Clock, limit: int, *, chat_id: int, owner: str, signals: Signals) -> None:
        super().__init__(clock, limit)
        self._chat_id = chat_id
        self._owner = owner
        self._signals = signals
        # Until when Telegram told this process to wait, so that the probe is its own.
        self._told_until: datetime | None = None

    def close_for(self, seconds: float) -> float:
        """Nothing passes for so long, in no process; then one call of ours, to see."""
        longer = super().close_for(seconds)
        self._told_until = self._clock.now() + timedelta(seconds=seconds)
        self._signals.tell(WAIT, chat=self._chat_id, seconds=seconds, owner=self._owner)
        return longer

    def passed(self) -> None:
        """A call went through: no reason to hold back any more, for nobody."""
        was_waiting = self.is_waiting
        super().passed()
        if was_waiting and not self.is_waiting:
            self._told_until = None
            self._signals.tell(PASSED, chat=self._chat_id, surely=False)

    def open_now(self) -> None:
        """There is word that calls may pass again."""
        super().open_now()
        self._told_until = None
        self._signals.tell(PASSED, chat=self._chat_id, surely=True)

    def hear_wait(self, told: dict[str, Any]) -> None:
        """Another process was told to wait: the probe is its, unless we were told to wait longer."""
        until = self._clock.now() + timedelta(seconds=told["seconds"])
        ours = self._told_until
        if ours is not None and self.is_waiting:
            close = abs(ours - until) < _AT_ONCE
            if self._owner < told["owner"] if close else ours > until:
                return
        self._told_until = None
        super().close_for(told["seconds"] + _GRACE.total_seconds())

    def hear_passed(self, told: dict[str, Any]) -> None:
        """Another process's call went through; `surely`: whatever we were told ourselves."""
        if self.is_waiting and (told["surely"] or self._told_until is None):
            super().open_now()
            super().passed()
