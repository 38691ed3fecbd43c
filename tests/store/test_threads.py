"""Where the threads of tickets stand, as it is stored."""

from aiogram.types import User

from storage import customers, tickets
from storage.store import Store
from storage.transaction import Transaction

ANNA = 501
GROUP = -1001234567890


async def _ticket(tx: Transaction) -> int:
    await customers.meet(tx, User(id=ANNA, is_bot=False, first_name="Анна"))
    opened = await tickets.open_new(
        tx, customer_id=ANNA, subject="x", serial=None, answers={}, first_number=1001, priority=None
    )
    return opened.number


async def test_only_the_thread_that_was_found_missing_is_forgotten(store: Store) -> None:
    async with store.transaction() as tx:
        number = await _ticket(tx)
        # Another process found it missing before us, and has made a new one.
        await tickets.place(tx, number, thread_chat_id=GROUP, thread_id=8, card_message_id=9)
        await tickets.lose_thread(tx, number, GROUP, 5)
        await tickets.lose_thread(tx, number, GROUP - 1, 8)
        found = await tickets.get(tx, number)
        assert (found.thread_id, found.card_message_id) == (8, 9)
        await tickets.lose_thread(tx, number, GROUP, 8)
        found = await tickets.get(tx, number)
        assert (found.thread_id, found.card_message_id) == (None, None)
