"""The clocks of a ticket against tables worked out by hand. The desk is open Mon-Fri 9-18 in Moscow."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from desk.clocks import clocks, nearest
from desk.history import Phase
from desk.journal import OPENED, Entry
from desk.lifecycle import State
from desk.profile import Profile
from desk.targets import ClockName
from tests.desk.journals import WEEK, at, journal, one, wall
from tests.desk.profiles import small

MOSCOW_DESK: dict[str, Any] = {"zone": "Europe/Moscow", "hours": WEEK, "reaction": None}


def desk(**changes: Any) -> Profile:
    return small(**MOSCOW_DESK | changes)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


@pytest.fixture(scope="module")
def profile() -> Profile:
    return desk(
        triage={"hours": 3},
        next_response={"hours": 4},
        priorities=[
            {"key": "urgent", "label": "Urgent", "reaction": {"hours": 2}, "solution": {"hours": 12}},
            {"key": "high", "label": "High", "reaction": {"hours": 4}, "solution": {"hours": 16}},
            {"key": "normal", "label": "Normal", "reaction": {"hours": 8}, "solution": {"days": 5}},
        ],
        default_priority="normal",
    )


# Three changes of priority, two pauses and an objection. 23 November 2026 is a Monday.
STORY = (
    "23.11 10:00",
    "23.11 11:00 agent    take",
    "23.11 12:00 agent    priority high",
    "23.11 13:00 agent    answer",
    "23.11 14:00 agent    wait",
    "24.11 11:00 customer customer_message",
    "24.11 12:00 agent    priority urgent",
    "24.11 13:00 agent    answer",
    "24.11 14:00 agent    postpone",
    "25.11 16:00 agent    resume",
    "26.11 10:00 agent    priority high",
    "26.11 11:00 agent    resolve",
    "26.11 17:00 customer object",
    "27.11 12:30 agent    answer",
    "27.11 14:00 agent    resolve",
)

#   now           clock           phase      due            left   paused  missed at
TABLE = """
    23.11 10:30 | triage        | running  | 23.11 13:00 |  2.5 |   0 |
    23.11 10:30 | reaction      | running  | 23.11 18:00 |  7.5 |   0 |
    23.11 10:30 | solution      | running  | 30.11 10:00 | 44.5 |   0 |
    23.11 11:30 | triage        | running  | 23.11 13:00 |  1.5 |   0 |
    23.11 12:00 | triage        | met      | 23.11 13:00 |    1 |   0 |
    23.11 12:00 | reaction      | running  | 23.11 14:00 |    2 |   0 |
    23.11 12:00 | solution      | running  | 24.11 17:00 |   14 |   0 |
    23.11 13:30 | reaction      | met      | 23.11 14:00 |    1 |   0 |
    23.11 16:00 | solution      | paused   | 25.11 10:00 |   12 |   2 |
    24.11 10:00 | solution      | paused   | 25.11 13:00 |   12 |   5 |
    24.11 11:00 | solution      | running  | 25.11 14:00 |   12 |   6 |
    24.11 11:00 | next_response | running  | 24.11 15:00 |    4 |   0 |
    24.11 12:00 | solution      | running  | 25.11 10:00 |    7 |   6 |
    24.11 13:00 | next_response | met      | 24.11 15:00 |    2 |   0 |
    24.11 18:00 | solution      | paused   | 25.11 14:00 |    5 |  10 |
    25.11 16:00 | solution      | running  | 26.11 12:00 |    5 |  17 |
    26.11 10:00 | solution      | running  | 26.11 16:00 |    6 |  17 |
    26.11 11:00 | solution      | met      | 26.11 16:00 |    5 |  17 |
    26.11 16:30 | solution      | met      | 26.11 16:00 |    5 |  17 |
    26.11 17:00 | solution      | running  | 27.11 13:00 |    5 |  17 |
    26.11 17:00 | next_response | running  | 27.11 12:00 |    4 |   0 |
    27.11 12:30 | next_response | met      | 27.11 12:00 |    0 |   0 | 27.11 12:00
    27.11 12:59 | solution      | running  | 27.11 13:00 | 1/60 |  17 |
    27.11 13:30 | solution      | running  | 27.11 13:00 |    0 |  17 | 27.11 13:00
    28.11 09:00 | solution      | met      | 27.11 13:00 |    0 |  17 | 27.11 13:00
    28.11 09:00 | reaction      | met      | 23.11 14:00 |    1 |   0 |
