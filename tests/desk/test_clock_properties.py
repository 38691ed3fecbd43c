"""What holds for the clocks of every ticket, whatever happens to it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from desk.alarms import alarms
from desk.clocks import Clock, clocks
from desk.history import Phase
from desk.journal import DEADLINE, OPENED, PRIORITY, REMINDED, By, Entry
from desk.lifecycle import Action, State, allowed, next_state
from desk.measures import WorkingDays
from desk.profile import Profile
from desk.targets import ClockName
from tests.desk.profiles import small
from tests.desk.test_calendar_properties import unhurried

# The week before the clocks go back in Riga, so that stories run over the change.
START = datetime(2026, 10, 19, 6, tzinfo=UTC)
KEYS = ("hot", "warm", "slow", "agreed")
_BY_CUSTOMER = (Action.CUSTOMER_MESSAGE, Action.CONFIRM, Action.OBJECT)


def profile(clock: str, starts: str = "received") -> Profile:
    def target(**amount: float) -> dict[str, Any]:
        return amount | {"clock": clock, "starts": starts}

    return small(
        hours={day: ["8:30-12:00", "13:00-17:00"] for day in ("mon", "tue", "wed", "thu")}
        | {"fri": "8:30-15:00", "holidays": "LV"},
        reaction=target(hours=6),
        triage=target(hours=2),
        next_response=target(hours=5),
        priorities=[
            {"key": "hot", "label": "Hot", "solution": target(hours=4)},
            {"key": "warm", "label": "Warm", "solution": target(hours=30), "reaction": target(hours=12)},
            {"key": "slow", "label": "Slow", "solution": target(days=3)},
            {"key": "agreed", "label": "Agreed", "agreed": True},
        ],
    )


PROFILES = (profile("business"), profile("calendar"), profile("calendar", "opening"))
profiles = st.sampled_from(PROFILES)
gaps = st.timedeltas(timedelta(), timedelta(days=4))


@st.composite
def journals(draw: st.DrawFn) -> list[Entry]:
    """Whatever may happen to a ticket, in an order its life allows."""
    at, state, priority = START + draw(gaps), State.NEW, draw(st.sampled_from(KEYS))
    entries = [Entry(at, OPENED, "customer", {"to": state.value, "priority": priority})]
    for _ in range(draw(st.integers(0, 8))):
        at += draw(gaps)
        event = draw(st.sampled_from((*allowed(state), PRIORITY, DEADLINE)))
        by: By = "agent"
        data: dict[str, Any]
        if event == PRIORITY:
            old, priority = priority, draw(st.sampled_from(KEYS))
            data = {"old": old, "new": priority}
        elif event == DEADLINE:
            due = at + draw(gaps)
            data = {"clock": draw(st.sampled_from(ClockName)).value, "due": due.isoformat()}
        else:
            action = Action(event)
            following = next_state(state, action)
            assert following is not None
            by = "customer" if action in _BY_CUSTOMER else draw(st.sampled_from(("agent", "customer")))
            data, state = {"from": state.value, "to": following.value}, following
        entries.append(Entry(at, event, by, data))
    return entries


def last(found: tuple[Clock, ...]) -> dict[ClockName, Clock]:
    return {clock.name: clock for clock in found}


@unhurried
@given(profiles, journals(), gaps)
def test_nothing_is_ever_negative_or_out_of_order(
    profile: Profile, entries: list[Entry], gap: timedelta
) -> None:
    now = entries[-1].at + gap
    for clock in clocks(profile, entries, now):
        assert clock.left >= timedelta()
        assert clock.paused >= timedelta()
        assert clock.started_at >= entries[0].at
        assert (clock.breached_at is not None) == (clock.due_at <= (clock.ended_at or now))
        assert clock.breached_at is None or clock.breached_at >= clock.due_at
        assert clock.is_active == (clock.ended_at is None)
        assert clock.remind_at is None or clock.remind_at <= clock.due_at


@unhurried
@given(profiles, journals(), gaps, gaps)
def test_while_nothing_happens_deadlines_stay_and_less_and_less_is_left(
    profile: Profile, entries: list[Entry], one: timedelta, other: timedelta
) -> None:
    sooner, later = sorted((one, other))
    before = clocks(profile, entries, entries[-1].at + sooner)
    after = clocks(profile, entries, entries[-1].at + later)
    assert [clock.name for clock in before] == [clock.name for clock in after]
    for first, second in zip(before, after, strict=True):
        assert first.phase is second.phase
        # A pause may push a count of working days onto a longer one.
        paused = first.phase is Phase.PAUSED and _in_working_days(profile, first, entries)
        assert second.left <= first.left or paused
        if first.phase is Phase.PAUSED and first.breached_at is None:
            assert second.due_at >= first.due_at
            continue
        assert first.due_at == second.due_at
        if first.breached_at is not None or not first.is_active:
            assert second.breached_at == first.breached_at


@unhurried
@given(profiles, journals())
def test_clocks_are_what_the_journal_says_however_often_they_were_looked_at(
    profile: Profile, entries: list[Entry]
) -> None:
    now = entries[-1].at
    seen = clocks(profile, entries, now)
    told = [Entry(now, REMINDED, "timer", {"clock": c.name.value, "due": c.due_at.isoformat()}) for c in seen]
    assert clocks(profile, entries + told, now) == seen


@unhurried
@given(profiles, journals(), st.timedeltas(timedelta(minutes=1), timedelta(days=3)))
def test_pause_moves_a_deadline_by_what_passed_in_it_and_costs_nothing(
    profile: Profile, entries: list[Entry], length: timedelta
) -> None:
    at = entries[-1].at + timedelta(minutes=1)
    state = State(next(entry.data["to"] for entry in reversed(entries) if "to" in entry.data))
    if next_state(state, Action.POSTPONE) is None:
        return
    pause = Entry(at, Action.POSTPONE, "agent", {"to": State.POSTPONED.value})
    resume = Entry(at + length, Action.RESUME, "agent", {"to": State.IN_PROGRESS.value})
    before = last(clocks(profile, entries, at))
    after = last(clocks(profile, [*entries, pause, resume], at + length))
    for name, clock in before.items():
        if not clock.is_active or name is ClockName.TRIAGE:
            continue
        if clock.breached_at is not None:
            assert after[name].breached_at == clock.breached_at
            continue
        assert after[name].due_at >= clock.due_at
        if not _in_working_days(profile, clock, entries):
            assert after[name].left == clock.left
            continue
        # Of working days some are shorter: not the hours but the part of its days that is left stays.
        assert profile.calendar is not None
        days = WorkingDays(profile.calendar)
        left = days.elapsed(at, clock.due_at)
        assert abs(days.elapsed(at + length, after[name].due_at) - left) < timedelta(microseconds=10)


def _in_working_days(profile: Profile, clock: Clock, entries: list[Entry]) -> bool:
    keys = [entry.data.get("new") or entry.data.get("priority") for entry in entries]
    agreed = any(entry.data.get("clock") == clock.name for entry in entries)
    slow = [key for key in keys if key][-1] == "slow"
    return profile is PROFILES[0] and clock.name is ClockName.SOLUTION and slow and not agreed


@unhurried
@given(journals(), gaps)
def test_business_deadlines_are_never_in_closed_time(entries: list[Entry], gap: timedelta) -> None:
    profile = PROFILES[0]
    calendar = profile.calendar
    assert calendar is not None
    agreed = {entry.data["clock"] for entry in entries if entry.event == DEADLINE}
    for clock in clocks(profile, entries, entries[-1].at + gap):
        if clock.name not in agreed:
            assert calendar.is_open(clock.due_at) or calendar.is_open(clock.due_at - timedelta.resolution)


@unhurried
@given(profiles, journals(), gaps)
def test_alarms_come_while_the_desk_is_open_and_once(
    profile: Profile, entries: list[Entry], gap: timedelta
) -> None:
    calendar = profile.calendar
    assert calendar is not None
    now = entries[-1].at + gap
    told: list[tuple[str, ClockName, datetime]] = []
    for _ in range(12):
        found = alarms(clocks(profile, entries, now), entries, calendar, now)
        assert all(calendar.is_open(alarm.at) and alarm.at >= now for alarm in found)
        assert all(sooner.at <= later.at for sooner, later in pairwise(found))
        if not found:
            break
        alarm, now = found[0], found[0].at
        told.append((alarm.event, alarm.clock, alarm.due_at))
        entries = [*entries, Entry(now, alarm.event, "timer", alarm.data)]
    assert not found
    assert len(set(told)) == len(told)
