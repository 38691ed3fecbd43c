"""What only one of several processes does: migrating, polling."""

import asyncio

import pytest

from storage import leases
from storage.store import Store
from tests.crash_rig import until
from tests.replicas.rig import Replicas, soon
from tests.servers import PostgresServer

# Telegram's word to the one that polled first.
_CONFLICT = "terminated by other getUpdates request"


async def test_two_that_start_at_once_on_an_empty_database(postgres: PostgresServer) -> None:
    url = postgres.create_database("replicas_empty")
    stores = [Store(url) for _ in range(3)]
    await asyncio.gather(*(store.open() for store in stores))
    for store in stores:
        await store.close()
    postgres.drop_database("replicas_empty")


async def test_two_that_look_at_once_both_see_that_a_process_is_dead(postgres_url: str) -> None:
    looking, living = Store(postgres_url), Store(postgres_url)
    await looking.open()
    await living.open()
    await living.show_life("alive")
    async with looking.transaction() as one, looking.transaction() as other:
        for tx in (one, other):
            assert await leases.dead(tx, ["alive", "killed"]) == {"killed"}
    await living.close()
    async with looking.transaction() as tx:
        assert await leases.dead(tx, ["alive"]) == {"alive"}
    await looking.close()


async def test_one_polls_and_another_takes_over(postgres_url: str, caplog: pytest.LogCaptureFixture) -> None:
    replicas = Replicas(postgres_url, customers=1)
    await replicas.begin(webhook=False)
    (anna,) = replicas.people

    def polling() -> list[bool]:
        return [app.parts.source.working for app in replicas.apps if app.parts is not None]

    anna.write(anna.chat(replicas.bot), "раз")
    await replicas.shows(anna, ["раз"])
    assert sorted(polling()) == [False, True]
    # Who stands by is ready for all that.
    assert [app._not_ready() for app in replicas.apps] == [{}, {}]
    await replicas.quiet()
    await replicas.kill(replicas.apps[polling().index(True)])
    anna.write(anna.chat(replicas.bot), "два")
    took = await soon(lambda: replicas.said(anna)[1:], "taken over", 20)
    assert took < 6
    await replicas.start()
    await replicas.stop(replicas.apps[0])
    anna.write(anna.chat(replicas.bot), "три")
    await replicas.shows(anna, ["раз", "два", "три"])
    await until(lambda: polling() == [True], "polling")
    assert _CONFLICT not in caplog.text
    await replicas.close()


async def test_a_frozen_process_does_not_poll_beside_another_when_it_wakes(
    postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    replicas = Replicas(postgres_url, customers=1)
    await replicas.begin(webhook=False)
    (anna,) = replicas.people
    sources = {app: app.parts.source for app in replicas.apps if app.parts is not None}
    await until(lambda: any(source.working for source in sources.values()), "polling")
    (frozen,) = (app for app, source in sources.items() if source.working)
    (other,) = sources.keys() - {frozen}
    # It freezes right before a poll leaves.
    ice = replicas.freeze(frozen, "getUpdates")
    anna.write(anna.chat(replicas.bot), "раз")
    await until(lambda: ice.held, "the poll")
    await replicas.let_leases_end(polling=True)
    anna.write(anna.chat(replicas.bot), "два")
    await until(lambda: sources[other].working, "the other polls")
    await replicas.shows(anna, ["раз", "два"])
    replicas.let_time_pass(frozen)
    ice.thaw()
    await until(lambda: sources[frozen].stands_by, "standing by")
    anna.write(anna.chat(replicas.bot), "три")
    await replicas.shows(anna, ["раз", "два", "три"])
    assert _CONFLICT not in caplog.text
    await replicas.close()
