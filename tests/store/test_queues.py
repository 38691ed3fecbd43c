"""Inbox, outbox, leases and savepoints: what order and truth rest on."""

import asyncio
from collections.abc import Collection
from datetime import timedelta
from typing import Any

import pytest
from aiogram.methods import SendMessage
from aiogram.types import User
from sqlalchemy import func, select, text

from bot.pipeline.committer import Committer, LeaseLost
from storage import customers, inbox, leases, messages, meta, models, outbox, tickets, timers
from storage.content import Content
from storage.outbox import Outbox
from storage.store import Store
from storage.transaction import Transaction
from storage.trouble import StoreError
from tests.virtual_time import VirtualClock

ANNA = 501


def _update(number: int, chat_id: int = ANNA) -> dict[str, Any]:
    return {
        "update_id": number,
        "message": {
            "message_id": number,
            "chat": {"id": chat_id, "type": "private"},
            "text": "привет 🙂\u2028",
        },
    }


async def _anna(tx: Transaction) -> None:
    await customers.meet(tx, User(id=ANNA, is_bot=False, first_name="Анна"))


async def _message(tx: Transaction) -> int:
    return await messages.add(
        tx,
        Content("text", "раз", None, None, None),
        customer_id=ANNA,
        author="customer",
        chat_id=ANNA,
        telegram_message_id=1,
    )


def _say(text: str) -> SendMessage:
    return SendMessage(chat_id=0, text=text)


# Inbox.


async def _accept(tx: Transaction, *ids: int, at_once: Collection[int] = ()) -> list[int]:
    rows = inbox.rows([_update(each) for each in ids])
    return [row.update_id for row in await inbox.accept(tx, rows, at_once=at_once)]


async def test_accept_keeps_the_order_and_ignores_repeats(store: Store) -> None:
    async with store.transaction() as tx:
        assert await _accept(tx, 7, 9, 3, 9) == [7, 9, 3]
    async with store.transaction() as tx:
        assert await _accept(tx, 9, 4, 7) == [4]
    async with store.transaction() as tx:
        waiting = await inbox.waiting(tx)
    assert [row.update_id for row in waiting] == [7, 9, 3, 4]
    assert waiting[0].payload == _update(7)
    assert await _accept(None) == []  # type: ignore[arg-type]


async def test_a_processed_update_keeps_its_id_for_a_while(store: Store, clock: VirtualClock) -> None:
    async with store.transaction() as tx:
        await _accept(tx, 1, 2)
        await inbox.done(tx, [1])
    async with store.transaction() as tx:
        assert [row.update_id for row in await inbox.waiting(tx)] == [2]
        assert await _accept(tx, 1) == []
        kept = await tx.first(select(models.inbox.c.payload).where(models.inbox.c.update_id == 1))
        assert kept is not None
        assert kept.payload is None
    clock.move_to(clock.now() + timedelta(days=4))
    async with store.transaction() as tx:
        await inbox.forget_old(tx)
        count = await tx.scalar(select(func.count()).select_from(models.inbox))
        assert count == 1
        # Ids start anew at random after a quiet week.
        assert await _accept(tx, 1) == [1]
        assert [row.update_id for row in await inbox.waiting(tx)] == [2, 1]


async def test_set_aside_and_replay(store: Store) -> None:
    async with store.transaction() as tx:
        await _accept(tx, 1, 2)
        [first] = inbox.rows([_update(1)])
        assert [await inbox.count_attempt(tx, first) for _ in range(3)] == [1, 2, 3]
        await inbox.set_aside(tx, 1, "Traceback")
    async with store.transaction() as tx:
        assert [row.update_id for row in await inbox.waiting(tx)] == [2]
        assert [row.error for row in await inbox.aside(tx)] == ["Traceback"]
        assert await inbox.replay(tx, [2]) == 0
        assert await inbox.replay(tx) == 1
        assert [row.update_id for row in await inbox.waiting(tx)] == [1, 2]
        assert await inbox.count_attempt(tx, first) == 1


async def test_what_is_processed_at_once_waits_again_only_if_that_fails(store: Store) -> None:
    async with store.transaction() as tx:
        assert await _accept(tx, 1, 2, at_once=[1, 2]) == [1, 2]
        [second] = inbox.rows([_update(2)])
        assert await inbox.count_attempt(tx, second) == 1
    async with store.transaction() as tx:
        [waiting] = await inbox.waiting(tx)
        assert (waiting.update_id, waiting.payload, waiting.attempts) == (2, _update(2), 1)
        assert await _accept(tx, 1, 2, at_once=[1, 2]) == []


