"""What a customer is told of priorities and deadlines: what the profile promises, in words to plan by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from desk.clocks import Clock, clocks
from desk.history import Phase
from desk.profile import Profile
from desk.targets import ClockName
from locales import Translator
from storage import journal
from storage.rows import Ticket
from storage.transaction import Transaction


async def clocks_of(tx: Transaction, profile: Profile, number: int) -> tuple[Clock, ...]:
    """The clocks of a ticket as they stand now."""
    return clocks(profile, await journal.entries(tx, number), tx.now)


def promised(tr: Translator, profile: Profile, found: Sequence[Clock]) -> list[Markup]:
    """A line for each promise that runs; what is missed already cannot be promised any more."""
    return [
        _promise(tr, profile, clock)
        for clock in found
        if clock.name in profile.promised and clock.phase is Phase.RUNNING and clock.breached_at is None
    ]


def after_pause(tr: Translator, profile: Profile, found: Sequence[Clock]) -> list[Markup]:
    """A line for each promise that stands still, as if the pause ended when *found* was counted."""
    return [
        _promise(tr, profile, clock)
        for clock in found
        if clock.name in profile.promised and clock.phase is Phase.PAUSED and clock.breached_at is None
    ]


def of_priority(tr: Translator, profile: Profile, ticket: Ticket, found: Sequence[Clock]) -> list[Markup]:
    """The priority of a ticket, with what is promised now."""
    text = tr.text(
        "Request #{number}: the priority is “{priority}”.",
        number=ticket.number,
        priority=label(tr, profile, ticket.priority),
    )
    return [text, *of_ticket(tr, profile, ticket, found)]


def of_ticket(tr: Translator, profile: Profile, ticket: Ticket, found: Sequence[Clock]) -> list[Markup]:
    """What is promised now; where the priority leaves it to an agent, that they will agree it."""
    return promised(tr, profile, found) or _to_be_agreed(tr, profile, ticket, found)


def _to_be_agreed(tr: Translator, profile: Profile, ticket: Ticket, found: Sequence[Clock]) -> list[Markup]:
    priority = profile.priority(ticket.priority)
    if priority is None or not priority.agreed or any(clock.is_active for clock in found):
        return []
    return [tr.text("A specialist will agree the deadline with you.")]


def of_deadline(tr: Translator, profile: Profile, ticket: Ticket, due_at: datetime) -> Markup:
    """Another deadline for the solution, set by an agent."""
    moment, zone = in_words(tr, profile, due_at)
    return tr.text(
        "Request #{number}: we will solve it by <b>{moment}</b> ({zone}).",
        number=ticket.number,
        moment=moment,
        zone=zone,
    )


def solution_due(tr: Translator, profile: Profile, found: Sequence[Clock]) -> str | None:
    """By when the problem is to be solved, for the middle of a sentence; None if nothing is ahead."""
    for clock in found:
        ahead = clock.phase is Phase.RUNNING and clock.breached_at is None
        if clock.name is ClockName.SOLUTION and ahead:
            moment, zone = in_words(tr, profile, clock.due_at)
            return f"{moment} ({zone})"
    return None


def label(tr: Translator, profile: Profile, key: str | None) -> str:
    """What a priority is called; its key, where the profile has it no more."""
    priority = profile.priority(key)
    return key or "—" if priority is None else priority.label.in_language(tr.language)


def out_of_hours(tr: Translator, profile: Profile, now: datetime) -> list[Markup]:
    """While the desk is closed, when it opens."""
    calendar = profile.calendar
    opening = None if calendar is None or calendar.is_open(now) else calendar.next_opening(now)
    if opening is None:
        return []
    moment, zone = in_words(tr, profile, opening)
    return [tr.text("We are closed now and open on <b>{moment}</b> ({zone}).", moment=moment, zone=zone)]


def _promise(tr: Translator, profile: Profile, clock: Clock) -> Markup:
    moment, zone = in_words(tr, profile, clock.due_at)
    match clock.name:
        case ClockName.TRIAGE:
            return tr.text("We will look into it by <b>{moment}</b> ({zone}).", moment=moment, zone=zone)
        case ClockName.SOLUTION:
            return tr.text("We will solve it by <b>{moment}</b> ({zone}).", moment=moment, zone=zone)
        case ClockName.REACTION | ClockName.NEXT_RESPONSE:
            return tr.text("We will answer by <b>{moment}</b> ({zone}).", moment=moment, zone=zone)


def in_words(tr: Translator, profile: Profile, moment: datetime) -> tuple[str, str]:
    """A moment to plan by, and what its zone is called."""
    zone = profile.timezone
    return tr.moment(moment, zone), tr.zone(zone, moment)
