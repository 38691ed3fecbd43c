"""Ten thousand random cases against an independent implementation of business time."""

import random
from datetime import UTC, date, datetime, time, timedelta

import holidays
import workclock

from desk.calendar import Calendar
from desk.hours import Hours, Window
from desk.journal import OPENED, Entry
from tests.desk.journals import one
from tests.desk.profiles import small

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# The desks' zones, and others whose clocks change at other hours, by other amounts, at other times of year.
ZONES = ("Europe/Moscow", "Europe/Riga", "America/New_York", "Australia/Lord_Howe", "America/Santiago")
YEARS = range(2025, 2029)
FIRST, LAST = datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
CALENDARS, CASES = 25, 400


def random_windows(rng: random.Random) -> list[Window]:
    edges = sorted(rng.sample(range(0, 24 * 60, 15), rng.choice((2, 2, 4))))
    return [Window(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def random_week(rng: random.Random) -> dict[str, list[Window]]:
    """Mostly five days of one kind, as desks have, sometimes anything."""
    if rng.random() < 0.5:
        usual = random_windows(rng)
        return {day: usual if number < 5 else [] for number, day in enumerate(DAYS)}
    return {day: random_windows(rng) if rng.random() < 0.8 else [] for day in DAYS} | {
        "wed": random_windows(rng)
    }


def public_holidays(country: str | None) -> set[date]:
    if country is None:
        return set()
    return set(holidays.country_holidays(country, years=YEARS))


def clock(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def around(rng: random.Random) -> datetime:
    """Any moment of a year; every third near a change of Europe's clocks."""
    if rng.random() < 0.3:
        day = rng.choice((datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)))
        return day + timedelta(minutes=rng.randrange(-4 * 1440, 2 * 1440))
    return FIRST + timedelta(seconds=rng.randrange(int((LAST - FIRST).total_seconds())))


def test_ten_thousand_deadlines_agree_with_workclock() -> None:
    rng = random.Random(20261123)
    for _ in range(CALENDARS):
        week, zone, country = random_week(rng), rng.choice(ZONES), rng.choice((None, "LV", "RU"))
        closed = {date(2026, 1, 1) + timedelta(days=rng.randrange(700)) for _ in range(rng.randrange(4))}
        hours = {**week, "closed": closed, "holidays": country}
        ours = Calendar(Hours.model_validate(hours), zone)
        shifts = [
            workclock.WorkDay(clock(window.start), clock(window.end), days=[number])
            for number, name in enumerate(DAYS)
            for window in week[name]
        ]
        off = workclock.Holidays(closed | public_holidays(country))
        theirs = workclock.Schedule([*shifts, off], time_zone=zone)
        for _ in range(CASES):
            start = around(rng)
            other = start + timedelta(minutes=rng.randrange(-3000, 60000))
            duration = timedelta(minutes=rng.choice((15, 180, 240, 480, 900, rng.randrange(1, 6000))))
            case = (hours, zone, start, duration)
            assert ours.add(start, duration) == theirs.add(start, duration), case
            assert ours.elapsed(start, other) == theirs.between(start, other), case


def test_clock_of_a_ticket_is_due_when_workclock_says() -> None:
    rng = random.Random(7)
    shift = workclock.WorkDay(time(9), time(18))
    off = workclock.Holidays(public_holidays("LV"))
    theirs = workclock.Schedule([shift, off], time_zone="Europe/Riga")
    hours = dict.fromkeys(DAYS[:5], "9:00-18:00") | {"holidays": "LV"}
    for amount in (3, 5, 15, 24):
        profile = small(hours=hours, reaction={"hours": amount})
        for _ in range(50):
            opened = around(rng)
            entries = [Entry(opened, OPENED, "customer", {"to": "new"})]
            found = one("reaction", profile, entries, opened.strftime("%d.%m.%Y %H:%M"))
            assert found.due_at == theirs.add(opened, timedelta(hours=amount)), (opened, amount)
