"""What replicas tell each other through Redis, and how they do without it."""

import asyncio
import logging
import time

import pytest

from bot.pipeline.signals import WORK, make_signals
from playground import DropBefore, Fault, TooMany
from storage.clock import SystemClock
from tests.crash_rig import until
from tests.replicas.rig import Replicas, soon
from tests.servers import ValkeyServer


async def test_a_chat_that_one_was_told_to_leave_alone_is_called_by_nobody(linked: Replicas) -> None:
    anna, boris = linked.people
    anna.write(anna.chat(linked.bot), "раз")
    boris.write(boris.chat(linked.bot), "раз")
    for person in linked.people:
        await linked.shows(person, ["раз"])
    fault = linked.pg.faults.add(Fault("sendMessage", TooMany(2), linked.group.id))
    linked.choose = lambda update: 0
    anna.write(anna.chat(linked.bot), "два")
    await until(lambda: fault.struck, "429")
    told_at = time.time()
    await asyncio.sleep(0.1)
    linked.choose = lambda update: 1
    boris.write(boris.chat(linked.bot), "два")
    for person in linked.people:
        await linked.shows(person, ["раз", "два"])
    after = [call for call in linked.pg.calls if call.chat_id == linked.group.id and call.at > told_at + 0.05]
    assert min(call.at for call in after) >= told_at + 1.9
    assert linked.pg.calls_during_retry_after == 0
    # The other one waited for the probe of the one that was told, and no longer.
    assert max(call.done_at for call in after) < told_at + 4


async def test_rows_for_a_thread_that_another_process_holds_go_out_at_once(linked: Replicas) -> None:
    anna, _ = linked.people
    # The one holds the thread, because a card is due a second later.
    linked.choose = lambda update: 0
    linked.agent.press(linked.topics[anna].messages[0], "x") if linked.topics[anna].messages[
        0
    ].buttons else None
    anna.write(anna.chat(linked.bot), "раз")
    await linked.shows(anna, ["раз"])
    linked.choose = lambda update: 1
    for n in range(5):
        anna.write(anna.chat(linked.bot), f"{n}")
        took = await soon(lambda n=n: linked.said(anna)[-1] == f"{n}", "at once", 5)  # type: ignore[misc]
        assert took < 1


async def test_that_telegram_answers_again_is_told_to_who_does_not_poll(linked: Replicas) -> None:
    anna, _ = linked.people
    linked.choose = lambda update: 1
    fault = linked.pg.faults.add(Fault("sendMessage", DropBefore(), linked.group.id, times=2))
    anna.write(anna.chat(linked.bot), "раз")
    # Now it waits two seconds, give or take a fifth.
    await until(lambda: fault.struck == 2, "trouble twice")
    polls = linked.apps[0].parts
    assert polls is not None
    polls.sender.try_again()
    assert await soon(lambda: linked.said(anna), "at once", 5) < 1


async def test_redis_may_go_and_come_again(
    postgres_url: str, own_valkey: ValkeyServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    replicas = Replicas(postgres_url, redis_url=own_valkey.url())
    await replicas.begin()

    def told(words: str) -> int:
        return len([record for record in caplog.records if words in record.getMessage()])

    lines = [f"{n}" for n in range(9)]
    for n, line in enumerate(lines):
        if n == 3:
            own_valkey.kill()
        if n == 6:
            await until(lambda: told("until it is back") == 2, "word that it is gone")
            own_valkey.start()
        for person in replicas.people:
            person.write(person.chat(replicas.bot), line)
    for person in replicas.people:
        await replicas.shows(person, lines)
    await until(lambda: told("the server is back") == 2, "back again")
    assert told("until it is back") == 2
    await replicas.close()


async def test_redis_that_was_never_there_is_only_a_warning(
    postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    replicas = Replicas(postgres_url, redis_url="redis://:geheim@127.0.0.1:1/0", customers=1)
    await replicas.begin()
    (anna,) = replicas.people
    anna.write(anna.chat(replicas.bot), "раз")
    await replicas.shows(anna, ["раз"])
    said = [record.getMessage() for record in caplog.records]
    assert len([line for line in said if line.startswith("REDIS_URL: ")]) == 2
    assert "geheim" not in "".join(said)
    await replicas.close()


async def test_who_is_told_to_stop_at_the_moment_in_which_redis_goes_stops(own_valkey: ValkeyServer) -> None:
    many = [make_signals(own_valkey.url(), bot_id=1, owner=f"{n}", clock=SystemClock()) for n in range(60)]
    running = [asyncio.create_task(each.run()) for each in many]
    await until(lambda: all(each.are_carried for each in many), "connected")
    for each in many[::2]:
        each.tell(WORK)
    own_valkey.kill()
    for task in running:
        # Each a step later than the one before.
        task.cancel()
        await asyncio.sleep(0)
    _, stuck = await asyncio.wait(running, timeout=8)
    assert not stuck
