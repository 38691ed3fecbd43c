"""`python -m tests.bench`: Talon and a bare aiogram bot in one run, as a table, and as a plot if asked.

With `--limits` no speed is measured but how both bear Telegram's flood control, in virtual time. With
`--long` an hour of a busy desk passes in minutes, to see whether memory and latency stay what they were. With
`--store` a store with years of work in it is compared to a small one, with `--replicas` two processes on one
PostgreSQL to one, and with `--profile` it tells what the CPU time of a message is spent on.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from tests.bench import large, long, profile, replicas
from tests.bench.limits import measure_limits
from tests.bench.rig import Figures, Rig, percentile


async def measure(name: str, module: str, *arguments: str, burst: int, stream: int) -> Figures:
    """Measure one bot."""
    async with Rig(name) as rig:
        if module == "bot":
            await rig.seed()
        start = await rig.launch(module, *arguments)
        # Once to warm up: caches of statements and models are part of a running desk.
        await rig.burst(burst // 5)
        throughput, cpu = await rig.burst(burst)
        latencies = await rig.stream(stream, 100)
        lost, reordered = rig.faults()
        return Figures(
            name=name,
            start=start,
            throughput=throughput,
            p50=percentile(latencies, 50),
            p95=percentile(latencies, 95),
            p99=percentile(latencies, 99),
            cpu=cpu,
            memory=rig.memory(),
            lost=lost,
            reordered=reordered,
            latencies=latencies,
        )


def table(talon: Figures, bare: Figures) -> str:
    """Both bots side by side, with the ratio that matters."""
    rows = [
        ("messages a second", talon.throughput, bare.throughput),
        ("latency at 100/s, p50 ms", talon.p50, bare.p50),
        ("latency at 100/s, p95 ms", talon.p95, bare.p95),
        ("latency at 100/s, p99 ms", talon.p99, bare.p99),
        ("CPU ms a message", talon.cpu * 1000, bare.cpu * 1000),
        ("peak memory MB", talon.memory, bare.memory),
        ("start to first update s", talon.start, bare.start),
    ]
    lines = [f"{'':28}{'Talon':>10}{'bare':>10}{'ratio':>8}"]
    lines += [f"{name:28}{ours:10.2f}{theirs:10.2f}{ours / theirs:8.2f}" for name, ours, theirs in rows]
    lines.append(f"{'lost':28}{talon.lost:10}{bare.lost:10}")
    lines.append(f"{'out of order per customer':28}{talon.reordered:10}{bare.reordered:10}")
    return "\n".join(lines)


def plot(talon: Figures, bare: Figures, path: Path) -> None:
    """How long messages took, as the share that had arrived by then."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4))
    for figures in (bare, talon):
        ordered = sorted(figures.latencies)
        share = [(index + 1) / len(ordered) for index in range(len(ordered))]
        axes.plot(ordered, share, label=f"{figures.name}: {figures.throughput:.0f} messages a second")
    axes.set(xscale="log", xlabel="ms from the customer to the thread, at 100 a second", ylabel="share")
    axes.legend()
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=110, bbox_inches="tight")


def main() -> None:
    """Measure, print, plot."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--burst", type=int, default=3000, help="messages written at once")
    parser.add_argument("--stream", type=int, default=2000, help="messages at 100 a second")
    parser.add_argument("--plot", type=Path, help="write a plot here (needs matplotlib)")
    parser.add_argument("--limits", action="store_true", help="bursts under Telegram's published limits")
    parser.add_argument("--store", action="store_true", help="what acts cost on a large store")
    parser.add_argument("--long", action="store_true", help="an hour of a busy desk in minutes")
    parser.add_argument("--speed", type=float, default=15, help="how many times faster than the real hour")
    parser.add_argument("--tickets", type=int, default=large.LARGE, help="how many the large store has")
    parser.add_argument("--replicas", action="store_true", help="two processes on PostgreSQL beside one")
    parser.add_argument(
        "--share", type=float, help="of a core for each of these, as on machines of their own"
    )
    parser.add_argument("--profile", action="store_true", help="what CPU time is spent on")
    options = parser.parse_args()
    if options.profile:
        print(profile.table(*profile.measure_profile(options.burst)))
        return
    if options.replicas:
        print(replicas.table(replicas.measure_replicas(options.burst, options.share)))
        return
    if options.limits:
        print(measure_limits())
        return
    if options.long:
        parts, missing = long.measure_long(options.speed)
        print(long.table(parts, missing))
        if missing or (grown := long.steep(parts)):
            sys.exit(f"lost {missing}" if missing else f"grows with time: {', '.join(grown)}")
        return
    if options.store:
        found = large.measure_large(options.tickets)
        print(large.table(found))
        if options.plot is not None:
            large.plot(found, options.plot)
        if steep := large.steep(found):
            sys.exit(f"more than {large.FLAT} times as much: {', '.join(steep)}")
        return

    async def both() -> tuple[Figures, Figures]:
        bare = await measure("bare", "tests.bench.bare", burst=options.burst, stream=options.stream)
        talon = await measure("Talon", "bot", "run", burst=options.burst, stream=options.stream)
        return talon, bare

    talon, bare = asyncio.run(both())
    print(table(talon, bare))
    if options.plot is not None:
        plot(talon, bare, options.plot)


if __name__ == "__main__":
    main()
