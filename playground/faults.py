"""Faults to be injected into answers."""

import random
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from playground.params import Params


@dataclass(frozen=True, slots=True)
class TooMany:
    """429: into this chat nothing goes for so many seconds."""

    retry_after: int = 1


@dataclass(frozen=True, slots=True)
class ServerError:
    """5xx; `applied` if the call took effect all the same."""

    code: int = 502
    applied: bool = False


@dataclass(frozen=True, slots=True)
class DropBefore:
    """The connection breaks before the call takes effect."""


@dataclass(frozen=True, slots=True)
class DropAfter:
    """The call takes effect, then the connection breaks without an answer."""


@dataclass(frozen=True, slots=True)
class Slow:
    """The answer comes so many seconds late; the call takes effect before the wait unless told otherwise."""

    seconds: float
    applied_first: bool = True


@dataclass(frozen=True, slots=True)
class Refuse:
    """An error with these words, as on the wire ("Forbidden: user is deactivated")."""

    code: int
    description: str


@dataclass(frozen=True, slots=True)
class Garbage:
    """A proxy's page instead of JSON; the call takes no effect."""

    code: int = 502


Effect = TooMany | ServerError | DropBefore | DropAfter | Slow | Refuse | Garbage


@dataclass(slots=True)
class Fault:
    """What shall go wrong, and when.

    A fault strikes calls of `method` (one name, several, or every method but `getUpdates` for None) about
    `chat_id` (None: any) for which `when(params)` holds, each with `probability`, at most `times` times
    (None: without end). `struck` counts. The method "webhook" is the posting of an update, which the server's
    drops, `Slow` and `ServerError` strike.
    """

    method: str | Collection[str] | None = None
    then: Effect = field(default_factory=ServerError)
    chat_id: int | None = None
    when: Callable[[Params], bool] | None = None
    times: int | None = 1
    probability: float = 1.0
    struck: int = 0

    def matches(self, method: str, params: Params) -> bool:
        if self.times is not None and self.struck >= self.times:
            return False
        if self.method is None:
            if method in ("getUpdates", "webhook"):
                return False
        elif method != self.method and (isinstance(self.method, str) or method not in self.method):
            return False
        if self.chat_id is not None and params.chat_number() != self.chat_id:
            return False
        return self.when is None or self.when(params)


class Faults:
    """The faults in wait; the first that matches a call strikes it."""

    def __init__(self, seed: int = 0) -> None:
        self.active: list[Fault] = []
        self._random = random.Random(seed)

    def add(self, *faults: Fault) -> Fault:
        """Put faults in wait, and return the last, to look at its `struck` later."""
        self.active.extend(faults)
        return faults[-1]

    def clear(self) -> None:
        self.active.clear()

    def seed(self, seed: int) -> None:
        """Start the dice of `probability` anew."""
        self._random.seed(seed)

    def pick(self, method: str, params: Params) -> Effect | None:
        for fault in self.active:
            if not fault.matches(method, params):
                continue
            if fault.probability >= 1 or self._random.random() < fault.probability:
                fault.struck += 1
                return fault.then
        return None
