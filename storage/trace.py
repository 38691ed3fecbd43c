"""What is being worked on now, so that every line of the log can say so."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Work:
    """An update being processed, or a row of the outbox being delivered."""

    update: int | None = None
    ticket: int | None = None
    # The row's kind, and what sort of place it goes to: no one's id.
    row: str | None = None
    destination: str | None = None


_now: ContextVar[Work | None] = ContextVar("work", default=None)


def begin(
    *,
    update: int | None = None,
    ticket: int | None = None,
    row: str | None = None,
    destination: str | None = None,
) -> None:
    """Begin with this; whatever was worked on before in this task is over."""
    _now.set(Work(update, ticket, row, destination))


def end() -> None:
    """Nothing is worked on any more."""
    _now.set(None)


def about(ticket: int) -> None:
    """What is worked on is about this ticket."""
    work = _now.get()
    if work is not None:
        work.ticket = ticket


def current() -> Work | None:
    """What is worked on in this task, or None."""
    return _now.get()
