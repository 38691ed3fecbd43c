"""The period of a journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Period:
    """What happened from the first date to the last, both whole days in the desk's zone; None: no bound."""

    first: date | None
    last: date | None
    zone: ZoneInfo

    def __post_init__(self) -> None:
        if self.first is not None and self.last is not None and self.last < self.first:
            raise ValueError("the period ends before it begins")

    @property
    def since(self) -> datetime | None:
        """The moment it begins, in UTC."""
        return None if self.first is None else self._midnight(self.first)

    @property
    def until(self) -> datetime | None:
        """The moment it is over, in UTC."""
        return None if self.last is None else self._midnight(self.last + timedelta(days=1))

    def has(self, moment: datetime) -> bool:
        """Whether that moment is in it."""
        since, until = self.since, self.until
        return (since is None or since <= moment) and (until is None or moment < until)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)
