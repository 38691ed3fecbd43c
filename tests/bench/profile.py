"""Where the CPU time of a message goes, in Talon and in the bare bot: samples of what each does.

As a program of its own this runs a module and watches it: SIGUSR1 begins, SIGUSR2 ends and writes what was
seen. The interpreter looks for signals between its own steps, so a call into C counts where it was made.
"""

import asyncio
import json
import re
import runpy
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from tests.bench.rig import Rig

_EVERY = 0.001
_REST = "the rest"
# By the innermost frame whose file one of these names.
_PARTS = (
    ("statements: SQLAlchemy, sqlite3", r"/sqlalchemy/|/storage/prepared\.py"),
    ("commits", r"/storage/sqlite\.py|/concurrent/futures/"),
    ("reading JSON into models: pydantic", r"/pydantic/|/json/"),
    ("HTTP: aiohttp, aiogram's session", r"/aiohttp/|/aiogram/client/|/yarl/|/multidict/|/http/"),
    ("finding the handler: aiogram", r"/aiogram/"),
    ("the event loop", r"/asyncio/|/selectors\.py"),
    ("the store", r"/storage/"),
    ("the customers' side", r"/dialogs/|/desk/|/locales/"),
    ("the pipeline", r"/bot/"),
    ("the bare bot itself", r"/tests/bench/bare\.py"),
)
_COMPILED = [(name, re.compile(pattern)) for name, pattern in _PARTS]


def _part_of(frame: FrameType | None) -> str:
    while frame is not None:
        for name, pattern in _COMPILED:
            if pattern.search(frame.f_code.co_filename):
                return name
        frame = frame.f_back
    return _REST


def _watched(told: Path, module: str, arguments: list[str]) -> None:
    """Run a module as a program, and note what it is at whenever it has used a millisecond of CPU."""
    seen: Counter[str] = Counter()

    def sample(_signal: int, frame: FrameType | None) -> None:
        seen[_part_of(frame)] += 1

    def begin(_signal: int, _frame: FrameType | None) -> None:
        seen.clear()
        signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)

    def end(_signal: int, _frame: FrameType | None) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        written = told.with_suffix(".new")
        written.write_text(json.dumps(seen))
        written.rename(told)

    signal.signal(signal.SIGPROF, sample)
    signal.signal(signal.SIGUSR1, begin)
    signal.signal(signal.SIGUSR2, end)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__")


async def _measure(name: str, burst: int, module: str, *arguments: str) -> dict[str, float]:
    """CPU milliseconds a message, by what they were spent on."""
    with tempfile.TemporaryDirectory(prefix="talon-bench-") as folder:
        told = Path(folder) / "seen.json"
        async with Rig(name) as rig:
            if module == "bot":
                await rig.seed()
            await rig.launch("tests.bench.profile", str(told), module, *arguments)
            await rig.burst(burst // 5)
            rig.signal(signal.SIGUSR1)
            _, cpu = await rig.burst(burst)
            rig.signal(signal.SIGUSR2)
            while not told.exists():
                await asyncio.sleep(0.01)
        seen = json.loads(told.read_text())
    return {part: cpu * 1000 * count / sum(seen.values()) for part, count in seen.items()}


async def _both(burst: int) -> tuple[dict[str, float], dict[str, float]]:
    bare = await _measure("bare", burst, "tests.bench.bare")
    return await _measure("Talon", burst, "bot", "run"), bare


def measure_profile(burst: int) -> tuple[dict[str, float], dict[str, float]]:
    """Talon's and the bare bot's CPU milliseconds a message, by what they were spent on."""
    return asyncio.run(_both(burst))


def table(talon: Mapping[str, float], bare: Mapping[str, float]) -> str:
    """Part by part, what costs Talon most first."""
    lines = [f"{'CPU ms a message':38}{'Talon':>10}{'bare':>10}"]
    parts = sorted({*talon, *bare}, key=lambda part: -talon.get(part, 0.0))
    lines += [f"{part:38}{talon.get(part, 0.0):10.2f}{bare.get(part, 0.0):10.2f}" for part in parts]
    lines.append(f"{'all':38}{sum(talon.values()):10.2f}{sum(bare.values()):10.2f}")
    return "\n".join(lines)


if __name__ == "__main__":
    _watched(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
