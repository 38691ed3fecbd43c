"""What the desk promises when a ticket is opened."""

from datetime import UTC, datetime, timedelta

from desk.profile import Profile


def promise(profile: Profile, opened_at: datetime) -> datetime | None:
    """By when the desk reacts to a ticket opened at this aware moment, in UTC; None if it promises nothing.

    Raises CalendarNeverOpens where the profile's hours have run out.
    """
    reaction, calendar = profile.reaction, profile.calendar
    if reaction is None:
        return None
    if calendar is not None and reaction.clock == "business":
        return calendar.add(opened_at, reaction.duration)
    if calendar is not None and reaction.starts == "opening":
        return calendar.add(opened_at, timedelta()) + reaction.duration
    return opened_at.astimezone(UTC) + reaction.duration
