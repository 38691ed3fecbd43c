"""After a day of downtime all is due at once: each timer fires once, in order, and nobody has to wait."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from aiogram.types import User
from sqlalchemy import func, insert, select

from bot.pipeline.ticking import Ticker
from dialogs.life import PROMISE_TIMER
from storage import customers, messages, models, timers
from storage.content import Content
from storage.store import Store
from storage.transaction import Transaction
from tests.agents.desks import desk_file
from tests.agents.seeds import seed
from tests.virtual_time import VirtualClock
from tests.world import World, texts

MANY = 10_000
AVALANCHE = 150
ANNA = 501


async def _ready() -> None:
    pass


async def _drain(ticker: Ticker) -> None:
    while await ticker.fire():
        await asyncio.sleep(0)


async def _put_many(tx: Transaction, moments: Sequence[datetime]) -> None:
    rows = [{"kind": "many", "subject": n, "due_at": moment} for n, moment in enumerate(moments)]
    # Not in the order in which they are due.
    await tx.execute(insert(models.timer), rows[::2] + rows[1::2])


async def test_ten_thousand_timers_of_one_minute(sqlite_url: str) -> None:
    clock = VirtualClock()
    store = Store(sqlite_url, clock)
    await store.open()
    yesterday = clock.now() - timedelta(days=1)
    async with store.transaction() as tx:
        await customers.meet(tx, User(id=ANNA, is_bot=False, first_name="Анна"))
        await _put_many(tx, [yesterday + timedelta(milliseconds=6 * n) for n in range(MANY)])
    fired: list[int] = []

    note = insert(models.remembered)

    async def fire(tx: Transaction, subject: int) -> None:
        row = {"customer_id": ANNA, "field": "fired", "value": str(subject), "used_at": tx.now}
        await tx.execute(note, row)
        fired.append(subject)

    waits: list[float] = []
    draining = asyncio.create_task(_drain(Ticker(store, {"many": fire}, _ready, at_a_time=20)))
    while not draining.done():
        began = time.perf_counter()
        async with store.transaction(urgent=True) as tx:
            await messages.add(
                tx,
                Content("text", "Здравствуйте", None, None, None),
                customer_id=ANNA,
                author="customer",
                chat_id=ANNA,
                telegram_message_id=len(waits),
            )
        waits.append(time.perf_counter() - began)
        await asyncio.sleep(0.02)
    await draining
    async with store.transaction() as tx:
        kept = await tx.scalar(select(func.count()).select_from(models.remembered))
        assert await timers.due(tx, 1) == []
    await store.close()
    assert fired == list(range(MANY))
    assert kept == MANY
    print(f"{MANY} timers, meanwhile {len(waits)} messages; the longest wait {max(waits) * 1000:.0f} ms")
    assert len(waits) > 20
    assert max(waits) < 1


async def test_replicas_share_the_timers_and_fire_each_once(database_url: str) -> None:
    clock = VirtualClock()
    stores = [Store(database_url, clock)]
    await stores[0].open()
    if not stores[0].is_sqlite:
        stores.append(Store(database_url, clock))
        await stores[1].open()
    async with stores[0].transaction() as tx:
        await _put_many(tx, [clock.now() - timedelta(seconds=100 - n) for n in range(100)])
    fired: Counter[int] = Counter()
    order: list[int] = []

    async def fire(tx: Transaction, subject: int) -> None:
        fired[subject] += 1
        order.append(subject)
        if subject % 10 == 0:
            await timers.put(tx, "many", subject, tx.now + timedelta(hours=1))
        if subject == 55 and fired[subject] <= 2:
            raise ValueError("our own code")

    tickers = [Ticker(store, {"many": fire}, _ready, at_a_time=7) for store in stores]
    for _ in range(200):
        await asyncio.gather(*(ticker.fire() for ticker in tickers))
        async with stores[0].transaction() as tx:
            if not await timers.due(tx, 1):
                break
    failed = [n for n in range(100) if 49 <= n <= 55]
    assert {n for n in fired if fired[n] != 1} == set(failed)
    assert all(earlier <= later for earlier, later in pairwise(n for n in order if n not in failed))
    async with stores[0].transaction() as tx:
        rows = await tx.all(select(models.timer.c.subject).order_by(models.timer.c.subject))
    # Those that were set anew, and the one that gets another try.
    assert [row.subject for row in rows] == [0, 10, 20, 30, 40, 50, 55, 60, 70, 80, 90]
    for store in stores:
        await store.close()


@pytest.fixture
async def world(sqlite_url: str, tmp_path: Path) -> World:
    """A desk that answers within four hours by the calendar, day and night."""
    path = Path(desk_file(tmp_path, reaction='hours = 4\nclock = "calendar"'))
    lines = path.read_text("utf-8").split("[hours]")
    path.write_text(lines[0] + lines[1][lines[1].index("[reaction]") :], "utf-8")
    return World(sqlite_url, desk=str(path))


async def _overdue(world: World, count: int) -> None:
    """So many tickets of somebody's that nobody answered, all in one thread: only their number matters."""
    topic, now = world.topic(), world.clock.now()
    assert world.app is not None
    async with world.app.store.transaction() as tx:
        await customers.meet(tx, User(id=ANNA, is_bot=False, first_name="Пётр"))
        opened = [now + timedelta(milliseconds=200 * n) for n in range(count)]
        place = {
            "thread_chat_id": world.group.id,
            "thread_id": topic.id,
            "card_message_id": topic.messages[1].id,
        }
        new = {"customer_id": ANNA, "state": "new", "subject": "", "answers": {}} | place
        await tx.execute(
            insert(models.ticket),
            [
                new | {"number": 2000 + n, "opened_at": at, "updated_at": at, "asked_at": at}
                for n, at in enumerate(opened)
            ],
        )
        entry = {"actor": "customer", "event": "open", "data": {"to": "new"}}
        await tx.execute(
            insert(models.journal),
            [entry | {"ticket_number": 2000 + n, "at": at} for n, at in enumerate(opened)],
        )
        timer = {"kind": PROMISE_TIMER}
        await tx.execute(
            insert(models.timer),
            [timer | {"subject": 2000 + n, "due_at": at + timedelta(hours=4)} for n, at in enumerate(opened)],
        )


async def test_a_customer_is_heard_amid_an_avalanche_of_alarms(world: World) -> None:
    await world.start()
    anna = await seed(world)
    world.agent.write(anna.topic, "Слушаем Вас")
    await world.settle()
    await _overdue(world, AVALANCHE)
    await world.stop()
    world.clock.move_to(world.clock.now() + timedelta(days=1))
    await world.start()

    def alarms() -> list[str]:
        return [text for text in texts(anna.topic) if text.startswith("🔥")]

    await world.until(lambda: len(alarms()) > 10)
    before = len(alarms())
    anna.customer.write("Всё ещё не работает")
    await world.until(lambda: "Всё ещё не работает" in texts(anna.topic))
    # What was under way already, and what came in while the message was being processed.
    print(f"{before} alarms before, {len(alarms()) - before} until the message stood in its thread")
    assert len(alarms()) - before < 30
    await world.until(lambda: len(alarms()) == AVALANCHE)
    assert len(set(alarms())) == AVALANCHE
    await world.close()
