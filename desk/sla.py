"""What the desk promises when a ticket is opened."""

from datetime import datetime

from desk.clocks import clocks
from desk.journal import OPENED, Entry
from desk.profile import Profile
from desk.targets import ClockName


def promise(profile: Profile, opened_at: datetime) -> datetime | None:
    """By when the desk reacts to a ticket opened at this aware moment, in UTC; None for no promise."""
    opening = Entry(opened_at, OPENED, "customer", {"priority": profile.default_priority})
    found = clocks(profile, [opening], opened_at)
    return next((clock.due_at for clock in found if clock.name is ClockName.REACTION), None)
