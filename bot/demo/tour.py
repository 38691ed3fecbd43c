"""The tour: the story without hands, both sides as they stand then, and what was checked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable

from rich.console import Console
from rich.text import Text

from bot.demo.acting import Stuck
from bot.demo.case import Case
from bot.demo.checks import Check, check_all
from bot.demo.stage import Stage
from bot.demo.story import annas_story, cases, ligas_story
from bot.demo.transcript import print_stage

# Whatever happens, the story ends by then.
_STORY_WITHIN = 20.0
# What is still under way when the story is over gets this long to arrive.
_ARRIVE_WITHIN = 5.0
# A second copy of anything would come within this time: nothing waits longer before it is sent.
_QUIET = 1.2


async def play_tour(stage: Stage, console: Console) -> int:
    """Play, print, check; 0 only if everything arrived."""
    began = time.monotonic()
    anna, liga = played = cases(stage)
    profile = stage.app.profile
    stopped = await asyncio.gather(
        _play(anna, annas_story(anna, profile)), _play(liga, ligas_story(liga, profile))
    )
    checks = [*stopped, *await _arrived(stage, played)]
    seconds = time.monotonic() - began
    print_stage(stage, console)
    return _verdict(console, checks, seconds)


async def _play(case: Case, story: Awaitable[None]) -> Check:
    """Play one story; it may stop, and what was done until then is shown all the same."""
    problem: str | None = None
    try:
        async with asyncio.timeout(_STORY_WITHIN):
            await story
    except TimeoutError:
        problem = f"it took more than {_STORY_WITHIN:.0f} s"
    except Stuck as stuck:
        problem = str(stuck)
    return Check(f"{case.customer.name} and {case.agent.name} came to the end of their story", problem)


async def _arrived(stage: Stage, played: tuple[Case, ...]) -> list[Check]:
    """The checks, as soon as all pass and nothing is sent any more; as they stand when time is up."""
    clock = asyncio.get_running_loop().time
    give_up = clock() + _ARRIVE_WITHIN
    while True:
        await _quiet(stage, give_up)
        checks = check_all(stage, played)
        if clock() > give_up or all(check.problem is None for check in checks):
            return checks


async def _quiet(stage: Stage, give_up: float) -> None:
    clock = asyncio.get_running_loop().time
    calls, since = -1, clock()
    while clock() - since < _QUIET and clock() < give_up:
        if len(stage.playground.calls) != calls or not stage.playground.idle(stage.bot):
            calls, since = len(stage.playground.calls), clock()
        await asyncio.sleep(0.02)


def _verdict(console: Console, checks: list[Check], seconds: float) -> int:
    for check in checks:
        if check.problem is None:
            console.print(Text.assemble(("✓", "green"), f" {check.what}"))
        else:
            console.print(Text.assemble(("✗", "red"), f" {check.what}: ", (check.problem, "red")))
    console.print()
    missing = sum(check.problem is not None for check in checks)
    if missing:
        console.print(f"[b red]{missing} of {len(checks)} checks failed[/], after {seconds:.1f} s.")
        return 1
    console.print(f"[b green]Everything arrived[/]: {len(checks)} checks passed, played in {seconds:.1f} s.")
    return 0
