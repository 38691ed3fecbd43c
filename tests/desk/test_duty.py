"""Whose turn it is, as a rule without a desk around it."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from desk.duty import Candidate, next_agent

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)


def candidate(id: int, load: int = 0, assigned: int | None = None, since: int = 0) -> Candidate:
    """Somebody who was last assigned a ticket so many minutes after nine."""
    at = None if assigned is None else NINE + timedelta(minutes=assigned)
    return Candidate(id, str(id), load, at, NINE + timedelta(minutes=since))


def test_nobody() -> None:
    assert next_agent([]) is None


def test_the_least_to_do_comes_before_all_else() -> None:
    assert next_agent([candidate(1, 2), candidate(2, 1, assigned=50), candidate(3, 3)]) == candidate(
        2, 1, assigned=50
    )


def test_of_several_whoever_was_assigned_longest_ago() -> None:
    never, late, early = candidate(1), candidate(2, assigned=20), candidate(3, assigned=10)
    assert next_agent([late, early]) is early
    assert next_agent([late, early, never]) is never
    assert next_agent([candidate(1, since=5), candidate(2, since=3)]) == candidate(2, since=3)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6), st.integers(0, 40))
def test_whoever_comes_with_what_the_loads_become_as_even_as_they_can(loads: list[int], tickets: int) -> None:
    people = {number: candidate(number, load) for number, load in enumerate(loads)}
    given_to: Counter[int] = Counter()
    for minute in range(tickets):
        chosen = next_agent(people.values())
        assert chosen is not None
        assert chosen.load == min(each.load for each in people.values())
        given_to[chosen.id] += 1
        people[chosen.id] = replace(
            chosen, load=chosen.load + 1, assigned_at=NINE + timedelta(minutes=minute)
        )
    assert given_to.total() == tickets
    got = [each for each in people.values() if given_to[each.id]]
    if got:
        most = max(each.load for each in got)
        assert all(each.load >= most - 1 for each in people.values())
