"""A journal is all that is needed to know where a ticket stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.history import History, replay
from desk.journal import CLOSING, RATED, Entry
from desk.lifecycle import Action, State, next_state
from tests.desk.journals import at, journal

OPENED = journal("23.11 10:00")[0]
NOON = at("23.11 12:00")


def test_a_journal_leads_to_the_state() -> None:
    lines = journal(
        "23.11 10:00", "23.11 11:00 agent postpone", "24.11 9:00 timer resume", "24.11 9:30 agent refuse"
    )
    assert replay(lines) is State.REFUSED
    assert replay(lines[:2]) is State.POSTPONED
    told = [Entry(NOON, CLOSING, "timer", {"at": "x"}), Entry(NOON, RATED, "customer", {"stars": 5})]
    assert replay([*lines, *told]) is State.REFUSED


@pytest.mark.parametrize(
    "step",
    [
        Entry(NOON, Action.CONFIRM, "customer", {"from": "new", "to": "closed"}),
        Entry(NOON, Action.TAKE, "agent", {"from": "waiting", "to": "in_progress"}),
        Entry(NOON, Action.TAKE, "agent", {"from": "new", "to": "closed"}),
    ],
)
def test_a_step_that_cannot_be(step: Entry) -> None:
    with pytest.raises(ValueError, match="leads from new"):
        replay([OPENED, step])


def test_a_journal_begins_with_the_opening() -> None:
    for lines in ([], [Entry(NOON, Action.TAKE, "agent", {"from": "new", "to": "in_progress"})]):
        with pytest.raises(ValueError, match="opening"):
            replay(lines)


@given(st.lists(st.sampled_from(list(Action)), max_size=40))
def test_the_clocks_read_the_same_state(tried: list[Action]) -> None:
    state, entries = State.NEW, [OPENED]
    for action in tried:
        following = next_state(state, action)
        if following is not None:
            entries.append(Entry(NOON, action, "agent", {"from": state.value, "to": following.value}))
            state = following
    assert replay(entries) is state
    assert History(entries, NOON, taking_judges=True).state is state