"""


@pytest.mark.parametrize("row", TABLE.strip().splitlines())
def test_story_with_three_priorities_two_pauses_and_an_objection(profile: Profile, row: str) -> None:
    now, name, phase, due, left, paused, missed = (cell.strip() for cell in row.split("|"))
    happened = [line for number, line in enumerate(STORY) if not number or at(line[:11]) <= at(now)]
    clock = one(name, profile, journal(*happened, priority="normal"), now)
    assert clock.phase == phase
    assert wall(clock.due_at) == due
    over, _, under = left.partition("/")
    assert clock.left == hours(float(over) / float(under or 1))
    assert clock.paused == hours(float(paused))
    assert wall(clock.breached_at) == (missed or None)


def test_each_wait_for_an_answer_has_a_clock_of_its_own(profile: Profile) -> None:
    found = clocks(profile, journal(*STORY, priority="normal"), at("28.11 9:00"))
    responses = [clock for clock in found if clock.name is ClockName.NEXT_RESPONSE]
    assert [(wall(clock.started_at), wall(clock.ended_at)) for clock in responses] == [
        ("24.11 11:00", "24.11 13:00"),
        ("26.11 17:00", "27.11 12:30"),
    ]


def test_what_comes_later_changes_nothing_about_a_clock_that_has_ended(profile: Profile) -> None:
    answered = ("23.11 10:00", "23.11 15:00 agent answer")
    later = (
        *answered,
        "23.11 16:00 agent priority urgent",
        "23.11 17:00 agent deadline reaction 23.11 18:00",
    )
    before, after = (
        one("reaction", profile, journal(*lines, priority="normal"), "24.11 9:00")
        for lines in (answered, later)
    )
    assert before == after
    assert before.breached_at is None


def test_raised_priority_is_missed_when_it_was_raised_and_not_before(profile: Profile) -> None:
    lines = ("23.11 10:00", "23.11 15:00 agent priority urgent")
    clock = one("reaction", profile, journal(*lines, priority="normal"), "23.11 15:00")
    assert (wall(clock.due_at), wall(clock.breached_at)) == ("23.11 12:00", "23.11 15:00")


# What ends which clock.


@pytest.mark.parametrize(
    ("event", "triage", "reaction", "solution"),
    [
        ("agent take", "running", "running", "running"),
        ("agent priority high", "met", "running", "running"),
        ("agent priority normal", "met", "running", "running"),
        ("agent answer", "met", "met", "running"),
        ("agent wait", "met", "paused", "paused"),
        ("agent postpone", "met", "paused", "paused"),
        ("agent resolve", "met", "met", "met"),
        ("agent refuse", "met", "met", "met"),
        ("agent close", "met", "met", "met"),
        ("customer close", "stopped", "stopped", "stopped"),
        ("customer customer_message", "running", "running", "running"),
    ],
)
def test_what_meets_what(profile: Profile, event: str, triage: str, reaction: str, solution: str) -> None:
    found = clocks(
        profile, journal("23.11 10:00", f"23.11 11:00 {event}", priority="normal"), at("23.11 11:30")
    )
    assert [clock.phase for clock in found] == [triage, reaction, solution]


def test_who_takes_a_ticket_has_judged_it_where_there_is_no_priority_to_set() -> None:
    taken = journal("23.11 10:00", "23.11 11:00 agent take")
    assert one("triage", desk(triage={"hours": 3}), taken, "23.11 12:00").phase is Phase.MET


def test_confirmation_and_silence_leave_the_solution_met_when_it_was_found(profile: Profile) -> None:
    for end in ("customer confirm", "timer expire", "agent close"):
        lines = ("23.11 10:00", "23.11 12:00 agent resolve", f"26.11 12:00 {end}")
        clock = one("solution", profile, journal(*lines, priority="normal"), "27.11 9:00")
        assert (clock.phase, wall(clock.ended_at)) == (Phase.MET, "23.11 12:00"), end


@pytest.mark.parametrize("finish", ["agent close", "customer close", "agent resolve", "agent refuse"])
@pytest.mark.parametrize("who", ["agent", "customer"])
def test_reopening_resumes_the_solution_with_what_was_left(profile: Profile, finish: str, who: str) -> None:
    lines = ("23.11 10:00", f"23.11 12:00 {finish}", f"25.11 9:00 {who} reopen")
    clock = one("solution", profile, journal(*lines, priority="high"), "25.11 9:00")
    assert (clock.phase, clock.left, clock.ended_at) == (Phase.RUNNING, hours(14), None)


def test_reaction_that_a_customers_close_stopped_goes_on_after_reopening(profile: Profile) -> None:
    lines = ("23.11 10:00", "23.11 12:00 customer close", "25.11 9:00 customer reopen")
    clock = one("reaction", profile, journal(*lines, priority="normal"), "25.11 9:00")
    assert (clock.phase, clock.left, wall(clock.due_at)) == (Phase.RUNNING, hours(6), "25.11 15:00")


def test_several_messages_in_a_row_are_one_wait_for_an_answer(profile: Profile) -> None:
    lines = (
        "23.11 10:00",
        "23.11 11:00 agent answer",
        *(f"23.11 {h}:00 customer customer_message" for h in (12, 13)),
    )
    clock = one("next_response", profile, journal(*lines, priority="normal"), "23.11 14:00")
    assert (wall(clock.started_at), wall(clock.due_at)) == ("23.11 12:00", "23.11 16:00")


def test_messages_before_the_first_answer_wait_for_the_reaction(profile: Profile) -> None:
    lines = ("23.11 10:00", "23.11 12:00 customer customer_message")
    found = clocks(profile, journal(*lines, priority="normal"), at("23.11 13:00"))
    assert ClockName.NEXT_RESPONSE not in {clock.name for clock in found}


# Deadlines that an agent agreed.


def test_deadline_moved_by_an_agent_stands_as_it_was_told(profile: Profile) -> None:
    lines = ("23.11 10:00", "23.11 12:00 agent deadline solution 29.11 12:00")
    clock = one("solution", profile, journal(*lines, priority="high"), "24.11 9:00")
    # A Sunday, if they say so.
    assert (wall(clock.due_at), clock.left) == ("29.11 12:00", hours(36))


def test_pause_after_it_moves_a_deadline_on(profile: Profile) -> None:
    lines = (
        "23.11 10:00",
        "23.11 12:00 agent deadline solution 24.11 12:00",
        "23.11 15:00 agent wait",
        "23.11 17:00 customer customer_message",
    )
    clock = one("solution", profile, journal(*lines, priority="high"), "23.11 17:00")
    assert (wall(clock.due_at), clock.left) == ("24.11 14:00", hours(6))


def test_pause_never_makes_an_agreed_deadline_sooner(profile: Profile) -> None:
    lines = (
        "20.11 10:00",
        "21.11 12:00 agent deadline solution 24.11 8:00",
        "21.11 13:00 agent wait",
        "21.11 14:00 customer customer_message",
    )
    clock = one("solution", profile, journal(*lines, priority="high"), "21.11 15:00")
    assert wall(clock.due_at) == "24.11 08:00"


def test_deadline_set_during_a_pause_counts_from_its_end(profile: Profile) -> None:
    lines = (
        "23.11 10:00",
        "23.11 11:00 agent wait",
        "23.11 12:00 agent deadline solution 23.11 16:00",
        "24.11 9:00 customer customer_message",
    )
    entries = journal(*lines, priority="high")
    assert wall(one("solution", profile, entries[:3], "23.11 13:00").due_at) == "23.11 17:00"
    assert wall(one("solution", profile, entries, "24.11 9:00").due_at) == "24.11 13:00"


def test_low_priority_has_no_deadline_until_an_agent_sets_one() -> None:
    waviot = desk(
        priorities=[
            {"key": "high", "label": "High", "reaction": {"hours": 5}},
            {"key": "low", "label": "Low", "agreed": True},
        ]
    )
    lines = (
        "23.11 10:00",
        "23.11 11:00 agent priority low",
        "23.11 12:00 agent deadline reaction 25.11 15:00",
    )
    entries = journal(*lines, priority="high")
    assert wall(one("reaction", waviot, entries[:1], "23.11 10:30").due_at) == "23.11 15:00"
    assert clocks(waviot, entries[:2], at("23.11 11:30")) == ()
    assert wall(one("reaction", waviot, entries, "23.11 13:00").due_at) == "25.11 15:00"


def test_later_priority_with_a_target_takes_the_place_of_an_agreed_deadline() -> None:
    profile = desk(
        priorities=[
            {"key": "high", "label": "High", "solution": {"hours": 10}},
            {"key": "low", "label": "Low", "agreed": True},
        ]
    )
    lines = ("23.11 10:00", "23.11 11:00 agent deadline solution 30.11 15:00")
    entries = journal(*lines, "23.11 12:00 agent priority high", priority="low")
    assert wall(one("solution", profile, entries, "23.11 13:00").due_at) == "24.11 11:00"
    # One that leaves the deadline to be agreed leaves what was agreed; so does a priority confirmed.
    for other in ("low", "high"):
        entries = journal(*lines, f"23.11 12:00 agent priority {other}", priority=other)
        assert wall(one("solution", profile, entries, "23.11 13:00").due_at) == "30.11 15:00"


def test_latest_deadline_counts(profile: Profile) -> None:
    lines = (
        "23.11 10:00",
        "23.11 12:00 agent deadline solution 24.11 12:00",
        "24.11 10:00 agent deadline solution 27.11 12:00",
    )
    clock = one("solution", profile, journal(*lines, priority="high"), "25.11 9:00")
    assert (wall(clock.due_at), clock.breached_at) == ("27.11 12:00", None)


# Reminders.


@pytest.mark.parametrize(
    ("lines", "remind_at"),
    [
        (("23.11 10:00",), "23.11 12:00"),
        (("23.11 10:00", "23.11 11:00 agent wait"), None),
        (("23.11 10:00", "23.11 11:00 agent wait", "23.11 12:00 agent resume"), "23.11 13:00"),
        # What is left after the pause is less than the reminder.
        (("23.11 10:00", "23.11 13:00 agent wait", "23.11 13:30 agent resume"), "23.11 13:30"),
        (("23.11 10:00", "23.11 11:00 agent take"), "23.11 12:00"),
        (("23.11 10:00", "23.11 11:00 agent deadline solution 23.11 13:00"), "23.11 12:30"),
        (("23.11 10:00", "23.11 11:00 agent resolve"), None),
        (("20.11 17:00",), "23.11 10:00"),
    ],
)
def test_when_to_remind(lines: tuple[str, ...], remind_at: str | None) -> None:
    profile = desk(solution={"hours": 4, "remind_before": 2})
    entries = journal(*lines)
    now = wall(entries[-1].at)
    assert now is not None
    assert wall(one("solution", profile, entries, now).remind_at) == remind_at


# The other desks, and what goes wrong.


@pytest.mark.parametrize(
    ("reaction", "opened", "due"),
    [
        # vendotek: 24 hours of the desk.
        ({"hours": 24}, "20.11 17:00", "25.11 14:00"),
        # insales and megafon: by the calendar, day and night.
        ({"hours": 36, "clock": "calendar"}, "20.11 20:00", "22.11 08:00"),
        ({"days": 1, "clock": "calendar"}, "20.11 20:00", "21.11 20:00"),
        # By the calendar, but from the opening on.
        ({"hours": 24, "clock": "calendar", "starts": "opening"}, "20.11 20:00", "24.11 09:00"),
        ({"hours": 24, "clock": "calendar", "starts": "opening"}, "20.11 12:00", "21.11 12:00"),
        # waviot: 15 working hours.
        ({"hours": 15}, "20.11 17:00", "24.11 14:00"),
    ],
)
def test_reaction_of_other_desks(reaction: dict[str, Any], opened: str, due: str) -> None:
    profile = desk(reaction=reaction)
    clock = one("reaction", profile, journal(opened), opened)
    assert wall(clock.due_at) == due


def test_new_year_holidays_with_their_moved_days_do_not_count() -> None:
    profile = desk(hours=WEEK | {"holidays": "RU"}, solution={"hours": 4})
    clock = one("solution", profile, journal("30.12.2025 17:00"), "5.01.2026 12:00")
    assert (wall(clock.due_at), clock.left) == ("12.01 12:00", hours(3))


@pytest.mark.parametrize("friday", ["27.3", "23.10"], ids=["clocks forward", "clocks back"])
def test_daylight_saving_weekend_in_riga_costs_and_gives_nothing(friday: str) -> None:
    riga = ZoneInfo("Europe/Riga")
    opened = Entry(at(f"{friday} 17:00", riga), OPENED, "customer", {"to": State.NEW.value})
    profile = small(hours=WEEK, reaction={"hours": 3})
    (clock,) = clocks(profile, [opened], opened.at)
    monday = opened.at.date() + timedelta(days=3)
    assert wall(clock.due_at, riga) == f"{monday:%d.%m} 11:00"


def test_desk_without_targets_has_no_clocks() -> None:
    assert clocks(desk(), journal("23.11 10:00"), at("23.11 11:00")) == ()
    assert clocks(desk(reaction={"hours": 4}), [], at("23.11 11:00")) == ()
    assert nearest(()) is None


def test_desk_without_hours_counts_every_hour_of_a_deadline() -> None:
    profile = desk(hours=None)
    entries = journal("23.11 10:00", "23.11 11:00 agent deadline solution 23.11 20:00")
    assert one("solution", profile, entries, "23.11 19:00").left == hours(1)


@pytest.mark.parametrize("target", [{"hours": 4}, {"days": 1}])
def test_hours_that_have_run_out_leave_no_deadline(target: dict[str, Any]) -> None:
    profile = desk(hours={"open": {"2020-01-01": "9:00-18:00"}}, reaction=target)
    assert clocks(profile, journal("23.11 10:00"), at("23.11 11:00")) == ()


def test_clocks_of_machines_that_disagree_by_a_moment(profile: Profile) -> None:
    entries = journal(
        "23.11 10:00", "23.11 12:00 agent resolve", "23.11 11:59 customer object", priority="high"
    )
    clock = one("solution", profile, entries, "23.11 11:58")
    assert (clock.phase, clock.left) == (Phase.RUNNING, hours(14))


def test_journal_of_an_older_version_has_no_priority(profile: Profile) -> None:
    opened = Entry(at("23.11 10:00"), OPENED, "customer", {"to": State.NEW.value})
    assert one("triage", profile, [opened], "23.11 11:00").left == hours(2)


def test_what_else_a_journal_tells_is_nothing_to_the_clocks(profile: Profile) -> None:
    entries = journal("23.11 10:00", "23.11 12:00 agent answer", priority="high")
    transfer = Entry(at("23.11 13:00"), "transfer", "agent", {"from": "helpdesk", "to": "repair"})
    assert clocks(profile, [*entries, transfer], at("23.11 14:00")) == clocks(
        profile, entries, at("23.11 14:00")
    )


def test_nearest_is_what_is_due_first_among_what_is_to_be_done(profile: Profile) -> None:
    found = clocks(profile, journal(*STORY[:4], priority="normal"), at("23.11 13:30"))
    assert [clock.name for clock in found] == ["triage", "reaction", "solution"]
    clock = nearest(found)
    assert clock is not None
    assert clock.name is ClockName.SOLUTION