async def test_what_another_process_accepted_before_goes_first(store: Store) -> None:
    if store.is_sqlite:
        return
    async with store.transaction() as tx:
        await _accept(tx, 1)
    with pytest.raises(inbox.HeldUp):
        async with store.transaction() as tx:
            await _accept(tx, 2, at_once=[2])
    async with store.transaction() as tx:
        await inbox.done(tx, [1])
    async with store.transaction() as tx:
        assert await _accept(tx, 2, at_once=[2]) == [2]


@pytest.mark.parametrize(
    ("update", "lane"),
    [
        (_update(1), "c:501"),
        (
            {
                "update_id": 1,
                "message": {"chat": {"id": -5, "type": "supergroup"}, "message_thread_id": 3},
            },
            "g:-5:3",
        ),
        (
            {
                "update_id": 1,
                "callback_query": {
                    "from": {"id": 9},
                    "message": {"chat": {"id": -5, "type": "supergroup"}, "message_thread_id": 3},
                },
            },
            "g:-5:3",
        ),
        ({"update_id": 1, "callback_query": {"from": {"id": 9}, "inline_message_id": "x"}}, "u:9"),
        ({"update_id": 1, "poll": {"id": "7"}}, "u:0"),
        ({"update_id": 1}, "x"),
    ],
)
def test_lanes_of_updates(update: dict[str, Any], lane: str) -> None:
    assert inbox.lane(update) == lane


# Outbox.


async def test_a_newer_screen_replaces_an_unsent_one(store: Store) -> None:
    async with store.transaction() as tx:
        await _anna(tx)
        box = Outbox(tx)
        await box.owe("c:501", _say("должны"))
        await box.show(ANNA, _say("первый"), "a")
        await box.show(ANNA, _say("второй"), "b")
        await box.show(502, _say("чужой"), "c")
        assert len(tx.queued) == 4
        assert tx.dropped == [tx.queued[1].id]
    async with store.transaction() as tx:
        rows = await outbox.waiting(tx)
        assert [(row.kind, row.payload["params"]["text"]) for row in rows if row.payload] == [
            ("notice", "должны"),
            ("screen", "второй"),
            ("screen", "чужой"),
        ]
        await Outbox(tx).drop_screens(ANNA)
        assert len(await outbox.waiting(tx)) == 2


async def test_ids_are_never_used_again(store: Store) -> None:
    async with store.transaction() as tx:
        await Outbox(tx).owe("c:1", _say("раз"))
        row_id = tx.queued[0].id
        await outbox.remove(tx, row_id)
        await Outbox(tx).owe("c:1", _say("два"))
        assert tx.queued[1].id > row_id


async def test_a_failed_row_waits_for_its_button(store: Store) -> None:
    async with store.transaction() as tx:
        await _anna(tx)
        message_id = await _message(tx)
        ticket = await _ticket(tx)
        await Outbox(tx).relay("t:1", message_id, ticket)
        row = tx.queued[0]
        assert await outbox.is_queued(tx, message_id, "t:1")
        await outbox.fail(tx, row.id, "Bad Request: no")
        assert not await outbox.is_queued(tx, message_id, "t:1")
        assert await outbox.waiting(tx) == []
        assert await outbox.failed_row(tx, message_id) == row.id
        assert await outbox.retry(tx, row.id)
        assert not await outbox.retry(tx, row.id)
        assert [each.id for each in await outbox.waiting(tx)] == [row.id]
        assert [each.id for each in tx.queued] == [row.id, row.id]


async def test_a_withdrawn_message_is_owed_no_more(store: Store) -> None:
    async with store.transaction() as tx:
        await _anna(tx)
        message_id = await _message(tx)
        ticket = await _ticket(tx)
        await Outbox(tx).relay("c:501", message_id, ticket)
        await Outbox(tx).relay("t:1", message_id, ticket)
        await Outbox(tx).withdraw(message_id, "c:501")
        assert tx.dropped == [tx.queued[0].id]
        assert [row.destination for row in await outbox.waiting(tx)] == ["t:1"]


