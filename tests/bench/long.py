"""An hour of a busy desk in minutes: whether memory and latency stay what they were."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from tests.bench.hurrying import HurryingClock
from tests.bench.rig import Rig, percentile

HOUR = 3600.0
_PARTS = 10
# Real seconds for what is still under way at the end of a part.
_PATIENCE = 60.0
# In an hour of the desk's time: messages of customers who have a ticket, and people who only look in.
_PER_SECOND = 2.0
_SHARE_NEW, _SHARE_ANSWERS, _SHARE_EDITS = 0.15, 0.15, 0.05
# By which share of its mean each may grow in the hour: the machine has other work too, memory has not.
STEEPEST = {"memory": 0.05, "p50": 0.5}


@dataclass(frozen=True, slots=True)
class Part:
    """One tenth of the run."""

    messages: int
    p50: float
    p99: float
    memory: float


class _Hour:
    """What people do, and how long it takes to the other side."""

    def __init__(self, rig: Rig, clock: HurryingClock, speed: float) -> None:
        self._rig = rig
        self._clock = clock
        self._speed = speed
        self._rng = Random(1)
        self._count = 0
        self._agent = rig.pg.add_person("Agent", language_code="en")
        rig.group.join(self._agent)

    async def part(self) -> Part:
        """A tenth of the hour, and what came of it."""
        calls = self._rig.pg.calls
        calls.clear()
        written: dict[str, float] = {}
        start, number = time.time(), 0
        while time.time() - start < HOUR / _PARTS / self._speed:
            await asyncio.sleep(max(0.0, start + number / (_PER_SECOND * self._speed) - time.time()))
            number += 1
            self._act(written)
        arrived: dict[str, float] = {}
        patience = time.time() + _PATIENCE
        while not written.keys() <= arrived.keys() and time.time() < patience:
            await asyncio.sleep(0.2)
            arrived = {str(call.param("text")): call.done_at for call in reversed(calls) if call.ok}
        took = [(arrived[text] - at) / self._speed * 1000 for text, at in written.items() if text in arrived]
        figures = tuple(took)
        return Part(len(took), percentile(figures, 50), percentile(figures, 99), self._rig.resident())

    def _act(self, written: dict[str, float]) -> None:
        rig, chance = self._rig, self._rng.random()
        self._count += 1
        person = self._rng.choice(rig.people)
        chat = person.chat(rig.bot)
        if chance < _SHARE_NEW:
            rig.pg.add_person(f"Stranger {self._count}", language_code="en").start(rig.bot)
        elif chance < _SHARE_NEW + _SHARE_ANSWERS:
            self._agent.write(rig.topics[person], f"answer {self._count}")
        elif chance < _SHARE_NEW + _SHARE_ANSWERS + _SHARE_EDITS:
            mine = next(m for m in reversed(chat.by_id.values()) if m.sender is person)
            # It may not have been sent yet, and then is sent as it reads now.
            written.pop(mine.text or "", None)
            person.edit(mine, f"edit {self._count}")
        else:
            text = f"message {self._count}"
            person.write(chat, text)
            written[text] = self._clock.time()


async def _run(speed: float) -> tuple[list[Part], int]:
    began = time.time()
    clock = HurryingClock(speed, began)
    async with Rig("Talon", clock) as rig:
        await rig.seed()
        await rig.launch("tests.bench.hurrying", str(speed), str(began))
        # Caches of statements and models are part of a running desk.
        await rig.burst(500)
        hour = _Hour(rig, clock, speed)
        parts = [await hour.part() for _ in range(_PARTS)]
        return parts, rig.unanswered()


def measure_long(speed: float) -> tuple[list[Part], int]:
    """Let the hour pass; gives back its tenths, and how many messages did not arrive."""
    return asyncio.run(_run(speed))


def slope(values: Sequence[float]) -> float:
    """By which share of their median values grow from the first to the last.

    The slope is the median of those between any two, so that a minute in which the machine was busy with
    something else tells nothing.
    """
    pairs = itertools.combinations(enumerate(values), 2)
    middle = statistics.median((later - earlier) / (b - a) for (a, earlier), (b, later) in pairs)
    return middle * (len(values) - 1) / statistics.median(values)


def table(parts: Sequence[Part], lost: int) -> str:
    """The tenths one below the other, and how much each column grows."""
    lines = [f"{'minute':>8}{'messages':>10}{'p50 ms':>9}{'p99 ms':>9}{'memory MB':>11}"]
    for index, part in enumerate(parts, 1):
        minute = index * HOUR / 60 / len(parts)
        lines.append(f"{minute:8.0f}{part.messages:10}{part.p50:9.1f}{part.p99:9.1f}{part.memory:11.1f}")
    grown = [slope([getattr(part, name) for part in parts]) for name in ("p50", "p99", "memory")]
    lines.append(f"{'growth':>8}{'':10}{grown[0]:9.0%}{grown[1]:9.0%}{grown[2]:11.1%}")
    lines.append(f"lost {lost}")
    return "\n".join(lines)


def steep(parts: Sequence[Part]) -> list[str]:
    """What grows with time, of memory and of the usual latency."""
    return [
        name for name in ("memory", "p50") if slope([getattr(part, name) for part in parts]) > STEEPEST[name]
    ]
