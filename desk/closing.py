"""When a customer is reminded that silence will close a decided ticket: by day, and before it is too late."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_MORNING, _EVENING = time(9), time(21)


def reminder(decided_at: datetime, closes_at: datetime, before: timedelta, zone: ZoneInfo) -> datetime | None:
    """The moment in UTC, *before* the close or near that; None where there is none between the two.

    At night, from nine in the evening to nine in the morning of *zone*, nobody is disturbed: it comes in the
    morning, or where the ticket is closed by then, on the evening before.
    """
    wanted = (closes_at - before).astimezone(zone)
    for moment in _by_day(wanted):
        if decided_at < moment < closes_at:
            return moment
    return None


def _by_day(wanted: datetime) -> tuple[datetime, ...]:
    day, zone = wanted.date(), wanted.tzinfo
    if _MORNING <= wanted.time() < _EVENING:
        return (wanted.astimezone(UTC),)
    evening_of = day - _DAY if wanted.time() < _MORNING else day
    evening = datetime.combine(evening_of, _EVENING, zone)
    morning = datetime.combine(evening_of + _DAY, _MORNING, zone)
    return morning.astimezone(UTC), evening.astimezone(UTC)
