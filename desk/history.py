"""A ticket's journal as the clocks see it: what began each, what ended it, when the ticket stood still."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from desk.journal import OPENED, PRIORITY, Entry
from desk.lifecycle import Action, State, next_state
from desk.targets import ClockName

FINISHED = frozenset({State.RESOLVED, State.REFUSED, State.CLOSED})
_DECISIONS = frozenset({Action.REFUSE, Action.RESOLVE, Action.CLOSE})
_ANSWERS = _DECISIONS | {Action.ANSWER}
# What shows that an agent has judged a ticket; that one took it does not.
_JUDGEMENTS = _ANSWERS | {Action.WAIT, Action.POSTPONE, PRIORITY}
# Entries whose `to` is a state; what else is written down may go from and to other things.
_ACTIONS = frozenset(Action)
_CHANGES = _ACTIONS | {OPENED}
_ASKS = frozenset({Action.CUSTOMER_MESSAGE, Action.OBJECT, Action.REOPEN})


class Phase(StrEnum):
    """What a clock does."""

    RUNNING = "running"
    """It counts, or will when the desk opens."""
    PAUSED = "paused"
    """It stands still, because the customer is waited for or the ticket is put off."""
    MET = "met"
    """What was to be done is done, in time or late."""
    STOPPED = "stopped"
    """The ticket ended before it was done: the customer closed it."""


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch of time, perhaps of no length, in which the ticket was in one state."""

    state: State
    start: datetime
    end: datetime


@dataclass(slots=True)
class Run:
    """One round of a clock: when it began and what ended it.

    `reach` is how many entries of the journal had been written by its end: what comes later changes nothing
    about it. None while something is still to be done.
    """

    name: ClockName
    began_at: datetime
    ended_at: datetime | None = None
    ended_as: Phase = Phase.RUNNING
    reach: int | None = None

    def end(self, at: datetime, phase: Phase, reach: int) -> None:
        """What was waited for has happened, or will not."""
        self.ended_at, self.ended_as, self.reach = at, phase, reach

    def resume(self) -> None:
        """What ended it was not the end."""
        self.ended_at = self.reach = None


class History:
    """A journal, gone through once. It begins with the opening and goes on in the order of writing."""

    def __init__(self, journal: Sequence[Entry], now: datetime, *, taking_judges: bool) -> None:
        """*taking_judges*: whether an agent who takes the ticket has judged it by that."""
        self.entries = list(_in_order(journal))
        self.now = max(now, self.entries[-1].at)
        self._judgements = _JUDGEMENTS | {Action.TAKE} if taking_judges else _JUDGEMENTS
        self.spells: list[Spell] = []
        opened_at = self.entries[0].at
        self._triage = Run(ClockName.TRIAGE, opened_at)
        self._reaction = Run(ClockName.REACTION, opened_at)
        self._solution = Run(ClockName.SOLUTION, opened_at)
        self._responses: list[Run] = []
        self._read()

    @property
    def runs(self) -> list[Run]:
        """Each round of each clock, in the order they began."""
        return [self._triage, self._reaction, self._solution, *self._responses]

    @property
    def state(self) -> State:
        """The state of the ticket now."""
        return self.spells[-1].state

    def within(self, start: datetime, end: datetime) -> list[Spell]:
        """The states of the ticket in a stretch of time."""
        return [
            replace(spell, start=max(spell.start, start), end=min(spell.end, end))
            for spell in self.spells
            if spell.start < end and spell.end > start
        ]

    def _read(self) -> None:
        state, since = State.NEW, self.entries[0].at
        for index, entry in enumerate(self.entries):
            following = State(entry.data["to"]) if entry.event in _CHANGES and "to" in entry.data else state
            self._judged(entry, index)
            self._answered_or_asked(entry, index, following)
            if following in FINISHED and state not in FINISHED:
                self._finished(entry, index, following)
            elif following not in FINISHED and state in FINISHED:
                self._resumed()
            if following is not state:
                self.spells.append(Spell(state, since, entry.at))
                state, since = following, entry.at
        self.spells.append(Spell(state, since, self.now))

    def _judged(self, entry: Entry, index: int) -> None:
        if entry.by == "agent" and entry.event in self._judgements and self._triage.ended_as is not Phase.MET:
            self._triage.end(entry.at, Phase.MET, index)

    def _answered_or_asked(self, entry: Entry, index: int, state: State) -> None:
        waiting = [run for run in (self._reaction, *self._responses[-1:]) if run.ended_as is not Phase.MET]
        if entry.by == "agent" and entry.event in _ANSWERS:
            for run in waiting:
                run.end(entry.at, Phase.MET, index)
        elif entry.by == "customer" and entry.event in _ASKS and state not in FINISHED and not waiting:
            # What is written to a ticket that is decided decides nothing, and nobody waits for an answer.
            self._responses.append(Run(ClockName.NEXT_RESPONSE, entry.at))

    def _finished(self, entry: Entry, index: int, state: State) -> None:
        solved = entry.by == "agent" or state is not State.CLOSED
        self._solution.end(entry.at, Phase.MET if solved else Phase.STOPPED, index)
        for run in self.runs:
            if run.ended_at is None:
                run.end(entry.at, Phase.STOPPED, index)

    def _resumed(self) -> None:
        self._solution.resume()
        for run in self.runs:
            if run.ended_as is Phase.STOPPED:
                run.resume()


def _in_order(journal: Iterable[Entry]) -> Iterator[Entry]:
    """The entries with times that never go back, as those of several machines' clocks might."""
    latest: datetime | None = None
    for entry in journal:
        latest = entry.at if latest is None else max(latest, entry.at)
        yield replace(entry, at=latest)


def replay(journal: Iterable[Entry]) -> State:
    """The state that a journal leads to, step by step as the life of a ticket allows.

    It begins with the opening. Raises ValueError for a step that is not allowed, or that does not begin where
    the one before ended.
    """
    entries = iter(journal)
    opened = next(entries, None)
    if opened is None or opened.event != OPENED:
        raise ValueError("a journal begins with the opening")
    state = State(opened.data["to"])
    for entry in entries:
        if entry.event not in _ACTIONS or "to" not in entry.data:
            continue
        following = next_state(state, Action(entry.event))
        before, after = entry.data.get("from", state), entry.data["to"]
        if before != state or after != following:
            raise ValueError(f"{entry.event} leads from {state} to {following}, not from {before} to {after}")
        state = State(after)
    return state
