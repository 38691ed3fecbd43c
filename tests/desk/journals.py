"""Journals as tests write them: what happened to a ticket, when and by whom, in a line each."""

from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from desk.clocks import Clock, clocks
from desk.journal import DEADLINE, OPENED, PRIORITY, By, Entry
from desk.lifecycle import Action, State, next_state
from desk.profile import Profile
from desk.targets import ClockName

MOSCOW = ZoneInfo("Europe/Moscow")
WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "9:00-18:00")


def at(when: str, zone: ZoneInfo = MOSCOW) -> datetime:
    """A wall time, such as "23.11 14:00" in 2026 or "12.01.2027 9:00"."""
    day, time = when.split()
    date = [int(part) for part in day.split(".")]
    hours, minutes = map(int, time.split(":"))
    return datetime(date[2] if len(date) == 3 else 2026, date[1], date[0], hours, minutes, tzinfo=zone)


def wall(moment: datetime | None, zone: ZoneInfo = MOSCOW) -> str | None:
    """A moment as `at` reads it."""
    return None if moment is None else moment.astimezone(zone).strftime("%d.%m %H:%M")


def journal(*lines: str, priority: str | None = None) -> list[Entry]:
    """A journal from lines such as `23.11 14:00 agent answer`; the first says when it was opened.

    `agent priority urgent` sets a priority, `agent deadline solution 25.11 18:00` a deadline. States follow
    from the life of a ticket, which must allow what is done.
    """
    opened, *later = lines
    entries = [Entry(at(opened), OPENED, "customer", {"to": State.NEW.value, "priority": priority})]
    state = State.NEW
    for line in later:
        day, time, by, event, *rest = line.split()
        data: dict[str, Any]
        if event == PRIORITY:
            data = {"old": priority, "new": rest[0]}
            priority = rest[0]
        elif event == DEADLINE:
            data = {"clock": rest[0], "due": at(" ".join(rest[1:])).isoformat()}
        else:
            following = next_state(state, Action(event))
            assert following is not None, line
            data = {"from": state.value, "to": following.value}
            state = following
        entries.append(Entry(at(f"{day} {time}"), event, cast("By", by), data))
    return entries


def one(name: ClockName | str, profile: Profile, entries: list[Entry], now: str) -> Clock:
    """The latest clock of that name."""
    return [clock for clock in clocks(profile, entries, at(now)) if clock.name == name][-1]
