"""What a second process brings: relaying by one and by two on one PostgreSQL, with Redis between them."""

import asyncio
import itertools
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass

import psutil

from playground import Group, Person, Playground, Topic
from tests.bench.shares import share_of_core
from tests.crash_rig import free_ports
from tests.open_tickets import open_tickets
from tests.servers import PostgresServer, ValkeyServer

_CUSTOMERS = 50
# Where the webhook is set; the proxy that takes turns stands there.
_DOOR = "desk.example"
_ROUNDS = 8
_WARM_UP = 300


@dataclass(frozen=True, slots=True)
class Shares:
    """What so many bots did: messages a second in each round, and the cores that each part took for that."""

    rates: tuple[float, ...]
    # CPU milliseconds of bots a message.
    cost: float
    bot_cores: float
    database_cores: float
    telegram_cores: float
    lost: int
    reordered: int
    doubled: int

    @property
    def throughput(self) -> float:
        """Messages a second in the usual round: a machine that stood still for a moment spoils but one."""
        return statistics.median(self.rates)


class _Rig:
    def __init__(self, database: str, redis: str) -> None:
        self._database = database
        self._redis = redis
        self.pg = Playground()
        self.bot = self.pg.add_bot(name="Bench", username="bench_bot")
        self.group: Group = self.pg.add_group("Support", forum=True)
        self.group.add_bot(self.bot, admin=True)
        self.topics: dict[Person, Topic] = {}
        self.processes: list[subprocess.Popen[bytes]] = []

    async def begin(self, bots: int) -> None:
        for index in range(_CUSTOMERS):
            person = self.pg.add_person(f"Customer {index}", language_code="en")
            person.start(self.bot)
            self.topics[person] = self.group.open_topic(f"#{1001 + index}")
        self.bot.updates.clear()
        await self.pg.start()
        await open_tickets(self._database, self.group, self.topics)
        ports = free_ports(bots)
        turns = itertools.cycle(ports)
        self.pg.webhooks.names[_DOOR] = lambda: f"127.0.0.1:{next(turns)}"
        for port in ports:
            self._launch(port)

    def _launch(self, port: int) -> None:
        environment = os.environ | {
            "BOT_TOKEN": self.bot.token,
            "STAFF_CHAT_ID": str(self.group.id),
            "TELEGRAM_API_URL": self.pg.url,
            "DATABASE_URL": self._database,
            "REDIS_URL": self._redis,
            "WEBHOOK_URL": f"https://{_DOOR}/telegram",
            "WEBHOOK_SECRET": "the-bench-knocks-with-this-secret",
            "LISTEN": f"127.0.0.1:{port}",
            "LOG_LEVEL": "WARNING",
        }
        self.processes.append(subprocess.Popen([sys.executable, "-m", "bot", "run"], env=environment))

    async def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
        await self.pg.stop()

    def _relayed(self) -> int:
        return sum(len(topic.messages) - 1 for topic in self.topics.values())

    async def burst(self, count: int) -> float:
        """Everybody writes at once; gives back the seconds until all of it has arrived."""
        before = self._relayed()
        began = time.perf_counter()
        people = list(self.topics)
        for index in range(count):
            person = people[index % len(people)]
            person.write(person.chat(self.bot), f"burst {before} {index}")
            if index % 20 == 0:
                await asyncio.sleep(0)
        while self._relayed() < before + count:
            if time.perf_counter() > began + 300:
                raise TimeoutError("the bots did not deliver in time")
            await asyncio.sleep(0.01)
        return time.perf_counter() - began

    def faults(self) -> tuple[int, int, int]:
        """How many messages were lost, stand out of order, or stand twice."""
        lost = reordered = doubled = 0
        for person, topic in self.topics.items():
            wrote = [m.text for m in person.chat(self.bot).messages if m.sender is person][1:]
            arrived = [m.text for m in topic.messages[1:]]
            lost += len(set(wrote) - set(arrived))
            doubled += len(arrived) - len(set(arrived))
            order = [wrote.index(text) for text in arrived if text in wrote]
            reordered += sum(1 for a, b in itertools.pairwise(order) if b < a)
        return lost, reordered, doubled