async def test_one_card_for_many_changes(store: Store) -> None:
    async with store.transaction() as tx:
        await _anna(tx)
        number = await _ticket(tx)
        for _ in range(10):
            await Outbox(tx).card(number)
        assert len(tx.queued) == 1


async def _ticket(tx: Transaction) -> int:
    ticket = await tickets.open_new(
        tx, customer_id=ANNA, subject="с", serial=None, answers={}, first_number=1001, priority=None
    )
    return ticket.number


# Savepoints.


async def test_a_savepoint_undoes_only_what_was_done_inside(store: Store) -> None:
    seen: list[Transaction] = []
    store.listen(seen.append)
    called: list[str] = []
    async with store.transaction() as tx:
        await meta.put(tx, "a", "1")
        await Outbox(tx).owe("c:1", _say("остаётся"))
        with pytest.raises(ZeroDivisionError):  # noqa: PT012
            async with tx.savepoint() as part:
                await meta.put(part, "a", "2")
                await meta.put(part, "b", "2")
                await Outbox(part).owe("c:1", _say("отменено"))
                part.resumed.append("c:1")
                part.after_commit.append(lambda: called.append("отменено"))
                raise ZeroDivisionError
        async with tx.savepoint() as part:
            await meta.put(part, "c", "3")
            part.after_commit.append(lambda: called.append("сделано"))
    async with store.transaction() as tx:
        assert [await meta.get(tx, key) for key in "abc"] == ["1", None, "3"]
        assert [row.payload["params"]["text"] for row in await outbox.waiting(tx) if row.payload] == [
            "остаётся"
        ]
    assert len(seen[0].queued) == 1
    assert not seen[0].resumed
    assert called == ["сделано"]


async def test_a_failed_statement_in_a_savepoint_spares_the_others(store: Store) -> None:
    async with store.transaction() as tx:
        await _anna(tx)
        with pytest.raises(Exception, match=r"(?i)foreign|null|unique"):
            async with tx.savepoint() as part:
                await messages.add(
                    part,
                    Content("text", "раз", None, None, None),
                    customer_id=999,
                    author="customer",
                    chat_id=1,
                    telegram_message_id=1,
                )
        await meta.put(tx, "a", "1")
    async with store.transaction() as tx:
        assert await meta.get(tx, "a") == "1"


async def test_a_transaction_that_fails_tells_nobody(store: Store) -> None:
    seen: list[Transaction] = []
    store.listen(seen.append)
    with pytest.raises(ZeroDivisionError):  # noqa: PT012
        async with store.transaction() as tx:
            await meta.put(tx, "a", "1")
            tx.after_commit.append(lambda: pytest.fail("called"))
            raise ZeroDivisionError
    assert not seen
    async with store.transaction() as tx:
        assert await meta.get(tx, "a") is None


async def test_a_cancelled_transaction_leaves_the_store_usable(store: Store) -> None:
    async def work(written: asyncio.Event) -> None:
        async with store.transaction() as tx:
            await meta.put(tx, "a", "1")
            written.set()
            await asyncio.Event().wait()

    for _ in range(3):
        written = asyncio.Event()
        task = asyncio.create_task(work(written))
        await written.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with store.transaction() as tx:
        assert await meta.get(tx, "a") is None
        await meta.put(tx, "b", "2")


# Leases.


async def _let_leases_end(store: Store, clock: VirtualClock) -> None:
    """On PostgreSQL the database's own clock counts."""
    clock.move_to(clock.now() + leases.LEASE + timedelta(seconds=1))
    if not store.is_sqlite:
        async with store.transaction() as tx:
            await tx.execute(text("UPDATE destination SET lease_until = lease_until - interval '91 s'"))


