"""Flood control: how much a bot may send."""

import math
from collections import deque
from dataclasses import dataclass

from playground.params import Params

MINUTE = 60.0
# A call already on its way when the 429 left is no disobedience; seconds.
GRACE = 0.1
_ALSO_COUNTED = frozenset(
    (
        "createForumTopic",
        "closeForumTopic",
        "reopenForumTopic",
        "stopMessageLiveLocation",
        "stopPoll",
        "copyMessage",
        "copyMessages",
        "forwardMessage",
        "forwardMessages",
    )
)


@dataclass(frozen=True, slots=True)
class FloodLimits:
    """The advice of https://core.telegram.org/bots/faq as hard limits; Telegram's real ones move.

    `group_per_minute` calls in any 60 s into one group; `chat_per_second` into a private chat after a
    burst of `chat_burst`; `overall_per_second` in any second. Each call during a wait makes it `penalty`
    seconds longer.
    """

    group_per_minute: int = 20
    chat_per_second: float = 1.0
    chat_burst: int = 5
    overall_per_second: int = 30
    penalty: float = 1.0


def weight(method: str, params: Params) -> int:
    """How many of the purse a call takes: sends, edits and new topics one, each item of an album one."""
    if method == "sendMediaGroup":
        return _length(params, "media")
    if method in ("copyMessages", "forwardMessages"):
        return _length(params, "message_ids")
    sends = method.startswith("send") and method != "sendChatAction"
    return int(sends or method.startswith("edit") or method in _ALSO_COUNTED)


def _length(params: Params, name: str) -> int:
    items = params.array(name)
    return max(1, len(items or ()))


class FloodGate:
    """Keeps the purses, and who was told to wait until when. Seconds of the playground's clock."""

    def __init__(self) -> None:
        self.limits: FloodLimits | None = None
        self.calls_during_wait = 0
        self._sent: dict[tuple[int, int], deque[float]] = {}
        self._overall: dict[int, deque[float]] = {}
        self._waits: dict[tuple[int, int], tuple[float, float]] = {}

    def order_wait(self, bot_id: int, chat_id: int, seconds: float, now: float) -> None:
        self._waits[bot_id, chat_id] = (now, now + seconds)

    def admit(self, bot_id: int, chat_id: int, taken: int, now: float) -> int:
        """0 if the call may pass, else the seconds that the bot is told to wait."""
        key = (bot_id, chat_id)
        wait = self._waits.get(key)
        if wait is not None:
            since, until = wait
            if now < until:
                if now > since + GRACE:
                    self.calls_during_wait += 1
                    until += self.limits.penalty if self.limits else 0.0
                    self._waits[key] = (since, until)
                return math.ceil(until - now)
            del self._waits[key]
        if self.limits is None:
            return 0
        delay = max(self._overall_delay(self.limits, bot_id, now), self._chat_delay(self.limits, key, now))
        if delay > 0:
            self.order_wait(bot_id, chat_id, math.ceil(delay), now)
            return math.ceil(delay)
        self._overall.setdefault(bot_id, deque()).extend([now] * taken)
        self._sent.setdefault(key, deque()).extend([now] * taken)
        return 0

    def _overall_delay(self, limits: FloodLimits, bot_id: int, now: float) -> float:
        return _full_until(self._overall.get(bot_id), limits.overall_per_second, 1.0, now)

    def _chat_delay(self, limits: FloodLimits, key: tuple[int, int], now: float) -> float:
        if key[1] < 0:
            return _full_until(self._sent.get(key), limits.group_per_minute, MINUTE, now)
        window = limits.chat_burst / limits.chat_per_second
        return _full_until(self._sent.get(key), limits.chat_burst, window, now)


def _full_until(sent: deque[float] | None, room: int, window: float, now: float) -> float:
    if sent is None:
        return 0.0
    while sent and sent[0] <= now - window:
        sent.popleft()
    if len(sent) < room:
        return 0.0
    return sent[len(sent) - room] + window - now
