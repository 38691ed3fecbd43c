import pytest

from desk.lifecycle import TRANSITIONS, Action, State, allowed, is_open, is_paused, next_state

NEW, WORKING, WAITING, POSTPONED = State.NEW, State.IN_PROGRESS, State.WAITING, State.POSTPONED
REFUSED, RESOLVED, CLOSED = State.REFUSED, State.RESOLVED, State.CLOSED


@pytest.mark.parametrize(
    ("story", "end"),
    [
        ([Action.TAKE], WORKING),
        ([Action.ANSWER], WORKING),
        ([Action.CUSTOMER_MESSAGE], NEW),
        ([Action.TAKE, Action.RELEASE], WORKING),
        ([Action.RELEASE], NEW),
        ([Action.TAKE, Action.ANSWER, Action.ANSWER], WORKING),
        ([Action.TAKE, Action.WAIT, Action.CUSTOMER_MESSAGE], WORKING),
        ([Action.TAKE, Action.WAIT, Action.ANSWER], WAITING),
        ([Action.TAKE, Action.WAIT, Action.RELEASE], WAITING),
        ([Action.TAKE, Action.WAIT, Action.RELEASE, Action.TAKE], WORKING),
        ([Action.TAKE, Action.POSTPONE, Action.CUSTOMER_MESSAGE], POSTPONED),
        ([Action.TAKE, Action.POSTPONE, Action.RESUME], WORKING),
        ([Action.TAKE, Action.RESOLVE, Action.CONFIRM], CLOSED),
        ([Action.TAKE, Action.RESOLVE, Action.CUSTOMER_MESSAGE, Action.CUSTOMER_MESSAGE], RESOLVED),
        ([Action.TAKE, Action.RESOLVE, Action.OBJECT], WORKING),
        ([Action.TAKE, Action.RESOLVE, Action.OBJECT, Action.RESOLVE, Action.EXPIRE], CLOSED),
        ([Action.REFUSE, Action.OBJECT], WORKING),
        ([Action.REFUSE, Action.EXPIRE], CLOSED),
        ([Action.CLOSE, Action.REOPEN], WORKING),
        ([Action.RESOLVE, Action.REOPEN], WORKING),
    ],
)
def test_story_of_a_ticket(story: list[Action], end: State) -> None:
    state = NEW
    for action in story:
        following = next_state(state, action)
        assert following is not None, f"{action} in {state}"
        state = following
    assert state is end


@pytest.mark.parametrize(
    ("state", "action"),
    [
        (RESOLVED, Action.RELEASE),
        (NEW, Action.REOPEN),
        (NEW, Action.CONFIRM),
        (NEW, Action.EXPIRE),
        (WORKING, Action.OBJECT),
        (WAITING, Action.EXPIRE),
        (WAITING, Action.WAIT),
        (RESOLVED, Action.TAKE),
        (RESOLVED, Action.RESOLVE),
        (CLOSED, Action.CLOSE),
        (CLOSED, Action.RESOLVE),
        (CLOSED, Action.CUSTOMER_MESSAGE),
        (CLOSED, Action.OBJECT),
    ],
)
def test_what_is_not_allowed(state: State, action: Action) -> None:
    assert next_state(state, action) is None
    assert action not in allowed(state)


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_way_out(state: State) -> None:
    assert any(next_state(state, action) not in (None, state) for action in allowed(state))


@pytest.mark.parametrize("state", State)
def test_every_state_is_reached(state: State) -> None:
    assert state is NEW or state in TRANSITIONS.values()


@pytest.mark.parametrize("state", [state for state in State if is_open(state)])
def test_every_open_ticket_can_be_closed_and_takes_messages(state: State) -> None:
    assert next_state(state, Action.CLOSE) is CLOSED
    assert {Action.CUSTOMER_MESSAGE, Action.ANSWER} <= set(allowed(state))


def test_only_closed_is_not_open() -> None:
    assert [state for state in State if not is_open(state)] == [CLOSED]


def test_clocks_pause_while_others_are_waited_for() -> None:
    assert [state for state in State if is_paused(state)] == [WAITING, POSTPONED]


def test_an_answer_pauses_nothing() -> None:
    for state in State:
        assert next_state(state, Action.ANSWER) is (WORKING if state is NEW else state)
