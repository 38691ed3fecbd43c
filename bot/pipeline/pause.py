"""Growing pauses between attempts."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(slots=True)
class Pause:
    """Seconds to wait before the next attempt: doubling from `first` to `most`, give or take a fifth."""

    first: float = 0.5
    most: float = 30.0
    _next: float = 0.0

    def next(self) -> float:
        """The pause to make now."""
        self._next = min(self._next * 2, self.most) if self._next else self.first
        return self._next * random.uniform(0.8, 1.2)

    def reset(self) -> None:
        """It worked: begin small again."""
        self._next = 0.0
