"""How long a burst takes into one group under Telegram's published limits, in virtual time."""

import asyncio
import itertools
import logging
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playground import FloodLimits, Topic
from tests.bench.bare import bare_bot, copying
from tests.open_tickets import crowd, idle_crowd
from tests.watched_loop import WatchedLoop
from tests.world import Customer, World, texts

LIMITS = FloodLimits()
# Messages, and how many customers write them, all at once.
BURSTS = ((40, 40), (160, 160), (640, 160))
MINUTE = 60.0
# A bot that has said nothing for so long has given up the rest.
SILENCE = 3 * MINUTE


@dataclass(frozen=True, slots=True)
class Drained:
    """What became of a burst."""

    name: str
    messages: int
    customers: int
    minutes: float
    refused: int
    during_wait: int
    joined: int
    lost: int

    @property
    def least(self) -> float:
        """Minutes that the limits leave a bot which sends each message by itself and wastes no call."""
        return self.messages / LIMITS.group_per_minute - 1


def measure_limits() -> str:
    """Let both bots drain every burst; gives back the table."""
    # The bare bot's losses are counted, so that it need not tell each.
    logging.disable(logging.ERROR)
    with asyncio.Runner(loop_factory=WatchedLoop) as runner:
        return _table([runner.run(_drain(*burst, bare=bare)) for burst in BURSTS for bare in (False, True)])


async def _drain(messages: int, customers: int, *, bare: bool) -> Drained:
    with tempfile.TemporaryDirectory(prefix="talon-bench-") as folder:
        world = World(f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}")
        try:
            if not bare:
                return await _burst(world, await crowd(world, customers), messages, "Talon")
            threads = await idle_crowd(world, customers)
            async with _running_bare(world, threads):
                return await _burst(world, threads, messages, "bare")
        finally:
            await world.close()


@asynccontextmanager
async def _running_bare(world: World, threads: dict[Customer, Topic]) -> AsyncIterator[None]:
    dispatcher = copying(
        world.group.id, {customer.person.id: topic.id for customer, topic in threads.items()}
    )
    bot = bare_bot(world.bot.token, world.pg.url)
    world.watch(bot)
    polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False))
    try:
        yield
    finally:
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
        await bot.session.close()


async def _burst(world: World, threads: dict[Customer, Topic], messages: int, name: str) -> Drained:
    await world.settle(1)
    world.pg.flood = LIMITS
    world.pg.calls.clear()
    began = world.clock.time()
    written: dict[Topic, list[str]] = {topic: [] for topic in threads.values()}
    for number, (customer, topic) in zip(range(messages), itertools.cycle(threads.items()), strict=False):
        customer.write(f"Message {number}")
        written[topic].append(f"Message {number}")

    def arrived() -> int:
        return sum(len(set(_lines(world, topic)) & set(said)) for topic, said in written.items())

    def is_over() -> bool:
        quiet = world.clock.time() - max((call.done_at for call in world.pg.calls), default=began)
        return arrived() == messages or quiet > SILENCE

    await world.until(is_over, messages * MINUTE)
    sent = [call for call in world.pg.calls if call.ok and call.chat_id == world.group.id]
    return Drained(
        name=name,
        messages=messages,
        customers=len(threads),
        minutes=(max(call.done_at for call in sent) - began) / MINUTE,
        refused=sum(call.error_code == 429 for call in world.pg.calls),
        during_wait=world.pg.calls_during_retry_after,
        joined=arrived() - len(sent),
        lost=messages - arrived(),
    )


def _lines(world: World, topic: Topic) -> Iterator[str]:
    return (line for text in texts(topic, of=world.bot) for line in text.split("\n"))


def _table(found: list[Drained]) -> str:
    heads = (
        "messages",
        "of customers",
        "least min",
        "min",
        "ratio",
        "429s",
        "during a wait",
        "joined",
        "lost",
    )
    lines = ["       " + "".join(f"{head:>14}" for head in heads)]
    for each in found:
        ratio = f"{each.minutes / each.least:.2f}" if not each.lost else "-"
        cells = (
            each.messages,
            each.customers,
            f"{each.least:.1f}",
            f"{each.minutes:.1f}",
            ratio,
            each.refused,
            each.during_wait,
            each.joined,
            each.lost,
        )
        lines.append(f"{each.name:7}" + "".join(f"{cell:>14}" for cell in cells))
    return "\n".join(lines)
