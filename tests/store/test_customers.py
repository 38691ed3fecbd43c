"""What is kept with a customer: marks, and answers given once; on both databases."""

from datetime import timedelta

from aiogram.types import User
from sqlalchemy import func, select

from storage import customers, inbox, marks, models
from storage.store import Store
from tests.virtual_time import VirtualClock


async def _meet(store: Store, customer_id: int) -> None:
    async with store.transaction() as tx:
        await customers.meet(tx, User(id=customer_id, is_bot=False, first_name="Анна"))


async def test_marks_are_set_once_and_taken_away(database_url: str) -> None:
    store = Store(database_url)
    await store.open()
    for customer_id in (1, 2):
        await _meet(store, customer_id)
    async with store.transaction() as tx:
        assert await marks.of(tx, 1) == frozenset()
        assert await marks.put(tx, 1, "owner")
        assert not await marks.put(tx, 1, "owner")
        assert await marks.put(tx, 1, "premium")
        assert await marks.of(tx, 1) == {"owner", "premium"}
        assert await marks.of(tx, 2) == frozenset()
        assert await marks.remove(tx, 1, "owner")
        assert not await marks.remove(tx, 1, "owner")
        assert not await marks.remove(tx, 2, "premium")
        assert await marks.of(tx, 1) == {"premium"}
    await store.close()


async def test_what_was_asked_once_is_known_even_if_there_was_nothing(database_url: str) -> None:
    store = Store(database_url)
    await store.open()
    await _meet(store, 1)
    for company, contract in (("SIA „Viens”", ""), ("SIA „Divi”", "")):
        async with store.transaction() as tx:
            await customers.remember(tx, 1, "company", company)
            await customers.remember(tx, 1, "contract", contract)
    async with store.transaction() as tx:
        known = await customers.known(tx, 1, {"company", "contract", "phone"})
        assert known == {"company": "SIA „Divi”", "contract": ""}
        assert list(await customers.recall(tx, 1, "company")) == ["SIA „Divi”", "SIA „Viens”"]
        assert list(await customers.recall(tx, 1, "contract")) == []
        assert await customers.known(tx, 2, {"company"}) == {}
    await store.close()


async def test_names_of_any_length_are_kept_cut_and_known_again(store: Store) -> None:
    long = User(
        id=1,
        is_bot=False,
        first_name="Я" * 5000,
        last_name="Б" * 5000,
        username="u" * 5000,
        language_code="lv-" + "x" * 5000,
    )
    async with store.transaction() as tx:
        met = await customers.meet(tx, long)
        assert await customers.meet(tx, long) == met
    assert (len(met.first_name), len(met.last_name or ""), len(met.username or "")) == (256, 256, 256)
    assert met.language_hint == "lv-" + "x" * 13


async def test_only_the_latest_of_what_was_given_is_remembered(store: Store, clock: VirtualClock) -> None:
    async with store.transaction() as tx:
        await customers.meet(tx, User(id=1, is_bot=False, first_name="Анна"))
        for number in range(customers.REMEMBERED + 3):
            clock.move_to(clock.now() + timedelta(seconds=1))
            await customers.remember(tx, 1, "serial", f"{number:012d}")
            await customers.remember(tx, 1, "phone", "+37120000000")
        count = await tx.scalar(select(func.count()).where(models.remembered.c.field == "serial"))
        assert count == customers.REMEMBERED
        assert (await customers.recall(tx, 1, "serial"))[0] == f"{customers.REMEMBERED + 2:012d}"
        assert list(await customers.recall(tx, 1, "phone")) == ["+37120000000"]


async def test_an_update_as_large_as_any_is_kept_and_its_traceback_cut(store: Store) -> None:
    large = {"update_id": 5, "message": {"chat": {"id": 7, "type": "private"}, "text": "я" * 1_500_000}}
    async with store.transaction() as tx:
        [row] = await inbox.accept(tx, inbox.rows([large, {"update_id": "none"}, {}]))
        assert row.lane == "c:7"
        await inbox.set_aside(tx, 5, "x" * 100_000 + "\x00\ud800 the end")
    async with store.transaction() as tx:
        [aside] = await inbox.aside(tx)
        assert len(aside.payload["message"]["text"]) == 1_500_000
        assert len(aside.error) < 25_000
        assert aside.error.endswith(r"\0\ud800 the end")
