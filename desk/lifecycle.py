"""The life of a ticket: its states, what can be done to it, and what comes of that."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a ticket stands. REFUSED is an outcome like RESOLVED: one may object, and silence closes it."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    POSTPONED = "postponed"
    REFUSED = "refused"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Action(StrEnum):
    """What people, or time, do to a ticket."""

    TAKE = "take"
    """An agent takes the ticket; work on a waiting or postponed one goes on."""
    RELEASE = "release"
    """The agent gives the ticket back to the team; what was begun stays begun."""
    ANSWER = "answer"
    """An agent's message to the customer; it begins work on a new ticket and pauses nothing."""
    WAIT = "wait"
    """An agent says that the customer's answer is needed; clocks pause."""
    POSTPONE = "postpone"
    """An agent puts the ticket off, perhaps once more, say until a partner has answered; clocks pause."""
    RESUME = "resume"
    """A pause is over, by an agent's word or because its time came."""
    REFUSE = "refuse"
    """An agent declines, with a reason."""
    RESOLVE = "resolve"
    """An agent holds the ticket for solved; the customer is asked."""
    CUSTOMER_MESSAGE = "customer_message"
    """Anything the customer sends; it ends the waiting for them and decides nothing else."""
    CONFIRM = "confirm"
    """The customer says: solved."""
    OBJECT = "object"
    """The customer says: not solved."""
    EXPIRE = "expire"
    """The customer was silent for as long as the profile gives."""
    CLOSE = "close"
    """The customer or an agent ends the ticket."""
    REOPEN = "reopen"
    """Work on a finished ticket begins again."""


def _table() -> dict[tuple[State, Action], State]:
    new, working, waiting = State.NEW, State.IN_PROGRESS, State.WAITING
    postponed, refused, resolved, closed = State.POSTPONED, State.REFUSED, State.RESOLVED, State.CLOSED
    unfinished = (new, working, waiting, postponed)
    decided = (resolved, refused)

    table = {(state, Action.TAKE): working for state in unfinished}
    table |= {(state, Action.RELEASE): state for state in unfinished}
    table |= {(state, Action.ANSWER): state for state in State}
    table |= {(new, Action.ANSWER): working}
    table |= {(state, Action.WAIT): waiting for state in (new, working, postponed)}
    table |= {(state, Action.POSTPONE): postponed for state in unfinished}
    table |= {(state, Action.RESUME): working for state in (waiting, postponed)}
    table |= {(state, Action.REFUSE): refused for state in unfinished}
    table |= {(state, Action.RESOLVE): resolved for state in unfinished}
    # A message to a resolved ticket is relayed and the question asked again; only an objection resumes work.
    # A closed ticket takes none: it is reopened or a linked one is opened, as the profile's window says.
    table |= {(state, Action.CUSTOMER_MESSAGE): state for state in (new, working, postponed, *decided)}
    table |= {(waiting, Action.CUSTOMER_MESSAGE): working}
    table |= {(state, Action.CONFIRM): closed for state in decided}
    table |= {(state, Action.OBJECT): working for state in decided}
    table |= {(state, Action.EXPIRE): closed for state in decided}
    table |= {(state, Action.CLOSE): closed for state in (*unfinished, *decided)}
    table |= {(state, Action.REOPEN): working for state in (*decided, closed)}
    return table


TRANSITIONS: Mapping[tuple[State, Action], State] = MappingProxyType(_table())


def next_state(state: State, action: Action) -> State | None:
    """What *action* makes of a ticket in *state*: perhaps the same state; None where it is not allowed."""
    return TRANSITIONS.get((state, action))


def allowed(state: State) -> tuple[Action, ...]:
    """What can be done to a ticket in *state*, in the order of `Action`."""
    return tuple(action for action in Action if (state, action) in TRANSITIONS)


def is_decided(state: State) -> bool:
    """Whether an agent holds it for done, and the customer is asked: they may object, and silence closes."""
    return state in (State.RESOLVED, State.REFUSED)


def is_open(state: State) -> bool:
    """Whether the ticket still takes messages: every state but closed."""
    return state is not State.CLOSED


def is_paused(state: State) -> bool:
    """Whether the desk's clocks stand still, waiting for the customer or put off."""
    return state in (State.WAITING, State.POSTPONED)
