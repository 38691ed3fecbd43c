"""The faults that the campaign knows. Each strikes, lasts a while, and is over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from random import Random

from bot.pipeline.calls import CALL_TIMEOUT
from playground import DropAfter, DropBefore, Garbage, ServerError, Slow, TooMany
from playground.faults import Effect
from storage.leases import LEASE
from tests.campaign.scene import Scene
from tests.crash_rig import Launcher

Strike = Callable[[Scene, Random], Awaitable[None]]
# Status of a start that refused, with one line for people.
_REFUSED_START = (1, 2)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fault, in the words of the table."""

    name: str
    strike: Strike
    on: frozenset[str] = frozenset({"sqlite", "postgres"})


async def _kill(scene: Scene, rng: Random) -> None:
    await scene.rig.launcher.kill()
    await asyncio.sleep(rng.uniform(0, 0.8))
    await scene.rig.launcher.start()


async def _kill_while_starting(scene: Scene, rng: Random) -> None:
    for _ in range(3):
        await scene.rig.launcher.restart()
        await asyncio.sleep(rng.uniform(0.02, 0.4))


async def _freeze(scene: Scene, rng: Random) -> None:
    with scene.rig.launcher.frozen():
        await asyncio.sleep(rng.uniform(1.5, 4))


async def _lock(scene: Scene, rng: Random) -> None:
    async with scene.locked():
        await asyncio.sleep(rng.uniform(1.5, 2.5))


async def _fill_disk(scene: Scene, rng: Random) -> None:
    with scene.full():
        await asyncio.sleep(rng.uniform(1.5, 3))


async def _fill_disk_and_kill(scene: Scene, rng: Random) -> None:
    with scene.full():
        await asyncio.sleep(rng.uniform(0.5, 1.5))
        await scene.rig.launcher.kill()
    await scene.rig.launcher.start()


async def _read_only(scene: Scene, rng: Random) -> None:
    """Where a running bot's disk cannot be made read-only under it: it is so at the next start."""
    await scene.rig.launcher.kill()
    status = await scene.start_read_only()
    assert status in _REFUSED_START, f"a start on a read-only disk ended with {status}"
    await scene.rig.launcher.start()


def _jump(low: float, high: float) -> Strike:
    async def strike(scene: Scene, rng: Random) -> None:
        # It stays there: nobody sets it right.
        scene.clock.jump(rng.uniform(low, high))

    return strike


async def _kill_database(scene: Scene, rng: Random) -> None:
    assert scene.postgres is not None
    await scene.restart_server(scene.postgres, rng.uniform(0.2, 2))


async def _freeze_database(scene: Scene, rng: Random) -> None:
    assert scene.postgres is not None
    async with scene.server_frozen(scene.postgres):
        await asyncio.sleep(rng.uniform(1.5, 4))


async def _end_sessions(scene: Scene, rng: Random) -> None:
    assert scene.postgres is not None
    ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'campaign'"
    for _ in range(4):
        await asyncio.to_thread(scene.postgres.execute, ending)
        await asyncio.sleep(rng.uniform(0.1, 0.5))


async def _kill_redis(scene: Scene, rng: Random) -> None:
    assert scene.valkey is not None
    await scene.restart_server(scene.valkey, rng.uniform(0.2, 2))


async def _freeze_redis(scene: Scene, rng: Random) -> None:
    assert scene.valkey is not None
    async with scene.server_frozen(scene.valkey):
        await asyncio.sleep(rng.uniform(1.5, 4))


def _telegram(then: Effect, probability: float, *, polls: bool = False) -> Strike:
    async def strike(scene: Scene, rng: Random) -> None:
        with scene.telegram(then, probability, polls=polls):
            await asyncio.sleep(rng.uniform(1.5, 2.5))

    return strike


def _gone(low: float, high: float) -> Strike:
    async def strike(scene: Scene, rng: Random) -> None:
        scene.rig.pg.down()
        await asyncio.sleep(rng.uniform(low, high))
        scene.rig.pg.up()

    return strike


async def _minute_late(scene: Scene, rng: Random) -> None:
    with scene.telegram(Slow(60.0), 0.2):
        await asyncio.sleep(rng.uniform(20, 30))


async def _freeze_long(scene: Scene, rng: Random) -> None:
    began = time.time()
    with scene.rig.launcher.frozen():
        await asyncio.sleep(CALL_TIMEOUT + rng.uniform(2, 10))
    scene.rig.excuses.append((began, time.time(), "its answer was read after the time-out"))


# Of several processes.


def _one(scene: Scene, rng: Random) -> Launcher:
    return rng.choice(scene.rig.launchers)


async def _kill_one(scene: Scene, rng: Random) -> None:
    launcher = _one(scene, rng)
    await launcher.kill()
    # The other one takes over in this time, or the same one after it.
    await asyncio.sleep(rng.uniform(0, 8))
    await launcher.start()


async def _kill_all(scene: Scene, rng: Random) -> None:
    for launcher in scene.rig.launchers:
        await launcher.kill()
        await asyncio.sleep(rng.uniform(0, 0.5))
    for launcher in scene.rig.launchers:
        await launcher.start()
        await asyncio.sleep(rng.uniform(0, 0.5))


