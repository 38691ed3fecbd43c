from datetime import UTC, datetime
from typing import Any

import pytest

from desk.sla import promise
from tests.desk.profiles import small

WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "9:00-18:00")
# A Friday in Riga, two hours ahead of UTC in November.
FRIDAY_NOON = datetime(2026, 11, 20, 10, tzinfo=UTC)
FRIDAY_EVENING = datetime(2026, 11, 20, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reaction", "opened", "due"),
    [
        ({"hours": 8, "clock": "business"}, FRIDAY_NOON, datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ({"hours": 0.5, "clock": "business"}, FRIDAY_EVENING, datetime(2026, 11, 23, 7, 30, tzinfo=UTC)),
        ({"hours": 24, "clock": "calendar"}, FRIDAY_EVENING, datetime(2026, 11, 21, 18, tzinfo=UTC)),
        (
            {"hours": 24, "clock": "calendar", "starts": "opening"},
            FRIDAY_EVENING,
            datetime(2026, 11, 24, 7, tzinfo=UTC),
        ),
        (
            {"hours": 24, "clock": "calendar", "starts": "opening"},
            FRIDAY_NOON,
            datetime(2026, 11, 21, 10, tzinfo=UTC),
        ),
    ],
)
def test_promise(reaction: dict[str, Any], opened: datetime, due: datetime) -> None:
    profile = small(hours=WEEK, reaction=reaction)
    assert promise(profile, opened) == due


def test_desk_without_a_promise_promises_nothing() -> None:
    assert promise(small(reaction=None), FRIDAY_NOON) is None


def test_promise_by_the_calendar_needs_no_hours() -> None:
    profile = small(hours=None, reaction={"hours": 24, "clock": "calendar"})
    assert promise(profile, FRIDAY_NOON) == datetime(2026, 11, 21, 10, tzinfo=UTC)
    assert profile.calendar is None


def test_promise_is_in_utc() -> None:
    due = promise(small(), FRIDAY_NOON)
    assert due is not None
    assert due.tzinfo is UTC
