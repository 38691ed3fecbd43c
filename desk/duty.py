"""Whose turn it is: the rule by which a ticket finds its agent by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could get the next ticket.

    `load` counts their tickets on which there is something to do; `assigned_at` is when they were last
    assigned one, None for never; `since` is when they came on duty.
    """

    id: int
    name: str
    load: int
    assigned_at: datetime | None
    since: datetime


def next_agent(candidates: Iterable[Candidate]) -> Candidate | None:
    """The one with the least to do; of several, who was assigned a ticket longest ago. None of nobody."""
    return min(
        candidates,
        key=lambda each: (each.load, each.assigned_at or _NEVER, each.since, each.id),
        default=None,
    )