def _spent(processes: Sequence[psutil.Process]) -> float:
    """CPU seconds of processes, and of their children that ended."""
    spent = 0.0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            spent += sum(process.cpu_times()[:4])
    return spent


class _Measure:
    """The bursts of one rig, added up."""

    def __init__(self, rig: _Rig, server: PostgresServer, share: float | None) -> None:
        self._rig = rig
        self._server = server
        self._share = share
        self._messages = 0
        self._seconds = 0.0
        self._rates: list[float] = []
        # CPU seconds of bots, of PostgreSQL, and of Telegram's part.
        self._cpu = [0.0, 0.0, 0.0]

    async def burst(self, count: int) -> None:
        """Measure one more; nobody but this rig has anything to do meanwhile."""
        ours = [psutil.Process(process.pid) for process in self._rig.processes]
        database = psutil.Process(self._server.pid)
        parts = ours, [database, *database.children(recursive=True)], [psutil.Process()]
        before = [_spent(part) for part in parts]
        with ExitStack() as shares:
            for process in ours if self._share is not None else ():
                shares.enter_context(share_of_core(process.pid, self._share or 1.0))
            took = await self._rig.burst(count)
        self._seconds += took
        self._messages += count
        self._rates.append(count / took)
        for index, part in enumerate(parts):
            self._cpu[index] += _spent(part) - before[index]

    def shares(self) -> Shares:
        """What came of all of it."""
        bots, database, telegram = (spent / self._seconds for spent in self._cpu)
        return Shares(
            tuple(self._rates),
            self._cpu[0] / self._messages * 1000,
            bots,
            database,
            telegram,
            *self._rig.faults(),
        )


async def _measure(burst: int, share: float | None) -> list[Shares]:
    with PostgresServer(fsync=True) as server, ValkeyServer() as valkey:
        rigs = {bots: _Rig(server.create_database(f"bench_{bots}"), valkey.url()) for bots in (1, 2)}
        try:
            for bots, rig in rigs.items():
                await rig.begin(bots)
                # Caches of statements and models are part of a running desk.
                await rig.burst(_WARM_UP)
            measures = [_Measure(rig, server, share) for rig in rigs.values()]
            # By turns, so that both meet the machine as it is.
            for _ in range(_ROUNDS):
                for measure in measures:
                    await measure.burst(burst)
            return [measure.shares() for measure in measures]
        finally:
            for rig in rigs.values():
                await rig.end()


def measure_replicas(burst: int, share: float | None = None) -> list[Shares]:
    """What one bot does and what two do; each may be given no more than a share of a core.

    Raises NoShares where none can be given out.
    """
    return asyncio.run(_measure(burst, share))


def table(found: list[Shares]) -> str:
    """One and two bots side by side."""
    one, two = found
    rows = [
        ("messages a second", one.throughput, two.throughput),
        ("CPU ms of bots a message", one.cost, two.cost),
        ("cores taken by bots", one.bot_cores, two.bot_cores),
        ("cores taken by PostgreSQL", one.database_cores, two.database_cores),
        ("cores taken by Telegram's part", one.telegram_cores, two.telegram_cores),
    ]
    lines = [f"{'':32}{'one':>10}{'two':>10}{'ratio':>8}"]
    lines += [f"{name:32}{a:10.2f}{b:10.2f}{b / a:8.2f}" for name, a, b in rows]
    for name, counts in (
        ("lost", [each.lost for each in found]),
        ("out of order per customer", [each.reordered for each in found]),
        ("doubled", [each.doubled for each in found]),
    ):
        lines.append(f"{name:32}{counts[0]:10}{counts[1]:10}")
    rounds = [b / a for a, b in zip(one.rates, two.rates, strict=True)]
    lines.append(f"two to one, round by round: {' '.join(f'{ratio:.2f}' for ratio in rounds)}")
    cores = len(os.sched_getaffinity(0))
    lines.append(
        f"on {cores} cores, of which two bots, PostgreSQL and Telegram's part want as many as they take"
    )
    return "\n".join(lines)
