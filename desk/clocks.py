"""The clocks of a ticket, read off its journal each time: what is due when, and what was missed.

They have no state of their own, so a change of priority, a pause or an objection can do nothing but have
them counted again.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.metadata import version

from desk.calendar import Calendar, CalendarNeverOpens
from desk.history import FINISHED, History, Phase, Run
from desk.journal import DEADLINE, OPENED, PRIORITY, Entry
from desk.lifecycle import is_paused
from desk.measures import EveryHour, Measure, WorkingDays
from desk.profile import Profile
from desk.targets import ClockName, Target

_ZERO = timedelta()
_EVERY_HOUR = EveryHour()


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock as it stands. Moments are in UTC, durations count the desk's hours or all, as the clock does.

    `due_at` of a paused clock is the deadline if the pause ended now; of one that has ended, what the
    deadline was. `left` is never negative. `breached_at` is when the deadline was missed, which it cannot be
    before it was set. `remind_at` is when to remind of it; None for not at all, or no more.
    """

    name: ClockName
    phase: Phase
    # Whether it counts the desk's hours only.
    in_hours: bool
    started_at: datetime
    due_at: datetime
    left: timedelta
    paused: timedelta
    remind_at: datetime | None = None
    ended_at: datetime | None = None
    breached_at: datetime | None = None

    @property
    def is_active(self) -> bool:
        """Whether something is still to be done."""
        return self.phase in (Phase.RUNNING, Phase.PAUSED)


def clocks(profile: Profile, journal: Sequence[Entry], now: datetime) -> tuple[Clock, ...]:
    """The clocks of a ticket that have a deadline, in the order they were started.

    *journal* begins with the opening and is in the order of writing; without one there are no clocks. *now*
    is aware. `next_response` is there once for each time that the customer waited for another answer, the
    present one last.
    """
    if not journal:
        return ()
    # Where there are no priorities to choose, whoever takes a ticket has judged it.
    history = History(journal, now.astimezone(UTC), taking_judges=not profile.priorities)
    found = (_clock(profile, history, run) for run in history.runs)
    return tuple(clock for clock in found if clock is not None)


def nearest(found: Iterable[Clock]) -> Clock | None:
    """Of the clocks on which something is still to be done, the one that is due first."""
    return min((clock for clock in found if clock.is_active), key=lambda clock: clock.due_at, default=None)


def running_out(found: Iterable[Clock]) -> datetime | None:
    """When the first of the clocks that run is due, in UTC; None while none does."""
    return min((clock.due_at for clock in found if clock.phase is Phase.RUNNING), default=None)


def fingerprint(profile: Profile) -> str:
    """Changes when the same journal may mean other deadlines: with hours, targets, or known holidays."""
    parts = {"zone", "hours", "priorities", *ClockName}
    data = profile.model_dump(mode="json", include=parts, exclude={"priorities": {"__all__": {"label"}}})
    if data["hours"] is not None:
        # A set: its order is another one each time.
        data["hours"]["closed"].sort()
    known = json.dumps([data, _holidays_known()], sort_keys=True)
    return hashlib.sha256(known.encode()).hexdigest()


@cache
def _holidays_known() -> str:
    return version("holidays")


