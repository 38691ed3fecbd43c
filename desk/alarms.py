"""What agents are to be told of a ticket's deadlines, and when: while the desk is open, and once for each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.calendar import Calendar
from desk.clocks import Clock
from desk.history import Phase
from desk.journal import BREACHED, REMINDED, Entry
from desk.targets import ClockName


@dataclass(frozen=True, slots=True)
class Alarm:
    """What to tell agents `at` a moment in UTC: REMINDED or BREACHED of a clock that is due at `due_at`."""

    event: str
    clock: ClockName
    due_at: datetime
    at: datetime

    @property
    def data(self) -> dict[str, str]:
        """What the journal says of it once it was told."""
        return {"clock": self.clock.value, "due": self.due_at.isoformat()}


def alarms(
    found: Iterable[Clock], journal: Sequence[Entry], calendar: Calendar | None, now: datetime
) -> list[Alarm]:
    """What is still to be told of these clocks, the earliest first; what is due is `at` *now* or before.

    What falls into closed time, or was not told then, is told at the next opening. A reminder that would come
    no sooner than the word of the breach is left out.
    """
    told = {
        (entry.event, entry.data["clock"], entry.data["due"])
        for entry in journal
        if entry.event in (REMINDED, BREACHED)
    }
    wanted = [alarm for clock in found if clock.is_active for alarm in _of(clock, calendar, now)]
    left = [one for one in wanted if (one.event, one.data["clock"], one.data["due"]) not in told]
    return sorted(left, key=lambda alarm: alarm.at)


def _of(clock: Clock, calendar: Calendar | None, now: datetime) -> Iterator[Alarm]:
    if clock.phase is Phase.PAUSED and clock.breached_at is None:
        return
    missed_at = _when_open(max(clock.breached_at or clock.due_at, now), calendar)
    if clock.remind_at is not None:
        remind_at = _when_open(max(clock.remind_at, now), calendar)
        if remind_at < missed_at:
            yield Alarm(REMINDED, clock.name, clock.due_at, remind_at)
    yield Alarm(BREACHED, clock.name, clock.due_at, missed_at)


def _when_open(moment: datetime, calendar: Calendar | None) -> datetime:
    opening = calendar.next_opening(moment) if calendar is not None else None
    return opening or moment
