"""The time that agents book for their replies, where the desk accounts for it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from desk.journal import BOOKED, Entry

LONGEST = timedelta(hours=24)
"""More than that is a slip of the finger."""


def booked(least: int, replies: Iterable[int], journal: Sequence[Entry]) -> Mapping[int, int]:
    """The minutes of each reply, by its id: *least*, or more where an agent said so; the last word counts."""
    told = {entry.data["message"]: entry.data["minutes"] for entry in journal if entry.event == BOOKED}
    return {reply: max(least, told.get(reply, 0)) for reply in replies}


def read_length(text: str) -> int | None:
    """Minutes as an agent types them: "45", or hours and minutes, "1:30"; None for anything else."""
    hours, colon, minutes = text.strip().rpartition(":")
    if not minutes.isascii() or not minutes.isdigit() or len(minutes) > 4:
        return None
    if not colon:
        return int(minutes)
    if not hours.isascii() or not hours.isdigit() or len(hours) > 2 or len(minutes) != 2 or int(minutes) > 59:
        return None
    return int(hours) * 60 + int(minutes)
