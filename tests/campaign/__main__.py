"""`python -m tests.campaign`: faults against the real bot, on both databases, and a table of what came of it.

A seed repeats the plan: the order of the faults, how long each lasts, and what people say meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.campaign.campaign import Campaign, Row, table
from tests.campaign.scene import Scene, on_postgres, on_replicas, on_sqlite, own_disk
from tests.campaign.strikes import KINDS, LONG, Kind
from tests.crash_rig import Inspection, crash_launcher, is_delivery
from tests.servers import PostgresServer, ValkeyServer


def _striking(kinds: Sequence[Kind], has: set[str], only: str) -> list[Kind]:
    """The faults among these that can strike such a desk."""
    return [kind for kind in kinds if kind.on & has and only in kind.name]


async def _play(scene: Scene, has: set[str], options: argparse.Namespace) -> list[Row]:
    campaign = Campaign(
        scene,
        options.seed,
        customers=12,
        messages=options.messages,
        within=2.0,
        tell=lambda line: print(line, file=sys.stderr),
    )
    await campaign.prepare()
    await campaign.play(_striking(KINDS, has, options.only), options.rounds)
    if options.long:
        await campaign.play(_striking(LONG, has, options.only), 1)
    for line in scene.rig.errors():
        print("log:", line)
    return list(campaign.rows.values())


async def _on_sqlite(launcher: Path, options: argparse.Namespace) -> list[Row]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="talon-")))
        disk = stack.enter_context(own_disk())
        scene = await stack.enter_async_context(on_sqlite(launcher, folder, disk))
        return await _play(scene, {"sqlite", "disk"} if disk else {"sqlite"}, options)


async def _on_postgres(launcher: Path, options: argparse.Namespace) -> list[Row]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="talon-")))
        server = stack.enter_context(PostgresServer(fsync=True))
        valkey = stack.enter_context(ValkeyServer()) if options.redis else None
        scene = await stack.enter_async_context(on_postgres(launcher, folder, server, valkey))
        return await _play(scene, {"postgres", "redis"} if valkey else {"postgres"}, options)


async def _on_replicas(launcher: Path, options: argparse.Namespace) -> list[Row]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="talon-")))
        launchers = [launcher, stack.enter_context(crash_launcher())]
        server = stack.enter_context(PostgresServer(fsync=True))
        valkey = stack.enter_context(ValkeyServer())
        scene = await stack.enter_async_context(
            on_replicas(launchers, folder, server, valkey, webhook=not options.polling)
        )
        rows = await _play(scene, {"replicas"}, options)
        made = Counter(call.host for call in scene.rig.pg.calls if is_delivery(call))
        print("albums that came in parts:", len(Inspection(scene.rig).look().albums_in_parts))
        print("messages sent by each:", *(made[each.host] for each in scene.rig.launchers))
        return rows


def main() -> None:
    """Play, print the table, and end with 1 if anything is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaign", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3, help="how often each fault strikes")
    parser.add_argument("--messages", type=int, default=30, help="how much is said during each")
    parser.add_argument("--on", choices=("sqlite", "postgres", "both", "replicas"), default="both")
    parser.add_argument("--only", default="", help="only faults with these words in their name")
    parser.add_argument("--redis", action="store_true", help="Redis beside PostgreSQL, which is struck too")
    parser.add_argument("--polling", action="store_true", help="of several processes one polls: no webhook")
    parser.add_argument("--long", action="store_true", help="also what takes minutes, once each")
    options = parser.parse_args()
    wrong: list[str] = []
    with ExitStack() as stack:
        launcher = stack.enter_context(crash_launcher())
        plays = {"sqlite": _on_sqlite, "postgres": _on_postgres, "replicas": _on_replicas}
        for name in ("sqlite", "postgres") if options.on == "both" else (options.on,):
            play = plays[name]
            rows = asyncio.run(play(launcher, options))
            print(f"\n{name}, seed {options.seed}\n\n{table(rows)}")
            wrong += [f"{name}, {row.name}: {each}" for row in rows for each in row.wrong]
    print()
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
