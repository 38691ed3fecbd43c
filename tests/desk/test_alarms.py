"""What agents are told of deadlines: in time, in working hours, once."""

from datetime import timedelta
from typing import Any

import pytest

from desk.alarms import alarms
from desk.clocks import clocks
from desk.journal import Entry
from desk.profile import Profile
from tests.desk.journals import WEEK, at, journal, wall
from tests.desk.profiles import small

NIGHT = {"hours": 12, "clock": "calendar"}


def desk(**changes: Any) -> Profile:
    return small(**{"zone": "Europe/Moscow", "hours": WEEK, "reaction": None} | changes)


def told(profile: Profile, entries: list[Entry], now: str) -> list[tuple[str, str, str | None]]:
    found = alarms(clocks(profile, entries, at(now)), entries, profile.calendar, at(now))
    return [(alarm.event, alarm.clock.value, wall(alarm.at)) for alarm in found]


@pytest.mark.parametrize(
    ("profile", "opened", "expected"),
    [
        (desk(reaction={"hours": 4}), "23.11 10:00", ["23.11 13:00", "23.11 14:00"]),
        # What would be due at closing is told at the next opening; the reminder comes before.
        (desk(reaction={"hours": 4}), "20.11 14:00", ["20.11 17:00", "23.11 09:00"]),
        # At 22:00 and 1:00 by the calendar: nobody reads that, and a reminder would come too late.
        (desk(reaction=NIGHT), "23.11 13:00", [None, "24.11 09:00"]),
        (desk(reaction=NIGHT | {"remind_before": 8}), "23.11 13:00", ["23.11 17:00", "24.11 09:00"]),
        (desk(reaction=NIGHT | {"remind_before": 0}), "23.11 23:00", [None, "24.11 11:00"]),
        # Around the clock there is no closed time.
        (desk(reaction=NIGHT, hours=None), "23.11 13:00", ["23.11 22:00", "24.11 01:00"]),
        (desk(reaction=NIGHT, hours={"mon": []}), "23.11 13:00", ["23.11 22:00", "24.11 01:00"]),
    ],
)
def test_reminder_and_breach_are_told_in_working_hours(
    profile: Profile, opened: str, expected: list[str | None]
) -> None:
    found = told(profile, journal(opened), opened)
    moments = {event: when for event, _, when in found}
    assert [moments.get("reminded"), moments.get("breached")] == expected


def test_after_a_night_of_downtime_nothing_is_told_before_the_opening() -> None:
    profile = desk(reaction={"hours": 4, "remind_before": 2})
    entries = journal("20.11 15:00")
    # Due on Monday at 10:00; the bot starts on Sunday, with the reminder of Friday 17:00 untold.
    assert told(profile, entries, "22.11 12:00") == [
        ("reminded", "reaction", "23.11 09:00"),
        ("breached", "reaction", "23.11 10:00"),
    ]
    assert told(profile, entries, "23.11 11:00") == [("breached", "reaction", "23.11 11:00")]


def test_each_deadline_is_told_once_and_a_moved_one_anew() -> None:
    profile = desk(solution={"hours": 4})
    entries = journal("23.11 10:00")
    (reminder, breach) = alarms(
        clocks(profile, entries, at("23.11 10:00")), entries, profile.calendar, at("23.11 10:00")
    )
    entries.append(Entry(at("23.11 13:00"), reminder.event, "timer", reminder.data))
    assert told(profile, entries, "23.11 13:00") == [("breached", "solution", "23.11 14:00")]
    entries += journal("23.11 10:00", "23.11 13:30 agent wait", "23.11 13:50 agent resume")[1:]
    assert told(profile, entries, "23.11 13:50") == [
        ("reminded", "solution", "23.11 13:50"),
        ("breached", "solution", "23.11 14:20"),
    ]
    entries.append(Entry(at("23.11 14:20"), breach.event, "timer", breach.data))
    # That was the breach of the old deadline: it does not count for the new one.
    assert [event for event, *_ in told(profile, entries, "23.11 14:20")] == ["breached"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("23.11 11:00 agent wait",), []),
        (("23.11 11:00 agent postpone",), []),
        (("23.11 11:00 agent resolve",), []),
        (("23.11 11:00 customer close",), []),
        # Missed before the pause: the agents have to know all the same.
        (("23.11 15:00 agent wait",), ["breached"]),
    ],
)
def test_nothing_is_told_of_a_clock_that_stands(lines: tuple[str, ...], expected: list[str]) -> None:
    entries = journal("23.11 10:00", *lines)
    found = told(desk(solution={"hours": 4}), entries, "23.11 16:00")
    assert [event for event, *_ in found] == expected


def test_breach_of_the_night_is_not_told_if_the_answer_came_before_the_opening() -> None:
    profile = desk(reaction=NIGHT)
    entries = journal("23.11 13:00", "24.11 7:00 agent answer")
    assert told(profile, entries, "24.11 9:00") == []


def test_an_alarm_names_its_deadline_for_the_journal() -> None:
    entries = journal("23.11 10:00")
    profile = desk(reaction={"hours": 4})
    first = alarms(clocks(profile, entries, at("23.11 10:00")), entries, None, at("23.11 10:00"))[0]
    assert first.data == {"clock": "reaction", "due": "2026-11-23T11:00:00+00:00"}
    assert first.due_at - first.at == timedelta(hours=1)
