"""What holds for every calendar, and agreement with an independent implementation."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import workclock
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from desk.calendar import Calendar
from desk.hours import Hours, Window

# The first look at a year's holidays is slow, which is no fault of the example that happens to take it.
unhurried = settings(deadline=None, max_examples=50)

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Zones of the desks; and offsets and changes of half an hour, changes at midnight, the southern hemisphere.
ZONES = (
    "Europe/Riga",
    "Europe/Moscow",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Beirut",
    "Asia/Kolkata",
)

moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 4, 1), timezones=st.just(UTC))  # noqa: DTZ001
durations = st.timedeltas(timedelta(), timedelta(hours=200))
dates = st.dates(date(2026, 1, 1), date(2027, 4, 1))


@st.composite
def windows(draw: st.DrawFn) -> tuple[Window, ...]:
    edges = sorted(set(draw(st.lists(st.integers(0, 1439), max_size=4))))
    return tuple(Window(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def weeks(draw: st.DrawFn) -> dict[str, tuple[Window, ...]]:
    week = {day: draw(windows()) for day in DAYS}
    assume(any(week.values()))
    return week


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    closed = draw(st.frozensets(dates, max_size=3))
    opened = draw(st.dictionaries(dates.filter(lambda day: day not in closed), windows(), max_size=2))
    country = draw(st.sampled_from((None, "RU", "LV")))
    hours = Hours.model_validate(
        draw(weeks())
        | {"holidays": country, "closed": closed, "open": opened, "work_on_moved_days": draw(st.booleans())}
    )
    return Calendar(hours, draw(st.sampled_from(ZONES)))


@unhurried
@given(calendars(), moments, durations)
def test_adding_then_measuring_gives_back_the_duration(
    calendar: Calendar, start: datetime, duration: timedelta
) -> None:
    assert calendar.elapsed(start, calendar.add(start, duration)) == duration


@unhurried
@given(calendars(), moments, durations)
def test_end_is_never_in_closed_time(calendar: Calendar, start: datetime, duration: timedelta) -> None:
    end = calendar.add(start, duration)
    assert calendar.is_open(end) or calendar.is_open(end - timedelta.resolution)
    assert end >= start


@unhurried
@given(calendars(), moments, durations, durations)
def test_more_time_never_ends_sooner(
    calendar: Calendar, start: datetime, one: timedelta, other: timedelta
) -> None:
    shorter, longer = sorted((one, other))
    assert calendar.add(start, shorter) <= calendar.add(start, longer)


@unhurried
@given(calendars(), moments, moments, durations)
def test_later_start_never_ends_sooner(
    calendar: Calendar, one: datetime, other: datetime, duration: timedelta
) -> None:
    earlier, later = sorted((one, other))
    assert calendar.add(earlier, duration) <= calendar.add(later, duration)


@unhurried
@given(calendars(), st.lists(moments, min_size=3, max_size=3))
def test_parts_sum_up_to_the_whole(calendar: Calendar, times: list[datetime]) -> None:
    start, middle, end = sorted(times)
    assert calendar.elapsed(start, middle) + calendar.elapsed(middle, end) == calendar.elapsed(start, end)
    assert timedelta() <= calendar.elapsed(start, end) <= end - start


@unhurried
@given(calendars(), moments)
def test_next_opening_is_open_and_nothing_before_it(calendar: Calendar, at: datetime) -> None:
    opening = calendar.next_opening(at)
    assert opening is not None
    assert calendar.is_open(opening)
    assert calendar.elapsed(at, opening) == timedelta()


@unhurried
@given(calendars(), dates)
def test_windows_are_in_order_and_apart(calendar: Calendar, day: date) -> None:
    spans = [span for offset in range(3) for span in calendar.windows(day + timedelta(days=offset))]
    assert all(span.start < span.end for span in spans)
    assert all(earlier.end <= later.start for earlier, later in pairwise(spans))


@unhurried
@given(weeks(), st.frozensets(dates, max_size=5), st.sampled_from(ZONES), moments, moments, durations)
def test_agrees_with_workclock(
    week: dict[str, tuple[Window, ...]],
    closed: frozenset[date],
    zone: str,
    start: datetime,
    end: datetime,
    duration: timedelta,
) -> None:
    assume(duration > timedelta())
    ours = Calendar(Hours.model_validate(week | {"closed": closed}), zone)
    shifts = [
        workclock.WorkDay(clock(window.start), clock(window.end), days=[number])
        for number, name in enumerate(DAYS)
        for window in week[name]
    ]
    theirs = workclock.Schedule([*shifts, workclock.Holidays(closed)], time_zone=zone)
    assert ours.elapsed(start, end) == theirs.between(start, end)
    assert ours.add(start, duration) == theirs.add(start, duration)


def clock(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)
