"""Business time against facts that were checked by hand; sources in the comments."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from desk.calendar import Calendar, CalendarNeverOpens
from desk.hours import Hours

MOSCOW, RIGA = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Riga")
WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "9:00-18:00")
ALWAYS = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "0:00-24:00")


def calendar(zone: str, **hours: Any) -> Calendar:
    return Calendar(Hours.model_validate(hours), zone)


@pytest.fixture(scope="module")
def moscow() -> Calendar:
    return calendar("Europe/Moscow", **WEEK, holidays="RU")


@pytest.fixture(scope="module")
def riga() -> Calendar:
    return calendar("Europe/Riga", **WEEK, holidays="LV")


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def test_new_year_holidays_with_their_moved_days(moscow: Calendar) -> None:
    # 31 December 2025 and 9 January 2026 are off by decree.
    end = moscow.add(datetime(2025, 12, 30, 17, tzinfo=MOSCOW), hours(4))
    assert end == datetime(2026, 1, 12, 12, tzinfo=MOSCOW)


@pytest.mark.parametrize(
    "friday", [date(2026, 3, 27), date(2026, 10, 23)], ids=["clocks forward", "clocks back"]
)
def test_daylight_saving_weekend_costs_and_gives_nothing(riga: Calendar, friday: date) -> None:
    start = datetime(friday.year, friday.month, friday.day, 17, tzinfo=RIGA)
    monday = start.date() + timedelta(days=3)
    assert riga.add(start, hours(3)) == datetime(monday.year, monday.month, monday.day, 11, tzinfo=RIGA)


def test_round_the_clock_sundays_have_23_and_25_hours() -> None:
    always = calendar("Europe/Riga", **ALWAYS)
    assert length(always, date(2026, 3, 29)) == hours(23)
    assert length(always, date(2026, 10, 25)) == hours(25)
    assert length(always, date(2026, 10, 26)) == hours(24)


def test_hour_that_the_clocks_skip_is_not_counted_twice() -> None:
    night = calendar("Europe/Riga", sun=["2:00-3:30", "4:00-5:00"])
    assert length(night, date(2026, 3, 29)) == hours(2)
    first, second = night.windows(date(2026, 3, 29))
    assert first.end <= second.start


def test_date_that_the_clocks_skip_has_no_windows() -> None:
    # Samoa crossed the date line: there was no 30 December 2011.
    apia = calendar("Pacific/Apia", **ALWAYS)
    assert apia.windows(date(2011, 12, 30)) == ()
    start, end = datetime(2011, 12, 29, 12, tzinfo=UTC), datetime(2012, 1, 1, 12, tzinfo=UTC)
    assert apia.elapsed(start, end) == end - start


def length(of: Calendar, day: date) -> timedelta:
    return sum((span.end - span.start for span in of.windows(day)), timedelta())


@pytest.mark.parametrize("day", [date(2026, 1, 9), date(2026, 12, 31), date(2026, 3, 9), date(2027, 2, 22)])
def test_moved_days_off_in_russia(moscow: Calendar, day: date) -> None:
    assert moscow.windows(day) == ()


def test_moved_working_saturday_is_worked_only_where_the_profile_says(moscow: Calendar) -> None:
    saturday = date(2027, 2, 20)
    assert moscow.windows(saturday) == ()
    diligent = calendar("Europe/Moscow", **WEEK, holidays="RU", work_on_moved_days=True)
    assert length(diligent, saturday) == hours(9)
    assert diligent.windows(date(2027, 2, 27)) == ()


@pytest.mark.parametrize("day", [date(2026, 5, 4), date(2026, 6, 23), date(2026, 11, 18), date(2026, 4, 3)])
def test_public_holidays_in_latvia(riga: Calendar, day: date) -> None:
    assert riga.windows(day) == ()


def test_dates_of_the_profile_beat_the_holidays() -> None:
    # The holiday data do not know shortened days before holidays: a profile writes them as open dates.
    own = calendar(
        "Europe/Moscow",
        **WEEK,
        holidays="RU",
        closed=[date(2026, 11, 23)],
        open={date(2026, 4, 30): "9:00-17:00", date(2026, 5, 1): ["10:00-12:00"], date(2026, 5, 5): []},
    )
    assert length(own, date(2026, 4, 30)) == hours(8)
    assert length(own, date(2026, 5, 1)) == hours(2)
    assert length(own, date(2026, 5, 5)) == hours(0)
    assert length(own, date(2026, 11, 23)) == hours(0)


def test_lunch_break_is_not_business_time() -> None:
    lunch = calendar("Europe/Riga", mon=["9:00-13:00", "14:00-18:00"])
    noon = datetime(2026, 11, 23, 12, 30, tzinfo=RIGA)
    assert lunch.add(noon, hours(1)) == datetime(2026, 11, 23, 14, 30, tzinfo=RIGA)
    assert not lunch.is_open(datetime(2026, 11, 23, 13, 30, tzinfo=RIGA))


def test_window_is_open_from_its_start_and_closed_from_its_end(moscow: Calendar) -> None:
    assert moscow.is_open(datetime(2026, 11, 20, 9, tzinfo=MOSCOW))
    assert not moscow.is_open(datetime(2026, 11, 20, 18, tzinfo=MOSCOW))


def test_next_opening(moscow: Calendar) -> None:
    working = datetime(2026, 11, 20, 12, tzinfo=MOSCOW)
    assert moscow.next_opening(working) == working
    closing = datetime(2026, 11, 20, 18, tzinfo=MOSCOW)
    assert moscow.next_opening(closing) == datetime(2026, 11, 23, 9, tzinfo=MOSCOW)
    new_year = datetime(2026, 1, 1, tzinfo=MOSCOW)
    assert moscow.next_opening(new_year) == datetime(2026, 1, 12, 9, tzinfo=MOSCOW)


def test_deadline_at_closing_time_stays_there(moscow: Calendar) -> None:
    friday = datetime(2026, 11, 20, 17, tzinfo=MOSCOW)
    assert moscow.add(friday, hours(1)) == datetime(2026, 11, 20, 18, tzinfo=MOSCOW)


def test_nothing_added_to_a_closed_moment_is_the_next_opening(moscow: Calendar) -> None:
    sunday = datetime(2026, 11, 22, 3, tzinfo=MOSCOW)
    assert moscow.add(sunday, hours(0)) == datetime(2026, 11, 23, 9, tzinfo=MOSCOW)


def test_elapsed_backwards_is_negative(moscow: Calendar) -> None:
    friday, monday = datetime(2026, 11, 20, 17, tzinfo=MOSCOW), datetime(2026, 11, 23, 10, tzinfo=MOSCOW)
    assert moscow.elapsed(friday, monday) == hours(2)
    assert moscow.elapsed(monday, friday) == -hours(2)


def test_results_are_in_utc(moscow: Calendar) -> None:
    start = datetime(2026, 11, 20, 12, tzinfo=MOSCOW)
    assert moscow.add(start, hours(1)).tzinfo is UTC
    opening = moscow.next_opening(start)
    assert opening is not None
    assert opening.tzinfo is UTC


def test_moment_without_zone_is_refused(moscow: Calendar) -> None:
    naive = datetime(2026, 11, 20, 12)  # noqa: DTZ001
    for ask in (moscow.is_open, moscow.next_opening, lambda at: moscow.add(at, hours(1))):
        with pytest.raises(ValueError, match="time zone"):
            ask(naive)


def test_negative_duration_is_refused(moscow: Calendar) -> None:
    with pytest.raises(ValueError, match="only be added"):
        moscow.add(datetime(2026, 11, 20, 12, tzinfo=UTC), hours(-1))


@pytest.mark.parametrize(
    "hopeless",
    [
        calendar("Europe/Moscow"),
        calendar("Europe/Moscow", open={date(2020, 1, 1): "9:00-18:00"}),
        calendar(
            "Europe/Moscow",
            mon="9:00-18:00",
            closed=[date(2026, 11, 16) + timedelta(weeks=week) for week in range(150)],
        ),
    ],
    ids=["no windows", "open once, long ago", "closed for years"],
)
def test_search_on_a_calendar_that_never_opens_ends(hopeless: Calendar) -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert hopeless.next_opening(now) is None
    assert not hopeless.is_open(now)
    assert hopeless.elapsed(now, now + timedelta(days=400)) == hours(0)
    with pytest.raises(CalendarNeverOpens):
        hopeless.add(now, hours(1))


def test_single_open_dates_are_found_however_far() -> None:
    fair = calendar("Europe/Riga", open={date(2026, 12, 1): "10:00-12:00", date(2036, 12, 1): "10:00-12:00"})
    end = fair.add(datetime(2026, 11, 20, 12, tzinfo=UTC), hours(3))
    assert end == datetime(2036, 12, 1, 11, tzinfo=RIGA)


def test_end_of_dates_ends_the_search(moscow: Calendar) -> None:
    with pytest.raises(CalendarNeverOpens):
        moscow.add(datetime(9999, 12, 20, tzinfo=UTC), hours(1000))


def test_moved_days_off_that_bind_others_are_worked_where_the_profile_says() -> None:
    """Friday 2 January 2026 in Latvia, in exchange for a Saturday, for state bodies only."""
    moved, holiday = date(2026, 1, 2), date(2026, 1, 1)
    for off in (True, False):
        riga = calendar("Europe/Riga", **WEEK, holidays="LV", moved_days_off=off)
        assert bool(riga.windows(moved)) is not off
        assert not riga.windows(holiday)
        # Nobody misses a decree that would change nothing.
        assert riga.knows_moved_days(2035) is not off