async def test_leases_are_claimed_renewed_and_lost(store: Store, clock: VirtualClock) -> None:
    async with store.transaction() as tx:
        assert await leases.claim(tx, "one", ["c:1", "c:2", "c:1"]) == {"c:1", "c:2"}
        assert await leases.claim(tx, "one", []) == set()
    await store.show_life("one")
    other = Store(store.url.render_as_string(hide_password=False), clock) if not store.is_sqlite else None
    if other is not None:
        # On PostgreSQL only another session sees that "one" lives.
        await other.open()
    rival = other or store
    async with rival.transaction() as tx:
        assert await leases.claim(tx, "two", ["c:2", "c:3"]) == {"c:3"}
        assert await leases.claim(tx, "two", ["c:1", "c:3"]) == {"c:3"}
    await _let_leases_end(store, clock)
    async with rival.transaction() as tx:
        assert await leases.claim(tx, "two", ["c:1"]) == {"c:1"}
    async with store.transaction() as tx:
        # An outcome needs a lease that was never lost; one that merely ran out is still ours.
        found = await leases.lock(tx, ["c:1", "c:2"])
        assert {key: lease.owner for key, lease in found.items()} == {"c:1": "two", "c:2": "one"}
        await leases.release_all(tx, "two")
        assert await leases.claim(tx, "one", ["c:1", "c:3"]) == {"c:1", "c:3"}
        await leases.release(tx, "two", ["c:1"])
        await leases.release(tx, "one", ["c:3"])
    async with rival.transaction() as tx:
        assert await leases.claim(tx, "two", ["c:1", "c:2", "c:3"]) == {"c:2", "c:3"}
    async with store.transaction() as tx:
        await leases.release_all(tx, "one")
    async with rival.transaction() as tx:
        assert await leases.claim(tx, "two", ["c:1"]) == {"c:1"}
    if other is not None:
        await other.close()


async def test_a_dead_processs_leases_are_free_at_once(postgres_url: str, clock: VirtualClock) -> None:
    one, two = Store(postgres_url, clock), Store(postgres_url, clock)
    for each in (one, two):
        await each.open()
    await one.show_life("one")
    async with one.transaction() as tx:
        await leases.claim(tx, "one", ["c:1"])
    async with two.transaction() as tx:
        assert await leases.claim(tx, "two", ["c:1"]) == set()
    await one.close()
    async with two.transaction() as tx:
        assert await leases.claim(tx, "two", ["c:1"]) == {"c:1"}
    await two.close()


async def test_an_outcome_is_not_committed_once_the_lease_was_lost(
    postgres_url: str, clock: VirtualClock
) -> None:
    store = Store(postgres_url, clock)
    await store.open()
    committer = Committer(store, "one")
    running = asyncio.create_task(committer.run())
    async with store.transaction() as tx:
        for place in ("c:1", "c:2", "c:3"):
            await Outbox(tx).owe(place, _say("x"))
    for place in ("c:1", "c:2"):
        view = await committer.look(place)
        assert [row.destination for row in view.rows] == [place]
    async with store.transaction() as tx:
        await leases.release_all(tx, "one")
        await leases.claim(tx, "two", ["c:1"])

    async def put(tx: Transaction, key: str) -> None:
        await meta.put(tx, key, "x")

    with pytest.raises(LeaseLost):
        await committer.commit("c:1", lambda tx: put(tx, "lost"))
    with pytest.raises(LeaseLost):
        # Freed is lost too: somebody may have sent meanwhile.
        await committer.commit("c:2", lambda tx: put(tx, "lost"))
    await committer.look("c:2")
    await committer.commit("c:2", lambda tx: put(tx, "kept"))
    async with store.transaction() as tx:
        assert await meta.get(tx, "lost") is None
        assert await meta.get(tx, "kept") == "x"
        await tx.execute(text("DELETE FROM outbox"))
    # Where nothing waits nothing is held.
    assert (await committer.look("c:2")).rows == []
    with pytest.raises(LeaseLost):
        await committer.commit("c:2", lambda tx: put(tx, "lost"))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await store.close()