def _clock(profile: Profile, history: History, run: Run) -> Clock | None:
    """The clock of a run; None if it has no deadline."""
    until = run.ended_at or history.now
    try:
        plan = _plan(profile, history, run)
        if plan is None:
            return None
        due_at, remind_at = _due(plan, history, until)
    except CalendarNeverOpens:
        # The desk's hours have run out: nobody can tell when anything is due.
        return None
    standing = [spell for spell in history.within(run.began_at, until) if is_paused(spell.state)]
    missed = due_at <= until
    phase = run.ended_as
    if run.ended_at is None:
        phase = Phase.PAUSED if is_paused(history.state) else Phase.RUNNING
    return Clock(
        name=run.name,
        phase=phase,
        in_hours=plan.hours is not _EVERY_HOUR,
        started_at=run.began_at,
        due_at=due_at,
        left=_ZERO if missed else plan.hours.elapsed(max(until, plan.begins_at), due_at),
        paused=sum((plan.hours.elapsed(spell.start, spell.end) for spell in standing), _ZERO),
        remind_at=None if missed or phase is not Phase.RUNNING else remind_at,
        ended_at=run.ended_at,
        breached_at=max(due_at, plan.set_at) if missed else None,
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a run is measured by: so much time from a moment on, or a deadline that an agent set then."""

    measure: Measure
    # The same by the hour, for telling people.
    hours: Measure
    begins_at: datetime
    set_at: datetime
    left: timedelta
    reminder: timedelta | None
    due_at: datetime | None = None

    def due(self, start: datetime, left: timedelta, before: datetime | None) -> datetime:
        """When it is due if so much is left at *start*, after it was due at *before*."""
        due_at = self.measure.add(start, left)
        # An agreed deadline may lie in closed time: a pause must not draw it back to the closing before.
        return due_at if before is None else max(due_at, before)

    def remind(self, start: datetime, left: timedelta) -> datetime | None:
        """When to remind of a deadline for which so much time is left from *start* on."""
        if self.reminder is None:
            return None
        return self.measure.add(start, max(_ZERO, left - self.reminder))


def _plan(profile: Profile, history: History, run: Run) -> _Plan | None:
    target: Target | None = None
    agreed: Entry | None = None
    set_at = run.began_at
    for entry in history.entries[: run.reach]:
        if entry.event in (OPENED, PRIORITY):
            key = entry.data.get("priority" if entry.event == OPENED else "new")
            before, target = target, profile.target(run.name, key)
            if target is not None and key != entry.data.get("old", key):
                agreed = None
            if target != before:
                set_at = max(set_at, entry.at)
        elif entry.event == DEADLINE and entry.data["clock"] == run.name and entry.at >= run.began_at:
            agreed = entry
    if agreed is not None:
        return _agreed(profile, target, agreed)
    return None if target is None else _targeted(profile, target, run.began_at, set_at)


def _agreed(profile: Profile, target: Target | None, entry: Entry) -> _Plan:
    business = profile.calendar is not None and (target is None or target.clock == "business")
    hours = _hours(profile.calendar if business else None)
    due_at = datetime.fromisoformat(entry.data["due"]).astimezone(UTC)
    left = hours.elapsed(entry.at, due_at) if due_at > entry.at else _ZERO
    return _Plan(hours, hours, entry.at, entry.at, left, left / 4, due_at)


def _targeted(profile: Profile, target: Target, began_at: datetime, set_at: datetime) -> _Plan:
    calendar = profile.calendar
    begins_at = began_at
    if target.starts == "opening" and calendar is not None:
        # Nothing added to a closed moment is the next opening.
        begins_at = calendar.add(began_at, _ZERO)
    hours = _hours(calendar if target.clock == "business" else None)
    measure = hours
    if isinstance(hours, Calendar) and target.days is not None:
        measure = WorkingDays(hours)
    return _Plan(measure, hours, begins_at, set_at, target.amount, target.reminder)


def _hours(calendar: Calendar | None) -> Measure:
    return _EVERY_HOUR if calendar is None else calendar


def _due(plan: _Plan, history: History, until: datetime) -> tuple[datetime, datetime | None]:
    """When a run is due and when to remind of it, pauses up to *until* left out."""
    counted_to, left, due_at = plan.begins_at, plan.left, plan.due_at
    remind_at = None
    for spell in history.within(plan.begins_at, until):
        if is_paused(spell.state) or spell.state in FINISHED:
            continue
        if due_at is None or spell.start > counted_to:
            due_at, remind_at = plan.due(spell.start, left, due_at), None
        remind_at = remind_at or plan.remind(spell.start, left)
        if due_at <= spell.end:
            return due_at, None
        left, counted_to = plan.measure.elapsed(spell.end, due_at), spell.end
    if due_at is None or counted_to < until:
        counted_to = max(counted_to, until)
        due_at, remind_at = plan.due(counted_to, left, due_at), None
    return due_at, remind_at or plan.remind(counted_to, left)
