"""What is kept with a customer: marks, and answers given once; on both databases."""

from aiogram.types import User

from storage import customers, marks
from storage.store import Store


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