async def test_plain_texts_are_read_along_with_what_waits(postgres_url: str, clock: VirtualClock) -> None:
    store = Store(postgres_url, clock)
    await store.open()
    committer = Committer(store, "one")
    running = asyncio.create_task(committer.run())
    said: dict[str, dict[str, Any]] = {
        "plain": {},
        "known": {},
        "reply": {"reply_to_id": 1},
        "agent": {"author": "agent"},
        "shown": {},
        "album": {},
        "forwarded": {"content": Content("text", "forwarded", None, None, None, {"type": "hidden_user"})},
        "photo": {"content": Content("photo", "photo", None, None, None)},
    }
    async with store.transaction() as tx:
        await _anna(tx)
        number = await _ticket(tx)
        for word, but in said.items():
            plain: dict[str, Any] = {"content": Content("text", word, None, None, None)}
            message_id = await messages.add(
                tx,
                **plain | {"author": "customer"} | but,
                customer_id=ANNA,
                chat_id=ANNA,
                telegram_message_id=1,
                ticket_number=number,
            )
            also = [1] if word == "album" else []
            await Outbox(tx).relay(f"t:{number}", message_id, number, also=also)
            if word == "shown":
                await messages.add_copy(tx, message_id, -100, 7)
    known = [row.id for row in tx.queued if row.message_id == 2]
    rows = (await committer.look(f"t:{number}", known)).rows
    assert len(rows) == len(said)
    assert [row.stored.text for row in rows if row.stored is not None] == ["plain"]
    async with store.reading() as tx:
        assert rows[0].stored == await messages.get(tx, rows[0].message_id or 0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await store.close()


async def test_one_outcome_that_fails_spares_the_others_of_its_batch(store: Store) -> None:
    committer = Committer(store, "one")
    running = asyncio.create_task(committer.run())
    if not store.is_sqlite:
        async with store.transaction() as tx:
            for number in range(4):
                await Outbox(tx).owe(f"c:{number}", _say("x"))
        await asyncio.gather(*(committer.look(f"c:{number}") for number in range(4)))

    async def change(tx: Transaction, number: int) -> None:
        await meta.put(tx, f"k{number}", "x")
        if number == 2:
            raise ZeroDivisionError

    results = await asyncio.gather(
        *(committer.commit(f"c:{n}", lambda tx, n=n: change(tx, n)) for n in range(4)),  # type: ignore[misc]
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [type(None), type(None), ZeroDivisionError, type(None)]
    async with store.transaction() as tx:
        assert [await meta.get(tx, f"k{n}") for n in range(4)] == ["x", "x", None, "x"]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


# Whose store it is, and numbers.


async def test_another_bots_token_is_refused(store: Store) -> None:
    async with store.transaction() as tx:
        await meta.bind(tx, 71)
        await meta.bind(tx, 71)
        with pytest.raises(StoreError, match=r"^BOT_TOKEN: .* bot 71, .* bot 72; use ") as refused:
            await meta.bind(tx, 72)
    assert "\n" not in str(refused.value)


async def test_two_stores_on_one_file_are_refused(sqlite_url: str) -> None:
    first, second = Store(sqlite_url), Store(sqlite_url)
    await first.open()
    with pytest.raises(StoreError, match="another process already runs on") as refused:
        await second.open()
    assert "\n" not in str(refused.value)
    await second.close()
    await first.close()
    await second.open()
    await second.close()


async def test_numbers_have_no_gaps(store: Store) -> None:
    async with store.transaction() as tx:
        assert [await meta.next_number(tx, "ticket", 1001) for _ in range(3)] == [1001, 1002, 1003]
    with pytest.raises(ZeroDivisionError):  # noqa: PT012
        async with store.transaction() as tx:
            await meta.next_number(tx, "ticket", 1001)
            raise ZeroDivisionError
    async with store.transaction() as tx:
        assert await meta.next_number(tx, "ticket", 1001) == 1004
        assert await meta.next_number(tx, "other", 1) == 1


async def test_numbers_have_no_gaps_under_concurrency(store: Store) -> None:
    async def take(fails: bool) -> int | None:
        try:
            async with store.transaction() as tx:
                number = await meta.next_number(tx, "ticket", 1001)
                await asyncio.sleep(0)
                if fails:
                    raise ZeroDivisionError
                return number
        except ZeroDivisionError:
            return None

    taken = await asyncio.gather(*(take(index % 3 == 0) for index in range(30)))
    assert sorted(number for number in taken if number is not None) == list(range(1001, 1021))


async def test_timers_are_one_for_a_subject(store: Store, clock: VirtualClock) -> None:
    async with store.transaction() as tx:
        await timers.put(tx, "silence", 1, clock.now() + timedelta(hours=1))
        await timers.put(tx, "silence", 1, clock.now() + timedelta(hours=2))
        await timers.put(tx, "silence", 2, clock.now() + timedelta(hours=1))
        await timers.put(tx, "draft", 1, clock.now() - timedelta(hours=1))
        assert [(timer.kind, timer.subject) for timer in await timers.due(tx, 9)] == [("draft", 1)]
        await timers.cancel(tx, "draft", 1)
    clock.move_to(clock.now() + timedelta(minutes=90))
    async with store.transaction() as tx:
        assert [timer.subject for timer in await timers.due(tx, 9)] == [2]
