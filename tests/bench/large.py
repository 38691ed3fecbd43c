"""What a desk costs after years of work: the same acts on a small store and on a very large one, in turns."""

import asyncio
import logging
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from playground import Topic
from storage.prepared import Prepared
from tests.agents.looking_up import ask
from tests.bench.filling import NAMED, RARE, fill
from tests.servers import PostgresServer
from tests.watched_loop import WatchedLoop
from tests.world import Customer, World

SMALL, LARGE = 200, 200_000
MESSAGES_EACH = 10
# Whose tickets lie evenly in the store, old ones and new ones.
_SAMPLE = 20
_WARM_UP = 3
# What has to stay flat, and what is told besides: a word of every tenth message is found 200,000 times.
COMMON = "/find, a word of every tenth message"
FLAT = 1.5


@dataclass(frozen=True, slots=True)
class Cost:
    """What one act took, in milliseconds: until everybody saw it, and of that in the database."""

    act: str
    tickets: int
    seen: float
    database: float


def measure_large(large: int) -> dict[str, list[Cost]]:
    """Fill and measure both stores on both databases; gives back the costs by database."""
    logging.disable(logging.ERROR)
    found: dict[str, list[Cost]] = {}
    sizes = (SMALL, large)
    with asyncio.Runner(loop_factory=WatchedLoop) as runner:
        with tempfile.TemporaryDirectory(prefix="talon-bench-") as folder:
            urls = [f"sqlite+aiosqlite:///{Path(folder) / f'{size}.db'}" for size in sizes]
            found["SQLite"] = runner.run(_costs(dict(zip(sizes, urls, strict=True))))
        with PostgresServer() as server:
            urls = [server.create_database(f"bench_{size}") for size in sizes]
            found["PostgreSQL"] = runner.run(_costs(dict(zip(sizes, urls, strict=True))))
    return found


async def _costs(urls: dict[int, str]) -> list[Cost]:
    worlds = {size: World(url) for size, url in urls.items()}
    try:
        acts = {size: await _open(world, size) for size, world in worlds.items()}
        found = []
        for act in acts[SMALL]:
            spent: dict[int, list[tuple[float, float]]] = {size: [] for size in worlds}
            # In turns, so that whatever else the machine does falls on both.
            for turn in range(_SAMPLE):
                for size, world in worlds.items():
                    spent[size].append(await _spent(world, acts[size][act], turn))
            found += [Cost(act, size, *_middle(times[_WARM_UP:])) for size, times in spent.items()]
        return found
    finally:
        for world in worlds.values():
            await world.close()


async def _open(world: World, tickets: int) -> "dict[str, Act]":
    """A desk that runs on a filled store, and what is done there."""
    people = [world.customer(f"Клиент {index}") for index in range(_SAMPLE)]
    topics = [world.group.open_topic(f"#{index}") for index in range(_SAMPLE)]
    for customer in people:
        customer.chat.started = True
    began = time.perf_counter()
    await fill(world, tickets, MESSAGES_EACH, list(zip(people, topics, strict=True)))
    kind = world.database_url.partition("+")[0]
    print(f"{kind}: {tickets} tickets written in {time.perf_counter() - began:.0f} s", flush=True)
    await world.start()
    await world.settle(5)
    return _acts(world, people, topics)


Act = Callable[[int], Awaitable[object]]


def _acts(world: World, people: list[Customer], topics: list[Topic]) -> dict[str, Act]:
    async def relay(turn: int) -> None:
        text = f"Проверка {turn}"
        people[turn].write(text)
        await world.until(lambda: topics[turn].last.text == text)

    async def card(turn: int) -> None:
        card = next(m for m in topics[turn].messages if m.buttons)
        label = card.buttons[0][0]
        world.agent.press(card, label)
        await world.until(lambda: card.buttons[0][0] != label)

    async def my_requests(turn: int) -> None:
        seen = len(people[turn].bots())
        people[turn].write("/my")
        await world.until(lambda: len(people[turn].bots()) > seen)

    def asking(command: Callable[[int], str]) -> Act:
        return lambda turn: ask(world, command(turn))

    return {
        "relay": relay,
        "card": card,
        "My requests": my_requests,
        "/queue": asking(lambda _: "/queue"),
        "/mine": asking(lambda _: "/mine"),
        "/ticket": asking(lambda turn: f"/ticket {1001 + turn}"),
        "/find, a serial number": asking(lambda turn: f"/find {100_000_000_000 + turn}"),
        "/find, a name": asking(lambda _: f"/find {NAMED}"),
        "/find, two words": asking(lambda _: f"/find {RARE}"),
        COMMON: asking(lambda _: "/find ошибка"),
    }


