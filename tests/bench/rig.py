"""A bot in a process of its own, against a playground in this one, and what is measured about it."""

import asyncio
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

from playground import Group, Person, Playground, Topic
from playground.clock import Clock
from tests.open_tickets import open_tickets

_CUSTOMERS = 50


@dataclass(frozen=True, slots=True)
class Figures:
    """What one bot did. Times in seconds, latencies in milliseconds, memory in megabytes."""

    name: str
    start: float
    throughput: float
    p50: float
    p95: float
    p99: float
    cpu: float
    memory: float
    lost: int
    reordered: int
    latencies: tuple[float, ...]


class Rig:
    """A playground with customers who have an open ticket each, and one bot that serves them."""

    def __init__(self, name: str, clock: Clock | None = None) -> None:
        self.name = name
        self.pg = Playground(clock)
        self.bot = self.pg.add_bot(name="Bench", username="bench_bot")
        self.group: Group = self.pg.add_group("Support", forum=True)
        self.group.add_bot(self.bot, admin=True)
        self.people: list[Person] = []
        self.topics: dict[Person, Topic] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="talon-bench-")
        self._process: subprocess.Popen[bytes] | None = None

    async def __aenter__(self) -> Self:
        await self.pg.start()
        for index in range(_CUSTOMERS):
            person = self.pg.add_person(f"Customer {index}", language_code="en")
            person.start(self.bot)
            self.people.append(person)
            self.topics[person] = self.group.open_topic(f"#{1001 + index}")
        self.bot.updates.clear()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        await self.pg.stop()
        self._folder.cleanup()

    @property
    def _database(self) -> str:
        return f"sqlite+aiosqlite:///{Path(self._folder.name) / 'bench.db'}"

    async def seed(self) -> None:
        """Give every customer an open ticket whose thread exists."""
        await open_tickets(self._database, self.group, self.topics)

    async def launch(self, module: str, *arguments: str) -> float:
        """Start the bot; gives back the seconds until its first answer to an update."""
        environment = os.environ | {
            "BOT_TOKEN": self.bot.token,
            "STAFF_CHAT_ID": str(self.group.id),
            "TELEGRAM_API_URL": self.pg.url,
            "DATABASE_URL": self._database,
            "LISTEN": "127.0.0.1:0",
            "LOG_LEVEL": "WARNING",
            "BENCH_TOPICS": json.dumps({user.id: topic.id for user, topic in self.topics.items()}),
        }
        began = time.perf_counter()
        self._process = subprocess.Popen([sys.executable, "-m", module, *arguments], env=environment)
        first = self.people[0]
        first.write(first.chat(self.bot), "first")
        await _until(lambda: self._relayed() == 1, 60)
        return time.perf_counter() - began

    def signal(self, number: int) -> None:
        """Send the bot's process a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    def _relayed(self) -> int:
        return sum(len(topic.messages) - 1 for topic in self.topics.values())

    async def burst(self, count: int) -> tuple[float, float]:
        """Everybody writes at once; gives back messages a second, and CPU seconds of the bot a message."""
        assert self._process is not None
        before = self._relayed()
        process = psutil.Process(self._process.pid)
        cpu = sum(process.cpu_times()[:2])
        began = time.perf_counter()
        for index in range(count):
            person = self.people[index % len(self.people)]
            person.write(person.chat(self.bot), f"burst {before} {index}")
            if index % 20 == 0:
                await asyncio.sleep(0)
        await _until(lambda: self._relayed() >= before + count, 300)
        took = time.perf_counter() - began
        return count / took, (sum(process.cpu_times()[:2]) - cpu) / count

    async def stream(self, count: int, per_second: float) -> tuple[float, ...]:
        """Messages at a steady rate; gives back how long each took to its thread, in milliseconds."""
        self.pg.calls.clear()
        written: dict[tuple[int, int], float] = {}
        by_text: dict[str, tuple[int, int]] = {}
        before = self._relayed()
        start = time.time()
        for index in range(count):
            wait = start + index / per_second - time.time()
            if wait > 0:
                await asyncio.sleep(wait)
            person = self.people[index % len(self.people)]
            text = f"stream {before} {index}"
            message = person.write(person.chat(self.bot), text)
            written[person.id, message.id] = time.time()
            by_text[text] = (person.id, message.id)
        await _until(lambda: self._relayed() >= before + count, 120)
        latencies = []
        for call in self.pg.calls:
            if call.method == "copyMessage":
                key = (int(call.param("from_chat_id")), int(call.param("message_id")))
            elif call.method == "sendMessage":
                key = by_text.get(str(call.param("text")), (0, 0))
            else:
                continue
            if key in written and call.ok:
                latencies.append((call.done_at - written.pop(key)) * 1000)
        return tuple(latencies)

    def memory(self) -> float:
        """The most memory the bot has held, in megabytes."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) / 1024

    def resident(self) -> float:
        """The memory that the bot holds now, in megabytes."""
        assert self._process is not None
        return float(psutil.Process(self._process.pid).memory_info().rss) / 2**20

    def unanswered(self) -> int:
        """How many messages of customers do not stand in their thread, edited or not."""
        lost = 0
        for person in self.people:
            mine = [m.text for m in person.chat(self.bot).messages if m.sender is person]
            lost += len(set(mine[1:]) - {m.text for m in self.topics[person].messages})
        return lost

    def faults(self) -> tuple[int, int]:
        """How many messages were lost, and how many stand out of order."""
        lost = reordered = 0
        for person in self.people:
            wrote = [m.text for m in person.chat(self.bot).messages if m.sender is person][1:]
            arrived = [m.text for m in self.topics[person].messages[1:]]
            lost += len(set(wrote) - set(arrived))
            order = [wrote.index(text) for text in arrived if text in wrote]
            reordered += sum(1 for a, b in itertools.pairwise(order) if b < a)
        return lost, reordered


async def _until(seen: Callable[[], bool], seconds: float) -> None:
    end = time.perf_counter() + seconds
    while not seen():
        if time.perf_counter() > end:
            raise TimeoutError("the bot did not deliver in time")
        await asyncio.sleep(0.005)


def percentile(values: tuple[float, ...], part: int) -> float:
    """The value below which `part` of a hundred lie."""
    return statistics.quantiles(values, n=100)[part - 1]
