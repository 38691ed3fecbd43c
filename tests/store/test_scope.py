"""Which tickets are in which staff group: in memory and in the database the answer is the same."""

from itertools import combinations

from aiogram.types import User

from desk.loading import load_profile
from dialogs.groups import Group, Groups
from storage import customers, tickets
from storage.store import Store
from storage.transaction import Transaction

ANNA = 501
PLACES = (None, "helpdesk", "technical", "administration", "gone")


async def _opened(tx: Transaction, department: str | None) -> int:
    opened = await tickets.open_new(
        tx,
        customer_id=ANNA,
        subject="x",
        serial=None,
        answers={},
        first_number=1001,
        priority=None,
        department=department,
    )
    return opened.number


async def test_every_ticket_is_in_one_group(store: Store) -> None:
    profile = load_profile("smarttek")
    keys = [each.key for each in profile.departments]
    assert set(keys) < set(PLACES)
    async with store.transaction() as tx:
        await customers.meet(tx, User(id=ANNA, is_bot=False, first_name="Анна"))
        numbers = [await _opened(tx, place) for place in PLACES]
        for count in range(1, len(keys) + 1):
            for own in combinations(keys, count):
                groups = Groups(profile, Group("", -1), [Group(key, -2 - i) for i, key in enumerate(own)])
                found = []
                for group in groups:
                    scope = groups.scope(group)
                    assert scope is not None
                    here = [
                        number
                        for number, place in zip(numbers, PLACES, strict=True)
                        if groups.of_department(place) is group
                    ]
                    assert here == await tickets.among(tx, numbers, scope)
                    assert here == [n for n, place in zip(numbers, PLACES, strict=True) if scope.holds(place)]
                    found += here
                assert sorted(found) == numbers


def test_without_groups_of_their_own_all_is_one() -> None:
    profile = load_profile("smarttek")
    groups = Groups(profile, Group("", -1))
    assert not groups.are_several
    assert groups.scope(groups.common) is None
    assert groups.departments(groups.common) == list(profile.departments)
    assert groups.of_general("staff:technical") is groups.common
    assert groups.of_chat(-1) is groups.common
    assert groups.of_chat(-2) is None