async def _spent(world: World, do: Act, turn: int) -> tuple[float, float]:
    """The milliseconds until an act is seen, and of that in the database."""
    with _timed() as spent:
        began = time.perf_counter()
        await do(turn)
        took = time.perf_counter() - began
    await world.settle(5)
    return took * 1000, spent[0] * 1000


def _middle(times: list[tuple[float, float]]) -> tuple[float, float]:
    seen, database = zip(*times, strict=True)
    return statistics.median(seen), statistics.median(database)


@contextmanager
def _timed() -> Iterator[list[float]]:
    """The seconds that statements take meanwhile."""
    spent, began = [0.0], {}

    def begin(connection: Any, cursor: Any, *_: Any) -> None:
        began[id(cursor)] = time.perf_counter()

    def end(connection: Any, cursor: Any, *_: Any) -> None:
        spent[0] += time.perf_counter() - began.pop(id(cursor))

    run = Prepared.run

    def timed(self: Prepared, connection: Connection, parameters: Mapping[str, Any]) -> list[Any]:
        at = time.perf_counter()
        try:
            return run(self, connection, parameters)
        finally:
            spent[0] += time.perf_counter() - at

    event.listen(Engine, "before_cursor_execute", begin)
    event.listen(Engine, "after_cursor_execute", end)
    # What is prepared runs by itself, and is no event of an engine.
    Prepared.run = timed  # type: ignore[method-assign]
    try:
        yield spent
    finally:
        Prepared.run = run  # type: ignore[method-assign]
        event.remove(Engine, "before_cursor_execute", begin)
        event.remove(Engine, "after_cursor_execute", end)


def table(found: dict[str, list[Cost]]) -> str:
    """Each act on the small and on the large store, side by side."""
    lines = []
    for database, costs in found.items():
        pairs = _pairs(costs)
        sizes = [f"{each.tickets} ms" for each in pairs[0]]
        heads = [*sizes, "ratio", *(f"SQL {size}" for size in sizes)]
        lines.append(f"{database:38}" + "".join(f"{head:>14}" for head in heads))
        for one, other in pairs:
            numbers = (one.seen, other.seen, other.seen / one.seen, one.database, other.database)
            lines.append(f"{one.act:38}" + "".join(f"{number:14.2f}" for number in numbers))
        lines.append("")
    return "\n".join(lines)


def _pairs(costs: list[Cost]) -> list[tuple[Cost, Cost]]:
    return list(zip(costs[::2], costs[1::2], strict=True))


def steep(found: dict[str, list[Cost]]) -> list[str]:
    """What costs more than it may on the large store."""
    return [
        f"{database}: {one.act} {other.seen / one.seen:.2f}"
        for database, costs in found.items()
        for one, other in _pairs(costs)
        if one.act != COMMON and other.seen > one.seen * FLAT
    ]


def plot(found: dict[str, list[Cost]], path: Path) -> None:
    """Bars: how many times as much each act costs on the large store."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4.2))
    for place, (database, costs) in enumerate(found.items()):
        shown = [(one, other) for one, other in _pairs(costs) if one.act != COMMON]
        ratios = [other.seen / one.seen for one, other in shown]
        bars = axes.barh([row + place * 0.4 for row in range(len(shown))], ratios, 0.38, label=database)
        axes.bar_label(bars, [f"{other.seen:.0f} ms" for _, other in shown], padding=3, fontsize=8)
    axes.set_yticks([row + 0.2 for row in range(len(shown))], [one.act for one, _ in shown])
    axes.axvline(FLAT, linestyle="--", color="grey")
    small, large = (each.tickets for each in shown[0])
    tickets = f"{large:,} tickets and {large * MESSAGES_EACH:,} messages"
    axes.set(xlabel=f"time with {tickets}, as a multiple of that with {small} tickets", xlim=(0, 2))
    axes.invert_yaxis()
    axes.legend(loc="lower right")
    figure.savefig(path, dpi=100, bbox_inches="tight")
