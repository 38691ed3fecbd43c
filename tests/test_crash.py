"""kill -9 at random moments: after the restart everything stands on the other side, in order, once."""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from playground import Photo
from tests.crash_rig import (
    Customer,
    Findings,
    Rig,
    look,
    play,
    random_story,
    recoveries,
    running_rig,
    until,
)

# Another seed is another run: TALON_CRASH_SEED=7 pytest -n 0 -s tests/test_crash.py
SEED = int(os.environ.get("TALON_CRASH_SEED", "1"))


@pytest.fixture
async def rig(launcher: Path, sqlite_url: str, tmp_path: Path) -> AsyncIterator[Rig]:
    """A desk whose bot runs on SQLite, in a process of its own."""
    async with running_rig(launcher, sqlite_url, tmp_path) as running:
        await running.launcher.start()
        yield running
        assert not running.errors()


@pytest.fixture
async def postgres_rig(launcher: Path, postgres_url: str, tmp_path: Path) -> AsyncIterator[Rig]:
    """The same on PostgreSQL."""
    async with running_rig(launcher, postgres_url, tmp_path) as running:
        await running.launcher.start()
        yield running
        assert not running.errors()


async def _open_tickets(rig: Rig, count: int, rng: random.Random, *, kills: int = 0) -> None:
    """Everybody goes through the form at once, while the bot is killed so many times."""

    async def go_through(customer: Customer, after: float) -> None:
        await asyncio.sleep(after)
        await customer.open_ticket()

    opening = asyncio.gather(*(go_through(rig.customer(), rng.uniform(0, 1)) for _ in range(count)))
    for _ in range(kills):
        await asyncio.sleep(rng.uniform(0.7, 1.8))
        await rig.launcher.restart()
    await opening


async def _nobody_is_stuck(rig: Rig) -> None:
    """Everybody can still talk to the bot, which knows one request of theirs."""
    for customer in rig.customers:
        customer.person.tap(customer.chat, customer.word("My requests"))
    for customer in rig.customers:
        await until(customer.sees_own_request, "the list of requests", chat=customer.chat)


def _report(rig: Rig, found: Findings, began: float) -> None:
    said = sum(len(customer.asked) for customer in rig.customers)
    answered = sum(len(customer.answers) for customer in rig.customers)
    albums = sum(len(customer.albums) for customer in rig.customers)
    excused = ", ".join(f"{count} {reason}" for reason, count in sorted(found.excused.items())) or "none"
    print(
        f"\nseed {SEED}: {len(rig.launcher.kills)} kills, {len(rig.customers)} customers, {said} messages"
        f" ({albums} albums), {answered} answers"
        f"\n  lost {len(found.lost)}, reordered {len(found.reordered)}, torn albums {len(found.torn_albums)},"
        f" false marks {len(found.false_marks)}, marks missing {len(found.without_mark)}"
        f"\n  doubled without excuse {len(found.doubled)}; counted apart: {excused}"
        f"\n  from a start to its first delivery {max(recoveries(rig)):.1f} s at the longest;"
        f" took {time.monotonic() - began:.0f} s"
    )


async def _survives(
    rig: Rig, *, customers: int, opening_kills: int, kills: int, messages: int, answers: int
) -> None:
    began = time.monotonic()
    rng = random.Random(SEED)
    await _open_tickets(rig, customers, rng, kills=opening_kills)
    await play(rig, random_story(rig, rng, lives=kills, messages=messages, answers=answers))
    found = await look(rig)
    _report(rig, found, began)
    assert not found.wrong()
    await _nobody_is_stuck(rig)


@pytest.mark.timeout(240)
async def test_a_thousand_messages_survive_twenty_kills(rig: Rig) -> None:
    await _survives(rig, customers=50, opening_kills=4, kills=20, messages=1000, answers=300)


@pytest.mark.timeout(180)
async def test_messages_survive_kills_on_postgres(postgres_rig: Rig) -> None:
    await _survives(postgres_rig, customers=20, opening_kills=1, kills=5, messages=200, answers=60)


@pytest.mark.timeout(180)
async def test_a_clean_stop_under_load_loses_and_doubles_nothing(rig: Rig) -> None:
    began = time.monotonic()
    rng = random.Random(SEED)
    statuses: list[int] = []

    async def stop_and_start() -> None:
        statuses.append(await rig.launcher.stop())
        await rig.launcher.start()

    await _open_tickets(rig, 10, rng)
    story = random_story(rig, rng, lives=4, messages=200, answers=60, early=0)
    await play(rig, story, end=stop_and_start)
    found = await look(rig)
    _report(rig, found, began)
    assert statuses == [0] * 4
    assert not found.wrong()
    assert not found.excused
    await _nobody_is_stuck(rig)


@pytest.mark.timeout(120)
async def test_a_kill_at_each_step_of_the_form_keeps_draft_and_files(rig: Rig) -> None:
    rng = random.Random(SEED)
    customer = rig.customer()
    for step in customer.steps([Photo(), Photo(), Photo()]):
        await step()
        # Before the bot heard of it, while it works, or when it is done.
        await asyncio.sleep(rng.choice((0.0, rng.uniform(0.0, 0.15), 0.5)))
        await rig.launcher.restart()
    topic = await customer.thread()
    found = await look(rig)
    assert not found.wrong()
    card = customer.cards()[-1]
    assert topic.name.endswith("Анна")
    for answer in ("Терминал 1", customer.serial, "Описание 1"):
        assert answer in (card.text or "")
    await _nobody_is_stuck(rig)