async def _freeze_one(scene: Scene, rng: Random) -> None:
    with _one(scene, rng).frozen():
        await asyncio.sleep(rng.uniform(1.5, 20))


async def _freeze_one_long(scene: Scene, rng: Random) -> None:
    launcher = _one(scene, rng)
    with ExitStack() as frozen:
        # In the middle of calls.
        with scene.telegram(Slow(1.0), 0.5):
            await asyncio.sleep(rng.uniform(0.5, 1))
            frozen.enter_context(launcher.frozen())
        await asyncio.sleep(LEASE.total_seconds() + rng.uniform(1, 8))
        # The other one is in the middle of sending when this one wakes.
        for customer in scene.rig.customers:
            customer.write()
            await asyncio.sleep(rng.uniform(0, 0.1))


async def _roll(scene: Scene, rng: Random) -> None:
    for launcher in scene.rig.launchers:
        status = await launcher.stop()
        assert status == 0, f"a process that was asked to stop ended with {status}"
        await launcher.start()
        await asyncio.sleep(rng.uniform(0, 2))


async def _kill_one_and_database(scene: Scene, rng: Random) -> None:
    launcher = _one(scene, rng)
    await launcher.kill()
    # Without its database a start ends with a word about that, and is made again by whoever looks after it.
    await asyncio.gather(_kill_database(scene, rng), asyncio.sleep(rng.uniform(0, 8)))
    await launcher.start()


async def _roll_without_redis(scene: Scene, rng: Random) -> None:
    await asyncio.gather(_kill_redis(scene, rng), _roll(scene, rng))


async def _roll_without_database(scene: Scene, rng: Random) -> None:
    await asyncio.gather(_freeze_database(scene, rng), _roll(scene, rng))


_SQLITE, _REPLICAS = frozenset({"sqlite"}), frozenset({"replicas"})
_POSTGRES, _REDIS = frozenset({"postgres", "replicas"}), frozenset({"redis", "replicas"})
_ANY = frozenset({"sqlite", "postgres", "replicas"})
_DISK = frozenset({"disk"})

KINDS = (
    Kind("bot: kill -9", _kill),
    Kind("bot: kill -9 three times while it starts", _kill_while_starting),
    Kind("bot: frozen and woken", _freeze),
    Kind("database: locked by a stranger", _lock, _ANY),
    Kind("disk full", _fill_disk, _SQLITE),
    Kind("disk full, then kill -9", _fill_disk_and_kill, _SQLITE),
    Kind("disk read-only at the start", _read_only, _DISK),
    Kind("PostgreSQL: kill -9", _kill_database, _POSTGRES),
    Kind("PostgreSQL: frozen and woken", _freeze_database, _POSTGRES),
    Kind("PostgreSQL: every session ended", _end_sessions, _POSTGRES),
    Kind("Redis: kill -9", _kill_redis, _REDIS),
    Kind("Redis: frozen and woken", _freeze_redis, _REDIS),
    Kind("one of two: kill -9", _kill_one, _REPLICAS),
    Kind("both: kill -9, one after the other", _kill_all, _REPLICAS),
    Kind("one of two: frozen and woken", _freeze_one, _REPLICAS),
    Kind("both: restarted one after the other", _roll, _REPLICAS),
    Kind("restarted one after the other, Redis killed", _roll_without_redis, _REPLICAS),
    Kind("restarted one after the other, PostgreSQL frozen", _roll_without_database, _REPLICAS),
    Kind("one of two and PostgreSQL: kill -9", _kill_one_and_database, _REPLICAS),
    Kind("clock: an hour and more forwards", _jump(3600, 7200), _ANY),
    Kind("clock: an hour and more backwards", _jump(-7200, -3600), _ANY),
    Kind("Telegram: 429", _telegram(TooMany(1), 0.3), _ANY),
    Kind("Telegram: 502", _telegram(ServerError(502), 0.5, polls=True), _ANY),
    Kind("Telegram: a proxy's page instead of JSON", _telegram(Garbage(502), 0.5, polls=True), _ANY),
    Kind("Telegram: a page with status 200", _telegram(Garbage(200), 0.5), _ANY),
    Kind("Telegram: connections broken before", _telegram(DropBefore(), 0.4, polls=True), _ANY),
    Kind("Telegram: connections broken after", _telegram(DropAfter(), 0.3), _ANY),
    Kind("Telegram: answers 2 s late", _telegram(Slow(2.0), 0.5), _ANY),
    Kind("Telegram: gone", _gone(1.5, 5), _ANY),
)
# What takes minutes by its nature; only where there is time for it.
LONG = (
    Kind("Telegram: gone for two minutes", _gone(110, 130), _ANY),
    Kind("Telegram: answers a minute late", _minute_late, _ANY),
    Kind("bot: frozen for longer than a call may take", _freeze_long),
    Kind("one of two: frozen for longer than its leases last", _freeze_one_long, _REPLICAS),
)
