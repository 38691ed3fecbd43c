"""What only one of several processes does: migrating, polling."""

import asyncio

from playground import Playground
from storage import leases
from storage.store import Store
from tests.crash_rig import until
from tests.replicas.rig import Replicas, soon
from tests.servers import PostgresServer


def _conflicts(pg: Playground) -> int:
    return len([call for call in pg.calls if call.error_code == 409])


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


async def test_one_polls_and_another_takes_over(postgres_url: str) -> None:
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
    assert _conflicts(replicas.pg) == 0
    await replicas.close()
