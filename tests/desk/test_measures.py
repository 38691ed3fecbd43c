"""Working days: as many working dates later, at the same point of the day."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given

from desk.calendar import Calendar, CalendarNeverOpens
from desk.hours import Hours
from desk.measures import EveryHour, WorkingDays
from tests.desk.journals import WEEK, at, wall
from tests.desk.test_calendar_properties import calendars, moments, unhurried

DAY = timedelta(days=1)


def days(**hours: Any) -> WorkingDays:
    return WorkingDays(Calendar(Hours.model_validate(WEEK | hours), "Europe/Moscow"))


@pytest.mark.parametrize(
    ("start", "number", "end"),
    [
        ("23.11 14:00", 5, "30.11 14:00"),
        ("23.11 9:00", 1, "23.11 18:00"),
        # From closed time on counts from the next opening, so the last day is a whole one.
        ("21.11 12:00", 5, "27.11 18:00"),
        ("23.11 20:00", 5, "30.11 18:00"),
        ("23.11 14:00", 0.5, "24.11 9:30"),
        ("23.11 14:00", 0, "23.11 14:00"),
        ("21.11 14:00", 0, "23.11 09:00"),
    ],
)
def test_same_time_of_day_so_many_working_days_later(start: str, number: float, end: str) -> None:
    assert wall(days().add(at(start), number * DAY)) == wall(at(end))


def test_holidays_are_no_working_days() -> None:
    # 31 December 2025 and 9 January 2026 are off by decree.
    end = days(holidays="RU").add(at("29.12.2025 14:00"), 3 * DAY)
    assert wall(end) == "13.01 14:00"


def test_short_day_between_moves_nothing_though_it_has_fewer_hours() -> None:
    short = days(open={"2026-11-25": "9:00-16:00"})
    assert wall(short.add(at("23.11 14:00"), 5 * DAY)) == "30.11 14:00"
    assert short.elapsed(at("25.11 9:00"), at("25.11 16:00")) == DAY


def test_on_a_short_day_the_same_share_of_the_day_counts() -> None:
    short = days(open={"2026-11-25": "9:00-13:30"})
    # Half of the day is half of the shorter one.
    assert wall(short.add(at("24.11 13:30"), DAY)) == "25.11 11:15"


def test_lunch_break_is_no_part_of_the_day() -> None:
    lunch = days(mon=["9:00-13:00", "14:00-18:00"])
    assert wall(lunch.add(at("23.11 11:00"), DAY / 2)) == "23.11 16:00"
    assert wall(lunch.add(at("23.11 13:30"), timedelta())) == "23.11 14:00"
    assert wall(lunch.add(at("23.11 9:00"), DAY / 2)) == "23.11 13:00"


def test_no_time_passes_backwards() -> None:
    assert days().elapsed(at("23.11 14:00"), at("23.11 12:00")) <= timedelta()


def test_calendar_that_never_opens_ends_the_search() -> None:
    never = WorkingDays(Calendar(Hours.model_validate({"mon": []}), "Europe/Moscow"))
    with pytest.raises(CalendarNeverOpens):
        never.add(at("23.11 14:00"), DAY)
    assert never.elapsed(at("23.11 14:00"), at("23.11.2030 14:00")) == timedelta()


def test_every_hour_is_the_time_that_passes() -> None:
    end = EveryHour().add(at("21.11 23:00"), 36 * timedelta(hours=1))
    assert (wall(end), end.tzinfo) == ("23.11 11:00", UTC)


@unhurried
@given(calendars(), moments, moments, moments)
def test_working_days_add_up(calendar: Calendar, one: datetime, other: datetime, third: datetime) -> None:
    measure = WorkingDays(calendar)
    start, middle, end = sorted((one, other, third))
    assert measure.elapsed(start, middle) + measure.elapsed(middle, end) == measure.elapsed(start, end)
    assert measure.elapsed(start, end) >= timedelta()
    assert (measure.elapsed(start, end) > timedelta()) <= (calendar.elapsed(start, end) > timedelta())


@unhurried
@given(calendars(), moments)
def test_working_days_added_are_the_working_days_measured(calendar: Calendar, start: datetime) -> None:
    measure = WorkingDays(calendar)
    for number in (0.25, 1, 5):
        end = measure.add(start, number * DAY)
        # A day of few minutes has coarser ticks than a nominal one; the end is the first that is enough.
        assert measure.elapsed(start, end) >= number * DAY
        before = max(start, end - 2 * timedelta.resolution)
        assert measure.elapsed(start, before) < number * DAY
        assert calendar.is_open(end) or calendar.is_open(end - timedelta.resolution)
