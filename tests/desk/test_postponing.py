"""Until when a button postpones, and when a customer is reminded of the close: by day."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.closing import reminder
from desk.lifecycle import Action
from desk.loading import load_profile, shipped_profiles
from desk.postponing import Until, until
from desk.profile import Profile
from tests.desk.journals import MOSCOW, at, wall
from tests.desk.profiles import small

VENDOTEK = load_profile("vendotek")
HOUR = timedelta(hours=1)
MOMENTS = st.integers(0, 900_000).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def chosen(choice: Until, now: str, profile: Profile = VENDOTEK) -> str | None:
    return wall(
        until(choice, profile.calendar, profile.timezone, at(now, profile.timezone)), profile.timezone
    )


@pytest.mark.parametrize(
    ("now", "next_day", "third", "week"),
    [
        ("23.11 10:00", "24.11 09:00", "26.11 09:00", "30.11 09:00"),
        # A Friday evening, and a Sunday.
        ("27.11 19:00", "30.11 09:00", "02.12 09:00", "30.11 09:00"),
        ("29.11 12:00", "30.11 09:00", "02.12 09:00", "30.11 09:00"),
        # Before the public holidays of January.
        ("30.12 17:00", "11.01 09:00", "13.01 09:00", "11.01 09:00"),
    ],
)
def test_in_the_desks_hours(now: str, next_day: str, third: str, week: str) -> None:
    assert chosen(Until.NEXT_DAY, now) == next_day
    assert chosen(Until.THIRD_DAY, now) == third
    assert chosen(Until.NEXT_WEEK, now) == week
    assert chosen(Until.OPEN, now) is None


def test_without_hours_every_day_counts() -> None:
    desk = load_profile("rtc_nt")
    assert chosen(Until.NEXT_DAY, "27.11 19:00", desk) == "28.11 09:00"
    assert chosen(Until.THIRD_DAY, "27.11 19:00", desk) == "30.11 09:00"
    assert chosen(Until.NEXT_WEEK, "27.11 19:00", desk) == "30.11 09:00"


def test_nine_in_the_morning_or_the_first_opening() -> None:
    assert chosen(Until.NEXT_DAY, "27.11 19:00", load_profile("insales")) == "28.11 09:00"
    late = small(hours={"tue": ["11:00-13:00", "14:00-18:00"]}, reaction=None)
    assert chosen(Until.NEXT_DAY, "23.11 19:00", late) == "24.11 11:00"
    assert chosen(Until.THIRD_DAY, "23.11 19:00", late) == "08.12 11:00"


def test_a_desk_whose_hours_have_run_out() -> None:
    over = small(hours={"open": {"2026-11-20": "9:00-18:00"}}, reaction=None)
    assert chosen(Until.THIRD_DAY, "23.11 19:00", over) == "26.11 09:00"


@given(now=MOMENTS, choice=st.sampled_from([each for each in Until if each is not Until.OPEN]))
def test_always_on_a_later_day_while_the_desk_is_open(now: datetime, choice: Until) -> None:
    moment = until(choice, VENDOTEK.calendar, MOSCOW, now)
    assert moment is not None
    assert VENDOTEK.calendar is not None
    assert VENDOTEK.calendar.is_open(moment)
    assert now.astimezone(MOSCOW).date() < moment.astimezone(MOSCOW).date()


@pytest.mark.parametrize(
    ("decided", "hours", "before", "reminded"),
    [
        ("23.11 10:00", 72, 24, "25.11 10:00"),
        # In the night: the next morning, or the evening before where that would be too late.
        ("23.11 23:00", 72, 24, "26.11 09:00"),
        ("23.11 04:00", 24, 1, "23.11 21:00"),
        ("23.11 06:00", 72, 24, "25.11 09:00"),
        # Decided and closed within one night.
        ("23.11 22:00", 8, 2, None),
    ],
)
def test_reminded_by_day(decided: str, hours: int, before: int, reminded: str | None) -> None:
    closes = at(decided) + hours * HOUR
    assert wall(reminder(at(decided), closes, before * HOUR, MOSCOW)) == reminded


@given(decided=MOMENTS, hours=st.integers(1, 400), share=st.floats(0.01, 0.99))
def test_a_reminder_comes_by_day_and_between(decided: datetime, hours: int, share: float) -> None:
    closes = decided + hours * HOUR
    moment = reminder(decided, closes, hours * HOUR * share, MOSCOW)
    if moment is None:
        assert closes - decided < 24 * HOUR
        return
    assert decided < moment < closes
    assert 9 <= moment.astimezone(ZoneInfo("Europe/Moscow")).hour <= 21


@pytest.mark.parametrize("desk", shipped_profiles())
def test_every_shipped_desk_can_postpone_and_refuse(desk: str) -> None:
    profile = load_profile(desk)
    for action in (Action.POSTPONE, Action.REFUSE):
        assert profile.reasons_to(action.value)
    assert profile.asks_rating
    assert profile.close_reminder is not None


def test_the_seven_reasons_of_the_rules() -> None:
    for desk in ("saveit", "insales"):
        profile = load_profile(desk)
        assert len(profile.reasons_to("postpone")) == len(profile.reasons_to("refuse")) == 7


def test_when_a_reminder_is_due() -> None:
    assert small().close_reminder == 24 * HOUR
    assert small(solved_silence_hours=24).close_reminder == 8 * HOUR
    assert small(solved_silence_hours=1000).close_reminder == 72 * HOUR
    assert small(remind_before_close_hours=5).close_reminder == 5 * HOUR
    assert small(remind_before_close_hours=0).close_reminder is None
    assert not small(rating=False).asks_rating
