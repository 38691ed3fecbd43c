"""How fast what each customer does is taken: at once, until it comes faster than a person can mean it."""

from __future__ import annotations

from storage.clock import Clock

# Telegram lets people forward a hundred messages at once; two full albums may well come on top.
AT_ONCE = 120
# Then one a second: more than anybody keeps writing, and what Telegram advises bots for one chat.
EVERY = 1.0
# So many customers are counted before those who paused are forgotten.
_COUNTED = 1000


class Pace:
    """Counts what is processed of each private chat. It slows down, and never drops.

    Kept in memory: who is slowed down when the process ends begins anew with the next.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # When each lane has paid for what was processed of it, at one update a second.
        self._paid: dict[str, float] = {}
        self._told: set[str] = set()
        self._forget_at = _COUNTED

    def wait(self, lane: str) -> float:
        """Seconds before the next update of this lane is taken; 0 for at once."""
        now = self._clock.now().timestamp()
        return max(0.0, self._until(lane, now) - AT_ONCE * EVERY - now)

    def _until(self, lane: str, now: float) -> float:
        """When a lane has paid; now, if it never was that far ahead and the clock was set back."""
        paid = self._paid.get(lane, now)
        return paid if paid <= now + (AT_ONCE + 2) * EVERY else now

    def took(self, lane: str) -> None:
        """An update of this lane is being processed; only customers are counted."""
        if not lane.startswith("c:"):
            return
        now = self._clock.now().timestamp()
        paid = self._until(lane, now)
        if paid <= now:
            self._told.discard(lane)
        self._paid[lane] = min(max(paid, now), now + AT_ONCE * EVERY) + EVERY
        if len(self._paid) >= self._forget_at:
            self._forget(now)

    def is_new(self, lane: str) -> bool:
        """Whether this is the first time since they paused; from then on it is not."""
        if lane in self._told:
            return False
        self._told.add(lane)
        return True

    def _forget(self, now: float) -> None:
        self._paid = {lane: paid for lane, paid in self._paid.items() if paid > now}
        self._told &= self._paid.keys()
        self._forget_at = max(_COUNTED, 2 * len(self._paid))
